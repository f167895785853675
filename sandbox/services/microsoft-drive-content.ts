import * as z from "zod";
import { addContent, contentOf, contentRange, download, filler, putContent } from "../contents.ts";
import type { DriveItem } from "../data/microsoft-drive.ts";
import { json, jsonBody, mapped } from "../http.ts";
import { randomText } from "../random.ts";
import { type ApiContext, open, type OpenContext, type Route } from "../routes.ts";
import { driveApi, folderFor, nameTaken } from "./microsoft-drive.ts";
import {
  childrenOf,
  downloadUrl,
  freeName,
  type Holder,
  itemBy,
  keep,
  newItem,
  placeOf,
  SITE,
  ticketFor,
  whole,
  withItem,
} from "./microsoft-drive-items.ts";
import { failure } from "./microsoft-http.ts";

const DAY = 24 * 3_600_000;
/** Every piece of an upload but the last has a length that this divides. */
const STEP = 320 * 1024;

const sessionSchema = z.object({
  id: z.string(),
  account: z.number(),
  folder: z.string(),
  name: z.string(),
  behavior: z.enum(["fail", "rename", "replace"]),
  received: z.number(),
  until: z.number(),
});
type Session = z.infer<typeof sessionSchema>;
const operationSchema = z.object({ id: z.string(), item: z.string(), asked: z.number() });

/** Content up and down, whole or in pieces, and copies. Addresses at the site itself need no token. */
export const driveContentRoutes: readonly Route[] = [
  ...driveApi("GET", "/items/:id/content", "read", (context) =>
    withItem(context, (item) =>
      item.mimeType === null
        ? failure(400, "notSupported", "A folder has no content.")
        : new Response(null, {
            status: 302,
            headers: { location: downloadUrl(context.call, context.account, item.id) },
          }),
    ),
  ),
  ...driveApi("PUT", "/items/:id/content", "write", upload),
  ...driveApi("POST", "/items/:id/createUploadSession", "write", begin),
  ...driveApi("POST", "/items/:id/copy", "write", copy),
  open("GET", SITE, "/personal/:person/_layouts/15/download.aspx", send),
  open("PUT|GET|DELETE", SITE, "/personal/:person/_api/v2.0/drive/uploadSession", proceed),
  open("GET", SITE, "/personal/:person/_api/v2.0/monitor/:id", monitor),
];

function send({ call, store }: OpenContext): Response {
  const { query } = call;
  const id = query.get("UniqueId") ?? "";
  const ticket = query.get("tempauth") ?? "";
  const [, account = "", until = ""] = ticket.split(".");
  const holder = { store, account: Number(account) };
  const item = itemBy(holder, id);
  const isGood = ticketFor(holder.account, id, Number(until)) === ticket && Number(until) > call.now;
  if (!isGood || item === undefined) return failure(401, "unauthenticated", "The address has expired.");
  return download(call, bytesOf(holder, item), {
    "content-type": item.mimeType ?? "application/octet-stream",
    "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(item.name)}`,
  });
}

/** What was uploaded, or something of the right size. */
function bytesOf(holder: Holder, item: DriveItem): Uint8Array<ArrayBuffer> {
  return contentOf(holder, item.id) ?? filler(item.name, item.size);
}

/** Puts bytes under a name: over what has it, or beside it, or not at all. */
function put(
  holder: Holder,
  now: number,
  said: Pick<Session, "folder" | "name" | "behavior">,
  type: string,
  bytes: Uint8Array,
) {
  const taken = childrenOf(holder, said.folder).find(({ name }) => name.toLowerCase() === said.name.toLowerCase());
  if (taken !== undefined && said.behavior === "fail") return undefined;
  const replaced = said.behavior === "replace" ? taken : undefined;
  const item = replaced ?? newItem(now, said.folder, freeName(holder, said.folder, said.name), type);
  putContent(holder, item.id, bytes);
  const time = new Date(now).toISOString();
  return {
    isNew: replaced === undefined,
    item: keep(holder, { ...item, size: bytes.length, lastModifiedDateTime: time }),
  };
}

const behaviorSchema = sessionSchema.shape.behavior.catch("replace");

function upload(context: ApiContext): Response {
  const { call, params } = context;
  const { item, folder, name } = placeOf(context, params["id"] ?? "");
  if (folder?.mimeType !== null) return failure(404, "itemNotFound", "Item does not exist");
  if (item?.mimeType === null) return failure(409, "nameAlreadyExists", "A folder has this name.");
  const behavior = behaviorSchema.parse(call.query.get("@microsoft.graph.conflictBehavior"));
  const type = call.headers.get("content-type") ?? "application/octet-stream";
  const done = put(context, call.now, { folder: folder.id, name, behavior }, type, call.bytes);
  if (done === undefined) return nameTaken();
  return json(whole(context, call, done.item), done.isNew ? 201 : 200);
}

function sessions({ store }: OpenContext) {
  const seeded: Session[] = [];
  return store.shelf({ account: 0, kind: "uploadSession", schema: sessionSchema, seeded, idOf: ({ id }) => id });
}

const wantedSession = z.object({
  item: z
    .object({
      name: z.string().optional(),
      "@microsoft.graph.conflictBehavior": sessionSchema.shape.behavior.optional(),
    })
    .default({}),
});

