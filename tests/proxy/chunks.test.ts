/** Streams of the platform's are read in few chunks where much comes, and at once where little does. */
import { describe, expect, it } from "vitest";
import { chunksOf, type Chunks } from "../../src/proxy/chunks.ts";
import { joined, type Bytes } from "../../src/proxy/rewriting.ts";

async function all({ next }: Chunks): Promise<Bytes[]> {
  const chunks: Bytes[] = [];
  for (let chunk = await next(); chunk !== undefined; chunk = await next()) chunks.push(chunk);
  return chunks;
}

/** A body as the platform makes it. */
function bodyOf(init: BodyInit): ReadableStream<Bytes> {
  const { body } = new Response(init);
  if (body === null) throw new Error("no body");
  return body;
}

describe("a stream of the platform's", () => {
  it("is read in chunks that grow, and none of them is written over by the next", async () => {
    const bytes = Uint8Array.from({ length: 1_000_000 }, (_, index) => (index * 7 + (index >> 8)) % 256);
    const chunks = await all(chunksOf(bodyOf(bytes)));
    expect(chunks.slice(0, 3).map(({ byteLength }) => byteLength)).toEqual([4096, 8192, 16_384]);
    expect(Math.max(...chunks.map(({ byteLength }) => byteLength))).toBe(128 * 1024);
    expect(chunks.length).toBeLessThan(16);
    expect(joined(chunks)).toEqual(bytes);
  });

  it("is passed on as it comes, however little that is, and what is kept of it is no larger", async () => {
    const { readable, writable } = new IdentityTransformStream();
    const writer = writable.getWriter();
    const chunks = chunksOf(bodyOf(readable));
    const read: Bytes[] = [];
    for (const part of ["first", "second"]) {
      const [chunk] = await Promise.all([chunks.next(), writer.write(new TextEncoder().encode(part))]);
      if (chunk) read.push(chunk);
    }
    await Promise.all([writer.close(), chunks.next().then((end) => expect(end).toBeUndefined())]);
    expect(read.map((chunk) => new TextDecoder().decode(chunk))).toEqual(["first", "second"]);
    expect(read.map(({ buffer }) => buffer.byteLength)).toEqual([5, 6]);
  });

  it("that breaks off is an error, and not its end", async () => {
    const { readable, writable } = new IdentityTransformStream();
    const chunks = chunksOf(bodyOf(readable));
    const [read] = await Promise.allSettled([chunks.next(), writable.abort(new Error("broken off"))]);
    expect(read).toMatchObject({ status: "rejected" });
  });
});

it("any other stream is read as it is cut, and is told why nobody reads on", async () => {
  const reasons: unknown[] = [];
  const chunks = [Uint8Array.of(1), new Uint8Array(300_000).fill(2), Uint8Array.of(3)];
  const source = () =>
    new ReadableStream<Bytes>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk);
        controller.close();
      },
    });
  expect(await all(chunksOf(source()))).toEqual(chunks);
  const endless = new ReadableStream<Bytes>({ cancel: (reason) => void reasons.push(reason) });
  await chunksOf(endless).cancel("enough");
  expect(reasons).toEqual(["enough"]);
});
