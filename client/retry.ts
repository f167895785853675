/** Making a call again: where that is safe, no sooner than the answer asks for, a few times, and never behind the caller's back. */

export interface RetryOptions {
  /** How often a call is made again at most. */
  readonly retries: number;
  /** The longest wait before that, in milliseconds: an answer that asks for a longer one is the caller's to deal with. */
  readonly longest_wait: number;
}

/** Doing them twice does what doing them once does (RFC 9110 9.2.2). */
const REPEATABLE = new Set(["GET", "HEAD", "PUT", "DELETE"]);
/** "Come back later"; what else goes wrong would go wrong again, or nobody knows what was done. */
const LATER = new Set([429, 503]);
/** A 503 of these lasts until somebody changes a setting. */
const LASTING = new Set(["not_configured", "key_unavailable"]);
/** The first of two calls with one key is still being carried out. */
const UNDER_WAY = "request_under_way";

const ERROR_HEADER = "X-Latchkey-Error";
const IDEMPOTENCY_HEADER = "Idempotency-Key";
const FIRST_WAIT_MS = 500;

/**
 * Makes a call, and makes it again after a failure of the network or an answer that asks for it.
 *
 * GET, HEAD, PUT and DELETE are. A POST or PATCH is where it has an idempotency key: Latchkey carries a POST that makes something
 * out once for each key, and everything else does the same again.
 * @param send makes one attempt
 * @throws what the last attempt throws; the reason of the request's signal when that ends the waiting
 */
export async function withRetries(
  request: Request,
  { retries, longest_wait }: RetryOptions,
  send: (request: Request) => Promise<Response>,
): Promise<Response> {
  const isRepeatable = REPEATABLE.has(request.method) || request.headers.has(IDEMPOTENCY_HEADER);
  if (retries === 0 || !isRepeatable) return send(request);
  const body = await bodyOf(request);
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await attempted(() => send(new Request(request, body)));
    if (attempt >= retries || !asksForMore(outcome)) return result(outcome);
    const wait = waitBefore(attempt, outcome.response);
    if (wait > longest_wait) return result(outcome);
    await outcome.response?.body?.cancel();
    await pause(wait, request.signal);
  }
}

/** What each attempt is made with: a body can be sent once. */
async function bodyOf(request: Request): Promise<{ readonly body?: ArrayBuffer }> {
  const body = await request.arrayBuffer();
  return body.byteLength === 0 ? {} : { body };
}

/** An answer, or what was thrown in its place. */
type Outcome = { readonly response: Response } | { readonly response?: never; readonly cause: unknown };

async function attempted(send: () => Promise<Response>): Promise<Outcome> {
  try {
    return { response: await send() };
  } catch (cause) {
    return { cause };
  }
}

function result(outcome: Outcome): Response {
  if (outcome.response) return outcome.response;
  throw outcome.cause;
}

function asksForMore(outcome: Outcome): boolean {
  // What a failing network throws differs between runtimes. A timeout is none: whoever was slow is not asked twice.
  if (!outcome.response) return !(outcome.cause instanceof DOMException);
  const { status, headers } = outcome.response;
  const code = headers.get(ERROR_HEADER) ?? "";
  return code === UNDER_WAY || (LATER.has(status) && !LASTING.has(code));
}

/** In milliseconds. Callers who were sent away together come back apart. */
function waitBefore(attempt: number, response: Response | undefined): number {
  const asked = response ? retryAfterSeconds(response.headers) : null;
  const spread = FIRST_WAIT_MS * 2 ** attempt * Math.random();
  return asked === null ? FIRST_WAIT_MS * 2 ** attempt + spread : asked * 1000 + spread;
}

/** What `Retry-After` says in either of its forms (RFC 9110 10.2.3), in seconds from now; null where it says nothing. */
export function retryAfterSeconds(headers: Headers): number | null {
  const said = headers.get("Retry-After")?.trim() ?? "";
  if (/^\d+$/.test(said)) return Number(said);
  const at = Date.parse(said);
  if (Number.isNaN(at)) return null;
  // By the clock that wrote it, where that says what time it is.
  const now = Date.parse(headers.get("Date") ?? "");
  return Math.max(0, Math.ceil((at - (Number.isNaN(now) ? Date.now() : now)) / 1000));
}

function pause(wait: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    }, wait);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}
