import * as z from "zod";
import { type DriveFile, rootFolder } from "../data/google.ts";
import { inOrder, many } from "../data/words.ts";
import { contentOf, download, filler, putContent } from "../contents.ts";
import { json, jsonBody, wholeNumber } from "../http.ts";
import { fromCursor, pageOf, toCursor } from "../paging.ts";
import { randomText } from "../random.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { pageSize } from "../settings.ts";
import {
  API,
  CONTENT,
  DEFAULT_FIELDS,
  fileNotFound,
  fileOf,
  keep,
  masked,
  newFile,
  noteChange,
  pathFile,
  READ,
  shelfOf,
  visible,
  whole,
  WRITE,
} from "./google-drive-files.ts";
import { parseQuery } from "./google-drive-query.ts";
import { failure, googleErrors } from "./google-http.ts";

const DOCUMENT = "application/vnd.google-apps.document";
const SHEET = "application/vnd.google-apps.spreadsheet";

/** https://developers.google.com/workspace/drive/api/guides/ref-export-formats */
const EXPORTS: Readonly<Record<string, readonly string[]>> = {
  [DOCUMENT]: ["text/plain", "text/html", "text/markdown", "application/pdf", "application/rtf", "application/zip"],
  [SHEET]: ["text/csv", "text/tab-separated-values", "application/pdf", "application/zip"],
};

/** Files: listed, read, downloaded, exported, made, changed, copied, thrown away. */
export const driveRoutes: readonly Route[] = [
  api("GET", API, "/drive/v3/files", READ, list),
  api("POST", API, "/drive/v3/files", WRITE, (context) => createFile(context, jsonBody(context.call), undefined)),
  api("GET", API, "/drive/v3/files/generateIds", WRITE, ({ call }) => {
    const ids = many(wholeNumber(call.query.get("count"), 10, 1, 1000), () => randomText(33));
    return json({ kind: "drive#generatedIds", space: "drive", ids });
  }),
  api("DELETE", API, "/drive/v3/files/trash", WRITE, emptyTrash),
  api("GET", API, "/drive/v3/files/:id", READ, read),
  api("PATCH", API, "/drive/v3/files/:id", WRITE, (context) => updateFile(context, jsonBody(context.call), undefined)),
  api("DELETE", API, "/drive/v3/files/:id", WRITE, remove),
  api("POST", API, "/drive/v3/files/:id/copy", WRITE, copy),
  api("GET", API, "/drive/v3/files/:id/export", CONTENT, exported),
];

function list(context: ApiContext): Response {
  const { account, call, settings } = context;
  const start = fromCursor("files", call.query.get("pageToken"));
  if (start === undefined) return googleErrors.badRequest(call, "Invalid Value: pageToken");
  const filter = parseQuery(call.query.get("q") ?? "", rootFolder(account));
  if (filter === undefined) return failure(400, "INVALID_ARGUMENT", "invalid", "Invalid Value: q");
  const knowsDrives = call.query.get("includeItemsFromAllDrives") === "true";
  if (knowsDrives && call.query.get("supportsAllDrives") !== "true") {
    return failure(403, "PERMISSION_DENIED", "teamDrivesParameterMissing", "supportsAllDrives has to be true as well.");
  }
  const order = (call.query.get("orderBy") ?? "").split(",")[0]?.trim() ?? "";
  const found = sorted(visible(context, knowsDrives).filter(filter), order);
  const page = pageOf(found, start, pageSize(settings, wholeNumber(call.query.get("pageSize"), 100, 1, 1000)));
  const next = page.next === undefined ? {} : { nextPageToken: toCursor("files", page.next) };
  const files = page.items.map((file) => whole(file, account));
  const body = { kind: "drive#fileList", incompleteSearch: false, files, ...next };
  return masked(call, body, `kind,incompleteSearch,nextPageToken,files(${DEFAULT_FIELDS})`);
}

function sorted(found: readonly DriveFile[], order: string): DriveFile[] {
  const key = (file: DriveFile) =>
    order.startsWith("name") ? file.name : order.startsWith("createdTime") ? file.createdTime : file.modifiedTime;
  const isDescending = order.endsWith(" desc") || order === "";
  return found.toSorted((left, right) => inOrder(key(left), key(right)) * (isDescending ? -1 : 1));
}

function read(context: ApiContext): Response {
  const { account, call, token } = context;
  const file = pathFile(context);
  if (file === undefined) return fileNotFound(context);
  if (call.query.get("alt") !== "media") return masked(call, whole(file, account), DEFAULT_FIELDS);
  if (!CONTENT.some((scope) => token.scopes.includes(scope))) {
    return googleErrors.forbidden(call, CONTENT, token.scopes);
  }
  if (file.size === undefined) {
    const message = "Only files with binary content can be downloaded. Use Export with Docs Editors files.";
    return failure(403, "PERMISSION_DENIED", "fileNotDownloadable", message);
  }
  return download(call, bytesOf(context, file), { "content-type": file.mimeType });
}

/** The content of a file: what was uploaded, or something of the right size. */
function bytesOf(context: ApiContext, file: DriveFile): Uint8Array<ArrayBuffer> {
  return contentOf(context, file.id) ?? filler(file.name, Number(file.size ?? 0));
}

