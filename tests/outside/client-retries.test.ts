/** Calls of the client that are made again, and those that are not: against a server that answers as it is told. */
import { answered, createLatchkey, each, LatchkeyError, type LatchkeyOptions } from "latchkey-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import {
  RETRY_AFTER,
  USERS,
  cut,
  cutInside,
  fine,
  inFront,
  limited,
  page,
  refused,
  startScriptedServer,
  unavailable,
  type ScriptedServer,
  type Turn,
} from "./scripted-server.ts";

let server: ScriptedServer;
beforeEach(async () => {
  server = await startScriptedServer();
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await server.stop();
});

const clientWith = (options: LatchkeyOptions = {}) => createLatchkey({ origin: server.origin, key: "k", ...options });

async function refusalOf(call: Promise<unknown>): Promise<LatchkeyError> {
  const refusal: unknown = await call.then(
    () => "answered",
    (cause: unknown) => cause,
  );
  if (!(refusal instanceof LatchkeyError)) throw new TypeError("not refused", { cause: refusal });
  return refusal;
}

const path = { connection: "c-1" };
const session = { user: "u-1", return_to: "https://acme.example/" };

describe("a call that changes nothing twice", () => {
  it.each([
    ["asked to slow down", limited()],
    ["told to come later", unavailable],
    ["told so by something in front of Latchkey", inFront(503)],
    ["cut off before an answer", cut],
    ["cut off inside an answer", cutInside],
  ])("is made again when it was %s", async (_, turn) => {
    server.turns = [turn, fine()];
    expect(await answered(clientWith().GET("/health"))).toEqual({ status: "ok" });
    expect(server.asked).toHaveLength(2);
  });

  it("is made again with its body", async () => {
    server.turns = [limited(), fine({ url: "u", secret: "s" })];
    const body = { url: "https://acme.example/ü" };
    await answered(clientWith().PUT("/apps/{app}/webhook", { params: { path: { app: "a" } }, body }));
    expect(server.asked.map(({ body: sent }) => sent)).toEqual([JSON.stringify(body), JSON.stringify(body)]);
  });

  it("is made three times in all, or as often as is said", async () => {
    server.turns = [limited(), limited(), limited(), limited()];
    expect(
      await refusalOf(answered(clientWith().DELETE("/connections/{connection}", { params: { path } }))),
    ).toMatchObject({ code: "rate_limited", status: 429 });
    expect(server.asked).toHaveLength(3);
    await refusalOf(answered(clientWith({ retries: 0 }).GET("/health")));
    expect(server.asked).toHaveLength(4);
  });

  it.each([
    ["a setting is missing", refused(503, "not_configured")],
    ["a key is missing", refused(503, "key_unavailable")],
    ["the service does not answer", refused(502, "provider_unavailable")],
    ["it took too long there", refused(504, "provider_timeout")],
    ["it may not be made", refused(403, "insufficient_scope")],
  ])("is not made again where that would not help: %s", async (_, turn) => {
    server.turns = [turn, fine()];
    await refusalOf(answered(clientWith().GET("/health")));
    expect(server.asked).toHaveLength(1);
  });

  it("is not made again when it took too long", async () => {
    server.turns = [() => {}, fine()];
    expect(await refusalOf(answered(clientWith({ timeout: 50 }).GET("/health")))).toMatchObject({
      code: "timeout",
      status: 0,
    });
    expect(server.asked).toHaveLength(1);
  });
});

describe("a call that would do something twice", () => {
  const post = (idempotencyKey?: string) =>
    answered(
      clientWith().POST("/connect-sessions", {
        body: session,
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      }),
    );

  it("is made once, whatever came of it", async () => {
    for (const turn of [limited(), unavailable, cut]) {
      server.turns = [turn, fine()];
      await refusalOf(post());
      expect(server.asked.splice(0)).toHaveLength(1);
    }
  });

  it.each([
    ["it was asked to slow down", limited()],
    ["its answer was lost", cut],
    ["nobody knows what was done", unavailable],
    ["the first is still being carried out", refused(409, "request_under_way", { "Retry-After": "0" })],
  ])("is made again with a key of its own, and with the same key, when %s", async (_, turn) => {
    server.turns = [turn, fine({ connect_url: "u", expires_at: "t" })];
    await post("once-1");
    expect(server.asked.map(({ key, body }) => [key, body])).toEqual(
      Array.from({ length: 2 }, () => ["once-1", JSON.stringify(session)]),
    );
  });

  it("is not made with a key that is no string", async () => {
    const call = clientWith().POST("/connect-sessions", { body: session, idempotencyKey: 5 });
    await expect(call).rejects.toThrow("idempotencyKey is a string");
    expect(server.asked).toEqual([]);
  });

  it("has no key where none was asked for", async () => {
    server.turns = [fine({ connect_url: "u", expires_at: "t" })];
    await post();
    expect(server.asked).toMatchObject([{ key: undefined }]);
  });
});

