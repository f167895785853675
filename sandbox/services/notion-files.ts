import * as z from "zod";
import { notionWorkspace } from "../data/notion.ts";
import { contentOf, download, putContent } from "../contents.ts";
import { formOf, json, jsonBody, mapped } from "../http.ts";
import { api, type ApiContext, open, type Route } from "../routes.ts";
import type { Shelf } from "../shelf.ts";
import type { Store } from "../store.ts";
import { fromQuery, isSame, listed, NOTION_API as API, notionErrors as errors, trash } from "./notion-http.ts";

const STORED = "prod-files-secure.s3.us-west-2.amazonaws.com";
const HOUR = 3_600_000;
/** https://developers.notion.com/docs/working-with-files-and-media: of a free workspace. */
const LARGEST = 5 * 1024 * 1024;

const uploadSchema = z.object({
  id: z.string(),
  createdAt: z.string(),
  editedAt: z.string(),
  expiresAt: z.string(),
  status: z.enum(["pending", "uploaded"]),
  mode: z.enum(["single_part", "multi_part"]),
  filename: z.string().nullable(),
  contentType: z.string().nullable(),
  length: z.number().nullable(),
  parts: z.object({ total: z.number(), sent: z.number() }).nullable(),
});
type Upload = z.infer<typeof uploadSchema>;

const newUpload = z.object({
  mode: z.enum(["single_part", "multi_part"]).default("single_part"),
  filename: z.string().optional(),
  content_type: z.string().optional(),
  number_of_parts: z.number().int().min(1).max(10_000).optional(),
});

/** Uploads: made, sent, and used within an hour. https://developers.notion.com/reference/file-upload */
export const fileRoutes: readonly Route[] = [
  api("POST", API, "/v1/file_uploads", [], create),
  api("GET", API, "/v1/file_uploads", [], (context) => {
    const status = context.call.query.get("status");
    const found = uploads(context)
      .newestFirst()
      .filter((upload) => status === null || upload.status === status);
    return listed(context, "file_upload", found, fromQuery(context.call), (upload) => shown(context, upload));
  }),
  api("GET", API, "/v1/file_uploads/:id", [], (context) => {
    const found = findUpload(context, context.params["id"]);
    return found === undefined ? errors.notFound(context.call) : json(shown(context, found));
  }),
  api("POST", API, "/v1/file_uploads/:id/send", [], send),
  api("POST", API, "/v1/file_uploads/:id/complete", [], complete),
  open("GET", STORED, "/:account/:id/:name", ({ call, store, params }) => {
    const account = Number(params["account"]);
    const bytes = contentOf({ store, account }, params["id"] ?? "");
    if (bytes === undefined) return new Response("<Error><Code>NoSuchKey</Code></Error>", { status: 404 });
    const type = uploads({ store, account }).find(params["id"] ?? "")?.contentType;
    return download(call, bytes, { "content-type": type ?? "application/octet-stream" });
  }),
];

function uploads({ store, account }: { store: Store; account: number }): Shelf<Upload> {
  return store.shelf({ account, kind: "file_upload", schema: uploadSchema, seeded: [], idOf: ({ id }) => id });
}

/** An upload by its id. */
export function findUpload(context: ApiContext, wanted: string | undefined): Upload | undefined {
  return uploads(context)
    .list()
    .find(({ id }) => isSame(id, wanted));
}

/** An uploaded file where it is used: its address is good for an hour. */
export function fileOf({ call, account }: ApiContext, { id, filename }: Upload): Record<string, unknown> {
  const url = mapped(call, STORED, `/${account}/${id}/${encodeURIComponent(filename ?? "file")}`);
  return { type: "file", file: { url, expiry_time: new Date(call.now + HOUR).toISOString() } };
}

function shown({ call, account }: ApiContext, upload: Upload): object {
  const isPending = upload.status === "pending";
  const at = (what: string) => mapped(call, API, `/v1/file_uploads/${upload.id}/${what}`);
  return {
    object: "file_upload",
    id: upload.id,
    created_time: upload.createdAt,
    created_by: { id: notionWorkspace(account).botId, type: "bot" },
    last_edited_time: upload.editedAt,
    expiry_time: upload.expiresAt,
    ...trash(call, false),
    status: upload.status,
    filename: upload.filename,
    content_type: upload.contentType,
    content_length: upload.length,
    ...(upload.parts === null ? {} : { number_of_parts: upload.parts }),
    ...(isPending ? { upload_url: at("send") } : {}),
    ...(isPending && upload.mode === "multi_part" ? { complete_url: at("complete") } : {}),
    request_id: crypto.randomUUID(),
  };
}

function create(context: ApiContext): Response {
  const { call } = context;
  const wanted = newUpload.safeParse(jsonBody(call) ?? {});
  if (!wanted.success) return errors.badRequest(call, "The body of the upload is not valid.");
  const { mode, filename, content_type, number_of_parts: total } = wanted.data;
  if (mode === "multi_part" && (total === undefined || filename === undefined)) {
    return errors.badRequest(call, "A multi_part upload needs number_of_parts and filename.");
  }
  const now = new Date(call.now).toISOString();
  const upload: Upload = {
    id: crypto.randomUUID(),
    createdAt: now,
    editedAt: now,
    expiresAt: new Date(call.now + HOUR).toISOString(),
    status: "pending",
    mode,
    filename: filename ?? null,
    contentType: content_type ?? null,
    length: null,
    parts: mode === "multi_part" ? { total: total ?? 1, sent: 0 } : null,
  };
  uploads(context).put(upload);
  return json(shown(context, upload));
}

async function send(context: ApiContext): Promise<Response> {
  const { call } = context;
  const upload = findUpload(context, context.params["id"]);
  if (upload === undefined) return errors.notFound(call);
  if (upload.status !== "pending") return errors.badRequest(call, "This file upload has been sent already.");
  const form = await formOf(call);
  const file = form?.get("file");
  if (form === undefined || !(file instanceof File))
    return errors.badRequest(call, "A multipart body with a file is needed.");
  if (file.size > LARGEST) return errors.badRequest(call, "The file is larger than the workspace allows.");
  const type = file.type.split(";", 1)[0] ?? "";
  if (upload.contentType !== null && type !== upload.contentType) {
    return errors.badRequest(call, `The content type ${type} is not ${upload.contentType}, as the upload has it.`);
  }
  const part = Number(form.get("part_number") ?? "1");
  if (upload.parts !== null && !(part >= 1 && part <= upload.parts.total)) {
    return errors.badRequest(call, "part_number should be one of those that were announced.");
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  const before = upload.parts === null ? undefined : contentOf(context, upload.id);
  putContent(context, upload.id, before === undefined ? bytes : joined(before, bytes));
  const parts = upload.parts === null ? null : { ...upload.parts, sent: upload.parts.sent + 1 };
  const sent: Upload = {
    ...upload,
    editedAt: new Date(call.now).toISOString(),
    status: parts === null ? "uploaded" : "pending",
    filename: upload.filename ?? file.name,
    contentType: type,
    length: (before?.length ?? 0) + bytes.length,
    parts,
  };
  uploads(context).put(sent);
  return json(shown(context, sent));
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

function complete(context: ApiContext): Response {
  const upload = findUpload(context, context.params["id"]);
  if (upload === undefined) return errors.notFound(context.call);
  const { parts } = upload;
  if (parts === null || parts.sent < parts.total) {
    return errors.badRequest(context.call, "Not all parts of the upload have been sent.");
  }
  const done: Upload = { ...upload, status: "uploaded" };
  uploads(context).put(done);
  return json(shown(context, done));
}
