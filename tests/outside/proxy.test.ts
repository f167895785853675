/** The proxy on the wire: what a real API gets and gives, over real connections, hostile ones among them. */
import { createHash } from "node:crypto";
import { request } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { bundleProduction } from "../../bench/support/bundle.ts";
import { startWorker, type RunningWorker } from "../../bench/support/worker.ts";
import { sha256OfMegabytes, startApiServer, type ApiServer } from "../servers/api-server.ts";
import { startTokenServer, type TokenServer } from "../servers/token-server.ts";
import { freePort } from "../../scripts/local-worker.ts";
import { Person } from "./person.ts";

let api: ApiServer;
let tokens: TokenServer;
/** The production bundle on workerd itself, with nothing of a development server in between. */
let latchkey: RunningWorker;
let person: Person;
let key: string;

beforeAll(async () => {
  [api, tokens] = await Promise.all([startApiServer(), startTokenServer()]);
  const entry = {
    id: "wire",
    name: "Wire",
    authorization_endpoint: `${tokens.origin}/authorize`,
    token_endpoint: `${tokens.origin}/token/none`,
    api_base_url: api.origin,
    client_id: "id",
    client_secret: "secret",
    scopes: ["read"],
  };
  const based = { ...entry, id: "based", api_base_url: `${api.origin}/base` };
  const again = { ...entry, id: "again" };
  const closed = { ...entry, id: "closed", api_base_url: `http://127.0.0.1:${await freePort()}` };
  const entries = [entry, based, again, closed];
  const vars = { CUSTOM_PROVIDERS: JSON.stringify(entries) };
  latchkey = await startWorker(await bundleProduction(), { vault: true, vars });
  person = new Person(latchkey.origin);
  for (const { id } of entries) {
    const state = (await person.startAt(id)).searchParams.get("state") ?? "";
    await person.comeBack(`/callback/${id}?code=x&state=${encodeURIComponent(state)}`);
  }
  key = await person.makeKey();
});
afterAll(async () => {
  await latchkey?.[Symbol.asyncDispose]();
  await Promise.all([api?.stop(), tokens?.stop()]);
});
beforeEach(() => {
  api.received.length = 0;
});

const call = (path: string, init: RequestInit = {}, integration = "wire") => {
  const headers = new Headers(init.headers);
  headers.set("Authorization", `Bearer ${key}`);
  return fetch(`${latchkey.origin}/proxy/${integration}${path}`, { redirect: "manual", ...init, headers });
};

/** Headers as the API got them, by lower-case name. */
const headersOf = (index = 0) => {
  const raw = api.received[index]?.headers ?? [];
  return new Map(raw.flatMap((name, at) => (at % 2 === 0 ? [[name.toLowerCase(), raw[at + 1] ?? ""] as const] : [])));
};

