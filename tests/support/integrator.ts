/** An app that keeps its users' connections here: its operator, its key, and what its users do in their browsers. */
import * as z from "zod";
import { AppIntegration, CreatedApp } from "../../src/api-apps.ts";
import { CreatedConnectSession } from "../../src/api-connect.ts";
import { Connection } from "../../src/api-connections.ts";
import { control } from "./emulator.ts";
import { Visitor, decide, locationOf, request } from "./visitor.ts";

export const ADMIN_KEY = "an-admin-key-for-tests-that-opens-nothing-else";
export const WITH_ADMIN = { ADMIN_KEY };
export const RETURN_URL = "https://app.example/done";

/** An app with integrations, and the key that it was made with. */
export interface TestApp {
  readonly id: string;
  readonly key: string;
  /** Where its users come back to. */
  readonly return_url: string;
  /** The id of the integration with a service. */
  readonly integrations: Readonly<Record<string, string>>;
}

/** A request as the operator makes it. */
export function admin(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("Authorization", `Bearer ${ADMIN_KEY}`);
  if (init.body !== undefined && !headers.has("Content-Type")) headers.set("Content-Type", "application/json");
  return request(path, { ...init, headers }, WITH_ADMIN);
}

/** A request with a key, as an app's server makes it. */
export function call(
  key: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const sent: Record<string, string> = { Authorization: `Bearer ${key}`, ...headers };
  if (body === undefined) return request(path, { method, headers: sent }, WITH_ADMIN);
  const json = { "Content-Type": "application/json", ...sent };
  return request(path, { method, headers: json, body: JSON.stringify(body) }, WITH_ADMIN);
}

/** An app with an integration for each of the services, with the client that the emulator knows. */
export async function makeApp({
  name = "Tests",
  return_urls = [RETURN_URL],
  origins = [],
  services = ["github"],
}: {
  name?: string;
  return_urls?: readonly string[];
  origins?: readonly string[];
  services?: readonly string[];
} = {}): Promise<TestApp> {
  const made = await admin("/apps", { method: "POST", body: JSON.stringify({ name, return_urls, origins }) });
  const { id, api_key } = CreatedApp.parse(await answerOf(made, 201));
  const integrations: Record<string, string> = {};
  for (const service of services) {
    const saved = await call(api_key.key, "PUT", `/apps/${id}/integrations`, {
      provider: service,
      client_id: `sandbox-${service}-client`,
      client_secret: `sandbox-${service}-secret-opens-nothing`,
    });
    const { integration, redirect_uri } = AppIntegration.parse(await answerOf(saved, 200));
    await registerRedirectUri(service, redirect_uri);
    integrations[service] = integration;
  }
  return { id, key: api_key.key, return_url: return_urls[0] ?? RETURN_URL, integrations };
}

/** Takes a user from the link to the provider and back. @returns the code that they come back with */
export async function codeFor(app: TestApp, user: string, service = "github", account = 0): Promise<string> {
  const body = { user, integration: app.integrations[service], return_to: app.return_url };
  const { connect_url } = CreatedConnectSession.parse(
    await answerOf(await call(app.key, "POST", "/connect-sessions", body), 201),
  );
  const browser = new Visitor(WITH_ADMIN);
  const callback = await decide(service, locationOf(await browser.openLink(connect_url)), { account });
  const back = new URL(locationOf(await browser.navigate(callback)));
  const connection_code = back.searchParams.get("connection_code");
  if (connection_code === null) throw new Error(`no connection code: ${back.search}`);
  return connection_code;
}

/** Connects an account for a user, from the link to the end. @returns the connection */
export async function connectUser(app: TestApp, user: string, service = "github", account = 0): Promise<Connection> {
  const connection_code = await codeFor(app, user, service, account);
  const finalized = await call(app.key, "POST", "/connections/finalize", { connection_code, user });
  return Connection.parse(await answerOf(finalized, 200));
}

/** The service redirects only to where it was told to, and a reset of it forgets. */
export async function registerRedirectUri(service: string, redirect_uri: string): Promise<void> {
  const { redirect_uris } = z.object({ redirect_uris: z.array(z.string()) }).parse(await control(service).settings({}));
  await control(service).settings({ redirect_uris: [...redirect_uris, redirect_uri] });
}

async function answerOf(response: Response, status: number): Promise<unknown> {
  const text = await response.text();
  if (response.status !== status) throw new Error(`${response.status}, not ${status}: ${text}`);
  return JSON.parse(text);
}
