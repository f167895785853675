/**
 * The one way a request reaches a provider outside the proxy: no redirect is followed (a followed one would re-post the
 * code and the secret to another host), and the whole answer has to arrive in time and in size. Sizes are those of what is
 * read: where a body comes compressed, what it becomes counts.
 */
import { AppError, type ErrorCode } from "../errors.ts";
import { answers, overloaded, type Held } from "../held.ts";
import type { World } from "../world.ts";

/** For headers and body together. */
const TIMEOUT_MS = 10_000;
const TOKEN_ANSWER_BYTES = 256 * 1024;

/** Of an answer. */
export interface Limits {
  /** 0: the body is not wanted, and not read. */
  readonly bytes: number;
}

/** Providers refuse requests that name no client (GitHub), and workerd sends no User-Agent of its own. */
export const USER_AGENT = "Latchkey";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** An answer has begun and is none that can be used as it is: whoever sent it may have done what it was asked. */
export class BrokenAnswer extends AppError {
  /** As much as came of it. */
  readonly begun: Answer;

  constructor(begun: Answer, { code, message, headers = {} }: Reason, cause?: unknown) {
    super(code, message, { cause, headers });
    this.begun = begun;
  }
}

interface Reason {
  readonly code: ErrorCode;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Sends one request and reads the whole answer.
 * @throws AppError `provider_timeout` after 10 s, `provider_unavailable` when there is no answer or it is a redirect,
 * `invalid_provider_response` when it is larger than `limits.bytes`, `overloaded` when this isolate holds too much already;
 * BrokenAnswer where an answer had begun by then
 */
export async function send(
  fetcher: World["fetch"],
  request: Request,
  limits: Limits = { bytes: TOKEN_ANSWER_BYTES },
): Promise<Answer> {
  answers.check();
  const held = answers.hold(TIMEOUT_MS);
  const deadline = AbortSignal.timeout(TIMEOUT_MS);
  const headers = new Headers(request.headers);
  if (!headers.has("User-Agent")) headers.set("User-Agent", USER_AGENT);
  let response: Response | undefined;
  const chunks: Uint8Array[] = [];
  const attempt = async (): Promise<Reason | null> => {
    response = await fetcher(request, { headers, redirect: "manual", signal: deadline });
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel();
      return REDIRECTS;
    }
    if (limits.bytes > 0) return readAtMost(response, limits.bytes, held, chunks);
    await response.body?.cancel();
    return null;
  };
  let reason: Reason | null;
  let cause: unknown;
  try {
    // The signal ends the request; the race ends the wait where a fetch does not heed it.
    reason = await Promise.race([attempt(), rejectOnAbort(deadline)]);
  } catch (error) {
    if (error instanceof AppError) throw error;
    reason = deadline.aborted ? TIMED_OUT : UNREACHABLE;
    cause = error;
  } finally {
    held.release();
  }
  if (response === undefined) {
    const { code, message } = reason ?? UNREACHABLE;
    throw new AppError(code, message, { cause });
  }
  const answer = { status: response.status, headers: response.headers, bytes: joined(chunks) };
  if (reason !== null) throw new BrokenAnswer(answer, reason, cause);
  return answer;
}

const TIMED_OUT: Reason = {
  code: "provider_timeout",
  message: "The provider did not answer within 10 seconds. Try again in a moment.",
};
const UNREACHABLE: Reason = {
  code: "provider_unavailable",
  message: "The provider could not be reached. Try again in a moment.",
};
const REDIRECTS: Reason = {
  code: "provider_unavailable",
  message: "The provider answered with a redirect, which is never followed. Try again later.",
};
const TOO_LARGE: Reason = {
  code: "invalid_provider_response",
  message: "The provider's answer is too large to be one. Try again later.",
};

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** Reads into `chunks`. @returns why that was not all of it; null where it was */
async function readAtMost(response: Response, limit: number, held: Held, chunks: Uint8Array[]): Promise<Reason | null> {
  if (!response.body) return null;
  const reader = response.body.getReader();
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return null;
      chunks.push(value);
      size += value.byteLength;
      const reason = size > limit ? TOO_LARGE : held.add(value.byteLength) ? null : overloaded();
      if (reason === null) continue;
      await reader.cancel();
      return reason;
    }
  } finally {
    reader.releaseLock();
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.byteLength, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}
