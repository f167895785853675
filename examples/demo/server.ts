/** Acme: a product whose users connect their GitHub accounts through Latchkey, as many as they have. Everything an integrator's backend has to do. */
import { randomUUID } from "node:crypto";
import fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import { answered, createLatchkey } from "latchkey-client";
import { verifyWebhook, WebhookError, type WebhookEvent } from "latchkey-client/webhooks";
import * as z from "zod";

/** `key` is the app's, and stays in this process; `webhookSecret` is what `PUT /apps/{app}/webhook` answered. */
type DemoOptions = Record<"latchkey" | "key" | "integration" | "webhookSecret", string> & { port: number };
const COOKIE = "acme_session";
/** Short enough that the name is still an id of a user when it is written in ASCII. */
const Form = z.object({ name: z.string().trim().min(1).max(28) });
const Finish = z.object({ connection_code: z.string() });
const Return = z.object({ connection_code: z.string().optional(), error: z.string().optional() });
const Chosen = z.object({ account: z.string() });
const Repositories = z.array(z.object({ full_name: z.string() }));

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
const page = (body: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Acme</title><h1>Acme</h1>${body}</html>`;
const LOGIN = page(`<form method="post" action="/login">
  <label>Name <input name="name" required maxlength="28"></label> <button>Log in</button></form>`);
const home = (latchkey: string, name: string): string =>
  page(`<p>Hello, ${escape(name)}.</p><button id="connect" disabled>Connect GitHub</button><p role="status"></p><p id="accounts"></p><ul></ul>
    <script src="${escape(latchkey)}/connect.js"></script><script src="/page.js"></script>`);

/** What runs in the page. It sees links and one-time codes, never a token or the key. */
const PAGE_SCRIPT = `
const [list, accounts, status, button] = ["ul", "#accounts", "[role=status]", "#connect"].map((at) => document.querySelector(at));
const make = (tag, textContent) => Object.assign(document.createElement(tag), { textContent });
const JSON_TYPE = { "Content-Type": "application/json" };
const post = async (path, body = {}) => {
  const response = await fetch(path, { method: "POST", headers: JSON_TYPE, body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? "failed");
  return answer;
};
const read = async (account) => {
  const repositories = await (await fetch("/repositories?" + new URLSearchParams({ account }))).json();
  list.replaceChildren(...repositories.map((name) => make("li", name)));
};
const show = async () => {
  const connected = await (await fetch("/accounts")).json();
  accounts.replaceChildren(...connected.map(({ label }) => make("button", label)));
  if (connected.length === 0) return;
  status.textContent = "Connected as " + connected.map(({ name, label }) => name ?? label).join(" and ");
  await read(connected.find(({ is_default }) => is_default).label);
};
accounts.addEventListener("click", ({ target }) => target !== accounts && read(target.textContent));
button.addEventListener("click", async () => {
  try {
    // Browsers open a window for some seconds after a click: the one request before it has to be a quick one.
    const { connect_url } = await post("/connect");
    const outcome = await Latchkey.connect(connect_url).catch((error) => {
      if (error.message !== "popup_blocked") throw error;
      location.assign(connect_url);
    });
    if (outcome) await post("/finish", outcome).then(show);
  } catch (error) {
    status.textContent = "Not connected: " + error.message;
  }
});
const failed = new URLSearchParams(location.search).get("error");
if (failed) status.textContent = "Not connected: " + failed;
button.disabled = false;
void show();
`;

/** Starts Acme on this machine. */
export async function startDemo({ latchkey, key, integration, webhookSecret, port }: DemoOptions) {
  const origin = `http://127.0.0.1:${port}`;
  const app = fastify();
  const sessions = new Map<string, string>();
  const events = new Map<string, WebhookEvent>();
  const sessionOf = (request: FastifyRequest): string | undefined => {
    const cookies = (request.headers.cookie ?? "").split("; ");
    return sessions.get(cookies.find((cookie) => cookie.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1) ?? "");
  };
  /** Latchkey knows a user by visible ASCII; always the one of the session, never one that the page names. */
  const userOf = (request: FastifyRequest): string => {
    const name = sessionOf(request);
    if (name === undefined) throw Object.assign(new Error("log in first"), { statusCode: 401 });
    return encodeURIComponent(name);
  };
  const api = createLatchkey({ origin: latchkey, key });
  const finalize = (request: FastifyRequest, connection_code: string) =>
    api.POST("/connections/finalize", { body: { connection_code, user: userOf(request) } });
  const relay = async (reply: FastifyReply, call: Promise<{ data?: unknown; error?: unknown; response: Response }>) => {
    const { data, error, response } = await call;
    return reply.code(response.status).send(data ?? error);
  };
  /** All accounts that a user has connected: each goes by its label, and one of them is the default. */
  const accountsOf = async (user: string) => {
    const query = { user, integration };
    const { connections } = await answered(api.GET("/connections", { params: { query } }));
    return connections.map(({ label, is_default, account }) => ({ label, is_default, name: account?.name ?? null }));
  };
  /** What the backend reads with one of them: GitHub's own API, with Latchkey's address and the label before the path. */
  const repositoriesOf = async (user: string, label: string) => {
    const headers = { Authorization: `Bearer ${key}`, "X-Latchkey-User": user };
    const at = `${latchkey}/proxy/${integration}@${encodeURIComponent(label)}`;
    const list = await fetch(`${at}/user/repos`, { headers });
    return list.ok ? Repositories.parse(await list.json()).map(({ full_name }) => full_name) : [];
  };
  app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(body.toString()))),
  );
  app.get("/", (request, reply) => {
    const name = sessionOf(request);
    return reply.type("text/html; charset=utf-8").send(name === undefined ? LOGIN : home(latchkey, name));
  });
  app.get("/page.js", (_request, reply) => reply.type("text/javascript; charset=utf-8").send(PAGE_SCRIPT));
  app.post("/login", (request, reply) => {
    const id = randomUUID();
    sessions.set(id, Form.parse(request.body).name);
    return reply.header("Set-Cookie", `${COOKIE}=${id}; Path=/; HttpOnly; SameSite=Lax`).redirect("/", 303);
  });
  app.post("/connect", async (request, reply) => {
    const body = { user: userOf(request), integration, return_to: `${origin}/connected`, display: "popup" } as const;
    return relay(reply, api.POST("/connect-sessions", { body }));
  });
  app.post("/finish", async (request, reply) =>
    relay(reply, finalize(request, Finish.parse(request.body).connection_code)),
  );
  app.get("/connected", async (request, reply) => {
    const { connection_code, error = "failed" } = Return.parse(request.query);
    const done = connection_code !== undefined && (await finalize(request, connection_code)).response.ok;
    return reply.redirect(done ? "/" : `/?${new URLSearchParams({ error })}`, 303);
  });
  app.get("/accounts", (request) => accountsOf(userOf(request)));
  app.get("/repositories", (request) => repositoriesOf(userOf(request), Chosen.parse(request.query).account));
  await app.register(async (scope) => {
    // The signature is over the bytes that were sent, so the body stays text until it is verified.
    scope.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, done) => done(null, body));
    scope.post("/webhook", async ({ headers, body }, reply) => {
      try {
        const event = await verifyWebhook(webhookSecret, { headers, body: z.string().parse(body) });
        events.set(event.id, event);
        return await reply.code(204).send();
      } catch (error) {
        if (error instanceof WebhookError) return reply.code(400).send();
        throw error;
      }
    });
  });
  app.get("/events", (request) => [...events.values()].filter(({ data }) => data.user === userOf(request)));
  await app.listen({ host: "127.0.0.1", port });
  return { origin, stop: () => app.close() };
}

if (import.meta.main) {
  const { LATCHKEY: latchkey, KEY: key, INTEGRATION: integration, WEBHOOK_SECRET: webhookSecret } = process.env;
  if (!latchkey || !key || !integration || !webhookSecret) throw new Error("examples/README.md says what it needs");
  const port = Number(process.env["PORT"] ?? 3000);
  console.log(`Acme is on ${(await startDemo({ latchkey, key, integration, webhookSecret, port })).origin}`);
}
