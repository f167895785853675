/**
 * The one way a request reaches a provider outside the proxy: no redirect is followed (a followed one would re-post the
 * code and the secret to another host), and the whole answer has to arrive in time and in size.
 */
import { AppError } from "../errors.ts";
import type { World } from "../world.ts";

/** For headers and body together. */
const TIMEOUT_MS = 10_000;
const TOKEN_ANSWER_BYTES = 256 * 1024;

interface Limits {
  readonly bytes: number;
}

/** Providers refuse requests that name no client (GitHub), and workerd sends no User-Agent of its own. */
export const USER_AGENT = "Latchkey";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Sends one request and reads the whole answer.
 * @throws AppError `provider_timeout` after 10 s, `provider_unavailable` when there is no answer or it is a redirect,
 * `invalid_provider_response` when it is larger than `limits.bytes` or cannot be decoded.
 */
export async function send(
  fetcher: World["fetch"],
  request: Request,
  limits: Limits = { bytes: TOKEN_ANSWER_BYTES },
): Promise<Answer> {
  const deadline = AbortSignal.timeout(TIMEOUT_MS);
  const headers = new Headers(request.headers);
  if (!headers.has("User-Agent")) headers.set("User-Agent", USER_AGENT);
  const attempt = async (): Promise<Answer> => {
    const response = await fetcher(new Request(request, { headers, redirect: "manual", signal: deadline }));
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel();
      throw new AppError(
        "provider_unavailable",
        "The provider answered with a redirect, which is never followed. Try again later.",
      );
    }
    return { status: response.status, headers: response.headers, bytes: await readAtMost(response, limits.bytes) };
  };
  try {
    // The signal ends the request; the race ends the wait where a fetch does not heed it.
    return await Promise.race([attempt(), rejectOnAbort(deadline)]);
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (deadline.aborted) throw timedOut();
    throw new AppError("provider_unavailable", "The provider could not be reached. Try again in a moment.", {
      cause: error,
    });
  }
}

function timedOut(): AppError {
  return new AppError("provider_timeout", "The provider did not answer within 10 seconds. Try again in a moment.");
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(timedOut()), { once: true });
  });
}

async function readAtMost(response: Response, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (response.body) {
    const reader = response.body.getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        size += value.byteLength;
        if (size > limit) {
          await reader.cancel();
          throw new AppError(
            "invalid_provider_response",
            "The provider's answer is too large to be one. Try again later.",
          );
        }
        chunks.push(value);
      }
    } finally {
      reader.releaseLock();
    }
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

/** The JSON of an answer, or `undefined` where it is none. */
export function toJson(answer: Answer): unknown {
  try {
    const parsed: unknown = JSON.parse(
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(answer.bytes),
    );
    return parsed;
  } catch {
    return undefined;
  }
}

/** The `Retry-After` of an answer to pass on, where it names seconds. */
export function retryAfter({ headers }: Answer): Record<string, string> {
  const seconds = headers.get("Retry-After");
  return seconds !== null && /^\d{1,6}$/.test(seconds) ? { "Retry-After": seconds } : {};
}
