import * as z from "zod";
import { type DriveItem, microsoftDrive, wholeDrive } from "../data/microsoft-drive.ts";
import { json, jsonBody, mapped } from "../http.ts";
import { api, type ApiContext, type Route, type TokenRoute } from "../routes.ts";
import {
  changesOf,
  childrenOf,
  freeName,
  itemBy,
  keep,
  newItem,
  noteChange,
  placeOf,
  rootItem,
  shelfOf,
  whole,
  withItem,
} from "./microsoft-drive-items.ts";
import { failure, microsoftErrors } from "./microsoft-http.ts";
import { askedOf, contextOf, entity, GRAPH, listed } from "./microsoft-odata.ts";

const ALL_WRITE = ["Files.ReadWrite", "Files.ReadWrite.All"];
const ALL_READ = ["Files.Read", "Files.Read.All", ...ALL_WRITE];

/** Declares an endpoint under a drive: that of the account, or one by its id. */
export function driveApi(
  methods: string,
  path: string,
  access: "read" | "write",
  handle: TokenRoute["handle"],
): readonly TokenRoute[] {
  const scopes = access === "read" ? ALL_READ : ALL_WRITE;
  const one: TokenRoute["handle"] = (context) =>
    context.params["drive"] === microsoftDrive(context.account).id
      ? handle(context)
      : microsoftErrors.notFound(context.call);
  return [
    api(methods, GRAPH, `/v1.0/me/drive${path}`, scopes, handle),
    api(methods, GRAPH, `/v1.0/drives/:drive${path}`, scopes, one),
  ];
}

/** A drive: its items listed, read, made, changed, deleted, followed, searched. https://learn.microsoft.com/en-us/graph/api/resources/driveitem */
export const driveRoutes: readonly Route[] = [
  ...driveApi("GET", "", "read", (context) => entity(context, "drives/$entity", driveOf(context))),
  api("GET", GRAPH, "/v1.0/me/drives", ALL_READ, (context) =>
    json({ "@odata.context": contextOf(context.call, "drives"), value: [driveOf(context)] }),
  ),
  api("GET", GRAPH, "/v1.0/me/drives/:drive", ALL_READ, (context) =>
    context.params["drive"] === microsoftDrive(context.account).id
      ? entity(context, "drives/$entity", driveOf(context))
      : microsoftErrors.notFound(context.call),
  ),
  ...driveApi("GET", "/items/:id", "read", (context) =>
    withItem(context, (item) => entity(context, "drives('me')/items/$entity", shown(context, item))),
  ),
  ...driveApi("PATCH", "/items/:id", "write", update),
  ...driveApi("DELETE", "/items/:id", "write", remove),
  ...driveApi("GET", "/items/:id/children", "read", (context) =>
    withItem(context, (folder) => list(context, childrenOf(context, folder.id), "name")),
  ),
  ...driveApi("POST", "/items/:id/children", "write", createFolder),
  ...driveApi("GET", "/items/:id/search/:words", "read", search),
  ...driveApi("GET", "/items/:id/delta", "read", (context) => delta(context, askedOf(context).get("token"))),
  ...driveApi("GET", "/items/:id/delta/:token", "read", (context) => delta(context, context.params["token"] ?? null)),
];

function driveOf({ account }: ApiContext): object {
  const { id, driveType, owner } = microsoftDrive(account);
  const used = wholeDrive(account).reduce((sum, { size }) => sum + size, 0);
  const total = 1_099_511_627_776;
  return {
    id,
    driveType,
    name: "OneDrive",
    webUrl: "https://northwind-my.sharepoint.com/personal/ada/Documents",
    createdDateTime: "2019-03-04T08:15:00Z",
    lastModifiedDateTime: "2026-11-15T16:42:07Z",
    owner: { user: { displayName: owner } },
    quota: { deleted: 0, remaining: total - used, state: "normal", total, used },
  };
}

const shown = (context: ApiContext, item: DriveItem): object => whole(context, context.call, item);

function list(context: ApiContext, items: readonly DriveItem[], orderBy: string): Response {
  const things = items.map((item) => shown(context, item));
  return listed(context, { context: "users('me')/drive/root/children", top: 200, most: 1000, orderBy, things });
}

