/** An app with a connected user at a running Latchkey, for programs that look from outside; and what those see there. */
import { createServer } from "node:http";
import { answered, createLatchkey } from "latchkey-client";
import { expect, vi } from "vitest";
import * as z from "zod";
import { ADMIN_KEY, startLatchkey } from "../browser/support.ts";
import { portOf } from "../servers/port.ts";
import { startWebhookReceiver, type WebhookReceiver } from "../servers/webhook-receiver.ts";
import type { Given, Seen } from "./client-package/scenario.ts";
import { Person } from "./person.ts";

export interface Connected {
  readonly given: Given;
  /** Where the app's page is: any of its addresses. */
  readonly place: string;
  /** Makes a link to connect with, for a popup of that page. */
  readonly connectUrl: () => Promise<string>;
  readonly stop: () => Promise<void>;
}

const user = "u-1";

export async function connected(): Promise<Connected> {
  const server = createServer((_request, response) =>
    response.setHeader("Content-Type", "text/html").end("<!doctype html><title>Acme</title>"),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const place = `http://127.0.0.1:${portOf(server)}`;
  const [latchkey, receiver] = await Promise.all([startLatchkey(), startWebhookReceiver()]);
  const { origin } = latchkey;
  const return_to = `${place}/connected`;
  const operator = createLatchkey({ origin, key: ADMIN_KEY });
  const app = await answered(
    operator.POST("/apps", { body: { name: "Acme", return_urls: [return_to], origins: [place] } }),
  );
  const backend = createLatchkey({ origin, key: app.api_key.key });
  const params = { path: { app: app.id } };
  const client = { client_id: "sandbox-github-client", client_secret: "sandbox-github-secret-opens-nothing" };
  const { integration, redirect_uri } = await answered(
    backend.PUT("/apps/{app}/integrations", { params, body: { provider: "github", ...client } }),
  );
  const settings = JSON.stringify({ redirect_uris: [redirect_uri] });
  await fetch(`${latchkey.providers}/github/_control/settings`, { method: "POST", body: settings });
  const url = `${receiver.origin}/to/acme`;
  const { secret } = await answered(backend.PUT("/apps/{app}/webhook", { params, body: { url } }));
  const connectUrl = async () => {
    const body = { user, integration, return_to, display: "popup" } as const;
    return (await answered(backend.POST("/connect-sessions", { body }))).connect_url;
  };
  const connection_code = await comeBack(new Person(origin), latchkey.providers, await connectUrl());
  const made = await answered(backend.POST("/connections/finalize", { body: { connection_code, user } }));
  const { key } = await answered(backend.POST("/sessions", { body: { user, scopes: ["read", "proxy"] } }));
  const given = { origin, key, integration, connection: made.id, secret, delivery: await firstDelivery(receiver) };
  const stop = async () => {
    await Promise.all([latchkey.stop(), receiver.stop()]);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { given, place, connectUrl, stop };
}

/** Opens the link, allows it, and comes back. @returns the code, as the popup's last page has it */
async function comeBack(person: Person, providers: string, link: string): Promise<string> {
  const asked = await person.openLink(link);
  const consent = JSON.stringify({ url: asked.headers.get("Location"), decision: "allow", account: 0 });
  const decided = await fetch(`${providers}/github/_control/consent`, { method: "POST", body: consent });
  const back = await person.comeBack(z.object({ location: z.string() }).parse(await decided.json()).location);
  const [, code = ""] = /connection_code=([^&"]+)/.exec((await back.text()).replaceAll("&amp;", "&")) ?? [];
  return code;
}

/** What the app is told of its new connection. */
async function firstDelivery({ origin }: WebhookReceiver): Promise<Given["delivery"]> {
  const Deliveries = z.array(z.object({ headers: z.record(z.string(), z.string()), body: z.string() }));
  const read = async () => {
    const deliveries = Deliveries.parse(await (await fetch(`${origin}/deliveries/acme`)).json());
    const told = deliveries.find(({ body }) => body.includes('"connection.created"'));
    if (told === undefined) throw new Error("not told yet");
    return told;
  };
  return vi.waitFor(read, { timeout: 60_000, interval: 200 });
}

/** What a program sees, wherever it runs and in whatever language. */
export const seenBy = ({ connection }: Given): Seen => ({
  standing: "connected",
  items: expect.toSatisfy((names) => Array.isArray(names) && names.length === 7 && new Set(names).size === 7),
  code: "insufficient_scope",
  status: 403,
  login: expect.stringMatching(/^[\w-]+$/),
  event: "connection.created",
  connection,
  forged: "wrong_signature",
  unreachable: "unreachable",
});
