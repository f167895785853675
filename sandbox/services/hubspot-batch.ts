import * as z from "zod";
import type { CrmKind, CrmObject } from "../data/hubspot.ts";
import { json, jsonBody } from "../http.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { HUBSPOT_API as API, hubspotErrors as errors } from "./hubspot-http.ts";
import { changed, complaint, findObject, newObject, objects, shown } from "./hubspot-objects.ts";

/** https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide */
const MOST = 100;

const properties = z.record(z.string(), z.string().nullable());
const ids = z.object({
  inputs: z
    .array(z.object({ id: z.string() }))
    .min(1)
    .max(MOST),
  properties: z.array(z.string()).default([]),
  idProperty: z.string().optional(),
});
const news = z.object({ inputs: z.array(z.object({ properties })).min(1).max(MOST) });
const changes = z.object({
  inputs: z
    .array(z.object({ id: z.string(), idProperty: z.string().optional(), properties }))
    .min(1)
    .max(MOST),
});

/** A hundred objects at once. */
export function batchRoutes(kind: CrmKind, path: string): Route[] {
  const [read, write] = [[`crm.objects.${kind}.read`], [`crm.objects.${kind}.write`]];
  return [
    api("POST", API, `${path}/batch/read`, read, (context) => readMany(context, kind)),
    api("POST", API, `${path}/batch/create`, write, (context) => createMany(context, kind)),
    api("POST", API, `${path}/batch/update`, write, (context) => updateMany(context, kind)),
    api("POST", API, `${path}/batch/upsert`, write, (context) => upsertMany(context, kind)),
    api("POST", API, `${path}/batch/archive`, write, (context) => archiveMany(context, kind)),
  ];
}

/** What was done, and at its side what was not there: 207 where there is anything. */
export function batchAnswer(
  context: ApiContext,
  results: readonly object[],
  missing: readonly string[],
  status = 200,
): Response {
  const at = new Date(context.call.now).toISOString();
  const done = { status: "COMPLETE", results, startedAt: at, completedAt: at };
  if (missing.length === 0) return json(done, status);
  const error = {
    status: "error",
    category: "OBJECT_NOT_FOUND",
    message: "Could not get some objects, they may be deleted or not exist. Check that ids are valid.",
    context: { ids: missing },
    links: {},
    errors: [],
  };
  return json({ ...done, numErrors: 1, errors: [error] }, 207);
}

function tooMany(context: ApiContext): Response {
  return errors.badRequest(context.call, `The inputs are not valid: from one to ${MOST} are taken.`);
}

function readMany(context: ApiContext, kind: CrmKind): Response {
  const wanted = ids.safeParse(jsonBody(context.call));
  if (!wanted.success) return tooMany(context);
  const { inputs, idProperty, properties: asked } = wanted.data;
  const found = inputs.map(({ id }) => ({ id, object: findObject(context, kind, id, idProperty) }));
  const results = found.flatMap(({ object }) => (object === undefined ? [] : [shown(kind, object, asked)]));
  return batchAnswer(
    context,
    results,
    found.flatMap(({ id, object }) => (object === undefined ? [id] : [])),
  );
}

/** Without a trace id for each, one that is refused refuses all. */
function createMany(context: ApiContext, kind: CrmKind): Response {
  const wanted = news.safeParse(jsonBody(context.call));
  if (!wanted.success) return tooMany(context);
  for (const input of wanted.data.inputs) {
    const refused = complaint(context, kind, input.properties);
    if (refused !== undefined) return refused;
  }
  const made = wanted.data.inputs.map((input) => {
    const object = newObject(context, kind, input.properties);
    objects(context, kind).put(object);
    return object;
  });
  return batchAnswer(context, made, [], 201);
}

function updateMany(context: ApiContext, kind: CrmKind): Response {
  const wanted = changes.safeParse(jsonBody(context.call));
  if (!wanted.success) return tooMany(context);
  const now = new Date(context.call.now).toISOString();
  const done: CrmObject[] = [];
  const missing: string[] = [];
  for (const { id, idProperty, properties: given } of wanted.data.inputs) {
    const before = findObject(context, kind, id, idProperty);
    const refused = complaint(context, kind, given, before?.id);
    if (refused !== undefined) return refused;
    if (before === undefined) missing.push(id);
    else done.push(changed(kind, before, given, now));
  }
  for (const object of done) objects(context, kind).put(object);
  return batchAnswer(context, done, missing);
}

function upsertMany(context: ApiContext, kind: CrmKind): Response {
  const wanted = changes.safeParse(jsonBody(context.call));
  if (!wanted.success) return tooMany(context);
  const now = new Date(context.call.now).toISOString();
  const results: object[] = [];
  for (const { id, idProperty, properties: given } of wanted.data.inputs) {
    const before = findObject(context, kind, id, idProperty);
    const refused = complaint(context, kind, given, before?.id);
    if (refused !== undefined) return refused;
    const named = idProperty === undefined ? given : { ...given, [idProperty]: id };
    const object = before === undefined ? newObject(context, kind, named) : changed(kind, before, given, now);
    objects(context, kind).put(object);
    results.push({ ...object, new: before === undefined });
  }
  return batchAnswer(context, results, []);
}

function archiveMany(context: ApiContext, kind: CrmKind): Response {
  const wanted = ids.safeParse(jsonBody(context.call));
  if (!wanted.success) return tooMany(context);
  const archivedAt = new Date(context.call.now).toISOString();
  for (const { id } of wanted.data.inputs) {
    const found = findObject(context, kind, id);
    if (found !== undefined) objects(context, kind).put({ ...found, archived: true, archivedAt });
  }
  return new Response(null, { status: 204 });
}
