/** One request to a service's own API, through Latchkey's proxy on this origin. */
import { readAnswer, type AnswerBody } from "./answer-body.ts";
import { noteRefusal } from "./api.ts";
import type { Standing } from "./standing.ts";

export const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] as const;
export type Method = (typeof METHODS)[number];

export interface Call {
  readonly integration: string;
  /** Of the connection that is called: its service alone for the default one, `service@label` for another. */
  readonly address: string;
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
export function exampleCall({ integration, address }: Pick<Standing, "integration" | "address">): Call {
  return { integration, address, method: "GET", path: EXAMPLES.get(integration) ?? "/", body: "" };
}

export function takesBody(method: Method): boolean {
  return method === "POST" || method === "PUT" || method === "PATCH";
}

/** The body a call is sent with, null for none. */
export function bodyOf({ method, body }: Call): string | null {
  return takesBody(method) && body.trim() !== "" ? body : null;
}

/** Where a call goes; null for a path that is none, or that would leave the service's part of this origin. */
export function callUrl({ address, path }: Call): URL | null {
  const base = `/proxy/${address}`;
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
  const read = await readAnswer(response);
  return {
    status: response.status,
    status_text: response.statusText,
    headers: [...response.headers],
    error_code,
    duration_ms: performance.now() - began,
    body: read,
  };
}
