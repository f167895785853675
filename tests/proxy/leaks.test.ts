/** What must not get through, wherever it is put: our key to a provider, a provider's token to a caller. */
import { beforeEach, describe, expect, it } from "vitest";
import { createApp } from "../../src/app.ts";
import { env } from "cloudflare:workers";
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { sandboxWorld } from "../../sandbox/world.ts";
import { control } from "../support/emulator.ts";
import { APP, Visitor, keyFor, request } from "../support/visitor.ts";

beforeEach(() => Promise.all(["github", "facebook", "slack"].map((service) => control(service).reset())));

/** Every letter as its code. */
const escapeAll = (text: string): string =>
  Array.from(text, (letter) => `%${letter.charCodeAt(0).toString(16).padStart(2, "0")}`).join("");

describe("our key, put where it does not belong, reaches nobody", () => {
  const json = { "Content-Type": "application/json", "Content-Length": "200" };
  it.each<[string, string | null, (key: string) => [string, RequestInit]]>([
    ["in a parameter of another name", "credential_denied", (key) => [`?api_key=${key}`, {}]],
    ["in an escaped parameter", "credential_denied", (key) => [`?q=${key.replace("lk_", "lk%5F")}`, {}]],
    ["escaped letter by letter", "credential_denied", (key) => [`?q=${escapeAll(key)}`, {}]],
    ["in the path", "credential_denied", (key) => [`/${key}`, {}]],
    ["escaped in the path", "credential_denied", (key) => [`/${escapeAll(key)}`, {}]],
    [
      "in a JSON body",
      "credential_denied",
      (key) => ["", { method: "POST", headers: json, body: JSON.stringify({ token: key }) }],
    ],
    ["in a header of another name", null, (key) => ["", { headers: { "X-Api-Key": key, "Private-Token": key } }]],
    ["escaped in a header", null, (key) => ["", { headers: { "X-Api-Key": escapeAll(key) } }]],
  ])("%s", async (_, error, put) => {
    for (const service of ["github", "slack"]) {
      const { key } = await keyFor(service);
      await control(service).clearLog();
      const [more, init] = put(key);
      const headers = new Headers(init.headers);
      headers.set("Authorization", `Bearer ${key}`);
      const answer = await request(`/proxy/${service}/x${more}`, { ...init, headers });
      expect(answer.headers.get("X-Latchkey-Error")).toBe(error);
      const log = await control(service).log();
      expect(log).toHaveLength(error === null ? 1 : 0);
      const written = JSON.stringify(log);
      expect(written).not.toContain(key.slice(-43));
      expect(written.toLowerCase()).not.toContain(escapeAll(key).slice(-60));
    }
  });

  it("nor does a form too large to be looked at", async () => {
    const { key } = await keyFor("slack");
    await control("slack").clearLog();
    const headers = { "Content-Type": "application/x-www-form-urlencoded", Authorization: `Bearer ${key}` };
    const body = `text=${"x".repeat(1_100_000)}&token=${key}`;
    const response = await request("/proxy/slack/api/chat.postMessage", { method: "POST", headers, body });
    expect(response.headers.get("X-Latchkey-Error")).toBe("credential_denied");
    expect(await control("slack").log()).toEqual([]);
  });
});

describe("the user's token does not come back", () => {
  /** The app, with Facebook's API answering this. */
  async function answerOf(answer: (token: string) => Response): Promise<{ text: string; token: string }> {
    const { key } = await keyFor("facebook");
    const sandbox = sandboxWorld(env);
    let token = "";
    const app = createApp({
      ...sandbox,
      fetch: async (_, outgoing) => {
        token = outgoing.headers.get("Authorization")?.slice(7) ?? "";
        return answer(token);
      },
    });
    const context = createExecutionContext();
    const incoming = new Request(`${APP}/proxy/facebook/v25.0/me`, { headers: { Authorization: `Bearer ${key}` } });
    const response = await app.fetch(incoming, env, context);
    const text = [JSON.stringify([...response.headers]), await response.text()].join("\n");
    await waitOnExecutionContext(context);
    expect(token).not.toBe("");
    return { text, token };
  }

  const link = (token: string) => `https://elsewhere.example/?access_token=${token}`;
  it.each<[string, (token: string) => Response]>([
    ["in JSON", (token) => Response.json({ paging: { next: link(token) } })],
    [
      "in a script",
      (token) => new Response(`cb({"next":"${link(token)}"})`, { headers: { "Content-Type": "text/javascript" } }),
    ],
    [
      "beside a byte that is no UTF-8",
      (token) =>
        new Response(
          Uint8Array.from(`\xff${link(token)}`, (letter) => letter.charCodeAt(0)),
          { headers: { "Content-Type": "application/json" } },
        ),
    ],
    ["in Location", (token) => new Response(null, { status: 302, headers: { Location: link(token) } })],
    ["in Link", (token) => new Response("{}", { headers: { Link: `<${link(token)}>; rel="next"` } })],
    [
      "in an encoding that was not asked for",
      (token) => new Response(link(token), { headers: { "Content-Type": "text/plain", "Content-Encoding": "zstd" } }),
    ],
  ])("%s", async (_, answer) => {
    const { text, token } = await answerOf(answer);
    expect(text).not.toContain(token);
  });
});

it("half of the user's token, in a part of an answer, cannot be asked for", async () => {
  const { key } = await keyFor("facebook");
  let range: string | null = "";
  const app = createApp({
    ...sandboxWorld(env),
    fetch: async (_, outgoing) => {
      range = outgoing.headers.get("Range");
      return Response.json({});
    },
  });
  const context = createExecutionContext();
  const headers = { Authorization: `Bearer ${key}`, Range: "bytes=0-99" };
  await app.fetch(new Request(`${APP}/proxy/facebook/v25.0/me`, { headers }), env, context);
  await waitOnExecutionContext(context);
  expect(range).toBeNull();
});

describe("Facebook's pages of pages", () => {
  it("are followed by our own page, whose cookie says who it is", async () => {
    const visitor = new Visitor();
    await visitor.connect("facebook");
    const headers = { "X-CSRF": "1" };
    const text = await (await visitor.fetch("/proxy/facebook/v25.0/me/accounts?limit=1&fields=id", { headers })).text();
    const next = /"next":"([^"]+)"/.exec(text)?.[1]?.replaceAll("\\/", "/") ?? "";
    expect(next).toContain("/proxy/facebook/");
    expect((await visitor.fetch(next, { headers })).status).toBe(200);
  });
});

it("somebody who presents something else is not taken at the cookie", async () => {
  const visitor = new Visitor();
  await visitor.connect("github");
  const response = await visitor.fetch("/proxy/github/user", { headers: { "X-CSRF": "1", Authorization: "Basic x" } });
  expect(response.status).toBe(401);
});
