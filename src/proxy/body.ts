/** Bodies: kept to be sent again where they are small, and read up to a bound where they have to be looked at. */
import { AppError } from "../errors.ts";
import { overloaded, type Held } from "../held.ts";
import { holdsKey, keyInRequest } from "./credentials.ts";
import { chunksOf, type Chunks } from "./chunks.ts";
import { joined, type Bytes } from "./rewriting.ts";

/** Up to this size a body is kept, so that the call can be made again. */
const REPEATABLE_BYTES = 1024 * 1024;

export interface RequestBody {
  /** What had to be looked at; null: it could not be. Undefined where there is nothing, or nothing had to be. */
  readonly text: string | null | undefined;
  readonly isRepeatable: boolean;
  /** All of it, where it is kept; null: there is none. Undefined: it is not. */
  readonly bytes: Bytes | null | undefined;
  /** What to send next; null for no body. */
  readonly next: () => BodyInit | null;
}

/** Whether the body is a form, in which some SDKs put the key. */
export const isForm = (headers: Headers): boolean =>
  /^application\/x-www-form-urlencoded\b/i.test(headers.get("Content-Type") ?? "");

/** A body that comes slower is not waited for. */
export const COMES_WITHIN_MS = 10_000;
/** A kept body is done with by then: it has come, and two calls have been made with it and a token renewed in between. */
export const KEPT_MS = 120_000;

/**
 * Takes the body of a request. One of unknown length streams, and so does one that there is no room to keep, except for a form
 * that may have our key in it.
 * @param looksFor what it has to be looked at for: our key, or what a grant asks of it; null: nothing
 * @param held what is kept of it, for as long as it may be sent
 * @throws AppError `credential_denied` for our key in a kept body, or a form too large to be looked at; `invalid_request` for one
 * that breaks off, or a form that does not come, `overloaded` for one that there is no room for
 */
export async function takeBody(request: Request, looksFor: "key" | "calls" | null, held: Held): Promise<RequestBody> {
  const { body } = request;
  if (body === null) return { text: undefined, isRepeatable: true, bytes: null, next: () => null };
  const length = request.headers.get("Content-Length");
  const isKept = looksFor !== null || (length !== null && Number(length) <= REPEATABLE_BYTES);
  const limits = { bytes: REPEATABLE_BYTES, ms: COMES_WITHIN_MS, held };
  const read = isKept ? await readWithin(body, limits).catch(refuseBroken) : null;
  if (!read) return { text: undefined, isRepeatable: false, bytes: undefined, next: () => body };
  if (!read.isWhole) {
    if (looksFor === "key") {
      await read.rest.cancel();
      throw FORM_ERRORS[read.why]();
    }
    held.release();
    // Some services take no body of unknown length.
    const isPiped = read.why !== "size" && length !== null;
    const rest = isPiped ? read.rest.pipeThrough(new FixedLengthStream(Number(length))) : read.rest;
    return { text: looksFor === null ? undefined : null, isRepeatable: false, bytes: undefined, next: () => rest };
  }
  const text = toText(read.bytes);
  if (looksFor !== "key" && text !== null && holdsKey(text)) throw keyInRequest();
  return {
    text: looksFor === null ? undefined : text,
    isRepeatable: true,
    bytes: read.bytes,
    next: () => (read.bytes.byteLength === 0 ? null : read.bytes),
  };
}

/** For a body that its sender cut off, or framed as none is: no fault of ours. @throws AppError `invalid_request` */
export function refuseBroken(cause: unknown): never {
  throw new AppError("invalid_request", "body: broke off or is not framed as HTTP has it. Send it again.", { cause });
}

/** For a body whose sender stalls. */
export const tooSlow = (): AppError =>
  new AppError("invalid_request", "body: did not come within 10 seconds. Send it again.");

/** Why a body was not read to its end. */
type Why = "size" | "time" | "room";

const FORM_ERRORS: Readonly<Record<Why, () => AppError>> = {
  size: () => new AppError("credential_denied", "A form of this size cannot be sent on. Send JSON instead."),
  time: tooSlow,
  room: overloaded,
};

export type Read =
  | { readonly isWhole: true; readonly bytes: Bytes }
  /** The stream from its beginning, as if it had not been touched. */
  | { readonly isWhole: false; readonly why: Why; readonly rest: ReadableStream<Bytes> };

/** How far a stream is read: so many bytes, so long, and as long as there is room. */
export interface Within {
  readonly bytes: number;
  readonly ms: number;
  readonly held: Held;
}

/** Reads a stream if it comes to its end within these limits. */
export async function readWithin(stream: ReadableStream<Bytes>, { bytes, ms, held }: Within): Promise<Read> {
  const source = chunksOf(stream);
  const chunks: Bytes[] = [];
  let size = 0;
  const { promise: timeIsUp, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(resolve, ms, null);
  try {
    for (;;) {
      const next = source.next();
      const chunk = await Promise.race([next, timeIsUp]);
      if (chunk === null) return { isWhole: false, why: "time", rest: putBack(chunks, source, next) };
      if (chunk === undefined) return { isWhole: true, bytes: joined(chunks) };
      chunks.push(chunk);
      size += chunk.byteLength;
      const why = size > bytes ? "size" : held.add(chunk.byteLength) ? null : "room";
      if (why !== null) return { isWhole: false, why, rest: putBack(chunks, source) };
    }
  } finally {
    clearTimeout(timer);
  }
}

/** @param asked for what comes next, where it has been asked for already */
function putBack(chunks: Bytes[], source: Chunks, asked?: ReturnType<Chunks["next"]>): ReadableStream<Bytes> {
  let waiting = asked;
  // Whoever reads on hears of it.
  waiting?.catch(() => {});
  return new ReadableStream({
    async pull(controller) {
      const kept = chunks.shift();
      if (kept) return controller.enqueue(kept);
      const next = waiting ?? source.next();
      waiting = undefined;
      const chunk = await next;
      if (chunk) controller.enqueue(chunk);
      else controller.close();
    },
    cancel: (reason) => source.cancel(reason),
  });
}

function toText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
