/**
 * Streams read in chunks that are larger the faster they come. The platform cuts its own at 4 KiB, each of which leaves a
 * buffer and some promises to be collected: of answers of many megabytes more than an isolate has room for.
 */
import type { Bytes } from "./rewriting.ts";

const SMALLEST_BYTES = 4 * 1024;
/** What a call whose caller has stopped reading holds. */
const LARGEST_BYTES = 128 * 1024;

/** What is left of a stream. */
export interface Chunks {
  /** The next of it; undefined at its end. */
  readonly next: () => Promise<Bytes | undefined>;
  readonly cancel: (reason?: unknown) => Promise<void>;
}

/**
 * Reads a stream, and never waits for more than there is: one of the platform's into a buffer that is twice as large once it
 * was filled, any other as it is cut.
 */
export function chunksOf(stream: ReadableStream<Bytes>): Chunks {
  const reader = bufferedReader(stream);
  if (reader === undefined) {
    const plain = stream.getReader();
    return { next: async () => (await plain.read()).value, cancel: (reason) => plain.cancel(reason) };
  }
  let size = SMALLEST_BYTES;
  let spare: Uint8Array<ArrayBuffer> | null = null;
  return {
    async next() {
      const { done, value } = await reader.read(spare ?? new Uint8Array(size));
      if (done) return undefined;
      // The buffer that was lent comes back in what was read.
      const { buffer } = value;
      const isFull = value.byteLength === buffer.byteLength;
      spare = isFull ? null : new Uint8Array(buffer);
      if (isFull) size = Math.min(size * 2, LARGEST_BYTES);
      return isFull ? value : value.slice();
    },
    cancel: (reason) => reader.cancel(reason),
  };
}

function bufferedReader(stream: ReadableStream<Bytes>): ReadableStreamBYOBReader | undefined {
  try {
    return stream.getReader({ mode: "byob" });
  } catch {
    // Not a stream of bytes, to the platform.
    return undefined;
  }
}
