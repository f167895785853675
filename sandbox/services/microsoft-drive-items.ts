import { type DriveItem, driveItemSchema, microsoftDrive, rootId, wholeDrive } from "../data/microsoft-drive.ts";
import { uuidOf } from "../data/words.ts";
import { type Call, mapped } from "../http.ts";
import { fingerprint, randomText } from "../random.ts";
import type { ApiContext } from "../routes.ts";
import type { Store } from "../store.ts";
import * as z from "zod";
import { failure } from "./microsoft-http.ts";

export const SITE = "northwind-my.sharepoint.com";
const HOUR = 3_600_000;

/** Whose drive it is. */
export interface Holder {
  readonly store: Store;
  readonly account: number;
}

const changeSchema = z.object({ number: z.number(), id: z.string(), parent: z.string(), deleted: z.boolean() });

/** Everything in an account's drive but the folder of all. */
export function shelfOf({ store, account }: Holder) {
  const seeded = wholeDrive(account);
  return store.shelf({ account, kind: "item", schema: driveItemSchema, seeded, idOf: ({ id }) => id });
}

/** What happened in the drive, oldest first. */
export function changesOf({ store, account }: Holder) {
  const seeded: z.infer<typeof changeSchema>[] = [];
  return store.shelf({
    account,
    kind: "itemChange",
    schema: changeSchema,
    seeded,
    idOf: ({ number }) => String(number),
  });
}

/** The folder of all. */
export function rootItem(account: number): DriveItem {
  return {
    id: rootId(account),
    parent: "",
    name: "root",
    size: 0,
    mimeType: null,
    createdDateTime: "2019-03-04T08:15:00Z",
    lastModifiedDateTime: "2026-11-15T16:42:07Z",
    version: 1,
    modifiedBy: null,
  };
}

/** What lies in a folder. */
export function childrenOf(holder: Holder, folder: string): DriveItem[] {
  return shelfOf(holder)
    .list()
    .filter(({ parent }) => parent === folder);
}

/** An item by its id. */
export function itemBy(holder: Holder, id: string): DriveItem | undefined {
  return id === "root" || id === rootId(holder.account) ? rootItem(holder.account) : shelfOf(holder).find(id);
}

/** Where a name is, and what is there already: `root:/a/b.txt`, `ID:/b.txt`, `ID`. */
export interface Place {
  /** Undefined: nothing has this name yet. */
  readonly item: DriveItem | undefined;
  /** Undefined: neither is there a folder to put it in. */
  readonly folder: DriveItem | undefined;
  readonly name: string;
}

/** Finds what a reference in a path means. Names are told apart without regard to their case. */
export function placeOf(holder: Holder, reference: string): Place {
  const [start = "", path = ""] = reference.split(":", 2);
  let item = itemBy(holder, start);
  const steps = path
    .split("/")
    .filter((step) => step !== "")
    .map(decodedStep);
  if (steps.length === 0)
    return { item, folder: item === undefined ? undefined : itemBy(holder, item.parent), name: item?.name ?? "" };
  let folder: DriveItem | undefined;
  for (const step of steps) {
    folder = item?.mimeType === null ? item : undefined;
    const wanted = step.toLowerCase();
    item =
      folder === undefined
        ? undefined
        : childrenOf(holder, folder.id).find(({ name }) => name.toLowerCase() === wanted);
  }
  return { item, folder, name: steps.at(-1) ?? "" };
}

