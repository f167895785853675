/** What goes wrong with a call, as an error that says what it is. */
import type { components } from "./openapi.d.ts";
import { retryAfterSeconds } from "./retry.ts";

/** The shapes of the API by their names. */
export type Shapes = components["schemas"];

/** Every code that Latchkey itself says. Later versions may add some, so a `switch` over them takes a `default`. */
export type ErrorCode = Shapes["ErrorBody"]["error"];

/**
 * Codes of the client's own, where Latchkey said none:
 * - `unknown`: something in front of it answered
 * - `unreachable`, `timeout`: there was no answer, or none in time; nobody knows whether anything was done
 * - `unreadable`: what came was no JSON
 */
export type ClientCode = "unknown" | "unreachable" | "timeout" | "unreadable";

interface ErrorDetails {
  readonly retry_after?: number | null;
  readonly param?: string | null;
  readonly docs?: string | null;
  readonly scopes?: readonly string[] | null;
  readonly reconnect_url?: string | null;
  readonly cause?: unknown;
}

/** What Latchkey refused, and what to do about it. `code` is stable, `message` is a sentence for people. */
export class LatchkeyError extends Error {
  /** Of the answer; 0 where there was none. */
  readonly status: number;
  readonly code: ErrorCode | ClientCode;
  /** To ask the operator about; null where something in front of Latchkey answered, or nothing did. */
  readonly request_id: string | null;
  /** The field of the request that is wrong, where it is one. */
  readonly param: string | null;
  /** The page that tells of this error; null where Latchkey said none. */
  readonly docs: string | null;
  /** Of `scope_missing`: what is known to be needed and was not granted; null for every other code. */
  readonly scopes: readonly string[] | null;
  /** Of `scope_missing`: where a user of the page gives it; null for the users of an app, and for every other code. */
  readonly reconnect_url: string | null;
  /** Seconds to wait before the call is made again; null where the answer names none. */
  readonly retry_after: number | null;

  constructor(
    status: number,
    code: ErrorCode | ClientCode,
    message: string,
    request_id: string | null,
    { retry_after = null, param = null, docs = null, scopes = null, reconnect_url = null, cause }: ErrorDetails = {},
  ) {
    super(message, { cause });
    this.name = "LatchkeyError";
    this.status = status;
    this.code = code;
    this.request_id = request_id;
    this.param = param;
    this.docs = docs;
    this.scopes = scopes;
    this.reconnect_url = reconnect_url;
    this.retry_after = retry_after;
  }
}

/** What a call of the client resolves to. */
export type Answer<T> =
  | { readonly data: T; readonly error?: never; readonly response: Response }
  | { readonly data?: never; readonly error: unknown; readonly response: Response };

/** What an answer has where nothing was refused. */
export type DataOf<A extends Answer<unknown>> = A extends { readonly data: infer Data } ? Data : never;

/**
 * What a call is answered with.
 * @throws LatchkeyError where it was refused, was not answered, or was answered with what cannot be read. What the caller's own
 *   signal ends is thrown as the signal says it.
 */
export function answered<A extends Answer<unknown>>(call: Promise<A>): Promise<DataOf<A>>;
export async function answered(call: Promise<Answer<unknown>>): Promise<unknown> {
  const answer = await call.catch((cause: unknown) => {
    // Thrown while the body of an answer is read: what happens before that is a LatchkeyError already.
    if (cause instanceof SyntaxError) throw unanswered("unreadable", cause);
    if (cause instanceof DOMException && cause.name === "TimeoutError") throw unanswered("timeout", cause);
    throw cause;
  });
  if ("data" in answer) return answer.data;
  const { status, headers } = answer.response;
  const retry_after = retryAfterSeconds(headers);
  // Not every failure is Latchkey's own: the network in front of it answers in HTML.
  if (!isErrorBody(answer.error)) {
    const sentence = `Latchkey could not answer (${status}). Try again in a moment.`;
    throw new LatchkeyError(status, "unknown", sentence, null, { retry_after });
  }
  const { error, message, request_id, ...details } = answer.error;
  throw new LatchkeyError(status, error, message, request_id, { retry_after, ...details });
}

const SENTENCES = {
  unreachable: "Latchkey cannot be reached. Check its address and your internet connection, then try again.",
  timeout: "Latchkey took too long to answer. Try again in a moment.",
  unreadable: "Latchkey's answer could not be read. Try again in a moment.",
} as const;

/** For a call that nothing came of. */
export function unanswered(code: keyof typeof SENTENCES, cause: unknown): LatchkeyError {
  return new LatchkeyError(0, code, SENTENCES[code], null, { cause });
}

/** A deployment of before `param` and `docs` leaves them out. */
type Said = Pick<Shapes["ErrorBody"], "error" | "message" | "request_id"> & Partial<Shapes["ErrorBody"]>;

function isErrorBody(body: unknown): body is Said {
  if (typeof body !== "object" || body === null) return false;
  if (!("error" in body && "message" in body && "request_id" in body)) return false;
  return [body.error, body.message, body.request_id].every((field) => typeof field === "string");
}
