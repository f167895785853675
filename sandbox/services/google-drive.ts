import * as z from "zod";
import { type DriveFile, driveFiles, googleUser } from "../data/google.ts";
import { inOrder } from "../data/words.ts";
import { applyMask, parseFields } from "../fields.ts";
import { type Call, json, jsonBody, mapped, wholeNumber } from "../http.ts";
import { fromCursor, pageOf, toCursor } from "../paging.ts";
import { randomText } from "../random.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { pageSize } from "../settings.ts";
import { googleErrors } from "./google-http.ts";

const API = "www.googleapis.com";
const DRIVE = "https://www.googleapis.com/auth/drive";
const READ = [`${DRIVE}.metadata.readonly`, `${DRIVE}.readonly`, DRIVE, `${DRIVE}.file`];
const WRITE = [DRIVE, `${DRIVE}.file`];
const DEFAULT_FIELDS = "kind,id,name,mimeType";

const fileSchema = z.object({
  kind: z.literal("drive#file"),
  id: z.string(),
  name: z.string(),
  mimeType: z.string(),
  webViewLink: z.string(),
  createdTime: z.string(),
  modifiedTime: z.string(),
  size: z.string().optional(),
  starred: z.boolean(),
  trashed: z.boolean(),
  shared: z.boolean(),
  owners: z
    .array(z.object({ kind: z.literal("drive#user"), displayName: z.string(), emailAddress: z.string().optional() }))
    .optional(),
});
const newFile = z.object({ name: z.string().default("Untitled"), mimeType: z.string().optional() });

/** Files: listed, read, created by metadata, uploaded as multipart or resumable. */
export const driveRoutes: readonly Route[] = [
  api("GET", API, "/drive/v3/files", READ, list),
  api("GET", API, "/drive/v3/files/:id", READ, (context) => {
    const found = files(context).find(({ id }) => id === context.params["id"]);
    return found === undefined ? googleErrors.notFound(context.call) : masked(context.call, found, DEFAULT_FIELDS);
  }),
  api("POST", API, "/drive/v3/files", WRITE, (context) => create(context, jsonBody(context.call), undefined)),
  api("POST|PUT", API, "/upload/drive/v3/files", WRITE, upload),
];

/** With `drive.file` alone only what this app created shows. */
function files({ account, store, token }: ApiContext): DriveFile[] {
  const created = store.objects(account, "file", fileSchema);
  const seesAll = READ.slice(0, 3).some((scope) => token.scopes.includes(scope));
  return seesAll ? [...created, ...driveFiles(account)] : created;
}

function list(context: ApiContext): Response {
  const { call, settings } = context;
  const start = fromCursor("files", call.query.get("pageToken"));
  if (start === undefined) return googleErrors.badRequest(call, "Invalid Value: pageToken");
  const order = (call.query.get("orderBy") ?? "").split(",")[0]?.trim() ?? "";
  const found = sorted(files(context).filter(filterOf(call.query.get("q") ?? "")), order);
  const page = pageOf(found, start, pageSize(settings, wholeNumber(call.query.get("pageSize"), 100, 1, 1000)));
  const next = page.next === undefined ? {} : { nextPageToken: toCursor("files", page.next) };
  const body = { kind: "drive#fileList", incompleteSearch: false, files: page.items, ...next };
  return masked(call, body, `kind,incompleteSearch,nextPageToken,files(${DEFAULT_FIELDS})`);
}

/** The few forms of `q` which lists use. */
function filterOf(query: string): (file: DriveFile) => boolean {
  const name = /name contains '([^']*)'/.exec(query)?.[1]?.toLowerCase();
  const kind = /mimeType *= *'([^']*)'/.exec(query)?.[1];
  return (file) =>
    (name === undefined || file.name.toLowerCase().includes(name)) && (kind ?? file.mimeType) === file.mimeType;
}

function sorted(found: readonly DriveFile[], order: string): DriveFile[] {
  const key = (file: DriveFile) =>
    order.startsWith("name") ? file.name : order.startsWith("createdTime") ? file.createdTime : file.modifiedTime;
  const isDescending = order.endsWith(" desc") || order === "";
  return found.toSorted((left, right) => inOrder(key(left), key(right)) * (isDescending ? -1 : 1));
}

function masked(call: Call, body: object, fallback: string): Response {
  const mask = parseFields(call.query.get("fields") ?? fallback, "(", ")");
  return mask === undefined ? googleErrors.badRequest(call, "Invalid field selection") : json(applyMask(body, mask));
}

function create(context: ApiContext, metadata: unknown, size: number | undefined): Response {
  const wanted = newFile.safeParse(metadata ?? {});
  if (!wanted.success) return googleErrors.badRequest(context.call, "The metadata of the file is not valid.");
  const { name, mimeType = "application/octet-stream" } = wanted.data;
  const { name: displayName, email } = googleUser(context.account);
  const id = randomText(33);
  const now = new Date(context.call.now).toISOString();
  const file = {
    kind: "drive#file" as const,
    id,
    name,
    mimeType,
    webViewLink: `https://drive.google.com/file/d/${id}/view?usp=drivesdk`,
    createdTime: now,
    modifiedTime: now,
    ...(size === undefined ? {} : { size: String(size) }),
    starred: false,
    trashed: false,
    shared: false,
    owners: [{ kind: "drive#user" as const, displayName, emailAddress: email }],
  };
  context.store.addObject(context.account, "file", file);
  return masked(context.call, file, DEFAULT_FIELDS);
}

/** `uploadType` media, multipart (metadata and content in one body) or resumable (a session address first). */
function upload(context: ApiContext): Response {
  const { call, store } = context;
  const session = call.query.get("upload_id");
  if (session !== null) return create(context, store.value(`upload:${session}`), call.bytes.length);
  switch (call.query.get("uploadType") ?? "") {
    case "media":
      return create(context, { mimeType: call.headers.get("content-type") ?? undefined }, call.bytes.length);
    case "multipart":
      return create(context, multipartMetadata(call), call.bytes.length);
    case "resumable": {
      const id = randomText(40);
      store.setValue(`upload:${id}`, jsonBody(call) ?? {});
      const location = mapped(call, API, `/upload/drive/v3/files?uploadType=resumable&upload_id=${id}`);
      return new Response(null, { status: 200, headers: { location, "x-guploader-uploadid": id } });
    }
    default:
      return googleErrors.badRequest(call, "uploadType is missing.");
  }
}

function multipartMetadata(call: Call): unknown {
  const start = call.text.indexOf("{");
  const boundary = /boundary="?([^";]+)/.exec(call.headers.get("content-type") ?? "")?.[1] ?? "";
  const end = call.text.indexOf(`--${boundary}`, start);
  try {
    return JSON.parse(call.text.slice(start, end < 0 ? undefined : end));
  } catch {
    return undefined;
  }
}