describe("what the API gets", () => {
  it.each(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])(
    "%s with its path, query and body, byte for byte",
    async (method) => {
      const path = "/a%20b/c%2Fd/%E2%82%AC;x=1/~tilde?q=a+b%20c&empty=&=x&d=%2f&e[]=1";
      const body = method === "GET" || method === "HEAD" || method === "OPTIONS" ? null : "ä\0\xff body";
      const response = await call(path, { method, body });
      expect(response.status).toBe(200);
      expect(api.received[0]).toMatchObject({ method, url: path });
      if (body !== null) expect(api.received[0]?.sha256).toBe(createHash("sha256").update(body).digest("hex"));
    },
  );

  it("one token, and nothing of ours, of the browser's or of a network's on the way", async () => {
    const headers = {
      "X-Latchkey-Key": key,
      "X-Latchkey-Raw": "0",
      "X-Forwarded-For": "1.2.3.4",
      "X-Real-IP": "1.2.3.4",
      Forwarded: "for=1.2.3.4",
      "CF-Connecting-IP": "1.2.3.4",
      "True-Client-IP": "1.2.3.4",
      "X-HTTP-Method-Override": "DELETE",
      Cookie: "a=b",
      Origin: "https://somewhere.example",
      Referer: "https://somewhere.example/secret",
      "X-CSRF": "1",
      "Proxy-Authorization": "Basic x",
      "X-Custom": "kept",
      Accept: "application/vnd.x+json",
      "If-None-Match": '"etag"',
      Range: "bytes=0-1",
    };
    await call("/echo", { headers });
    const got = headersOf();
    expect(got.get("authorization")).toMatch(/^Bearer at-\d+$/);
    for (const name of Object.keys(headers).slice(0, 13)) expect(got.has(name.toLowerCase()), name).toBe(false);
    expect([got.get("x-custom"), got.get("accept"), got.get("if-none-match"), got.get("range")]).toEqual([
      "kept",
      "application/vnd.x+json",
      '"etag"',
      "bytes=0-1",
    ]);
    expect(JSON.stringify(api.received)).not.toContain(key);
  });

  it("a User-Agent where the caller has none, and the caller's own where it has", async () => {
    await call("/echo", { headers: { "User-Agent": "mine/1" } });
    await sendBytes(
      `GET /proxy/wire/echo HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key}\r\nConnection: close\r\n\r\n`,
    );
    expect(headersOf(0).get("user-agent")).toBe("mine/1");
    expect(headersOf(1).get("user-agent")).toBe("Latchkey");
  });

  it("every call, whoever else has made the same: none is answered from a cache of the platform", async () => {
    await sendBytes(
      `GET /proxy/wire/echo HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key}\r\nConnection: close\r\n\r\n`,
    );
    // What the runtime adds to a request that it may neither answer from the cache nor keep there.
    expect([headersOf().get("cache-control"), headersOf().get("pragma")]).toEqual(["no-cache", "no-cache"]);
    for (let time = 0; time < 2; time += 1) {
      expect((await call("/public")).headers.get("Cache-Control")).toBe("private, no-store");
    }
    expect(api.received.filter(({ url }) => url === "/public")).toHaveLength(2);
  });

  it("a body of known length with that length", async () => {
    await call("/echo", { method: "POST", body: Buffer.alloc(3 * 1024 * 1024, 7) });
    expect(api.received[0]?.bytes).toBe(3 * 1024 * 1024);
  });

  it("no call that was refused, hung or broke a second time", async () => {
    expect((await call("/status/500", { method: "GET" })).status).toBe(500);
    expect((await call("/refused", { method: "POST", body: "once" })).status).toBe(401);
    expect(api.received.filter(({ url }) => url === "/status/500")).toHaveLength(1);
    // One forced renewal, one replay of a small body; after that, within thirty seconds, the refusal as it is.
    expect(api.received.filter(({ url }) => url === "/refused")).toHaveLength(2);
    expect((await call("/refused", { method: "POST", body: "again" })).status).toBe(401);
    expect(api.received.filter(({ url }) => url === "/refused")).toHaveLength(3);
  });
});

describe("a large body that is refused for its token", () => {
  it("is not sent again, and its caller is told that it may be", async () => {
    const body = Buffer.alloc(2 * 1024 * 1024, 7);
    const answer = await call("/refused", { method: "POST", body }, "again");
    expect([answer.status, answer.headers.get("X-Latchkey-Token")]).toEqual([401, "refreshed"]);
    expect(api.received.filter(({ url }) => url === "/refused")).toHaveLength(1);
  });
});

