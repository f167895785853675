import * as z from "zod";
import { holder, person } from "./people.ts";
import { ADJECTIVES, dice, hoursAgo, many, NOUNS, perAccount, pick, slug } from "./words.ts";

/** The kinds of CRM objects the sandbox has. */
export const CRM_KINDS = ["contacts", "companies", "deals"] as const;
export type CrmKind = (typeof CRM_KINDS)[number];

/** A CRM object with all of its properties. */
export const crmObjectSchema = z.object({
  id: z.string(),
  properties: z.record(z.string(), z.string().nullable()),
  createdAt: z.string(),
  updatedAt: z.string(),
  archived: z.boolean(),
  archivedAt: z.exactOptional(z.string()),
});
export type CrmObject = z.infer<typeof crmObjectSchema>;

const PER_ACCOUNT: Readonly<Record<CrmKind, readonly number[]>> = {
  contacts: [318, 36, 0],
  companies: [131, 12, 0],
  deals: [47, 7, 0],
};
const FIRST_ID: Readonly<Record<CrmKind, number>> = { contacts: 151, companies: 8_402_001, deals: 21_630_005 };
const STAGES = ["appointmentscheduled", "qualifiedtobuy", "contractsent", "closedwon"] as const;
const INDUSTRIES = ["LOGISTICS", "BOTANY", "PUBLISHING", "MARITIME", "RETAIL"] as const;
const FORMS = ["GmbH", "Ltd", "AB", "S.r.l.", "有限公司", "& Søn", "Co-op"] as const;

/** The portal (HubSpot's word for an account) behind an account. */
export function hubspotPortal(account: number) {
  const { first, last, email } = holder(account);
  const portalId = 48_120_301 + account * 1311;
  return { portalId, userId: 9_204_417 + account, domain: email.split("@")[1] ?? "", first, last, email };
}

const OWN: Readonly<Record<CrmKind, (account: number, index: number) => CrmObject["properties"]>> = {
  contacts: contact,
  companies: company,
  deals: deal,
};

const byKind = {
  contacts: perAccount((account) => makeObjects(account, "contacts")),
  companies: perAccount((account) => makeObjects(account, "companies")),
  deals: perAccount((account) => makeObjects(account, "deals")),
};

/** Objects of one kind, in the order of their ids. */
export function crmObjects(account: number, kind: CrmKind): readonly CrmObject[] {
  return byKind[kind](account);
}

/** Which objects belong together from the start: contacts and deals with their companies. */
export const crmPairs = perAccount((account): readonly CrmPair[] => {
  const companies = crmObjects(account, "companies");
  const pairsOf = (kind: "contacts" | "deals", every: number) =>
    crmObjects(account, kind).flatMap((object, index) => {
      const other = index % every === 0 ? companies[index % 100] : undefined;
      return other === undefined ? [] : [{ kind, id: object.id, toKind: "companies" as const, toId: other.id }];
    });
  return [...pairsOf("contacts", 4), ...pairsOf("deals", 2)];
});

/** Two objects that belong together. */
export interface CrmPair {
  readonly kind: CrmKind;
  readonly id: string;
  readonly toKind: CrmKind;
  readonly toId: string;
}

function makeObjects(account: number, kind: CrmKind): readonly CrmObject[] {
  const count = PER_ACCOUNT[kind][account] ?? 0;
  return many(count, (index) => {
    const id = String(FIRST_ID[kind] + index * 7 + account * 100_000);
    const createdAt = hoursAgo(9000 - index * 11);
    const updatedAt = hoursAgo((count - index) * 3);
    const properties = { ...OWN[kind](account, index), ...crmStamps(kind, id, createdAt, updatedAt) };
    return { id, properties, createdAt, updatedAt, archived: false };
  });
}

/** The properties that HubSpot keeps itself; a contact's last change goes by another name besides. */
export function crmStamps(kind: CrmKind, id: string, createdAt: string, updatedAt: string): CrmObject["properties"] {
  const stamps = { createdate: createdAt, hs_lastmodifieddate: updatedAt, hs_object_id: id };
  return kind === "contacts" ? { ...stamps, lastmodifieddate: updatedAt } : stamps;
}

function contact(account: number, index: number): Record<string, string | null> {
  const { first, last, email } = person(`contact/${account}`, index);
  const isBare = index % 29 === 13; // an address from a form, and nothing else
  return {
    email: isBare ? `newsletter-${index}@example.org` : email,
    firstname: isBare ? null : first,
    lastname: isBare || last === "" ? null : last,
    phone: index % 3 === 0 ? `+49 30 5550${String(index).padStart(3, "0")}` : null,
    company: index % 4 === 0 ? companyName(account, index % 100) : null,
    lifecyclestage: index % 5 === 0 ? "customer" : "lead",
  };
}

function company(account: number, index: number): Record<string, string | null> {
  const name = companyName(account, index);
  return {
    name: index % 41 === 40 ? null : name,
    domain: index % 9 === 8 ? null : `${slug(name)}.example`,
    industry: INDUSTRIES[index % INDUSTRIES.length] ?? null,
    city: index % 3 === 0 ? "Kraków" : null,
  };
}

function deal(account: number, index: number): Record<string, string | null> {
  const stage = STAGES[index % STAGES.length] ?? null;
  return {
    dealname: `${companyName(account, index % 100)}, ${2024 + (index % 3)}`,
    amount: index % 5 === 4 ? null : String(1000 + index * 250),
    dealstage: stage,
    pipeline: "default",
    closedate: stage === "closedwon" ? hoursAgo(index * 20) : null,
  };
}

function companyName(account: number, index: number): string {
  const roll = dice(`company/${account}/${index}`);
  const words = `${pick(ADJECTIVES, roll)} ${pick(NOUNS, roll)}`;
  return `${words.replace(/\b\w/g, (letter) => letter.toUpperCase())} ${pick(FORMS, roll)}`;
}
