import * as z from "zod";
import { type CrmKind, type CrmObject, CRM_KINDS } from "../data/hubspot.ts";
import { type Call, json, jsonBody, mapped, wholeNumber } from "../http.ts";
import { pageOf } from "../paging.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { pageSize } from "../settings.ts";
import { associationsOf, newAssociation, pair } from "./hubspot-associations.ts";
import { batchRoutes } from "./hubspot-batch.ts";
import { failure, HUBSPOT_API as API, hubspotErrors as errors } from "./hubspot-http.ts";
import { changed, complaint, findKind, findObject, newObject, objects, pairName, shown } from "./hubspot-objects.ts";
import { search } from "./hubspot-search.ts";

const propertiesSchema = z.object({ properties: z.record(z.string(), z.string().nullable()) });
const newSchema = propertiesSchema.extend({ associations: z.array(newAssociation).default([]) });

/** Every kind of object under the old path and the dated one. */
export const crmRoutes: readonly Route[] = CRM_KINDS.flatMap((kind) =>
  [`/crm/v3/objects/${kind}`, `/crm/objects/2026-03/${kind}`].flatMap((path) => [
    ...routesAt(kind, path),
    ...batchRoutes(kind, path),
  ]),
);

function routesAt(kind: CrmKind, path: string): Route[] {
  const [read, write] = [[`crm.objects.${kind}.read`], [`crm.objects.${kind}.write`]];
  return [
    api("GET", API, path, read, (context) => list(context, kind, path)),
    api("POST", API, path, write, (context) => create(context, kind)),
    api("POST", API, `${path}/search`, read, (context) => search(context, kind)),
    api("GET", API, `${path}/:id`, read, (context) => retrieve(context, kind)),
    api("PATCH", API, `${path}/:id`, write, (context) => update(context, kind)),
    api("DELETE", API, `${path}/:id`, write, (context) => archive(context, kind)),
  ];
}

/** `properties=a,b&properties=c` and the like. */
function named({ query }: Call, parameter: "properties" | "associations"): string[] {
  return query.getAll(parameter).flatMap((names) => names.split(","));
}

function list(context: ApiContext, kind: CrmKind, path: string): Response {
  const { call, settings } = context;
  const limit = wholeNumber(call.query.get("limit"), 10, 1, 1000);
  if (limit > 100) return errors.badRequest(call, "The limit must be at most 100.");
  const wantsArchived = call.query.get("archived") === "true";
  const found = objects(context, kind)
    .list()
    .filter(({ archived }) => archived === wantsArchived);
  const after = call.query.get("after");
  // The cursor is the id after which the page starts, as in HubSpot's own lists.
  const start = after === null ? 0 : found.findIndex(({ id }) => id === after) + 1;
  if (after !== null && start === 0) return errors.badRequest(call, "The after cursor is not valid.");
  const page = pageOf(found, start, pageSize(settings, limit));
  const results = page.items.map((object) => full(context, kind, object));
  const last = page.items.at(-1)?.id;
  if (page.next === undefined || last === undefined) return json({ results });
  const query = new URLSearchParams(call.query);
  query.set("after", last);
  return json({ results, paging: { next: { after: last, link: mapped(call, API, `${path}?${query.toString()}`) } } });
}

/** With the properties and the associations that the query names. */
function full(context: ApiContext, kind: CrmKind, object: CrmObject): object {
  const asked = shown(kind, object, named(context.call, "properties"));
  const kinds = named(context.call, "associations").flatMap((name) => findKind(name) ?? []);
  if (kinds.length === 0) return asked;
  const associations = kinds.flatMap((to) => {
    const results = associationsOf(context, kind, object.id, to).map(({ toId: id }) => ({
      id,
      type: pairName(kind, to),
    }));
    return results.length === 0 ? [] : [[to, { results }]];
  });
  return { ...asked, associations: Object.fromEntries(associations) };
}

function retrieve(context: ApiContext, kind: CrmKind): Response {
  const id = context.params["id"] ?? "";
  const found =
    context.call.query.get("archived") === "true"
      ? objects(context, kind).find(id)
      : findObject(context, kind, id, context.call.query.get("idProperty") ?? undefined);
  return found === undefined ? errors.notFound(context.call) : json(full(context, kind, found));
}

function create(context: ApiContext, kind: CrmKind): Response {
  const wanted = newSchema.safeParse(jsonBody(context.call));
  if (!wanted.success) return errors.badRequest(context.call, "The body has no properties.");
  const refused = complaint(context, kind, wanted.data.properties);
  if (refused !== undefined) return refused;
  const object = newObject(context, kind, wanted.data.properties);
  objects(context, kind).put(object);
  for (const { to, types } of wanted.data.associations) {
    const problem = pair(context, { kind, id: object.id, toId: to.id, types });
    if (problem !== undefined) return problem;
  }
  return json(object, 201);
}

function update(context: ApiContext, kind: CrmKind): Response {
  const wanted = propertiesSchema.safeParse(jsonBody(context.call));
  if (!wanted.success) return errors.badRequest(context.call, "The body has no properties.");
  const idProperty = context.call.query.get("idProperty") ?? undefined;
  const found = findObject(context, kind, context.params["id"] ?? "", idProperty);
  if (found === undefined) return errors.notFound(context.call);
  const refused = complaint(context, kind, wanted.data.properties, found.id);
  if (refused !== undefined) return refused;
  const object = changed(kind, found, wanted.data.properties, new Date(context.call.now).toISOString());
  objects(context, kind).put(object);
  return json(object);
}

/** What is archived can be read for three months, by those who ask for it: `archived=true`. */
function archive(context: ApiContext, kind: CrmKind): Response {
  const found = objects(context, kind).find(context.params["id"] ?? "");
  if (found === undefined) return failure(404, "OBJECT_NOT_FOUND", "The resource was not found.");
  const archivedAt = new Date(context.call.now).toISOString();
  objects(context, kind).put({ ...found, archived: true, archivedAt });
  return new Response(null, { status: 204 });
}
