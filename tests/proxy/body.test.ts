/** Which bodies are kept, to be looked at and to be sent again: by their size, to the byte. */
import { describe, expect, it } from "vitest";
import { requests, Room } from "../../src/held.ts";
import { isForm, readWithin, takeBody } from "../../src/proxy/body.ts";

const MIB = 1024 * 1024;
const SECONDS = 10_000;
const take = (request: Request, readsForms: boolean, room = requests) =>
  takeBody(request, readsForms ? "key" : null, room.hold(SECONDS));
/** So many bytes, with time and room enough. */
const upTo = (bytes: number) => ({ bytes, ms: SECONDS, held: requests.hold(SECONDS) });
const ADDRESS = "https://connect.example/proxy/plain/x";

const post = (body: string | Uint8Array<ArrayBuffer>, headers: Readonly<Record<string, string>> = {}): Request =>
  new Request(ADDRESS, { method: "POST", body, headers });
/** As a client sends what it does not know the length of. */
const streamed = (body: Uint8Array<ArrayBuffer>): Request => {
  const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>>();
  const writer = writable.getWriter();
  void writer.write(body).then(() => writer.close());
  return new Request(ADDRESS, { method: "POST", body: readable });
};
const utf8 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(new TextEncoder().encode(text));
const read = async (body: BodyInit | null): Promise<string> => new Response(body).text();

describe("a body", () => {
  it("that there is none of can be sent again, as none", async () => {
    const body = await take(new Request(ADDRESS), false);
    expect([body.text, body.isRepeatable, body.next()]).toEqual([undefined, true, null]);
  });

  it.each([
    ["of a MiB is kept", MIB, true],
    ["of a byte more is not", MIB + 1, false],
  ])("%s, and comes whole in either case", async (_, size, isRepeatable) => {
    const sent = "x".repeat(size);
    const body = await take(post(sent, { "Content-Length": String(size) }), false);
    expect(body.isRepeatable).toBe(isRepeatable);
    expect((await read(body.next())) === sent).toBe(true);
    if (isRepeatable) expect((await read(body.next())) === sent).toBe(true);
  });

  it("that says it is larger is not even touched", async () => {
    const request = post("x".repeat(MIB + 1), { "Content-Length": String(MIB + 1) });
    const stream = request.body;
    expect((await take(request, false)).next()).toBe(stream);
  });

  it("that is no form is none", async () => {
    const body = await take(post("a=1", { "Content-Length": "3" }), false);
    expect([body.text, body.isRepeatable]).toEqual([undefined, true]);
  });

  it("that says it is small and is not comes whole, once", async () => {
    const sent = "x".repeat(MIB + 1);
    const body = await take(post(sent, { "Content-Length": "5" }), false);
    expect(body.isRepeatable).toBe(false);
    expect((await read(body.next())) === sent).toBe(true);
  });

  it("of unknown length streams, however small", async () => {
    const body = await take(streamed(utf8("small")), false);
    expect(body.isRepeatable).toBe(false);
    expect(await read(body.next())).toBe("small");
  });

  it("of nothing is sent as none", async () => {
    const body = await take(post("", { "Content-Length": "0" }), false);
    expect([body.isRepeatable, body.next()]).toEqual([true, null]);
  });
});

it("a kept body that breaks off is said to be its sender's, and is no fault of ours", async () => {
  const broken = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new Error("connection lost")),
  });
  const request = new Request(ADDRESS, { method: "POST", body: broken, headers: { "Content-Length": "5" } });
  await expect(take(request, false)).rejects.toMatchObject({ code: "invalid_request" });
});

