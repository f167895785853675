/** The headers of an answer are true of the body that the caller gets, and nobody waits for a body that does not come. */
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Provider } from "../../src/contract/provider.ts";
import { facebook } from "../../src/providers/facebook.ts";
import { slack } from "../../src/providers/slack.ts";
import { readAnswer } from "../../src/proxy/answer.ts";
import { microsoft } from "../../src/providers/microsoft.ts";

const LINKS = {
  provider: microsoft,
  proxy: "https://latchkey.example/proxy/microsoft",
  called: "https://graph.microsoft.com/v1.0/me/messages",
  access_token: "token",
  key: "key",
  isForeign: false,
  secrets: [],
};
const DIGESTS = ["Content-Digest", "Repr-Digest", "Unencoded-Digest", "Digest", "Content-MD5"];
const NEXT = JSON.stringify({ "@odata.nextLink": "https://graph.microsoft.com/v1.0/me/messages?$skip=10" });

async function answered(body: string, status = 200): Promise<Response> {
  const headers = new Headers({ "Content-Type": "application/json" });
  for (const name of DIGESTS) headers.set(name, "sha-256=:x:");
  const answer = await readAnswer(new Response(body, { status, headers }), LINKS, {
    headers: new Headers(),
    raw: false,
  });
  return answer.toResponse();
}

const digestsOf = ({ headers }: Response): string[] => DIGESTS.filter((name) => headers.has(name));

describe("digests", () => {
  it("of a body that was changed are dropped", async () => {
    const response = await answered(NEXT);
    expect(digestsOf(response)).toEqual([]);
    expect(await response.text()).toContain(LINKS.proxy);
  });

  it("of a body that may be changed on the way are dropped", async () => {
    const response = await answered(`{"x":"${"x".repeat(100_000)}"}`);
    expect(digestsOf(response)).toEqual([]);
    await response.body?.cancel();
  });

  it("of a body that stays as it was are passed on", async () => {
    expect(digestsOf(await answered("{}"))).toEqual(DIGESTS);
  });
});

describe("a tag", () => {
  const tagOf = async (tag: string, body: string, encoding: Readonly<Record<string, string>> = {}) => {
    const headers = { "Content-Type": "application/json", ETag: tag, ...encoding };
    const upstream = new Response(body, { headers, encodeBody: "manual" });
    const answer = await readAnswer(upstream, LINKS, { headers: new Headers(), raw: false });
    return answer.toResponse().headers.get("ETag");
  };

  it("of a body that stays as it was is passed on", async () => {
    expect([await tagOf('"a"', "{}"), await tagOf('W/"a"', NEXT)]).toEqual(['"a"', 'W/"a"']);
  });

  it("that is strong, of a body that was changed or only unpacked, becomes weak (RFC 9110 8.8.3.3)", async () => {
    expect([await tagOf('"a"', NEXT), await tagOf('"a"', "{}", { "Content-Encoding": "gzip" })]).toEqual([
      'W/"a"',
      'W/"a"',
    ]);
  });
});

describe("an answer that has begun and goes on later", () => {
  afterEach(() => vi.useRealTimers());

  /** What comes of it while the service says nothing more. */
  async function firstOf(provider: Provider, type: string, first: string): Promise<string> {
    const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
    const writer = writable.getWriter();
    void writer.write(Uint8Array.from(new TextEncoder().encode(first))).catch(() => {});
    const upstream = new Response(readable, { headers: { "Content-Type": type } });
    const answer = await readAnswer(upstream, { ...LINKS, provider }, { headers: new Headers(), raw: false });
    const reader = answer.toResponse().body?.getReader();
    const { value } = (await reader?.read()) ?? {};
    await reader?.cancel();
    return new TextDecoder().decode(value);
  }

  it.each([
    ["in which links are looked for", microsoft],
    ["in which links with tokens are looked for", facebook],
    ["that may be a refusal", slack],
  ])("is passed on as far as it has come: one %s", async (_, provider) => {
    expect(await firstOf(provider, "application/json", '{"a":1,')).toBe('{"a":1,');
  });

  it.each(["application/x-ndjson", "application/jsonl", "text/event-stream", "application/stream+json; charset=utf-8"])(
    "is passed on at once where it is %s",
    async (type) => {
      // Nothing that waits for a moment to pass comes to an end.
      vi.useFakeTimers({ toFake: ["setTimeout"] });
      const text = type.includes("json") ? `${NEXT}\n` : 'data: {"at":"token"}\n\n';
      const seen = await Promise.all([microsoft, facebook, slack].map((provider) => firstOf(provider, type, text)));
      expect(seen.map((piece) => piece.includes(LINKS.proxy))).toEqual([type.includes("json"), false, false]);
      expect(seen[1]).not.toContain("token");
    },
  );
});

it("a part of an answer stays as it is, so that it fits the other parts", async () => {
  const response = await answered(NEXT, 206);
  expect(await response.text()).toBe(NEXT);
  expect(digestsOf(response)).toEqual(DIGESTS);
});