describe("what the caller gets", () => {
  it("an error of ours where an answer has a status that is none", async () => {
    const answer = await call("/status/999");
    expect([answer.status, answer.headers.get("X-Latchkey-Error")]).toEqual([502, "bad_upstream_status"]);
    expect(await answer.text()).not.toContain("status 999");
  });

  it("an error of ours where nobody answers, which says nothing of the way there", async () => {
    const answer = await call("/echo", {}, "closed");
    expect([answer.status, answer.headers.get("X-Latchkey-Error")]).toEqual([502, "provider_unavailable"]);
    expect(await answer.text()).not.toMatch(/127\.0\.0\.1|ECONN|refused/i);
  });

  it.each([200, 201, 204, 206, 304, 400, 404, 409, 410, 418, 422, 429, 500, 503, 599])(
    "status %i as it is",
    async (status) => {
      const response = await call(`/status/${status}`);
      expect(response.status).toBe(status);
      expect(response.headers.get("X-Request-Id")).toBe("theirs");
      expect(await response.text()).toBe(status === 204 || status === 304 ? "" : `status ${status}`);
    },
  );

  it("bodies byte for byte: big numbers, doubled members and broken UTF-8", async () => {
    const bytes = Buffer.from(await (await call("/bytes")).arrayBuffer());
    expect(bytes.toString("latin1")).toBe('{"big":12345678901234567890,"big":1.0,"bad":"\xff\xfe"}');
  });

  it("compressed bodies that decode, whoever asks", async () => {
    for (const encoding of ["gzip", "br, gzip", "identity"]) {
      const response = await call("/gzip", { headers: { "Accept-Encoding": encoding } });
      expect(await response.text()).toBe("plain text");
      expect(response.headers.get("ETag")).toMatch(/"strong"/);
    }
  });

  it("no cookies, policies or redirections for our origin, and nothing that runs", async () => {
    const response = await call("/hostile");
    for (const name of [
      "set-cookie",
      "clear-site-data",
      "access-control-allow-origin",
      "access-control-allow-credentials",
      "service-worker-allowed",
      "alt-svc",
      "nel",
      "report-to",
      "refresh",
      "x-named",
      "x-latchkey-error",
    ]) {
      expect(response.headers.get(name), name).toBeNull();
    }
    expect(response.headers.get("Content-Security-Policy")).toBe("sandbox; default-src 'none'; frame-ancestors 'none'");
    expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(response.headers.get("Content-Disposition")).toBe("attachment");
    expect(response.headers.get("Cache-Control")).toBe("private, no-store");
    expect(response.headers.get("Strict-Transport-Security")).toContain("63072000");
  });

  it("redirects as they are, never followed; those to the API come back through the proxy", async () => {
    const location = async (where: string) =>
      (await call(`/redirect/${encodeURIComponent(where)}`)).headers.get("Location");
    expect(await location("https://evil.example/x")).toBe("https://evil.example/x");
    expect(await location("//evil.example/x")).toBe("http://evil.example/x");
    expect(await location("/echo?x=1")).toBe(`${latchkey.origin}/proxy/wire/echo?x=1`);
    expect(await location(`${api.origin}/echo`)).toBe(`${latchkey.origin}/proxy/wire/echo`);
    expect(api.received.filter(({ url }) => url.startsWith("/echo"))).toEqual([]);
  });

  it("an answer that lies about its encoding breaks that answer and nothing else", async () => {
    await call("/lying")
      .then((response) => response.text())
      .catch(() => {});
    expect((await call("/status/200")).status).toBe(200);
  });

  it("events one by one, as they come", async () => {
    const response = await call("/events");
    const reader = response.body?.getReader();
    const times: number[] = [];
    for (let count = 0; count < 3; count += 1) {
      await reader?.read();
      times.push(performance.now());
    }
    await reader?.cancel();
    // Held back, they would come together.
    for (const [index, time] of times.slice(1).entries()) expect(time - (times[index] ?? 0)).toBeGreaterThan(500);
    await expect.poll(() => api.cutOff(), { timeout: 10_000 }).toBeGreaterThan(0);
  });

  it("no more of an answer once the caller has hung up, and neither does the Worker", async () => {
    const before = api.cutOff();
    const caller = new AbortController();
    const response = await call("/megabytes/2000", { signal: caller.signal });
    await response.body?.getReader().read();
    caller.abort();
    await expect.poll(() => api.cutOff(), { timeout: 10_000 }).toBeGreaterThan(before);
  });
});

it("a call whose caller has hung up is not waited for", async () => {
  const before = api.cutOff();
  const { hostname, port } = new URL(latchkey.origin);
  const caller = connect(Number(port), hostname);
  const head = ["GET /proxy/wire/hang HTTP/1.1", `Host: ${hostname}`, `Authorization: Bearer ${key}`];
  caller.write(`${head.join("\r\n")}\r\n\r\n`);
  await expect.poll(() => api.received.map(({ url }) => url)).toEqual(["/hang"]);
  expect(api.cutOff()).toBe(before);
  // A connection that is closed in one direction alone may still be listened on.
  caller.resetAndDestroy();
  await expect.poll(() => api.cutOff()).toBeGreaterThan(before);
});

describe("large bodies", () => {
  const MEGABYTES = 100;
  const AT_ONCE = 20;

  it("come down and go up whole, twenty at a time", { timeout: 300_000 }, async () => {
    const expected = sha256OfMegabytes(MEGABYTES);
    const down = async () => {
      const hash = createHash("sha256");
      const { body } = await call(`/megabytes/${MEGABYTES}`);
      for await (const chunk of body ?? []) hash.update(chunk);
      return hash.digest("hex");
    };
    expect(await Promise.all(Array.from({ length: AT_ONCE }, down))).toEqual(
      Array.from({ length: AT_ONCE }, () => expected),
    );

    const body = Buffer.alloc(MEGABYTES * 1024 * 1024, 42);
    const sha256 = createHash("sha256").update(body).digest("hex");
    const up = async () => z.object({ sha256: z.string() }).parse(JSON.parse(await upload("/echo", body))).sha256;
    expect(await Promise.all(Array.from({ length: AT_ONCE }, up))).toEqual(
      Array.from({ length: AT_ONCE }, () => sha256),
    );
  });
});

/**
 * Sends a body over a connection of its own: one that was kept after the downloads may be closed by the server while this
 * process is too busy hashing to hear of it, and a body that has begun to go cannot be sent again.
 */
function upload(path: string, body: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { Authorization: `Bearer ${key}`, "Content-Length": body.length };
    const options = { method: "PUT", agent: false, headers } as const;
    const sent = request(`${latchkey.origin}/proxy/wire${path}`, options, (answer) => {
      let received = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => (received += chunk));
      answer.once("end", () => resolve(received)).once("error", reject);
    });
    sent.once("error", reject).end(body);
  });
}

