/** JSON bodies are taken of the right type, to 64 KiB and 20 levels, and no further. */
import { describe, expect, it, vi } from "vitest";
import { Room } from "../../src/held.ts";
import { readJson, readText } from "../../src/middleware/json-body.ts";

const LIMIT = 64 * 1024;
const post = (body: string | Uint8Array<ArrayBuffer>, type = "application/json", headers = {}): Request =>
  new Request("https://connect.example/", { method: "POST", body, headers: { "Content-Type": type, ...headers } });
const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);

describe("JSON", () => {
  it.each(["application/json", "Application/JSON; charset=utf-8", " application/json ;x=y"])(
    "of type %s is read",
    async (type) => {
      expect(await readJson(post('{"a":[1,null]}', type))).toEqual({ a: [1, null] });
    },
  );

  it.each(["text/plain", "application/jsonx", "application/x-www-form-urlencoded", ""])(
    "of type '%s' is not",
    async (type) => {
      await expect(readJson(post("{}", type))).rejects.toMatchObject({ code: "unsupported_media_type" });
    },
  );

  it("that is none is refused", async () => {
    await expect(readJson(post("{"))).rejects.toMatchObject({ code: "invalid_request", message: "body: is no JSON." });
  });

  it("is taken to 20 levels, of lists and objects alike", async () => {
    expect(await readJson(post(nested(20)))).toBeInstanceOf(Array);
    await expect(readJson(post(nested(21)))).rejects.toMatchObject({
      message: "body: is nested deeper than 20 levels.",
    });
    const objects = '{"a":'.repeat(21) + "1" + "}".repeat(21);
    await expect(readJson(post(objects))).rejects.toMatchObject({ code: "invalid_request" });
  });
});

describe("a body", () => {
  it("is taken to its last byte of 64 KiB, and no further", async () => {
    expect(await readText(post("x".repeat(LIMIT)))).toHaveLength(LIMIT);
    await expect(readText(post("x".repeat(LIMIT + 1)))).rejects.toMatchObject({
      code: "body_too_large",
      message: "body: is larger than 64 KiB.",
    });
  });

  it("that says it is larger is refused by what it says", async () => {
    const said = post("x", "application/json", { "Content-Length": String(LIMIT + 1) });
    await expect(readText(said)).rejects.toMatchObject({ code: "body_too_large" });
    expect(await readText(post("x", "application/json", { "Content-Length": String(LIMIT) }))).toBe("x");
  });

  it("that is no UTF-8 is refused", async () => {
    await expect(readText(post(Uint8Array.of(0xff)))).rejects.toMatchObject({ message: "body: is not UTF-8." });
  });

  it("is read without the mark it may begin with", async () => {
    expect(await readJson(post("\ufeff{}"))).toEqual({});
  });

  it("that there is none of is empty", async () => {
    expect(await readText(new Request("https://connect.example/", { method: "POST" }))).toBe("");
  });
});

it("a body that breaks off is said to be its sender's, and is no fault of ours", async () => {
  const broken = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new Error("connection lost")),
  });
  const request = new Request("https://connect.example/", { method: "POST", body: broken });
  await expect(readText(request)).rejects.toMatchObject({ code: "invalid_request" });
});

describe("a body of a stranger", () => {
  it("is refused where there is no room for it, and a small one never", async () => {
    await expect(readText(post("x".repeat(LIMIT)), new Room(0))).rejects.toMatchObject({ code: "overloaded" });
    expect(await readText(post("ticket=x"), new Room(0))).toBe("ticket=x");
  });

  it("that stalls is not waited for", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const stalled = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(Uint8Array.of(97)) });
      const reading = readText(new Request("https://connect.example/", { method: "POST", body: stalled }));
      const refused = expect(reading).rejects.toMatchObject({ code: "invalid_request" });
      await vi.advanceTimersByTimeAsync(10_000);
      await refused;
    } finally {
      vi.useRealTimers();
    }
  });
});
