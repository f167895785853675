/** The typed client, as a program uses it: an app from its first key to a user's items, and what it says when refused. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { LatchkeyError, answered, createLatchkey, type Latchkey, type Shapes } from "latchkey-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { ADMIN_KEY, startLatchkey, type Running } from "../browser/support.ts";
import { Person } from "./person.ts";

const RETURN_TO = "https://acme.example/connected";
const user = "u-1";

let running: Running;
let app: Shapes["CreatedApp"];
let latchkey: Latchkey;
let integration: string;

beforeAll(async () => {
  running = await startLatchkey();
  const operator = createLatchkey({ origin: running.origin, key: ADMIN_KEY });
  app = await answered(operator.POST("/apps", { body: { name: "Acme", return_urls: [RETURN_TO] } }));
  latchkey = createLatchkey({ origin: running.origin, key: app.api_key.key, user });
  const client = { client_id: "sandbox-github-client", client_secret: "sandbox-github-secret-opens-nothing" };
  const saved = await answered(
    latchkey.PUT("/apps/{app}/integrations", {
      params: { path: { app: app.id } },
      body: { provider: "github", ...client },
    }),
  );
  integration = saved.integration;
  const settings = { redirect_uris: [saved.redirect_uri] };
  await fetch(`${running.providers}/github/_control/settings`, { method: "POST", body: JSON.stringify(settings) });
});
afterAll(() => running?.stop());

/** What the person does between the link and the code. */
async function connect(connect_url: string): Promise<string> {
  const person = new Person(running.origin);
  const asked = await person.openLink(connect_url);
  const consent = { url: asked.headers.get("Location"), decision: "allow", account: 0 };
  const control = `${running.providers}/github/_control/consent`;
  const decided = await fetch(control, { method: "POST", body: JSON.stringify(consent) });
  const { location } = z.object({ location: z.string() }).parse(await decided.json());
  const back = await person.comeBack(location);
  return new URL(back.headers.get("Location") ?? "").searchParams.get("connection_code") ?? "";
}

const refusalOf = async (call: Promise<unknown>): Promise<LatchkeyError> => {
  const refusal: unknown = await call.then(
    () => "answered",
    (cause: unknown) => cause,
  );
  if (!(refusal instanceof LatchkeyError)) throw new TypeError("not refused", { cause: refusal });
  return refusal;
};

describe("the typed client", () => {
  it("connects a user, lists the connection, reads items, takes a token and disconnects", async () => {
    const { connect_url } = await answered(
      latchkey.POST("/connect-sessions", { body: { user, integration, return_to: RETURN_TO } }),
    );
    const connection_code = await connect(connect_url);
    const made = await answered(latchkey.POST("/connections/finalize", { body: { connection_code, user } }));
    const params = { path: { connection: made.id } };

    const { connections } = await answered(latchkey.GET("/connections", { params: { query: { user, limit: 1 } } }));
    expect(connections.map(({ id }) => id)).toEqual([made.id]);
    const query = { limit: 3 };
    const { items, next_cursor } = await answered(
      latchkey.GET("/integrations/{integration}/load", { params: { path: { integration }, query } }),
    );
    expect(items.map(({ type }) => type)).toEqual(["repository", "repository", "repository"]);
    expect(next_cursor).not.toBeNull();
    const { token_type } = await answered(latchkey.GET("/connections/{connection}/token", { params }));
    expect(token_type).toBe("Bearer");
    expect(await answered(latchkey.DELETE("/connections/{connection}", { params }))).toMatchObject({
      disconnected: true,
    });
    const gone = await refusalOf(answered(latchkey.GET("/connections/{connection}", { params })));
    expect(gone).toMatchObject({ status: 404, code: "not_found" });
  });

  it("throws what was refused, with its code, its sentence and the request to ask about", async () => {
    const stranger = createLatchkey({ origin: running.origin, key: "sk_no_such_key" });
    const refusal = await refusalOf(answered(stranger.GET("/connections")));
    expect(refusal).toMatchObject({ status: 401, code: "invalid_session" });
    expect(refusal.message).toMatch(/\.$/);
    expect(refusal.request_id).toMatch(/^[\w-]{8,}$/);
    expect(refusal.docs).toBe(`${running.origin}/docs/errors/${refusal.code}`);
    expect(JSON.stringify(refusal) + refusal.stack).not.toContain("no_such_key");
  });

  it("gives nothing for an answer without a body", async () => {
    const key = await answered(
      latchkey.POST("/apps/{app}/keys", { params: { path: { app: app.id } }, body: { name: "b", scopes: ["read"] } }),
    );
    const path = { app: app.id, key: key.id };
    expect(await answered(latchkey.DELETE("/apps/{app}/keys/{key}", { params: { path } }))).toBeUndefined();
  });

  it("is compiled against the API: what is not there is no program", () => {
    const wrong = [
      // @ts-expect-error no such path
      () => latchkey.GET("/connection"),
      // @ts-expect-error the path's id is missing
      () => latchkey.GET("/connections/{connection}"),
      // @ts-expect-error the body's return_to is missing
      () => latchkey.POST("/connect-sessions", { body: { user } }),
      // @ts-expect-error no such scope
      () => latchkey.POST("/sessions", { body: { user, scopes: ["everything"] } }),
    ];
    expect(wrong).toHaveLength(4);
  });
});

describe("what stands in front of Latchkey", () => {
  it.each([
    ["a page of HTML", 502, "<html>Bad gateway</html>"],
    ["JSON of its own", 503, '{"error":{"code":1}}'],
    ["nothing", 500, ""],
  ])("answers with %s: a sentence, not a crash", async (_, status, body) => {
    const server = createServer((_request, response) => response.writeHead(status).end(body));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = z.custom<AddressInfo>((address) => typeof address === "object").parse(server.address());
    const other = createLatchkey({ origin: `http://127.0.0.1:${port}` });
    expect(await refusalOf(answered(other.GET("/health")))).toMatchObject({
      status,
      code: "unknown",
      request_id: null,
    });
    await new Promise((resolve) => server.close(resolve));
  });

  it("does not answer in time: the call is given up", async () => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = z.custom<AddressInfo>((address) => typeof address === "object").parse(server.address());
    const other = createLatchkey({ origin: `http://127.0.0.1:${port}`, timeout: 50 });
    await expect(other.GET("/health")).rejects.toMatchObject({ code: "timeout", status: 0 });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
