import * as z from "zod";
import { type CrmKind, type CrmObject, crmObjects } from "../data/hubspot.ts";
import { type Call, json, jsonBody, mapped, wholeNumber } from "../http.ts";
import { pageOf } from "../paging.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { pageSize } from "../settings.ts";
import { failure, HUBSPOT_API as API, hubspotErrors as errors } from "./hubspot-http.ts";

const DEFAULT_PROPERTIES: Readonly<Record<CrmKind, readonly string[]>> = {
  contacts: ["createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"],
  companies: ["createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"],
};

const properties = z.record(z.string(), z.string().nullable());
const objectSchema = z.object({
  id: z.string(),
  properties,
  createdAt: z.string(),
  updatedAt: z.string(),
  archived: z.boolean(),
});
const newObject = z.object({ properties });
const searchSchema = z.object({
  limit: z.number().int().min(1).max(100).default(10),
  after: z.union([z.string(), z.number()]).optional(),
  query: z.string().optional(),
  properties: z.array(z.string()).optional(),
});

/** Lists, reads, creates and searches one kind of CRM object, under the old path and the dated one. */
export function crmRoutes(kind: CrmKind): Route[] {
  const [read, write] = [[`crm.objects.${kind}.read`], [`crm.objects.${kind}.write`]];
  return [`/crm/v3/objects/${kind}`, `/crm/objects/2026-03/${kind}`].flatMap((path) => [
    api("GET", API, path, read, (context) => list(context, kind, path)),
    api("POST", API, path, write, (context) => create(context, kind)),
    api("POST", API, `${path}/search`, read, (context) => search(context, kind)),
    api("GET", API, `${path}/:id`, read, (context) => {
      const found = all(context, kind).find(({ id }) => id === context.params["id"]);
      return found === undefined ? errors.notFound(context.call) : json(shown(context.call, kind, found));
    }),
  ]);
}

function all({ account, store }: ApiContext, kind: CrmKind): CrmObject[] {
  return [...crmObjects(account, kind), ...store.objects(account, kind, objectSchema).toReversed()];
}

function list(context: ApiContext, kind: CrmKind, path: string): Response {
  const { call, settings } = context;
  const limit = wholeNumber(call.query.get("limit"), 10, 1, 1000);
  if (limit > 100) return errors.badRequest(call, "The limit must be at most 100.");
  const objects = all(context, kind);
  const after = call.query.get("after");
  // The cursor is the id after which the page starts, as in HubSpot's own lists.
  const start = after === null ? 0 : objects.findIndex(({ id }) => id === after) + 1;
  if (after !== null && start === 0) return errors.badRequest(call, "The after cursor is not valid.");
  const page = pageOf(objects, start, pageSize(settings, limit));
  const results = page.items.map((object) => shown(call, kind, object));
  const last = page.items.at(-1)?.id;
  if (page.next === undefined || last === undefined) return json({ results });
  const query = new URLSearchParams(call.query);
  query.set("after", last);
  return json({ results, paging: { next: { after: last, link: mapped(call, API, `${path}?${query.toString()}`) } } });
}

function shown(call: Call, kind: CrmKind, object: CrmObject, asked?: readonly string[]): CrmObject {
  const named = asked ?? call.query.getAll("properties").flatMap((names) => names.split(","));
  const wanted = named.length === 0 ? DEFAULT_PROPERTIES[kind] : [...named, "createdate", "hs_object_id"];
  const picked = Object.fromEntries(wanted.map((name) => [name, object.properties[name] ?? null]));
  return { ...object, properties: picked };
}

function create(context: ApiContext, kind: CrmKind): Response {
  const wanted = newObject.safeParse(jsonBody(context.call));
  if (!wanted.success) return errors.badRequest(context.call, "The body has no properties.");
  const { email } = wanted.data.properties;
  if (email !== undefined && all(context, kind).some((object) => object.properties["email"] === email)) {
    return failure(409, "CONFLICT", "A contact with this email exists.");
  }
  const now = new Date(context.call.now).toISOString();
  const id = String(90_000_000 + all(context, kind).length);
  const stamps = { createdate: now, lastmodifieddate: now, hs_lastmodifieddate: now, hs_object_id: id };
  const object = {
    id,
    properties: { ...wanted.data.properties, ...stamps },
    createdAt: now,
    updatedAt: now,
    archived: false,
  };
  context.store.addObject(context.account, kind, object);
  return json(object, 201);
}

function search(context: ApiContext, kind: CrmKind): Response {
  const wanted = searchSchema.safeParse(jsonBody(context.call) ?? {});
  if (!wanted.success) return errors.badRequest(context.call, "The search is not valid.");
  const { limit, after = 0, query = "", properties: asked } = wanted.data;
  const text = query.toLowerCase();
  const hits = all(context, kind).filter((object) => JSON.stringify(object.properties).toLowerCase().includes(text));
  const page = pageOf(hits, Number(after), pageSize(context.settings, limit));
  const results = page.items.map((object) => shown(context.call, kind, object, asked));
  const paging = page.next === undefined ? {} : { paging: { next: { after: String(page.next) } } };
  return json({ total: hits.length, results, ...paging });
}
