import * as z from "zod";
import { driveOwner, driveUser, sharedDrive } from "../data/google.ts";
import { json, jsonBody, wholeNumber } from "../http.ts";
import { fingerprint } from "../random.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { pageSize } from "../settings.ts";
import {
  API,
  changesOf,
  DEFAULT_FIELDS,
  fileNotFound,
  masked,
  noteChange,
  pathFile,
  READ,
  shelfOf,
  visible,
  whole,
  WRITE,
} from "./google-drive-files.ts";
import { failure, googleErrors } from "./google-http.ts";

const PERMISSION_FIELDS = "kind,id,type,role";

/** What a Drive is, who may see what in it, and what changed. */
export const driveAboutRoutes: readonly Route[] = [
  api("GET", API, "/drive/v3/about", READ, about),
  api("GET", API, "/drive/v3/drives", READ, ({ account, call }) =>
    masked(
      call,
      { kind: "drive#driveList", drives: [sharedDrive(account)] },
      "kind,nextPageToken,drives(kind,id,name)",
    ),
  ),
  api("GET", API, "/drive/v3/changes/startPageToken", READ, (context) =>
    json({ kind: "drive#startPageToken", startPageToken: String(changesOf(context).list().length + 1) }),
  ),
  api("GET", API, "/drive/v3/changes", READ, changes),
  api("GET", API, "/drive/v3/files/:id/permissions", READ, (context) => {
    const permissions = permissionsOf(context)?.list();
    if (permissions === undefined) return fileNotFound(context);
    return masked(
      context.call,
      { kind: "drive#permissionList", permissions },
      `kind,nextPageToken,permissions(${PERMISSION_FIELDS})`,
    );
  }),
  api("POST", API, "/drive/v3/files/:id/permissions", WRITE, share),
  api("GET", API, "/drive/v3/files/:id/permissions/:permission", READ, (context) => {
    const found = permissionsOf(context)?.find(context.params["permission"] ?? "");
    return found === undefined ? permissionNotFound(context) : masked(context.call, found, PERMISSION_FIELDS);
  }),
  api("PATCH", API, "/drive/v3/files/:id/permissions/:permission", WRITE, (context) => {
    const shelf = permissionsOf(context);
    const found = shelf?.find(context.params["permission"] ?? "");
    const role = roleSchema.safeParse(jsonBody(context.call)?.["role"]);
    if (shelf === undefined || found === undefined) return permissionNotFound(context);
    if (!role.success) return googleErrors.badRequest(context.call, "The specified role is invalid.");
    const next = { ...found, role: role.data };
    shelf.put(next);
    return masked(context.call, next, PERMISSION_FIELDS);
  }),
  api("DELETE", API, "/drive/v3/files/:id/permissions/:permission", WRITE, (context) =>
    permissionsOf(context)?.remove(context.params["permission"] ?? "") === true
      ? new Response(null, { status: 204 })
      : permissionNotFound(context),
  ),
];

/** The one method that has no fields by default. https://developers.google.com/workspace/drive/api/reference/rest/v3/about/get */
function about({ account, call }: ApiContext): Response {
  if (!call.query.has("fields")) {
    const message = "The 'fields' parameter is required for this method.";
    return failure(400, "INVALID_ARGUMENT", "required", message);
  }
  const used = account === 2 ? "0" : "4831838208";
  return masked(
    call,
    {
      kind: "drive#about",
      user: driveOwner(account),
      storageQuota: { limit: "16106127360", usage: used, usageInDrive: used, usageInDriveTrash: "0" },
      maxUploadSize: "5242880000000",
      appInstalled: true,
      canCreateDrives: account === 0,
      canCreateTeamDrives: account === 0,
      folderColorPalette: ["#ac725e", "#d06b64", "#f83a22"],
      importFormats: { "text/plain": ["application/vnd.google-apps.document"] },
      exportFormats: { "application/vnd.google-apps.document": ["application/pdf", "text/plain"] },
      maxImportSizes: { "application/vnd.google-apps.document": "10485760" },
      driveThemes: [],
      teamDriveThemes: [],
    },
    "kind",
  );
}

