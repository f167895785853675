import { CRM_PROPERTIES } from "../data/hubspot-properties.ts";
import { CRM_KINDS, type CrmKind, type CrmObject, crmObjects, crmObjectSchema, crmStamps } from "../data/hubspot.ts";
import type { ApiContext } from "../routes.ts";
import type { Shelf } from "../shelf.ts";
import { failure } from "./hubspot-http.ts";

/** The numbers that stand for the kinds of objects: https://developers.hubspot.com/docs/guides/crm/understanding-the-crm */
export const TYPE_IDS: Readonly<Record<CrmKind, string>> = { contacts: "0-1", companies: "0-2", deals: "0-3" };
const SINGULAR: Readonly<Record<CrmKind, string>> = { contacts: "contact", companies: "company", deals: "deal" };

/** A kind by its name, its name in the singular, or its number. */
export function findKind(name: string | undefined): CrmKind | undefined {
  return CRM_KINDS.find((kind) => name === kind || name === SINGULAR[kind] || name === TYPE_IDS[kind]);
}

/** How objects of one kind are told to belong to another: `contact_to_company`. */
export function pairName(from: CrmKind, to: CrmKind): string {
  return `${SINGULAR[from]}_to_${SINGULAR[to]}`;
}

/** The objects of one kind, archived ones too. */
export function objects({ store, account }: ApiContext, kind: CrmKind): Shelf<CrmObject> {
  return store.shelf({
    account,
    kind,
    schema: crmObjectSchema,
    seeded: crmObjects(account, kind),
    idOf: ({ id }) => id,
  });
}

/** One that is not archived, by its id or by a property that no two share. */
export function findObject(context: ApiContext, kind: CrmKind, id: string, idProperty?: string): CrmObject | undefined {
  const living = objects(context, kind)
    .list()
    .filter(({ archived }) => !archived);
  return living.find((object) => (idProperty === undefined ? object.id : object.properties[idProperty]) === id);
}

/** An object with the properties that were asked for; one that its kind does not have is left out. */
export function shown(kind: CrmKind, object: CrmObject, asked: readonly string[]): CrmObject {
  const known = CRM_PROPERTIES[kind];
  const wanted =
    asked.length === 0
      ? known.filter(({ isDefault }) => isDefault)
      : known.filter(({ name, isReadOnly }) => asked.includes(name) || (isReadOnly && name !== "lastmodifieddate"));
  const properties = Object.fromEntries(wanted.map(({ name }) => [name, object.properties[name] ?? null]));
  return { ...object, properties };
}

/** A new object with an id that none has. */
export function newObject(context: ApiContext, kind: CrmKind, given: CrmObject["properties"]): CrmObject {
  const now = new Date(context.call.now).toISOString();
  const id = String(90_000_000 + objects(context, kind).list().length);
  return changed(kind, { id, properties: {}, createdAt: now, updatedAt: now, archived: false }, given, now);
}

/** An object with changes over it; an empty text clears a property. */
export function changed(kind: CrmKind, object: CrmObject, given: CrmObject["properties"], now: string): CrmObject {
  const cleared = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, value === "" ? null : value]));
  const properties = { ...object.properties, ...cleared, ...crmStamps(kind, object.id, object.createdAt, now) };
  return { ...object, properties, updatedAt: now };
}

/** Why properties are not taken, in HubSpot's words for each, or undefined. */
export function complaint(
  context: ApiContext,
  kind: CrmKind,
  given: CrmObject["properties"],
  id?: string,
): Response | undefined {
  const problems = Object.entries(given).flatMap(([name, value]) => {
    const error = problemWith(kind, name, value ?? "");
    return error === undefined ? [] : [{ isValid: false, message: `${name}: ${error}`, error, name }];
  });
  if (problems.length > 0) {
    return failure(400, "VALIDATION_ERROR", `Property values were not valid: ${JSON.stringify(problems)}`, {
      errors: problems.map(({ message, error, name }) => ({ message, code: error, context: { propertyName: [name] } })),
    });
  }
  const unique = CRM_PROPERTIES[kind].filter(({ isUnique }) => isUnique);
  for (const { name } of unique) {
    const value = given[name];
    const taken = value ? findObject(context, kind, value, name) : undefined;
    if (taken !== undefined && taken.id !== id) {
      const label = SINGULAR[kind].replace(/^./, (letter) => letter.toUpperCase());
      return failure(409, "CONFLICT", `${label} already exists. Existing ID: ${taken.id}`);
    }
  }
  return undefined;
}

function problemWith(kind: CrmKind, name: string, value: string): string | undefined {
  const property = CRM_PROPERTIES[kind].find((each) => each.name === name);
  if (property === undefined) return "PROPERTY_DOESNT_EXIST";
  if (property.isReadOnly) return "READ_ONLY_VALUE";
  if (value === "") return undefined;
  if (property.options !== undefined && !property.options.includes(value)) return "INVALID_OPTION";
  if (property.type === "number" && Number.isNaN(Number(value))) return "INVALID_NUMBER";
  if (property.type === "datetime" && Number.isNaN(Date.parse(value))) return "INVALID_DATE";
  return name === "email" && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) ? "INVALID_EMAIL" : undefined;
}