/** https://learn.microsoft.com/en-us/graph/api/driveitem-createuploadsession */
function begin(context: ApiContext): Response {
  const { account, call, params } = context;
  const wanted = wantedSession.safeParse(jsonBody(call) ?? {});
  const { folder, name } = placeOf(context, params["id"] ?? "");
  if (!wanted.success) return failure(400, "invalidRequest", "Invalid request");
  if (folder?.mimeType !== null) return failure(404, "itemNotFound", "Item does not exist");
  const { name: said, "@microsoft.graph.conflictBehavior": behavior = "replace" } = wanted.data.item;
  const session = {
    id: randomText(32),
    account,
    folder: folder.id,
    name: said ?? name,
    behavior,
    received: 0,
    until: call.now + DAY,
  };
  sessions(context).put(session);
  const uploadUrl = mapped(call, SITE, `/personal/ada/_api/v2.0/drive/uploadSession?guid=${session.id}&tempauth=v1`);
  return json({ uploadUrl, ...progress(session) });
}

function progress({ received, until }: Session): object {
  return { expirationDateTime: new Date(until).toISOString(), nextExpectedRanges: [`${received}-`] };
}

function proceed(context: OpenContext): Response {
  const { call, store } = context;
  // "Including the Authorization header when issuing the PUT call might result in an HTTP 401".
  if (call.headers.has("authorization")) return failure(401, "unauthenticated", "No token is expected here.");
  const session = sessions(context).find(call.query.get("guid") ?? "");
  if (session === undefined || session.until <= call.now)
    return failure(404, "itemNotFound", "The upload session was not found");
  if (call.method === "GET") return json(progress(session));
  if (call.method === "DELETE") {
    sessions(context).remove(session.id);
    return new Response(null, { status: 204 });
  }
  const sent = contentRange(call);
  const { length } = call.bytes;
  if (sent?.range === undefined || sent.range === null || sent.total === null) {
    return failure(400, "invalidRequest", "The Content-Range header is missing or malformed.");
  }
  const { start, end } = sent.range;
  if (end - start + 1 !== length) return failure(400, "invalidRequest", "The range is not as long as the content.");
  if (start !== session.received) return failure(416, "invalidRange", "The range overlaps one that was received.");
  const isLast = end + 1 === sent.total;
  if (!isLast && length % STEP !== 0)
    return failure(400, "invalidRequest", "Fragments have to be multiples of 320 KiB.");
  const holder = { store, account: session.account };
  addContent(holder, `session:${session.id}`, start, call.bytes);
  const next = { ...session, received: end + 1 };
  sessions(context).put(next);
  return isLast ? finish(context, holder, next) : json(progress(next), 202);
}

function finish(context: OpenContext, holder: Holder, session: Session): Response {
  const { call } = context;
  const bytes = contentOf(holder, `session:${session.id}`) ?? new Uint8Array();
  const done = put(holder, call.now, session, "application/octet-stream", bytes);
  sessions(context).remove(session.id);
  return done === undefined ? nameTaken() : json(whole(holder, call, done.item), done.isNew ? 201 : 200);
}

const copySchema = z.object({
  name: z.string().optional(),
  parentReference: z.object({ id: z.string().optional(), path: z.string().optional() }).optional(),
});

/** Copies in its own time: the answer says where to ask. https://learn.microsoft.com/en-us/graph/long-running-actions-overview */
function copy(context: ApiContext): Response | Promise<Response> {
  const wanted = copySchema.safeParse(jsonBody(context.call) ?? {});
  if (!wanted.success) return failure(400, "invalidRequest", "Invalid request");
  return withItem(context, (item) => {
    const folder = folderFor(context, wanted.data.parentReference, item.parent);
    if (folder?.mimeType !== null || item.mimeType === null)
      return failure(400, "invalidRequest", "Invalid destination");
    const name = wanted.data.name ?? item.name;
    const said = { folder: folder.id, name, behavior: "fail" as const };
    const done = put(context, context.call.now, said, item.mimeType, bytesOf(context, item));
    if (done === undefined) return nameTaken();
    const operation = { id: randomText(24), item: done.item.id, asked: 0 };
    operations(context).put(operation);
    const location = mapped(context.call, SITE, `/personal/ada/_api/v2.0/monitor/${operation.id}`);
    return new Response(null, { status: 202, headers: { location } });
  });
}

function operations({ store }: OpenContext) {
  const seeded: z.infer<typeof operationSchema>[] = [];
  return store.shelf({ account: 0, kind: "operation", schema: operationSchema, seeded, idOf: ({ id }) => id });
}

/** It is not done when it is asked for the first time. */
function monitor(context: OpenContext): Response {
  const operation = operations(context).find(context.params["id"] ?? "");
  if (operation === undefined) return failure(404, "itemNotFound", "The operation was not found.");
  operations(context).put({ ...operation, asked: operation.asked + 1 });
  return operation.asked === 0
    ? json({ operation: "ItemCopy", percentageComplete: 27.8, status: "inProgress" }, 202)
    : json({ operation: "ItemCopy", percentageComplete: 100, resourceId: operation.item, status: "completed" });
}
