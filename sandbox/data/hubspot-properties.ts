import type { CrmKind } from "./hubspot.ts";

/** A property of a kind of CRM object, as far as the sandbox needs to know it. */
export interface CrmProperty {
  readonly name: string;
  readonly label: string;
  readonly type: "string" | "number" | "enumeration" | "datetime";
  readonly options?: readonly string[];
  /** HubSpot sets it; nobody else may. */
  readonly isReadOnly?: true;
  /** An object can be found by it, and no two have the same. */
  readonly isUnique?: true;
  /** Comes with an object though nobody asked for it. */
  readonly isDefault?: true;
  /** The `query` of a search looks into it. */
  readonly isSearched?: true;
}

const INDUSTRIES = ["LOGISTICS", "BOTANY", "PUBLISHING", "MARITIME", "RETAIL"];
const LIFECYCLE = ["subscriber", "lead", "opportunity", "customer", "evangelist", "other"];
const STAGES = ["appointmentscheduled", "qualifiedtobuy", "contractsent", "closedwon", "closedlost"];

const text = (name: string, label: string, more: Partial<CrmProperty> = {}): CrmProperty => ({
  name,
  label,
  type: "string",
  ...more,
});
const stamp = (name: string, label: string, more: Partial<CrmProperty> = {}): CrmProperty => ({
  name,
  label,
  type: "datetime",
  isReadOnly: true,
  ...more,
});

const OF_ALL: readonly CrmProperty[] = [
  stamp("createdate", "Create Date", { isDefault: true }),
  stamp("hs_lastmodifieddate", "Last Modified Date"),
  text("hs_object_id", "Record ID", { isReadOnly: true, isDefault: true }),
  text("hubspot_owner_id", "Owner"),
];
const DEFAULT = { isDefault: true, isSearched: true } as const;

/** The properties that each kind of object has. */
export const CRM_PROPERTIES: Readonly<Record<CrmKind, readonly CrmProperty[]>> = {
  contacts: [
    ...OF_ALL,
    text("email", "Email", { ...DEFAULT, isUnique: true }),
    text("firstname", "First Name", DEFAULT),
    text("lastname", "Last Name", DEFAULT),
    text("phone", "Phone Number", { isSearched: true }),
    text("company", "Company Name", { isSearched: true }),
    text("lifecyclestage", "Lifecycle Stage", { type: "enumeration", options: LIFECYCLE }),
    stamp("lastmodifieddate", "Last Modified Date", { isDefault: true }),
  ],
  companies: [
    ...OF_ALL.map((property) =>
      property.name === "hs_lastmodifieddate" ? { ...property, isDefault: true as const } : property,
    ),
    text("name", "Company name", DEFAULT),
    text("domain", "Company Domain Name", DEFAULT),
    text("industry", "Industry", { type: "enumeration", options: INDUSTRIES }),
    text("city", "City", { isSearched: true }),
    text("phone", "Phone Number", { isSearched: true }),
  ],
  deals: [
    ...OF_ALL.map((property) =>
      property.name === "hs_lastmodifieddate" ? { ...property, isDefault: true as const } : property,
    ),
    text("dealname", "Deal Name", DEFAULT),
    text("amount", "Amount", { type: "number", isDefault: true }),
    text("closedate", "Close Date", { type: "datetime", isDefault: true }),
    text("dealstage", "Deal Stage", { type: "enumeration", options: STAGES, isDefault: true }),
    text("pipeline", "Pipeline", { type: "enumeration", options: ["default"], isDefault: true }),
  ],
};
