/** Bodies are changed while they stream as if they had come whole, and what is held back of them is bounded. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bodyFinders, type LinkContext } from "../../src/proxy/links.ts";
import { joined, rewriteStream, rewriteWhole, type Bytes } from "../../src/proxy/rewriting.ts";
import { builtInProviders } from "../../src/providers/index.ts";

/** The escapes that a token can be written with are among its own characters. */
const TOKEN = "a-b/c%2";

function contextOf(id: string, more: Partial<LinkContext> = {}): LinkContext {
  const provider = builtInProviders.find((candidate) => candidate.id === id);
  if (!provider) throw new Error(id);
  const proxy = `https://latchkey.example/proxy/${id}`;
  const called = provider.api.base_url;
  return { provider, proxy, called, access_token: TOKEN, key: "the-key", isForeign: false, secrets: [], ...more };
}

const CONTEXTS = {
  microsoft: contextOf("microsoft"),
  spotify: contextOf("spotify"),
  facebook: contextOf("facebook"),
  "facebook, a page's token": contextOf("facebook", { isForeign: true }),
} as const;

const bytesOf = (text: string): Bytes => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const textOf = (bytes: Bytes): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");

/** Pulls the chunks one by one, and notes how far each answer of the stream was behind what had gone in. */
async function streamed(chunks: readonly Bytes[], context: LinkContext) {
  let [sent, received, behind] = [0, 0, 0];
  const left = [...chunks];
  const source = new ReadableStream<Bytes>(
    {
      pull(controller) {
        const chunk = left.shift();
        if (chunk === undefined) return controller.close();
        behind = Math.max(behind, sent - received);
        sent += chunk.byteLength;
        controller.enqueue(chunk);
      },
    },
    { highWaterMark: 0 },
  );
  const parts: Bytes[] = [];
  const reader = rewriteStream(source, bodyFinders(context, true)).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { bytes: joined(parts), behind };
    received += value.byteLength;
    parts.push(value);
  }
}

function cut(bytes: Bytes, places: readonly number[]): Bytes[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return at.slice(1).map((place, index) => bytes.slice(at[index], place));
}

/** Parts of answers in which something is to be changed, or nearly. */
const PIECES = [
  '"next"',
  '"href": "https://api.spotify.com/v1/x"',
  '"@odata.nextLink"\n\t : \r "https:\\/\\/graph.microsoft.com\\/v1.0\\/me?$skiptoken=\\u00e9"',
  '"previous":"https://graph.facebook.com/v25.0/x?access_token=a-b/c%2',
  '"next":"https://graph.facebook.com/x?access_token=a%2Db\\/c%252&after=1"',
  "access_token=",
  TOKEN,
  "a\\u002db\\u002fc%252",
  "a-b%2fc%",
  '\\"next":',
  ":",
  '"',
  "\\",
  "https://api.spotify.com",
  " ".repeat(60),
  "\u00ff\u00fe",
  "{}[],",
  "x".repeat(9000),
];

describe.each(Object.entries(CONTEXTS))("for %s", (_, context) => {
  it("a body is changed the same wherever its chunks end", async () => {
    const body = fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 3, unit: "binary-ascii" })), {
      maxLength: 12,
    });
    const property = fc.asyncProperty(body, fc.array(fc.nat(40_000), { maxLength: 40 }), async (pieces, places) => {
      const bytes = bytesOf(pieces.join(""));
      const whole = rewriteWhole(bytes, bodyFinders(context, true));
      const { bytes: got } = await streamed(cut(bytes, places), context);
      expect(textOf(got)).toBe(textOf(whole));
    });
    await fc.assert(property, { seed: 20_261_126, numRuns: 400 });
  });

  it("and byte by byte", async () => {
    const bytes = bytesOf(PIECES.filter(({ length }) => length < 1000).join(""));
    const whole = rewriteWhole(bytes, bodyFinders(context, true));
    expect(textOf(whole)).not.toBe(textOf(bytes));
    const each = Array.from(bytes, (byte) => Uint8Array.of(byte));
    expect(textOf((await streamed(each, context)).bytes)).toBe(textOf(whole));
  });
});

describe("what is held back of a body", () => {
  const MEGABYTES = 64;
  const CHUNK = 64 * 1024;

  it.each([
    ["a link that never ends", '"next":"https://api.spotify.com/', "a"],
    ["a name that never gets its value", '"next"', " "],
    ["quotation marks", '"', '"'],
    ["lists", "[", "[],"],
    ["members of that name", "{", '"next":"",'],
    ["backslashes", '"next":"', "\\"],
    ["bytes that are no text", "\u00ff", "\u00ff\u00fe\u0000"],
  ])("is bounded: 64 MB of %s pass as they are", async (_, first, filling) => {
    const filled = bytesOf(filling.repeat(Math.ceil(CHUNK / filling.length)).slice(0, CHUNK));
    const chunks = [bytesOf(first), ...Array.from({ length: MEGABYTES * 16 }, () => filled)];
    const { bytes, behind } = await streamed(chunks, CONTEXTS.spotify);
    expect(bytes.byteLength).toBe(first.length + MEGABYTES * 1024 * 1024);
    expect(textOf(bytes.subarray(0, 1000))).toBe((first + textOf(filled)).slice(0, 1000));
    // A link of the greatest length with the longest name there is in front of it.
    expect(behind).toBeLessThan(17 * 1024);
  });

  it("is nothing where nothing can begin: what has come is passed on at once", async () => {
    const chunks = ["[1,", '"next', '" ,2,', '"next" :', '"https://elsewhere.example/"', ",3", "]"].map(bytesOf);
    const { bytes, behind } = await streamed(chunks, CONTEXTS.spotify);
    expect(textOf(bytes)).toBe(chunks.map(textOf).join(""));
    expect(behind).toBeLessThanOrEqual('"next" :'.length);
  });

  it("is let go of when the caller hangs up", async () => {
    let reason: unknown;
    const source = new ReadableStream<Bytes>({ cancel: (why) => void (reason = why) });
    await rewriteStream(source, bodyFinders(CONTEXTS.spotify, true)).cancel("gone");
    expect(reason).toBe("gone");
  });
});

it("a link as long as an address may be is changed, and what is longer is none", () => {
  const linked = (length: number) => {
    const link = "https://api.spotify.com/".padEnd(length, "x");
    const text = textOf(rewriteWhole(bytesOf(`{"next":"${link}"}`), bodyFinders(CONTEXTS.spotify, true)));
    return text.startsWith('{"next":"https://latchkey.example/proxy/spotify/x');
  };
  expect([linked(100), linked(16_383), linked(16_384), linked(20_000)]).toEqual([true, true, false, false]);
});
