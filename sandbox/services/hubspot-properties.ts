import { CRM_PROPERTIES, type CrmProperty } from "../data/hubspot-properties.ts";
import { CRM_KINDS, type CrmKind } from "../data/hubspot.ts";
import { hoursAgo } from "../data/words.ts";
import { json } from "../http.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { HUBSPOT_API as API, hubspotErrors as errors } from "./hubspot-http.ts";
import { findKind } from "./hubspot-objects.ts";

const READ = [...CRM_KINDS.map((kind) => `crm.objects.${kind}.read`), "crm.objects.owners.read"];

/** What properties a kind of object has, under the old path and the dated one. */
export const propertyRoutes: readonly Route[] = ["/crm/v3/properties", "/crm/properties/2026-03"].flatMap((path) => [
  api("GET", API, `${path}/:kind`, READ, (context) => {
    const kind = findKind(context.params["kind"]);
    if (kind === undefined) return errors.badRequest(context.call, "Unable to infer object type.");
    return json({ results: CRM_PROPERTIES[kind].map((property) => shown(kind, property)) });
  }),
  api("GET", API, `${path}/:kind/:name`, READ, (context) => one(context)),
]);

function one({ call, params }: ApiContext): Response {
  const kind = findKind(params["kind"]);
  if (kind === undefined) return errors.badRequest(call, "Unable to infer object type.");
  const found = CRM_PROPERTIES[kind].find(({ name }) => name === params["name"]);
  return found === undefined ? errors.notFound(call) : json(shown(kind, found));
}

const FIELD_TYPES: Readonly<Record<CrmProperty["type"], string>> = {
  string: "text",
  number: "number",
  enumeration: "select",
  datetime: "date",
};
const GROUPS: Readonly<Record<CrmKind, string>> = {
  contacts: "contactinformation",
  companies: "companyinformation",
  deals: "dealinformation",
};

function shown(kind: CrmKind, { name, label, type, options = [], ...more }: CrmProperty): object {
  const isReadOnly = more.isReadOnly ?? false;
  return {
    updatedAt: hoursAgo(20_000),
    createdAt: hoursAgo(30_000),
    name,
    label,
    type,
    fieldType: FIELD_TYPES[type],
    description: "",
    groupName: GROUPS[kind],
    options: options.map((value, index) => ({
      label: value.charAt(0).toUpperCase() + value.slice(1).toLowerCase(),
      value,
      displayOrder: index,
      hidden: false,
    })),
    displayOrder: -1,
    calculated: false,
    externalOptions: false,
    archived: false,
    hasUniqueValue: more.isUnique ?? false,
    hidden: false,
    hubspotDefined: true,
    modificationMetadata: {
      archivable: false,
      readOnlyDefinition: true,
      readOnlyOptions: true,
      readOnlyValue: isReadOnly,
    },
    formField: !isReadOnly,
  };
}