describe("where there is no room to keep any more", () => {
  const full = () => new Room(0);
  const sent = "x".repeat(20_000);

  it("a body streams, with its length", async () => {
    const body = await take(post(sent, { "Content-Length": String(sent.length) }), false, full());
    expect(body.isRepeatable).toBe(false);
    expect(await read(body.next())).toBe(sent);
    const shorter = await take(post(sent, { "Content-Length": "19999" }), false, full());
    await expect(read(shorter.next())).rejects.toThrow();
  });

  it("a form that has to be looked at is refused, to be sent again", async () => {
    await expect(take(post(sent), true, full())).rejects.toMatchObject({
      code: "overloaded",
      headers: { "Retry-After": "1" },
    });
  });

  it("what is small is kept all the same", async () => {
    expect((await take(post("a=1", { "Content-Length": "3" }), false, full())).isRepeatable).toBe(true);
  });
});

describe("a form that may hold our key", () => {
  it("is read, whatever it says of its length", async () => {
    const body = await take(streamed(utf8("a=1")), true);
    expect([body.text, body.isRepeatable]).toEqual(["a=1", true]);
    expect(await read(body.next())).toBe("a=1");
  });

  it("is read with the mark it may begin with", async () => {
    expect((await take(post(utf8("\ufeffa=1")), true)).text).toBe("\ufeffa=1");
  });

  it("and is too large to be read is refused", async () => {
    const large = utf8("x".repeat(MIB + 1));
    await expect(take(streamed(large), true)).rejects.toMatchObject({ code: "credential_denied" });
  });

  it("and is no text has nothing to be read", async () => {
    const body = await take(post(Uint8Array.of(0xff, 0xfe), { "Content-Length": "2" }), true);
    expect([body.text, body.isRepeatable]).toEqual([null, true]);
  });
});

describe("our key", () => {
  const KEY = `lk_${"A".repeat(86)}`;

  it("in a kept body is refused", async () => {
    const sent = JSON.stringify({ token: KEY });
    const request = post(sent, { "Content-Length": String(sent.length) });
    await expect(take(request, false)).rejects.toMatchObject({ code: "credential_denied" });
  });

  it("in a form is left to whoever reads it as one", async () => {
    expect((await take(post(`token=${KEY}`), true)).text).toBe(`token=${KEY}`);
  });
});

describe("reading within a limit", () => {
  const stream = (...chunks: readonly string[]) =>
    new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(utf8(chunk));
        controller.close();
      },
    });

  it("gives all of what fits to the byte", async () => {
    const whole = await readWithin(stream("abc", "de"), upTo(5));
    expect(whole.isWhole && new TextDecoder().decode(whole.bytes)).toBe("abcde");
  });

  it("gives the rest as a stream from its beginning, where one byte is too much", async () => {
    const much = await readWithin(stream("abc", "de", "fgh"), upTo(4));
    expect(much.isWhole || (await read(much.rest))).toBe("abcdefgh");
  });

  it("gives the rest as it comes, where its time is up", async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const slow = new ReadableStream<Uint8Array<ArrayBuffer>>({
      async start(controller) {
        controller.enqueue(utf8("ab"));
        await gate;
        controller.enqueue(utf8("cd"));
        controller.close();
      },
    });
    const begun = await readWithin(slow, { ...upTo(5), ms: 1 });
    open();
    expect(begun.isWhole || [begun.why, await read(begun.rest)]).toEqual(["time", "abcd"]);
  });

  it("tells the sender when nobody reads the rest", async () => {
    let reason: unknown = null;
    const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: (controller) => controller.enqueue(new Uint8Array(10)),
      cancel: (why) => void (reason = why),
    });
    const much = await readWithin(endless, upTo(5));
    if (!much.isWhole) await much.rest.cancel("enough");
    expect(reason).toBe("enough");
  });
});

it.each([
  ["application/x-www-form-urlencoded", true],
  ["Application/X-WWW-Form-Urlencoded; charset=utf-8", true],
  ["application/x-www-form-urlencodedly", false],
  ["multipart/form-data", false],
  ["text/application/x-www-form-urlencoded", false],
])("%s is a form: %j", (type, is) => expect(isForm(new Headers({ "Content-Type": type }))).toBe(is));

it("what names no type is no form", () => expect(isForm(new Headers())).toBe(false));