function changes(context: ApiContext): Response {
  const { account, call, settings } = context;
  const start = /^\d{1,9}$/.exec(call.query.get("pageToken") ?? "")?.[0];
  if (start === undefined) return googleErrors.badRequest(call, "Invalid Value: pageToken");
  const all = changesOf(context).list();
  const size = pageSize(settings, wholeNumber(call.query.get("pageSize"), 100, 1, 1000));
  const from = Number(start);
  const page = all.filter(({ number }) => number >= from && number < from + size);
  const files = visible(context, call.query.get("includeItemsFromAllDrives") === "true");
  const body = {
    kind: "drive#changeList",
    changes: page.map(({ fileId, time, removed }) => {
      const file = removed ? undefined : files.find(({ id }) => id === fileId);
      return {
        kind: "drive#change",
        type: "file",
        changeType: "file",
        time,
        removed,
        fileId,
        ...(file === undefined ? {} : { file: whole(file, account) }),
      };
    }),
    ...(from + size <= all.length
      ? { nextPageToken: String(from + size) }
      : { newStartPageToken: String(all.length + 1) }),
  };
  const change = `kind,type,changeType,time,removed,fileId,file(${DEFAULT_FIELDS})`;
  return masked(call, body, `kind,nextPageToken,newStartPageToken,changes(${change})`);
}

const roleSchema = z.enum(["owner", "organizer", "fileOrganizer", "writer", "commenter", "reader"]);
const permissionSchema = z.object({
  kind: z.literal("drive#permission"),
  id: z.string(),
  type: z.enum(["user", "group", "domain", "anyone"]),
  role: roleSchema,
  emailAddress: z.string().optional(),
  displayName: z.string().optional(),
  domain: z.string().optional(),
  allowFileDiscovery: z.boolean().optional(),
  deleted: z.boolean().optional(),
  pendingOwner: z.boolean().optional(),
});
const newPermission = z
  .object({
    type: permissionSchema.shape.type,
    role: roleSchema,
    emailAddress: z.string().optional(),
    domain: z.string().optional(),
  })
  .refine(({ type, emailAddress }) => (type === "user" || type === "group") === (emailAddress !== undefined));

function permissionsOf(context: ApiContext) {
  const { account, store } = context;
  const file = pathFile(context);
  if (file === undefined) return undefined;
  const seeded = (file.owners ?? []).map(({ permissionId, displayName, emailAddress }) => ({
    kind: "drive#permission" as const,
    id: permissionId,
    type: "user" as const,
    role: "owner" as const,
    displayName,
    ...(emailAddress === undefined ? {} : { emailAddress }),
    deleted: false,
    pendingOwner: false,
  }));
  const kind = `permission:${file.id}`;
  return store.shelf({ account, kind, schema: permissionSchema, seeded, idOf: ({ id }) => id });
}

function share(context: ApiContext): Response {
  const { call } = context;
  const shelf = permissionsOf(context);
  const file = pathFile(context);
  const wanted = newPermission.safeParse(jsonBody(call));
  if (shelf === undefined || file === undefined) return fileNotFound(context);
  if (!wanted.success) return googleErrors.badRequest(call, "The permission type field is required.");
  const { type, role, emailAddress, domain } = wanted.data;
  const id = type === "anyone" ? "anyoneWithLink" : String(fingerprint(emailAddress ?? domain ?? "")).padStart(20, "1");
  const { displayName } = driveUser(emailAddress ?? domain ?? "", emailAddress ?? null, false);
  const made = {
    kind: "drive#permission" as const,
    id,
    type,
    role,
    ...(emailAddress === undefined ? {} : { emailAddress, displayName, deleted: false, pendingOwner: false }),
    ...(domain === undefined ? {} : { domain, displayName: domain }),
    ...(type === "anyone" || type === "domain" ? { allowFileDiscovery: false } : {}),
  };
  shelf.put(made);
  shelfOf(context).put({ ...file, shared: true });
  noteChange(context, file.id, false);
  return masked(call, made, PERMISSION_FIELDS);
}

function permissionNotFound({ params }: ApiContext): Response {
  return failure(404, "NOT_FOUND", "notFound", `Permission not found: ${params["permission"] ?? ""}.`);
}
