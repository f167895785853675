/**
 * Bodies with some places of theirs changed, while they stream: what is held back is what may be the beginning of such a
 * place, and never more. Texts are looked at with one character per byte, so that places in both are the same, and bytes
 * that are not changed are passed on as they came, whether or not they are UTF-8.
 */

export type Bytes = Uint8Array<ArrayBuffer>;

/** One place to be changed: the bytes in [from, to) become `by`. */
export interface Change {
  readonly from: number;
  readonly to: number;
  readonly by: string;
}

/**
 * Finds the first place at or behind `from` that is to be changed, whatever follows the text. Where there is none, the number
 * is the place before which nothing will be: the length of a text that is whole. What begins behind that place is asked
 * about again, with more text behind it.
 */
export type Finder = (text: string, from: number, isWhole: boolean) => Change | number;

/** Changes a whole body. @returns the very same bytes where nothing was to be changed */
export function rewriteWhole(bytes: Bytes, finders: readonly Finder[]): Bytes {
  return finders.reduce((before, find) => rewrite(before, find, true).done, bytes);
}

/**
 * Changes a body as it comes, the same as if it had come whole. The finders see it one after the other; none reads on
 * before what there is has been taken.
 */
export function rewriteStream(body: ReadableStream<Bytes>, finders: readonly Finder[]): ReadableStream<Bytes> {
  const steps = finders.map((find) => ({ find, held: NOTHING }));
  const advance = (chunk: Bytes, isWhole: boolean): Bytes => {
    let passed = chunk;
    for (const step of steps) {
      const text = step.held.byteLength === 0 ? passed : joined([step.held, passed]);
      const { done, held } = rewrite(text, step.find, isWhole);
      step.held = held;
      passed = done;
    }
    return passed;
  };
  const reader = body.getReader();
  return new ReadableStream<Bytes>(
    {
      async pull(controller) {
        for (;;) {
          const { done, value } = await reader.read();
          const passed = advance(value ?? NOTHING, done);
          if (passed.byteLength > 0) controller.enqueue(passed);
          if (done) return controller.close();
          if (passed.byteLength > 0) return;
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** Chunks in one. */
export function joined(chunks: readonly Bytes[]): Bytes {
  const bytes = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.byteLength, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

const NOTHING: Bytes = new Uint8Array();
/** Not Latin-1 to the letter (it is windows-1252 by the Encoding Standard), but one character for each byte. */
const decoder = new TextDecoder("latin1");
const encoder = new TextEncoder();

interface Rewritten {
  readonly done: Bytes;
  /** What has to be looked at again with more behind it. */
  readonly held: Bytes;
}

function rewrite(bytes: Bytes, find: Finder, isWhole: boolean): Rewritten {
  const text = decoder.decode(bytes);
  const parts: Bytes[] = [];
  for (let at = 0; ;) {
    const found = find(text, at, isWhole);
    if (typeof found === "number") {
      // A copy, so that what is passed on is not kept by it.
      const held = found === bytes.byteLength ? NOTHING : bytes.slice(found);
      if (parts.length === 0) return { done: found === bytes.byteLength ? bytes : bytes.subarray(0, found), held };
      return { done: joined([...parts, bytes.subarray(at, found)]), held };
    }
    parts.push(bytes.subarray(at, found.from), new Uint8Array(encoder.encode(found.by)));
    at = found.to;
  }
}
