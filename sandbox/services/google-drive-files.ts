import * as z from "zod";
import { type DriveFile, driveFiles, driveFileSchema, driveOwner, rootFolder } from "../data/google.ts";
import { applyMask, parseFields } from "../fields.ts";
import { type Call, json } from "../http.ts";
import { randomText } from "../random.ts";
import type { ApiContext } from "../routes.ts";
import type { Store } from "../store.ts";
import { googleErrors } from "./google-http.ts";

export const API = "www.googleapis.com";
const DRIVE = "https://www.googleapis.com/auth/drive";
/** What lets an app see every file; `drive.file` lets it see those that it made itself. */
const SEES_ALL = [`${DRIVE}.metadata.readonly`, `${DRIVE}.readonly`, DRIVE];
export const READ = [...SEES_ALL, `${DRIVE}.file`];
export const CONTENT = [`${DRIVE}.readonly`, DRIVE, `${DRIVE}.file`];
export const WRITE = [DRIVE, `${DRIVE}.file`];
export const DEFAULT_FIELDS = "kind,id,name,mimeType";
export const FOLDER = "application/vnd.google-apps.folder";

const nameless = "Untitled";

/** What a request can say of a file that is made. */
export const newFile = z.object({
  id: z.string().optional(),
  name: z.string().default(nameless),
  mimeType: z.string().optional(),
  description: z.string().optional(),
  starred: z.boolean().default(false),
  parents: z.array(z.string()).max(1).optional(),
  createdTime: z.iso.datetime({ offset: true }).optional(),
  modifiedTime: z.iso.datetime({ offset: true }).optional(),
  appProperties: z.record(z.string(), z.string()).optional(),
  properties: z.record(z.string(), z.string()).optional(),
});

const changeSchema = z.object({ number: z.number(), fileId: z.string(), time: z.string(), removed: z.boolean() });

/** Every file of an account, whoever asks. */
export function shelfOf({ account, store }: { readonly account: number; readonly store: Store }) {
  const seeded = driveFiles(account);
  return store.shelf({ account, kind: "file", schema: driveFileSchema, seeded, idOf: ({ id }) => id });
}

/** What happened to an account's files, oldest first. */
export function changesOf({ account, store }: { readonly account: number; readonly store: Store }) {
  const seeded: z.infer<typeof changeSchema>[] = [];
  return store.shelf({ account, kind: "change", schema: changeSchema, seeded, idOf: ({ number }) => String(number) });
}

/** The files that the token lets its holder see. Those of shared drives only show to who says that it knows of them. */
export function visible(context: ApiContext, knowsDrives: boolean): DriveFile[] {
  const { account, token } = context;
  const given = new Set(driveFiles(account).map(({ id }) => id));
  const seesAll = SEES_ALL.some((scope) => token.scopes.includes(scope));
  return shelfOf(context)
    .newestFirst()
    .filter(({ id, driveId }) => (seesAll || !given.has(id)) && (driveId === undefined || knowsDrives));
}

/** The file whose id stands in the path. */
export function pathFile(context: ApiContext): DriveFile | undefined {
  const { account, call, params } = context;
  const id = params["id"] === "root" ? rootFolder(account) : params["id"];
  if (id === rootFolder(account)) return rootFile(context);
  return visible(context, call.query.get("supportsAllDrives") === "true").find((file) => file.id === id);
}

function rootFile({ account }: ApiContext): DriveFile {
  const id = rootFolder(account);
  return {
    kind: "drive#file",
    id,
    name: "My Drive",
    mimeType: FOLDER,
    starred: false,
    trashed: false,
    version: "1",
    webViewLink: `https://drive.google.com/drive/folders/${id}`,
    createdTime: "2019-03-04T08:15:00.000Z",
    modifiedTime: "2019-03-04T08:15:00.000Z",
    owners: [driveOwner(account)],
    shared: false,
  };
}