describe("what ends a call", () => {
  it("is the caller's signal, as that says it, and the call is not made again", async () => {
    const leaving = new AbortController();
    server.turns = [() => leaving.abort(new RangeError("left")), fine()];
    await expect(answered(clientWith().GET("/health", { signal: leaving.signal }))).rejects.toThrow(RangeError);
    expect(server.asked).toHaveLength(1);
  });

  it.each<[string, Turn]>([
    ["a page where JSON is expected", (response) => response.end("<!doctype html>")],
    ["JSON that is none", (response) => response.setHeader("Content-Type", "application/json").end("{")],
  ])("may be %s: it cannot be read", async (_, turn) => {
    server.turns = [turn];
    const refusal = await refusalOf(answered(clientWith().GET("/health")));
    expect(refusal).toMatchObject({ code: "unreadable", status: 0 });
  });
});

describe("how long is waited", () => {
  /** Stops the clock. @returns how long the client waits, in milliseconds, once it does */
  function stopClock(): () => Promise<number> {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const begun = vi.spyOn(globalThis, "setTimeout");
    // Others wait in this process too, none of them for seven seconds.
    const waits = () => begun.mock.calls.flatMap(([, wait = 0]) => (wait >= 6000 && wait < 9000 ? [wait] : []));
    return () => vi.waitFor(() => z.tuple([z.number()]).parse(waits())[0], { interval: 5, timeout: 15_000 });
  }

  it("is no shorter than the answer asks for, and a little longer, so that not all come back at once", async () => {
    server.turns = [limited("7"), fine()];
    const wait = stopClock();
    const call = answered(clientWith().GET("/health"));
    const waited = await wait();
    expect(waited).toBeGreaterThanOrEqual(7000);
    expect(waited).toBeLessThanOrEqual(7500);
    await vi.advanceTimersByTimeAsync(waited);
    expect(await call).toEqual({ status: "ok" });
  });

  it("is never longer than is said: such an answer is given back at once, with what it asks for", async () => {
    server.turns = [limited("6"), limited("31")];
    expect(await refusalOf(answered(clientWith({ longest_wait: 5000 }).GET("/health")))).toMatchObject({
      retry_after: 6,
    });
    expect(await refusalOf(answered(clientWith().GET("/health")))).toMatchObject({ retry_after: 31 });
    expect(server.asked).toHaveLength(2);
  });

  it.each(RETRY_AFTER)("is read from %s", async (_, headers, seconds) => {
    server.turns = [refused(503, "vault_unavailable", headers)];
    expect(await refusalOf(answered(clientWith({ retries: 0 }).GET("/health")))).toMatchObject({
      retry_after: seconds,
    });
  });

  it("ends with the caller's signal, as that says it", async () => {
    server.turns = [limited("7")];
    const wait = stopClock();
    const leaving = new AbortController();
    const call = answered(clientWith().GET("/health", { signal: leaving.signal }));
    const waited = await wait();
    leaving.abort(new RangeError("left"));
    await expect(call).rejects.toThrow("left");
    await vi.advanceTimersByTimeAsync(waited);
    expect(server.asked).toHaveLength(1);
  });
});

describe("a list in pages", () => {
  const read = async (limit?: number): Promise<string[]> => {
    const found: string[] = [];
    const query = limit === undefined ? {} : { limit };
    for await (const { id } of each(clientWith(), "/connections", { params: { query } })) found.push(id);
    return found;
  };

  it("is one iteration, which asks for the next page when it gets there", async () => {
    server.turns = [page(["a", "b"], "n/2"), page([], "n 3"), page(["c"], null)];
    expect(await read(2)).toEqual(["a", "b", "c"]);
    expect(server.asked.map(({ url }) => url)).toEqual([
      "/connections?limit=2",
      "/connections?limit=2&cursor=n%2F2",
      "/connections?limit=2&cursor=n%203",
    ]);
  });

  it("reads no further than it is looked at", async () => {
    server.turns = [page(["a", "b"], "n")];
    for await (const { id } of each(clientWith(), "/connections")) if (id === "a") break;
    expect(server.asked).toHaveLength(1);
  });

  it("goes on behind a page that had to be asked for twice", async () => {
    server.turns = [page(["a"], "n"), cut, page(["b"], null)];
    expect(await read()).toEqual(["a", "b"]);
  });

  it("ends with the error of the page that is refused, behind what has come", async () => {
    server.turns = [page(["a"], "n"), refused(400, "invalid_cursor")];
    const found: string[] = [];
    const reading = (async () => {
      for await (const { id } of each(clientWith(), "/connections")) found.push(id);
    })();
    expect(await refusalOf(reading)).toMatchObject({ code: "invalid_cursor" });
    expect(found).toEqual(["a"]);
  });

  it("does not go round in circles", async () => {
    server.turns = [page(["a"], "n"), page(["b"], "n"), page(["c"], "n")];
    await expect(read()).rejects.toThrow("the same page again");
  });

  it("is none where something else answers", async () => {
    server.turns = [fine({ next_cursor: null })];
    await expect(read()).rejects.toThrow("gives no list");
  });
});

it.each(USERS)("a call says that it is for %s", async (user, header) => {
  server.turns = [fine()];
  await answered(clientWith({ user }).GET("/health"));
  expect(server.asked.map((asked) => asked.user)).toEqual([header]);
});