/** Sends bytes as they are. @returns the status line and headers of the answer */
function sendBytes(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(latchkey.origin).port), "127.0.0.1", () => socket.write(bytes, "latin1"));
    let answer = "";
    socket.setTimeout(15_000, () => socket.destroy());
    socket.on("data", (chunk) => (answer += chunk.toString("latin1")));
    socket.once("close", () => resolve(answer)).once("error", reject);
  });
}

describe("hostile requests over a raw socket", () => {
  const rawPath = (path: string, more = "") =>
    sendBytes(
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key}\r\n${more}Connection: close\r\n\r\n`,
    );

  it.each([
    "/proxy/wire//evil.example/x",
    "/proxy/wire/\\evil.example/x",
    "/proxy/wire/@evil.example/x",
    "/proxy/wire/%2F%2Fevil.example",
    "/proxy/wire/%5C%5Cevil.example",
    "/proxy/wire/https://evil.example/",
    "/proxy/wire/.evil.example/",
    "/proxy/wire:80@evil.example/",
    "/proxy/wire/~evil.example/x",
    "/proxy/wire/~127.0.0.1/x",
    "/proxy/wire/%7Eevil.example/x",
  ])("%s never leaves the API's host", async (path) => {
    const answer = await rawPath(path);
    expect(answer).toMatch(/^HTTP\/1\.1 (?:200|400|403|404)/);
    for (const { headers } of api.received)
      expect(headers[headers.findIndex((name) => /^host$/i.test(name)) + 1]).toBe(new URL(api.origin).host);
  });

  it.each([
    "/proxy/%77ire/echo",
    "/proxy/WIRE/echo",
    "/proxy/wire%2Fecho",
    "/proxy/./wire%00/echo",
    "/proxy/wir%65/echo",
    "/proxy//wire/echo",
    "/proxy/",
  ])("%s names no integration", async (path) => {
    expect(await rawPath(path)).toMatch(/^HTTP\/1\.1 404/);
    expect(api.received).toEqual([]);
  });

  it.each([
    "/proxy/based/../admin",
    "/proxy/based/%2e%2e/admin",
    "/proxy/based/x/%2e%2e%2f..%2fadmin",
    "/proxy/based/%252e%252e/admin",
    "/proxy/based/..%5cadmin",
    "/proxy/based/x/..;/..%2fadmin",
    "/proxy/wire/../../admin",
  ])("%s does not climb out of the API's path", async (path) => {
    expect(await rawPath(path)).toMatch(/^HTTP\/1\.1 (?:400|404)/);
    expect(api.received).toEqual([]);
  });

  it("hop-by-hop headers stop here, and cannot take the token away", async () => {
    await rawPath(
      "/proxy/wire/echo",
      "TE: trailers\r\nKeep-Alive: x\r\nConnection: authorization, x-gone\r\nX-Gone: 1\r\n",
    );
    const got = headersOf();
    expect(got.get("authorization")).toMatch(/^Bearer at-/);
    for (const name of ["te", "keep-alive", "x-gone"]) expect(got.has(name), name).toBe(false);
  });

  it.each(["TRACE", "PURGE", "CONNECT"])("%s is refused", async (method) => {
    const answer = await sendBytes(
      `${method} /proxy/wire/echo HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).not.toMatch(/^HTTP\/1\.1 2/);
    expect(api.received).toEqual([]);
  });

  it("a WebSocket is refused", async () => {
    const upgrade =
      "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    const answer = await sendBytes(
      `GET /proxy/wire/echo HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key}\r\nConnection: Upgrade\r\n${upgrade}\r\n`,
    );
    expect(answer).not.toMatch(/^HTTP\/1\.1 101/);
    expect(api.received).toEqual([]);
  });
});

describe("a cookie", () => {
  it("is enough for our own page's scripts, and for nobody else", async () => {
    expect((await person.fetch("/proxy/wire/status/200", { headers: { "X-CSRF": "1" } })).status).toBe(200);
    const foreign = [
      {},
      { "X-CSRF": "1", Origin: "https://evil.example" },
      { "X-CSRF": "1", "Sec-Fetch-Site": "cross-site" },
      { "X-CSRF": "1", "Sec-Fetch-Dest": "document" },
      { "X-CSRF": "1", "Sec-Fetch-Dest": "iframe" },
    ];
    api.received.length = 0;
    for (const headers of foreign) {
      const response = await person.fetch("/proxy/wire/status/200", { headers: new Headers(headers) });
      expect([response.status, response.headers.get("X-Latchkey-Error")]).toEqual([403, "csrf"]);
    }
    expect(api.received).toEqual([]);
  });
});