/** A new file of the account's. */
export function fileOf(context: ApiContext, wanted: z.infer<typeof newFile>, mimeType: string): DriveFile {
  const { account, call } = context;
  const { id = randomText(33), parents, createdTime, modifiedTime, ...said } = wanted;
  const now = new Date(call.now).toISOString();
  const parent = parents?.[0] === undefined || parents[0] === "root" ? rootFolder(account) : parents[0];
  return {
    ...said,
    kind: "drive#file",
    id,
    mimeType,
    trashed: false,
    parents: [parent],
    version: "1",
    webViewLink: `https://drive.google.com/file/d/${id}/view?usp=drivesdk`,
    createdTime: createdTime ?? now,
    modifiedTime: modifiedTime ?? now,
    owners: [driveOwner(account)],
    shared: false,
  };
}

/** Writes a file down, and that it changed. */
export function keep(context: ApiContext, file: DriveFile): DriveFile {
  const next = { ...file, version: String(Number(file.version) + 1) };
  shelfOf(context).put(next);
  noteChange(context, file.id, false);
  return next;
}

/** Notes for whoever follows the changes that one happened. */
export function noteChange(context: ApiContext, fileId: string, removed: boolean): void {
  const changes = changesOf(context);
  const number = changes.list().length + 1;
  changes.put({ number, fileId, time: new Date(context.call.now).toISOString(), removed });
}

/** A file with all of its fields. https://developers.google.com/workspace/drive/api/reference/rest/v3/files */
export function whole(file: DriveFile, account: number): Record<string, unknown> {
  const isMine = file.owners?.[0]?.me === true;
  const canEdit = isMine || file.driveId !== undefined;
  const isFolder = file.mimeType === FOLDER;
  const isBlob = !file.mimeType.startsWith("application/vnd.google-apps");
  const ending = /\.([^.]+)$/.exec(file.name)?.[1] ?? "";
  const binary = {
    originalFilename: file.name,
    fileExtension: ending,
    fullFileExtension: ending,
    headRevisionId: `0B${file.id.slice(0, 20)}`,
    webContentLink: `https://drive.google.com/uc?id=${file.id}&export=download`,
  };
  return {
    ...file,
    explicitlyTrashed: file.trashed,
    spaces: ["drive"],
    iconLink: `https://drive-thirdparty.googleusercontent.com/16/type/${file.mimeType}`,
    hasThumbnail: false,
    thumbnailVersion: "0",
    viewedByMe: isMine,
    modifiedByMe: isMine,
    ownedByMe: isMine,
    lastModifyingUser: file.owners?.[0] ?? driveOwner(account),
    quotaBytesUsed: file.size ?? "0",
    writersCanShare: true,
    viewersCanCopyContent: true,
    copyRequiresWriterPermission: false,
    isAppAuthorized: true,
    capabilities: {
      canAddChildren: isFolder && canEdit,
      canComment: true,
      canCopy: !isFolder,
      canDelete: isMine,
      canDownload: isBlob,
      canEdit,
      canListChildren: isFolder,
      canRename: canEdit,
      canShare: canEdit,
      canTrash: isMine,
      canUntrash: isMine,
    },
    ...(isBlob ? binary : {}),
  };
}

/** An answer with the fields that were asked for: `id,owners(displayName)`, `files/id`. */
export function masked(call: Call, body: object, fallback: string): Response {
  const fields = (call.query.get("fields") ?? fallback).replace(/([\w*]+)\/([\w*/]+)/g, inBrackets);
  const mask = parseFields(fields, "(", ")");
  return mask === undefined
    ? googleErrors.badRequest(call, `Invalid field selection ${fields}`)
    : json(applyMask(body, mask));
}

function inBrackets(_path: string, first: string, rest: string): string {
  const [second = "", ...others] = rest.split("/");
  return `${first}(${others.length === 0 ? second : inBrackets("", second, others.join("/"))})`;
}

/** https://developers.google.com/workspace/drive/api/guides/handle-errors */
export function fileNotFound({ params }: ApiContext): Response {
  const message = `File not found: ${params["id"] ?? ""}.`;
  const error = { message, domain: "global", reason: "notFound", location: "fileId", locationType: "parameter" };
  return json({ error: { code: 404, message, errors: [error] } }, 404);
}
