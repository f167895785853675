import * as z from "zod";
import { addContent, contentOf, contentRange } from "../contents.ts";
import { jsonBody, mapped } from "../http.ts";
import { partsOf } from "../multipart.ts";
import { randomText } from "../random.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { createFile, updateFile } from "./google-drive.ts";
import { API, WRITE } from "./google-drive-files.ts";
import { googleErrors } from "./google-http.ts";

const sessionSchema = z.object({
  id: z.string(),
  /** The file whose content it is; null for a new one. */
  file: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()),
  type: z.string().optional(),
  received: z.number(),
  total: z.number().nullable(),
});
type Session = z.infer<typeof sessionSchema>;

/** Every piece of a resumable upload but the last has a length that this divides. */
const STEP = 256 * 1024;

/** Content, in one request or in many. https://developers.google.com/workspace/drive/api/guides/manage-uploads */
export const driveUploadRoutes: readonly Route[] = [
  api("POST|PUT", API, "/upload/drive/v3/files", WRITE, upload),
  api("PATCH|PUT", API, "/upload/drive/v3/files/:id", WRITE, upload),
];

function sessions({ store, account }: ApiContext) {
  const seeded: Session[] = [];
  return store.shelf({ account, kind: "upload", schema: sessionSchema, seeded, idOf: ({ id }) => id });
}

function upload(context: ApiContext): Promise<Response> | Response {
  const { call } = context;
  const session = call.query.get("upload_id");
  if (session !== null) return proceed(context, sessions(context).find(session));
  const type = call.headers.get("content-type") ?? undefined;
  switch (call.query.get("uploadType") ?? "") {
    case "media":
      return finish(context, {}, { type, bytes: call.bytes });
    case "multipart":
      return multipart(context, partsOf(type ?? "", call.bytes));
    case "resumable":
      return begin(context);
    default:
      return googleErrors.badRequest(call, "uploadType is missing.");
  }
}

type Content = { readonly type: string | undefined; readonly bytes: Uint8Array };

function finish(context: ApiContext, metadata: unknown, content: Content): Promise<Response> {
  return (context.params["id"] === undefined ? createFile : updateFile)(context, metadata, content);
}

function multipart(context: ApiContext, parts: ReturnType<typeof partsOf>): Promise<Response> | Response {
  const [described, content, ...others] = parts ?? [];
  if (described === undefined || content === undefined || others.length > 0) {
    return googleErrors.badRequest(context.call, "Malformed multipart body.");
  }
  const metadata = jsonOf(new TextDecoder().decode(described.bytes));
  if (metadata === undefined) return googleErrors.badRequest(context.call, "Parse Error");
  const type = content.headers.get("content-type") ?? undefined;
  return finish(context, metadata, { type, bytes: content.bytes });
}

function jsonOf(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text);
    return parsed;
  } catch {
    return undefined;
  }
}

function begin(context: ApiContext): Response {
  const { call, params } = context;
  const id = randomText(40);
  const type = call.headers.get("x-upload-content-type") ?? undefined;
  const length = call.headers.get("x-upload-content-length");
  sessions(context).put({
    id,
    file: params["id"] ?? null,
    metadata: jsonBody(call) ?? {},
    ...(type === undefined ? {} : { type }),
    received: 0,
    total: length === null ? null : Number(length),
  });
  const location = mapped(call, API, `${call.path}?uploadType=resumable&upload_id=${id}`);
  return new Response(null, { headers: { location, "x-guploader-uploadid": id } });
}

function proceed(context: ApiContext, session: Session | undefined): Promise<Response> | Response {
  const { call } = context;
  if (session === undefined) return googleErrors.notFound(call);
  if (call.method !== "PUT" && call.method !== "POST") return googleErrors.badRequest(call, "Sent to with PUT.");
  const sent = contentRange(call);
  const start = sent?.range?.start ?? 0;
  if (sent !== undefined && sent.range === null) return incomplete(session.received);
  if (start !== session.received) return incomplete(session.received);
  const { length } = call.bytes;
  const total = sent === undefined ? length : (sent.total ?? session.total);
  const received = start + length;
  const isLast = total !== null && received >= total;
  if (sent !== undefined && sent.range !== null && sent.range.end - sent.range.start + 1 !== length) {
    return googleErrors.badRequest(call, "Failed to parse Content-Range header.");
  }
  if (!isLast && length % STEP !== 0) return googleErrors.badRequest(call, `Not a multiple of ${STEP} bytes.`);
  addContent(context, `upload:${session.id}`, start, call.bytes);
  sessions(context).put({ ...session, received, total });
  if (!isLast) return incomplete(received);
  const bytes = contentOf(context, `upload:${session.id}`) ?? new Uint8Array();
  sessions(context).remove(session.id);
  const params = session.file === null ? {} : { id: session.file };
  return finish({ ...context, params }, session.metadata, { type: session.type, bytes });
}

/** Google's 308, which is no redirect. */
function incomplete(received: number): Response {
  return new Response(null, { status: 308, headers: received === 0 ? {} : { range: `bytes=0-${received - 1}` } });
}
