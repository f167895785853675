/** A call that is refused is made again with a younger token only where its body is still there. */
import { beforeEach, expect, it } from "vitest";
import { control } from "../support/emulator.ts";
import { keyFor, request } from "../support/visitor.ts";

beforeEach(() => control("google").reset());

/** A body that comes as it is made, so that nobody knows how long it will be. */
const streamed = (): ReadableStream =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"name":"x"}'));
      controller.close();
    },
  });

const MEBIBYTE = 1024 * 1024;
const sized = (length: number) => ({ body: new Uint8Array(length), headers: { "Content-Length": String(length) } });

it.each([
  ["that streams, of unknown length", () => ({ body: streamed(), headers: {} }), 401],
  ["of more than a mebibyte", () => sized(MEBIBYTE + 1), 401],
  ["of a mebibyte", () => sized(MEBIBYTE), 200],
] as const)("a body %s", async (_, make, status) => {
  const { key } = await keyFor("google");
  await control("google").expire();
  await control("google").clearLog();
  const { body, headers } = make();
  const answer = await request("/proxy/google/drive/v3/files", {
    method: "POST",
    body,
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json", ...headers },
  });
  const calls = (await control("google").log()).filter(({ path }) => path.startsWith("/drive"));
  if (status === 401) {
    // The provider's own refusal, with word that the next call has a younger token.
    expect([answer.status, answer.headers.get("X-Latchkey-Token")]).toEqual([401, "refreshed"]);
    expect(answer.headers.get("X-Latchkey-Error")).toBeNull();
    expect(calls).toHaveLength(1);
  } else {
    expect(answer.headers.get("X-Latchkey-Token")).toBeNull();
    expect(calls.map((call) => call.status === 401)).toEqual([true, false]);
  }
});
