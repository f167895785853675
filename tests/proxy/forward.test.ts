/** A call that is refused is made again with a younger token only where its body is still there. */
import { beforeEach, expect, it } from "vitest";
import { forward } from "../../src/proxy/forward.ts";
import { google } from "../../src/providers/google.ts";
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

it("an answer that is refused is let go of where asking for a younger token breaks", async () => {
  const letGo: unknown[] = [];
  const refusal = new ReadableStream({ cancel: (reason) => void letGo.push(reason) });
  const endpoint = {
    provider: google,
    client: { client_id: "id", client_secret: "secret" },
    fetch: async () => new Response(refusal, { status: 401, headers: { "Content-Type": "text/plain" } }),
  };
  const call = {
    request: new Request("https://latchkey.example/proxy/google/drive/v3/files"),
    path: "/drive/v3/files",
    query: "",
    body: { text: undefined, isRepeatable: true, bytes: null, next: () => null },
    foreign_token: null,
    key: "",
    proxy: "https://latchkey.example/proxy/google",
    raw: false,
  };
  const times = { copy_until: null, refresh_from: null, refresh_by: null };
  const token = {
    access_token: "a",
    expires_at: null,
    details: {},
    epoch: 1,
    generation: 1,
    times,
    place: "google",
    connection: "con_1",
  };
  const broken = forward(endpoint, call, {
    current: async () => token,
    younger: async () => Promise.reject(new Error("the vault was reset")),
    noteReplay: () => {},
    suspect: () => {},
    lacking: async () => ({}),
  });
  await expect(broken).rejects.toThrow("the vault was reset");
  expect(letGo).toHaveLength(1);
});