function decodedStep(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

/** What the path names, once it is sure to be there. */
export function withItem(
  context: ApiContext,
  handle: (item: DriveItem) => Response | Promise<Response>,
): Response | Promise<Response> {
  const { item } = placeOf(context, context.params["id"] ?? "root");
  return item === undefined ? failure(404, "itemNotFound", "The resource could not be found.") : handle(item);
}

/** Writes an item down, and that it changed. */
export function keep(holder: Holder, item: DriveItem): DriveItem {
  const next = { ...item, version: item.version + 1 };
  shelfOf(holder).put(next);
  noteChange(holder, next, false);
  return next;
}

/** Notes for whoever follows the changes that one happened. */
export function noteChange(holder: Holder, { id, parent }: DriveItem, deleted: boolean): void {
  const changes = changesOf(holder);
  changes.put({ number: changes.list().length + 1, id, parent, deleted });
}

/** A new item of the account's, with nothing in it. */
export function newItem(now: number, parent: string, name: string, mimeType: string | null): DriveItem {
  const time = new Date(now).toISOString();
  const id = `01${randomText(32).toUpperCase()}`;
  return {
    id,
    parent,
    name,
    size: 0,
    mimeType,
    createdDateTime: time,
    lastModifiedDateTime: time,
    version: 0,
    modifiedBy: null,
  };
}

/** A name that nothing in the folder has: `a 1.txt`, as OneDrive counts. */
export function freeName(holder: Holder, folder: string, name: string): string {
  const taken = new Set(childrenOf(holder, folder).map((child) => child.name.toLowerCase()));
  const dot = name.lastIndexOf(".");
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
  let free = name;
  for (let number = 1; taken.has(free.toLowerCase()); number += 1) free = `${stem} ${number}${ending}`;
  return free;
}

/** The path of a folder within the drive. */
function pathOf(holder: Holder, folder: DriveItem | undefined): string {
  if (folder === undefined || folder.parent === "") return "/drive/root:";
  return `${pathOf(holder, itemBy(holder, folder.parent))}/${encodeURIComponent(folder.name)}`;
}

/** What opens the content of an item without a token, for an hour. */
export function ticketFor(account: number, id: string, until: number): string {
  return `v1.${account}.${until}.${fingerprint(`${account}/${id}/${until}`)}`;
}

/** The address of an item's content, which needs no token. */
export function downloadUrl(call: Call, account: number, id: string): string {
  const query = new URLSearchParams({
    UniqueId: id,
    Translate: "false",
    tempauth: ticketFor(account, id, call.now + HOUR),
  });
  return mapped(call, SITE, `/personal/ada/_layouts/15/download.aspx?${query.toString()}`);
}

/** An item with all of its fields. https://learn.microsoft.com/en-us/graph/api/resources/driveitem */
export function whole(holder: Holder, call: Call, item: DriveItem): Record<string, unknown> {
  const { account } = holder;
  const { id: driveId, driveType, siteId, owner } = microsoftDrive(account);
  const { id, parent, name, size, mimeType, createdDateTime, lastModifiedDateTime, version, modifiedBy, description } =
    item;
  const isRoot = parent === "";
  const folder = itemBy(holder, parent);
  const site = driveType === "business" ? { siteId } : {};
  const tag = uuidOf(id).toUpperCase();
  return {
    ...(mimeType === null ? {} : { "@microsoft.graph.downloadUrl": downloadUrl(call, account, id) }),
    id,
    name,
    webUrl: `https://${SITE}/personal/ada/Documents${isRoot ? "" : `/${encodeURIComponent(name)}`}`,
    size,
    createdDateTime,
    lastModifiedDateTime,
    eTag: `"{${tag}},${version}"`,
    cTag: `"c:{${tag}},${version}"`,
    ...(description === undefined ? {} : { description }),
    createdBy: { user: { displayName: owner } },
    ...(modifiedBy === null ? {} : { lastModifiedBy: { user: { displayName: modifiedBy } } }),
    parentReference: isRoot
      ? { driveType, driveId }
      : { driveType, driveId, id: parent, name: folder?.name ?? "", path: pathOf(holder, folder), ...site },
    fileSystemInfo: { createdDateTime, lastModifiedDateTime },
    ...(isRoot ? { root: {} } : {}),
    ...(mimeType === null
      ? { folder: { childCount: childrenOf(holder, id).length } }
      : { file: { mimeType, hashes: { quickXorHash: btoa(tag.slice(0, 20)) } } }),
  };
}

/** A path by any of its names, as the routes have it: `root:/a/b.txt:/content` is `items/root:%2Fa%2Fb.txt/content`. */
export function canonicalPath(path: string): string {
  const [, base, searched] = /^(\/v1\.0\/(?:me\/drive|drives\/[^/]+))(\/search\(.*)$/.exec(path) ?? [];
  if (base !== undefined) return canonicalPath(`${base}/root${searched}`);
  const match =
    /^(\/v1\.0\/(?:me\/drive|drives\/[^/]+))\/(?:items\/([^/:]+)|(root))(?::(\/.*?)(?::(?=\/|$)|$))?(\/.*)?$/.exec(
      path,
    );
  if (match === null) return path;
  const [, drive = "", id, , named, rest = ""] = match;
  const reference = named === undefined ? (id ?? "root") : encodeURIComponent(`${id ?? "root"}:${named}`);
  return `${drive}/items/${reference}${functionOf(rest)}`;
}

/** `/search(q='x')` as `/search/x`, `/delta(token='x')` as `/delta/x`. */
function functionOf(rest: string): string {
  const [, name, value] = /^\/(search|delta)\((?:q|token)='(.*)'\)$/.exec(decodedStep(rest)) ?? [];
  return name === undefined ? rest : `/${name}/${encodeURIComponent(value ?? "")}`;
}
