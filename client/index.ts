/**
 * Latchkey's API, typed: paths, what they take and what they answer come from its OpenAPI document.
 *
 *     const latchkey = createLatchkey({ origin, key, user: "u-1" });
 *     for await (const item of each(latchkey, "/integrations/{integration}/load", { params: { path: { integration } } })) {
 *       console.log(item.name);
 *     }
 */
import createClient, { type Client } from "openapi-fetch";
import { unanswered } from "./errors.ts";
import type { paths } from "./openapi.d.ts";
import { withRetries } from "./retry.ts";
import { userHeader } from "./user-header.ts";

export {
  answered,
  LatchkeyError,
  type Answer,
  type ClientCode,
  type DataOf,
  type ErrorCode,
  type Shapes,
} from "./errors.ts";
export { each, type ItemOf, type PagedPath } from "./pages.ts";
export { userHeader } from "./user-header.ts";

/**
 * A method for each of HTTP, whose first argument is a path of the API. Beside what `fetch` takes, a call takes
 * `idempotencyKey`, a string, which is sent as `Idempotency-Key`.
 */
export type Latchkey = Client<paths, "application/json">;

export interface LatchkeyOptions {
  /** Where Latchkey is; left out by a page of its own. */
  readonly origin?: string;
  /** An app's key, a user's key or session; left out where a cookie says who calls. */
  readonly key?: string;
  /** For which of the app's users the calls are. */
  readonly user?: string;
  /** Milliseconds after which an answer comes too late. Each attempt has as many. */
  readonly timeout?: number;
  /** How often a call that may be repeated is made again at most; 0: never. README.md says which those are. */
  readonly retries?: number;
  /** The longest wait before that, in milliseconds. An answer that asks for a longer one is given back at once. */
  readonly longest_wait?: number;
}

const TIMEOUT_MS = 45_000;
const RETRIES = 2;
const LONGEST_WAIT_MS = 30_000;

/**
 * A client for one key and one user. Its calls answer `{ data, error, response }`; they throw a LatchkeyError where there is
 * no answer, and what the caller's own signal says where that ends them.
 */
export function createLatchkey({
  origin = "",
  key,
  user,
  timeout = TIMEOUT_MS,
  retries = RETRIES,
  longest_wait = LONGEST_WAIT_MS,
}: LatchkeyOptions = {}): Latchkey {
  /** One attempt. JSON is read within it: an answer that breaks off is none. */
  const send = async (request: Request): Promise<Response> => {
    const response = await fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(timeout)]) });
    const isJson = response.headers.get("Content-Type")?.startsWith("application/json") ?? false;
    return isJson && response.body ? new Response(await response.arrayBuffer(), response) : response;
  };
  return createClient<paths, "application/json">({
    baseUrl: origin,
    headers: {
      Accept: "application/json",
      // A change by a page of Latchkey's own has to show that it is one; no form elsewhere can send this.
      "X-CSRF": "1",
      ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
      ...(user === undefined ? {} : { "X-Latchkey-User": userHeader(user) }),
    },
    fetch: async (request) => {
      const asked = withIdempotencyKey(request);
      try {
        return await withRetries(asked, { retries, longest_wait }, send);
      } catch (cause) {
        if (request.signal.aborted) throw cause;
        throw unanswered(
          cause instanceof DOMException && cause.name === "TimeoutError" ? "timeout" : "unreachable",
          cause,
        );
      }
    },
  });
}

/** A call's options that are not those of `fetch` stand on its request. @throws TypeError for a key that is no string */
function withIdempotencyKey(request: Request): Request {
  if (!("idempotencyKey" in request) || request.idempotencyKey === undefined) return request;
  if (typeof request.idempotencyKey !== "string") throw new TypeError("idempotencyKey is a string");
  request.headers.set("Idempotency-Key", request.idempotencyKey);
  return request;
}
