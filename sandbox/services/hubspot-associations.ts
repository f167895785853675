import * as z from "zod";
import { CRM_KINDS, type CrmKind, crmPairs } from "../data/hubspot.ts";
import { json, jsonBody, wholeNumber } from "../http.ts";
import { pageOf } from "../paging.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { pageSize } from "../settings.ts";
import type { Shelf } from "../shelf.ts";
import { batchAnswer } from "./hubspot-batch.ts";
import { HUBSPOT_API as API, hubspotErrors as errors } from "./hubspot-http.ts";
import { findKind, findObject, TYPE_IDS } from "./hubspot-objects.ts";

/** How one kind is tied to another: https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide */
const TIES: Readonly<Record<CrmKind, Readonly<Record<CrmKind, number>>>> = {
  contacts: { contacts: 449, companies: 279, deals: 4 },
  companies: { contacts: 280, companies: 450, deals: 342 },
  deals: { contacts: 3, companies: 341, deals: 451 },
};

const specSchema = z.object({ associationCategory: z.string(), associationTypeId: z.number().int() });
const target = z.object({ id: z.coerce.string() });
/** An association as it comes with a new object. */
export const newAssociation = z.object({ to: target, types: z.array(specSchema).min(1) });
const readInputs = z.object({ inputs: z.array(target).min(1).max(1000) });
const pairInputs = z.object({
  inputs: z
    .array(z.object({ from: target, to: target, types: z.array(specSchema).optional() }))
    .min(1)
    .max(2000),
});
const archiveInputs = z.object({
  inputs: z.array(z.object({ from: target, to: z.array(target) })).min(1),
});

const tieSchema = z.object({
  kind: z.enum(CRM_KINDS),
  id: z.string(),
  toKind: z.enum(CRM_KINDS),
  toId: z.string(),
  types: z.array(z.number()),
});
type Tie = z.infer<typeof tieSchema>;

const READ = CRM_KINDS.map((kind) => `crm.objects.${kind}.read`);
const WRITE = CRM_KINDS.map((kind) => `crm.objects.${kind}.write`);

/** Under the old path and the dated one. */
export const associationRoutes: readonly Route[] = [
  ["/crm/v4/objects", "/crm/v4/associations"] as const,
  ["/crm/objects/2026-03", "/crm/associations/2026-03"] as const,
].flatMap(([one, many]) => [
  api("GET", API, `${one}/:from/:id/associations/:to`, READ, list),
  api("PUT", API, `${one}/:from/:id/associations/default/:to/:toId`, WRITE, associateByDefault),
  api("PUT", API, `${one}/:from/:id/associations/:to/:toId`, WRITE, associate),
  api("DELETE", API, `${one}/:from/:id/associations/:to/:toId`, WRITE, (context) => {
    const kinds = kindsOf(context, "write");
    if (kinds instanceof Response) return kinds;
    untie(context, kinds, context.params["id"] ?? "", context.params["toId"] ?? "");
    return new Response(null, { status: 204 });
  }),
  api("POST", API, `${many}/:from/:to/batch/read`, READ, readMany),
  api("POST", API, `${many}/:from/:to/batch/create`, WRITE, (context) => createMany(context, 201)),
  api("POST", API, `${many}/:from/:to/batch/associate/default`, WRITE, (context) => createMany(context, 200)),
  api("POST", API, `${many}/:from/:to/batch/archive`, WRITE, archiveMany),
]);

interface Kinds {
  readonly from: CrmKind;
  readonly to: CrmKind;
}

function kindsOf(context: ApiContext, access: "read" | "write"): Kinds | Response {
  const [from, to] = [findKind(context.params["from"]), findKind(context.params["to"])];
  if (from === undefined || to === undefined) return errors.badRequest(context.call, "Unable to infer object type.");
  const needed = `crm.objects.${from}.${access}`;
  return context.token.scopes.includes(needed) ? { from, to } : errors.forbidden(context.call, [needed], []);
}

function ties({ store, account }: ApiContext): Shelf<Tie> {
  const both = ({ kind, id, toKind, toId }: (typeof seeded)[number]): Tie[] => [
    { kind, id, toKind, toId, types: [TIES[kind][toKind]] },
    { kind: toKind, id: toId, toKind: kind, toId: id, types: [TIES[toKind][kind]] },
  ];
  const seeded = crmPairs(account);
  return store.shelf({ account, kind: "tie", schema: tieSchema, seeded: seeded.flatMap(both), idOf: nameOf });
}

function nameOf({ kind, id, toKind, toId }: Pick<Tie, "kind" | "id" | "toKind" | "toId">): string {
  return `${kind}/${id}>${toKind}/${toId}`;
}

/** What an object is tied to, of one kind. */
export function associationsOf(context: ApiContext, kind: CrmKind, id: string, toKind: CrmKind): Tie[] {
  return ties(context)
    .list()
    .filter((tie) => tie.kind === kind && tie.id === id && tie.toKind === toKind);
}

/** Ties two objects in both directions; the kind of the other is told by the types. @returns why not, if not */
export function pair(
  context: ApiContext,
  { kind, id, toId, types }: { kind: CrmKind; id: string; toId: string; types: readonly z.infer<typeof specSchema>[] },
): Response | undefined {
  const toKind = CRM_KINDS.find((each) =>
    types.every(({ associationTypeId }) => TIES[kind][each] === associationTypeId),
  );
  if (toKind === undefined)
    return errors.badRequest(context.call, "One or more associationTypeIds are not valid for these objects.");
  const isThere = findObject(context, kind, id) !== undefined && findObject(context, toKind, toId) !== undefined;
  if (!isThere) return errors.notFound(context.call);
  bind(context, { from: kind, to: toKind }, id, toId);
  return undefined;
}