function exported(context: ApiContext): Response {
  const { call } = context;
  const file = pathFile(context);
  if (file === undefined) return fileNotFound(context);
  const wanted = call.query.get("mimeType");
  if (wanted === null) return failure(400, "INVALID_ARGUMENT", "required", "Required parameter: mimeType");
  const offered = EXPORTS[file.mimeType];
  if (offered === undefined) {
    return failure(403, "PERMISSION_DENIED", "fileNotExportable", "Export only supports Docs Editors files.");
  }
  if (!offered.includes(wanted)) {
    return failure(400, "INVALID_ARGUMENT", "badRequest", "The requested conversion is not supported.");
  }
  return download(call, filler(file.name, file.name.length + 200), { "content-type": wanted });
}

/** Makes a file of its metadata, with its content where there is one. */
export async function createFile(
  context: ApiContext,
  metadata: unknown,
  content: { readonly type: string | undefined; readonly bytes: Uint8Array } | undefined,
): Promise<Response> {
  const wanted = newFile.safeParse(metadata ?? {});
  if (!wanted.success) return googleErrors.badRequest(context.call, z.prettifyError(wanted.error));
  const mimeType = wanted.data.mimeType ?? content?.type ?? "application/octet-stream";
  const file = fileOf(context, wanted.data, mimeType);
  if (shelfOf(context).find(file.id) !== undefined) {
    return failure(409, "ALREADY_EXISTS", "fileIdInUse", "A file already exists with the provided ID.");
  }
  const hasBytes = !mimeType.startsWith("application/vnd.google-apps");
  const bytes = content?.bytes ?? new Uint8Array();
  if (hasBytes) putContent(context, file.id, bytes);
  const kept = keep(context, { ...file, ...(hasBytes ? await measured(bytes) : {}) });
  return masked(context.call, whole(kept, context.account), DEFAULT_FIELDS);
}

async function measured(bytes: Uint8Array): Promise<{ size: string; md5Checksum: string }> {
  const digest = new Uint8Array(await crypto.subtle.digest("MD5", new Uint8Array(bytes)));
  const md5Checksum = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return { size: String(bytes.length), md5Checksum };
}

const change = z.object({
  name: z.string().exactOptional(),
  mimeType: z.string().exactOptional(),
  description: z.string().exactOptional(),
  starred: z.boolean().exactOptional(),
  trashed: z.boolean().exactOptional(),
  modifiedTime: z.iso.datetime({ offset: true }).exactOptional(),
  appProperties: z.record(z.string(), z.string()).exactOptional(),
  properties: z.record(z.string(), z.string()).exactOptional(),
});

/** Changes what a file is called and where it lies, and its content where there is a new one. */
export async function updateFile(
  context: ApiContext,
  metadata: unknown,
  content: { readonly type: string | undefined; readonly bytes: Uint8Array } | undefined,
): Promise<Response> {
  const { account, call } = context;
  const file = pathFile(context);
  if (file === undefined) return fileNotFound(context);
  if (file.owners?.[0]?.me === false) return notYours();
  const wanted = change.safeParse(metadata ?? {});
  if (!wanted.success) return googleErrors.badRequest(call, z.prettifyError(wanted.error));
  if (z.looseObject({ parents: z.array(z.string()) }).safeParse(metadata).success) {
    const message = "The parents field is not directly writable in update requests. Use addParents and removeParents.";
    return failure(403, "PERMISSION_DENIED", "fieldNotWritable", message);
  }
  if (content !== undefined) putContent(context, file.id, content.bytes);
  const next = {
    ...file,
    modifiedTime: new Date(call.now).toISOString(),
    ...(content?.type === undefined ? {} : { mimeType: content.type }),
    ...wanted.data,
    ...(content === undefined ? {} : await measured(content.bytes)),
    ...moved(context, file),
  };
  return masked(call, whole(keep(context, next), account), DEFAULT_FIELDS);
}

function moved({ account, call }: ApiContext, file: DriveFile): { parents?: string[] } {
  const named = (name: string) =>
    (call.query.get(name) ?? "")
      .split(",")
      .filter((id) => id !== "")
      .map((id) => (id === "root" ? rootFolder(account) : id));
  const [added, removed] = [named("addParents"), named("removeParents")];
  if (added.length === 0 && removed.length === 0) return {};
  const left = (file.parents ?? []).filter((id) => !removed.includes(id));
  return { parents: added.length > 0 ? added : left };
}

function notYours(): Response {
  const message = "The user does not have sufficient permissions for this file.";
  return failure(403, "PERMISSION_DENIED", "insufficientFilePermissions", message);
}

function remove(context: ApiContext): Response {
  const file = pathFile(context);
  if (file === undefined) return fileNotFound(context);
  if (file.owners?.[0]?.me !== true || !shelfOf(context).remove(file.id)) return notYours();
  noteChange(context, file.id, true);
  return new Response(null, { status: 204 });
}

function emptyTrash(context: ApiContext): Response {
  for (const { id } of visible(context, false).filter(({ trashed }) => trashed)) {
    shelfOf(context).remove(id);
    noteChange(context, id, true);
  }
  return new Response(null, { status: 204 });
}

function copy(context: ApiContext): Promise<Response> | Response {
  const file = pathFile(context);
  if (file === undefined) return fileNotFound(context);
  const { name, mimeType, description, parents } = file;
  const said = { name: `Copy of ${name}`, mimeType, description, parents, ...jsonBody(context.call) };
  const content = file.size === undefined ? undefined : { type: mimeType, bytes: bytesOf(context, file) };
  return createFile(context, said, content);
}
