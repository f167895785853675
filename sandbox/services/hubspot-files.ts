import * as z from "zod";
import { hubspotPortal } from "../data/hubspot.ts";
import { formOf, json, mediaType } from "../http.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import type { Shelf } from "../shelf.ts";
import { HUBSPOT_API as API, hubspotErrors as errors } from "./hubspot-http.ts";

const ACCESS = [
  "PUBLIC_INDEXABLE",
  "PUBLIC_NOT_INDEXABLE",
  "HIDDEN_INDEXABLE",
  "HIDDEN_NOT_INDEXABLE",
  "PRIVATE",
] as const;
const FILES = ["files"];

const optionsSchema = z.object({ access: z.enum(ACCESS) });
const fileSchema = z.object({
  id: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  archived: z.boolean(),
  parentFolderId: z.string(),
  name: z.string(),
  path: z.string(),
  size: z.number(),
  type: z.string(),
  extension: z.string(),
  access: z.enum(ACCESS),
  isUsableInContent: z.boolean(),
  url: z.string(),
  defaultHostingUrl: z.string(),
});
type HubspotFile = z.infer<typeof fileSchema>;

/** Files, under the old path and the dated one: https://developers.hubspot.com/docs/api-reference/files-files-v3/guide */
export const fileRoutes: readonly Route[] = ["/files/v3/files", "/files/2026-03/files"].flatMap((path) => [
  api("POST", API, path, FILES, upload),
  api("GET", API, `${path}/:id`, FILES, (context) => {
    const found = files(context).find(context.params["id"] ?? "");
    return found === undefined ? errors.notFound(context.call) : json(found);
  }),
  api("DELETE", API, `${path}/:id`, FILES, (context) =>
    files(context).remove(context.params["id"] ?? "")
      ? new Response(null, { status: 204 })
      : errors.notFound(context.call),
  ),
]);

function files({ store, account }: ApiContext): Shelf<HubspotFile> {
  return store.shelf({ account, kind: "file", schema: fileSchema, seeded: [], idOf: ({ id }) => id });
}

/** Where it goes and who may see it have to be said; the parts may come in any order. */
async function upload(context: ApiContext): Promise<Response> {
  const { call, account } = context;
  const form = await formOf(call);
  const file = form?.get("file");
  if (form === undefined || !(file instanceof File)) {
    return errors.badRequest(call, `A multipart body with a file is needed, not ${mediaType(call) || "nothing"}.`);
  }
  const folder = form.get("folderPath") ?? form.get("folderId");
  if (typeof folder !== "string") return errors.badRequest(call, "Either folderId or folderPath is needed.");
  const wanted = optionsSchema.safeParse(parsed(form.get("options")));
  if (!wanted.success) return errors.badRequest(call, "The options need an access.");
  const given = form.get("fileName");
  const whole = typeof given === "string" && given !== "" ? given : file.name;
  const [, stem = whole, extension = ""] = /^(.*)\.([^.]+)$/.exec(whole) ?? [];
  const now = new Date(call.now).toISOString();
  const { portalId } = hubspotPortal(account);
  const path = `${folder.replace(/\/$/, "")}/${whole}`;
  const url = `https://${portalId}.fs1.hubspotusercontent-na1.net/hubfs/${portalId}${encodeURI(path)}`;
  const stored: HubspotFile = {
    id: String(180_000_000 + files(context).list().length),
    createdAt: now,
    updatedAt: now,
    archived: false,
    parentFolderId: "1",
    name: stem,
    path,
    size: file.size,
    type: file.type.startsWith("image/") ? "IMG" : "DOCUMENT",
    extension,
    access: wanted.data.access,
    isUsableInContent: true,
    url,
    defaultHostingUrl: url,
  };
  files(context).put(stored);
  return json(stored, 201);
}

function parsed(text: unknown): unknown {
  try {
    return typeof text === "string" ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