function bind(context: ApiContext, { from, to }: Kinds, id: string, toId: string): void {
  const shelf = ties(context);
  shelf.put({ kind: from, id, toKind: to, toId, types: [TIES[from][to]] });
  shelf.put({ kind: to, id: toId, toKind: from, toId: id, types: [TIES[to][from]] });
}

function untie(context: ApiContext, { from, to }: Kinds, id: string, toId: string): void {
  const shelf = ties(context);
  shelf.remove(nameOf({ kind: from, id, toKind: to, toId }));
  shelf.remove(nameOf({ kind: to, id: toId, toKind: from, toId: id }));
}

function shownTie({ toId, types }: Tie): object {
  const associationTypes = types.map((typeId) => ({ category: "HUBSPOT_DEFINED", typeId, label: null }));
  return { toObjectId: toId, associationTypes };
}

function list(context: ApiContext): Response {
  const kinds = kindsOf(context, "read");
  if (kinds instanceof Response) return kinds;
  const id = context.params["id"] ?? "";
  if (findObject(context, kinds.from, id) === undefined) return errors.notFound(context.call);
  const found = associationsOf(context, kinds.from, id, kinds.to);
  const start = wholeNumber(context.call.query.get("after"), 0, 0, found.length);
  const size = pageSize(context.settings, wholeNumber(context.call.query.get("limit"), 500, 1, 500));
  const page = pageOf(found, start, size);
  const paging = page.next === undefined ? {} : { paging: { next: { after: String(page.next) } } };
  return json({ results: page.items.map(shownTie), ...paging });
}

function associateByDefault(context: ApiContext): Response {
  const kinds = kindsOf(context, "write");
  if (kinds instanceof Response) return kinds;
  const { id = "", toId = "" } = context.params;
  return defaults(context, kinds, [{ from: { id }, to: { id: toId } }], 200);
}

function defaults(
  context: ApiContext,
  kinds: Kinds,
  inputs: readonly { from: { id: string }; to: { id: string } }[],
  status: number,
): Response {
  const { from, to } = kinds;
  const isThere = ({ from: one, to: other }: (typeof inputs)[number]) =>
    findObject(context, from, one.id) !== undefined && findObject(context, to, other.id) !== undefined;
  if (!inputs.every(isThere)) return errors.notFound(context.call);
  const specOf = (first: CrmKind, second: CrmKind) => ({
    associationCategory: "HUBSPOT_DEFINED",
    associationTypeId: TIES[first][second],
  });
  const results = inputs.flatMap(({ from: one, to: other }) => {
    bind(context, kinds, one.id, other.id);
    return [
      { from: one, to: other, associationSpec: specOf(from, to) },
      { from: other, to: one, associationSpec: specOf(to, from) },
    ];
  });
  return batchAnswer(context, results, [], status);
}

function associate(context: ApiContext): Response {
  const kinds = kindsOf(context, "write");
  if (kinds instanceof Response) return kinds;
  const { id = "", toId = "" } = context.params;
  const types = z.array(specSchema).min(1).safeParse(parsedList(context.call.text));
  if (!types.success) return errors.badRequest(context.call, "The body is a list of association types.");
  const problem = pair(context, { kind: kinds.from, id, toId, types: types.data });
  if (problem !== undefined) return problem;
  return json(labels(kinds, id, toId), 201);
}

function labels({ from, to }: Kinds, id: string, toId: string): object {
  return {
    fromObjectTypeId: TYPE_IDS[from],
    fromObjectId: id,
    toObjectTypeId: TYPE_IDS[to],
    toObjectId: toId,
    labels: [],
  };
}

function parsedList(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readMany(context: ApiContext): Response {
  const kinds = kindsOf(context, "read");
  if (kinds instanceof Response) return kinds;
  const wanted = readInputs.safeParse(jsonBody(context.call));
  if (!wanted.success) return errors.badRequest(context.call, "The inputs are not valid.");
  const found = wanted.data.inputs.map((from) => ({
    from,
    to: associationsOf(context, kinds.from, from.id, kinds.to).map(shownTie),
  }));
  return batchAnswer(
    context,
    found.filter(({ to }) => to.length > 0),
    [],
  );
}

function createMany(context: ApiContext, status: 200 | 201): Response {
  const kinds = kindsOf(context, "write");
  if (kinds instanceof Response) return kinds;
  const wanted = pairInputs.safeParse(jsonBody(context.call));
  if (!wanted.success) return errors.badRequest(context.call, "The inputs are not valid.");
  const { inputs } = wanted.data;
  if (status === 200) return defaults(context, kinds, inputs, status);
  for (const { from, to, types = [] } of inputs) {
    const problem = pair(context, { kind: kinds.from, id: from.id, toId: to.id, types });
    if (problem !== undefined) return problem;
  }
  return batchAnswer(
    context,
    inputs.map(({ from, to }) => labels(kinds, from.id, to.id)),
    [],
    status,
  );
}

function archiveMany(context: ApiContext): Response {
  const kinds = kindsOf(context, "write");
  if (kinds instanceof Response) return kinds;
  const wanted = archiveInputs.safeParse(jsonBody(context.call));
  if (!wanted.success) return errors.badRequest(context.call, "The inputs are not valid.");
  for (const { from, to } of wanted.data.inputs) for (const { id } of to) untie(context, kinds, from.id, id);
  return new Response(null, { status: 204 });
}
