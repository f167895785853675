/** Which bodies are kept, to be looked at and to be sent again: by their size, to the byte. */
import { describe, expect, it } from "vitest";
import { isForm, readWithin, takeBody } from "../../src/proxy/body.ts";

const MIB = 1024 * 1024;
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
    const body = await takeBody(new Request(ADDRESS), false);
    expect([body.form, body.isRepeatable, body.next()]).toEqual([undefined, true, null]);
  });

  it.each([
    ["of a MiB is kept", MIB, true],
    ["of a byte more is not", MIB + 1, false],
  ])("%s, and comes whole in either case", async (_, size, isRepeatable) => {
    const sent = "x".repeat(size);
    const body = await takeBody(post(sent, { "Content-Length": String(size) }), false);
    expect(body.isRepeatable).toBe(isRepeatable);
    expect((await read(body.next())) === sent).toBe(true);
    if (isRepeatable) expect((await read(body.next())) === sent).toBe(true);
  });

  it("that says it is larger is not even touched", async () => {
    const request = post("x".repeat(MIB + 1), { "Content-Length": String(MIB + 1) });
    const stream = request.body;
    expect((await takeBody(request, false)).next()).toBe(stream);
  });

  it("that is no form is none", async () => {
    const body = await takeBody(post("a=1", { "Content-Length": "3" }), false);
    expect([body.form, body.isRepeatable]).toEqual([undefined, true]);
  });

  it("that says it is small and is not comes whole, once", async () => {
    const sent = "x".repeat(MIB + 1);
    const body = await takeBody(post(sent, { "Content-Length": "5" }), false);
    expect(body.isRepeatable).toBe(false);
    expect((await read(body.next())) === sent).toBe(true);
  });

  it("of unknown length streams, however small", async () => {
    const body = await takeBody(streamed(utf8("small")), false);
    expect(body.isRepeatable).toBe(false);
    expect(await read(body.next())).toBe("small");
  });

  it("of nothing is sent as none", async () => {
    const body = await takeBody(post("", { "Content-Length": "0" }), false);
    expect([body.isRepeatable, body.next()]).toEqual([true, null]);
  });
});

describe("a form that may hold our key", () => {
  it("is read, whatever it says of its length", async () => {
    const body = await takeBody(streamed(utf8("a=1")), true);
    expect([body.form, body.isRepeatable]).toEqual(["a=1", true]);
    expect(await read(body.next())).toBe("a=1");
  });

  it("is read with the mark it may begin with", async () => {
    expect((await takeBody(post(utf8("\ufeffa=1")), true)).form).toBe("\ufeffa=1");
  });

  it("and is too large to be read is refused", async () => {
    const large = utf8("x".repeat(MIB + 1));
    await expect(takeBody(streamed(large), true)).rejects.toMatchObject({ code: "credential_denied" });
  });

  it("and is no text has nothing to be read", async () => {
    const body = await takeBody(post(Uint8Array.of(0xff, 0xfe), { "Content-Length": "2" }), true);
    expect([body.form, body.isRepeatable]).toEqual([undefined, true]);
  });
});

describe("our key", () => {
  const KEY = `lk_${"A".repeat(86)}`;

  it("in a kept body is refused", async () => {
    const sent = JSON.stringify({ token: KEY });
    const request = post(sent, { "Content-Length": String(sent.length) });
    await expect(takeBody(request, false)).rejects.toMatchObject({ code: "credential_denied" });
  });

  it("in a form is left to whoever reads it as one", async () => {
    expect((await takeBody(post(`token=${KEY}`), true)).form).toBe(`token=${KEY}`);
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
    const whole = await readWithin(stream("abc", "de"), 5);
    expect(whole.isWhole && new TextDecoder().decode(whole.bytes)).toBe("abcde");
  });

  it("gives the rest as a stream from its beginning, where one byte is too much", async () => {
    const much = await readWithin(stream("abc", "de", "fgh"), 4);
    expect(much.isWhole || (await read(much.rest))).toBe("abcdefgh");
  });

  it("tells the sender when nobody reads the rest", async () => {
    let reason: unknown = null;
    const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: (controller) => controller.enqueue(new Uint8Array(10)),
      cancel: (why) => void (reason = why),
    });
    const much = await readWithin(endless, 5);
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
