/** One request to a service's own API, through Latchkey's proxy on this origin. */
import { noteRefusal } from "./api.ts";

export const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] as const;
export type Method = (typeof METHODS)[number];

export interface Call {
  readonly integration: string;
  readonly method: Method;
  /** From its slash on, with the query. */
  readonly path: string;
  /** JSON, or nothing; sent only where the method takes a body. */
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly status_text: string;
  readonly headers: readonly (readonly [string, string])[];
  /** The code of an error that Latchkey made itself; null for what the service answered. */
  readonly error_code: string | null;
  readonly duration_ms: number;
  readonly body: AnswerBody;
}

/** `text` is null for what no person can read; `cut` where it is not all there is. */
export interface AnswerBody {
  readonly bytes: number;
  readonly text: string | null;
  readonly is_json: boolean;
  readonly cut: boolean;
}

/** Beyond this the rest is counted and let go: an answer may be a film. */
const KEPT_BYTES = 1_000_000;
const SHOWN_CHARACTERS = 200_000;

/** Something that answers with a little of an account, where nobody has said what to ask for. */
const EXAMPLES = new Map([
  ["airtable", "/v0/meta/bases"],
  ["facebook", "/v25.0/me/accounts"],
  ["github", "/user/repos?per_page=5"],
  ["google", "/drive/v3/files?pageSize=5"],
  ["hubspot", "/crm/v3/objects/contacts?limit=5"],
  ["microsoft", "/v1.0/me"],
  ["notion", "/v1/users/me"],
  ["slack", "/api/conversations.list?limit=5"],
  ["spotify", "/v1/me/playlists"],
]);

/** A call that changes nothing, to begin with. */
export function exampleCall(integration: string): Call {
  return { integration, method: "GET", path: EXAMPLES.get(integration) ?? "/", body: "" };
}

export function takesBody(method: Method): boolean {
  return method === "POST" || method === "PUT" || method === "PATCH";
}

/** The body a call is sent with, null for none. */
export function bodyOf({ method, body }: Call): string | null {
  return takesBody(method) && body.trim() !== "" ? body : null;
}

/** Where a call goes; null for a path that is none, or that would leave the service's part of this origin. */
export function callUrl({ integration, path }: Call): URL | null {
  const base = `/proxy/${encodeURIComponent(integration)}`;
  const typed = path.trim();
  if (!typed.startsWith("/") || !URL.canParse(base + typed, location.origin)) return null;
  const url = new URL(base + typed, location.origin);
  url.hash = "";
  return url.pathname.startsWith(`${base}/`) ? url : null;
}

/** Sends it as the person at this page. @throws TypeError without an answer, AbortError once it is stopped */
export async function sendCall(call: Call, signal: AbortSignal): Promise<Answer> {
  const url = callUrl(call);
  if (url === null) throw new TypeError("the path leads nowhere");
  const body = bodyOf(call);
  const headers = new Headers({ "x-csrf": "1" });
  if (body !== null) headers.set("content-type", "application/json");
  const began = performance.now();
  const response = await fetch(url, { method: call.method, headers, body, signal, cache: "no-store" });
  const error_code = response.headers.get("x-latchkey-error");
  noteRefusal(error_code);
  const read = await readBody(response);
  return {
    status: response.status,
    status_text: response.statusText,
    headers: [...response.headers],
    error_code,
    duration_ms: performance.now() - began,
    body: read,
  };
}

async function readBody(response: Response): Promise<AnswerBody> {
  const kept: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    if (bytes < KEPT_BYTES) kept.push(part.value);
    bytes += part.value.length;
  }
  const start = await new Blob(kept).arrayBuffer();
  const isWhole = start.byteLength === bytes;
  const plain = readText(start, isWhole);
  const isJson = /json/i.test(response.headers.get("content-type") ?? "");
  const pretty = isJson && isWhole && plain !== null ? indent(plain) : null;
  const text = pretty ?? plain;
  return {
    bytes,
    text: text?.slice(0, SHOWN_CHARACTERS) ?? null,
    is_json: pretty !== null,
    cut: !isWhole || (text?.length ?? 0) > SHOWN_CHARACTERS,
  };
}

/** Null for bytes that are no text. */
function readText(bytes: ArrayBuffer, isWhole: boolean): string | null {
  try {
    // Where it is cut, the last character may be too.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: !isWhole });
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}

/** JSON over several lines; null where it is none, or where that would change a long number. */
function indent(json: string): string | null {
  let isExact = true;
  try {
    const value: unknown = JSON.parse(json, (_, each: unknown) => {
      if (Number.isInteger(each) && !Number.isSafeInteger(each)) isExact = false;
      return each;
    });
    return isExact ? JSON.stringify(value, null, 2) : null;
  } catch {
    return null;
  }
}