/** What OneDrive takes for a name. https://support.microsoft.com/office/64883a5d-228e-48f5-b3d2-eb39e07630fa */
const nameSchema = z
  .string()
  .min(1)
  .max(255)
  .refine((name) => !/["*:<>?/\\|]/.test(name) && name === name.trim() && !name.endsWith("."));
const newFolder = z.object({
  name: nameSchema,
  folder: z.looseObject({}),
  "@microsoft.graph.conflictBehavior": z.enum(["fail", "rename", "replace"]).default("fail"),
});

function createFolder(context: ApiContext): Response | Promise<Response> {
  const wanted = newFolder.safeParse(jsonBody(context.call));
  if (!wanted.success) return failure(400, "invalidRequest", "A folder needs a name and a folder facet.");
  return withItem(context, (folder) => {
    const { name, "@microsoft.graph.conflictBehavior": behavior } = wanted.data;
    const free = freeName(context, folder.id, name);
    if (folder.mimeType !== null) return failure(400, "invalidRequest", "Only folders have children.");
    if (free !== name && behavior !== "rename") return nameTaken();
    return json(shown(context, keep(context, newItem(context.call.now, folder.id, free, null))), 201);
  });
}

/** The same name in the same folder. */
export function nameTaken(): Response {
  return failure(409, "nameAlreadyExists", "Name already exists");
}

const changeSchema = z.object({
  name: nameSchema.exactOptional(),
  description: z.string().exactOptional(),
  parentReference: z.object({ id: z.string().optional(), path: z.string().optional() }).optional(),
});

/** Whether what the caller knows of an item is how it is. */
function isStale(context: ApiContext, item: DriveItem): boolean {
  const match = context.call.headers.get("if-match");
  return match !== null && match !== "*" && match !== whole(context, context.call, item)["eTag"];
}

function update(context: ApiContext): Response | Promise<Response> {
  const wanted = changeSchema.safeParse(jsonBody(context.call));
  if (!wanted.success) return failure(400, "invalidRequest", "Invalid request");
  return withItem(context, (item) => {
    if (item.parent === "") return failure(403, "accessDenied", "The root folder cannot be changed.");
    if (isStale(context, item)) return failure(412, "resourceModified", "ETag does not match current item's value");
    const { parentReference, ...said } = wanted.data;
    const folder = folderFor(context, parentReference, item.parent);
    if (folder?.mimeType !== null) return failure(404, "itemNotFound", "The parent was not found.");
    const next = {
      ...item,
      ...said,
      parent: folder.id,
      lastModifiedDateTime: new Date(context.call.now).toISOString(),
    };
    const others = childrenOf(context, next.parent).filter(({ id }) => id !== item.id);
    if (others.some(({ name }) => name.toLowerCase() === next.name.toLowerCase())) return nameTaken();
    return entity(context, "drives('me')/items/$entity", shown(context, keep(context, next)));
  });
}

/** The folder that a request names, by id or by `/drive/root:/a/b`; the one it would be otherwise where it names none. */
export function folderFor(
  context: ApiContext,
  named: { readonly id?: string | undefined; readonly path?: string | undefined } | undefined,
  otherwise: string,
): DriveItem | undefined {
  if (named?.id !== undefined) return itemBy(context, named.id);
  if (named?.path === undefined) return itemBy(context, otherwise);
  const [, path = ""] = named.path.split("root:", 2);
  return placeOf(context, `root:${path}`).item;
}

function remove(context: ApiContext): Response | Promise<Response> {
  return withItem(context, (item) => {
    if (item.parent === "") return failure(403, "accessDenied", "The root folder cannot be deleted.");
    if (isStale(context, item)) return failure(412, "resourceModified", "ETag does not match current item's value");
    removeAll(context, item);
    return new Response(null, { status: 204 });
  });
}

function removeAll(context: ApiContext, item: DriveItem): void {
  for (const child of childrenOf(context, item.id)) removeAll(context, child);
  shelfOf(context).remove(item.id);
  noteChange(context, item, true);
}

function search(context: ApiContext): Response | Promise<Response> {
  return withItem(context, () => {
    const words = (context.params["words"] ?? "").toLowerCase();
    const found = shelfOf(context)
      .list()
      .filter(({ name }) => name.toLowerCase().includes(words));
    return list(context, found, "name");
  });
}

/** All there is, then what changed since: an item as it is now, or that it is gone. https://learn.microsoft.com/en-us/graph/api/driveitem-delta */
function delta(context: ApiContext, token: string | null): Response | Promise<Response> {
  const { call } = context;
  const changes = changesOf(context).list();
  const path = `${call.path.replace(/\/delta.*$/, "/delta")}?token=${changes.length}`;
  const link = { "@odata.deltaLink": mapped(call, GRAPH, path) };
  const answer = (things: readonly object[]) =>
    listed(context, { context: "Collection(driveItem)", top: 200, most: 1000, orderBy: "", things, last: link });
  if (token === "latest") return answer([]);
  if (token === null || token === "") {
    return answer([rootItem(context.account), ...shelfOf(context).list()].map((item) => shown(context, item)));
  }
  const since = /^\d{1,9}$/.test(token) ? Number(token) : Number.NaN;
  if (!(since <= changes.length)) return failure(410, "resyncRequired", "Resync required. Replace any local items.");
  const last = new Map(changes.slice(since).map((change) => [change.id, change]));
  return answer(
    [...last.values()].flatMap(({ id, parent, deleted }) => {
      const item = deleted ? undefined : itemBy(context, id);
      return item === undefined
        ? [{ id, deleted: { state: "deleted" }, parentReference: { id: parent } }]
        : [shown(context, item)];
    }),
  );
}
