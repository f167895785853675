/** Bodies: kept to be sent again where they are small, and read up to a bound where they have to be looked at. */
import { AppError } from "../errors.ts";
import { holdsKey, keyInRequest } from "./credentials.ts";
import { joined, type Bytes } from "./rewriting.ts";

/** Up to this size a body is kept, so that the call can be made again. */
const REPEATABLE_BYTES = 1024 * 1024;

export interface RequestBody {
  /** The text of a form; undefined for everything else. */
  readonly form: string | undefined;
  readonly isRepeatable: boolean;
  /** What to send next; null for no body. */
  readonly next: () => BodyInit | null;
}

/** Whether the body is a form, in which some SDKs put the key. */
export const isForm = (headers: Headers): boolean =>
  /^application\/x-www-form-urlencoded\b/i.test(headers.get("Content-Type") ?? "");

/**
 * Takes the body of a request. One of unknown length streams, except for a form that has to be looked at.
 * @throws AppError `credential_denied` for our key in a kept body, or a form too large to be looked at
 */
export async function takeBody(request: Request, readsForms: boolean): Promise<RequestBody> {
  const { body } = request;
  if (body === null) return { form: undefined, isRepeatable: true, next: () => null };
  const length = request.headers.get("Content-Length");
  const isKept = readsForms || (length !== null && Number(length) <= REPEATABLE_BYTES);
  const read = isKept ? await readWithin(body, REPEATABLE_BYTES) : null;
  if (!read) return { form: undefined, isRepeatable: false, next: () => body };
  if (!read.isWhole) {
    if (readsForms)
      throw new AppError("credential_denied", "A form of this size cannot be sent on. Send JSON instead.");
    return { form: undefined, isRepeatable: false, next: () => read.rest };
  }
  const text = toText(read.bytes);
  if (!readsForms && text !== null && holdsKey(text)) throw keyInRequest();
  return {
    form: readsForms ? (text ?? undefined) : undefined,
    isRepeatable: true,
    next: () => (read.bytes.byteLength === 0 ? null : read.bytes),
  };
}

export type Read =
  | { readonly isWhole: true; readonly bytes: Bytes }
  /** Too large: the stream from its beginning, as if it had not been touched. */
  | { readonly isWhole: false; readonly rest: ReadableStream<Bytes> };

/** Reads a stream if it is no longer than `limit` bytes. */
export async function readWithin(stream: ReadableStream<Bytes>, limit: number): Promise<Read> {
  const reader = stream.getReader();
  const chunks: Bytes[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { isWhole: true, bytes: joined(chunks) };
    chunks.push(value);
    size += value.byteLength;
    if (size > limit) return { isWhole: false, rest: putBack(chunks, reader) };
  }
}

function putBack(chunks: Bytes[], reader: ReadableStreamDefaultReader<Bytes>): ReadableStream<Bytes> {
  return new ReadableStream({
    async pull(controller) {
      const kept = chunks.shift();
      if (kept) return controller.enqueue(kept);
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

function toText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
