/**
 * Latchkey's API, typed: paths, what they take and what they answer come from its OpenAPI document.
 *
 *     const latchkey = createLatchkey({ origin, key, user: "u-1" });
 *     const { items } = await answered(
 *       latchkey.GET("/integrations/{integration}/load", { params: { path: { integration } } }),
 *     );
 */
import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./openapi.d.ts";

export type Latchkey = Client<paths, "application/json">;
/** The shapes of the API by their names. */
export type Shapes = components["schemas"];

export interface LatchkeyOptions {
  /** Where Latchkey is; left out by a page of its own. */
  readonly origin?: string;
  /** An app's key, a user's key or session; left out where a cookie says who calls. */
  readonly key?: string;
  /** For which of the app's users the calls are. */
  readonly user?: string;
  /** Milliseconds after which an answer comes too late. */
  readonly timeout?: number;
}

const TIMEOUT_MS = 45_000;

/** A client for one key and one user. Its calls answer `{ data, error, response }` and throw where there is no answer. */
export function createLatchkey({ origin = "", key, user, timeout = TIMEOUT_MS }: LatchkeyOptions = {}): Latchkey {
  return createClient<paths, "application/json">({
    baseUrl: origin,
    headers: {
      Accept: "application/json",
      // A change by a page of Latchkey's own has to show that it is one; no form elsewhere can send this.
      "X-CSRF": "1",
      ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
      ...(user === undefined ? {} : { "X-Latchkey-User": user }),
    },
    fetch: (request) => fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(timeout)]) }),
  });
}

/** What Latchkey refused, and what to do about it. `code` is stable, `message` is a sentence for people. */
export class LatchkeyError extends Error {
  readonly status: number;
  readonly code: string;
  /** Null where something in front of Latchkey answered. */
  readonly request_id: string | null;

  constructor(status: number, code: string, message: string, request_id: string | null) {
    super(message);
    this.name = "LatchkeyError";
    this.status = status;
    this.code = code;
    this.request_id = request_id;
  }
}

/** What a call of the client resolves to. */
export type Answer<T> =
  | { readonly data: T; readonly error?: never; readonly response: Response }
  | { readonly data?: never; readonly error: unknown; readonly response: Response };

/**
 * What a call is answered with.
 * @throws LatchkeyError where it was refused
 */
export async function answered<T>(call: Promise<Answer<T>>): Promise<T> {
  const answer = await call;
  if ("data" in answer) return answer.data;
  const { status } = answer.response;
  // Not every failure is Latchkey's own: the network in front of it answers in HTML.
  if (!isErrorBody(answer.error)) {
    throw new LatchkeyError(status, "unknown", `Latchkey could not answer (${status}). Try again in a moment.`, null);
  }
  const { error, message, request_id } = answer.error;
  throw new LatchkeyError(status, error, message, request_id);
}

function isErrorBody(body: unknown): body is Shapes["ErrorBody"] {
  if (typeof body !== "object" || body === null) return false;
  if (!("error" in body && "message" in body && "request_id" in body)) return false;
  return [body.error, body.message, body.request_id].every((field) => typeof field === "string");
}
