/** The quickstart does what it says, in each language, against a running Latchkey. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { startLatchkey, type Running } from "../browser/support.ts";
import { Person } from "./person.ts";

const ADMIN_KEY = "an-operator-key-that-is-long-enough-0123456789";
const RETURN_TO = "https://acme.example/connected";
const folder = fileURLToPath(new URL("../../examples/quickstart/", import.meta.url));

let latchkey: Running;
let key: string;
let integration: string;

async function send(method: string, url: string, bearer: string, body: unknown): Promise<unknown> {
  const headers = { Authorization: `Bearer ${bearer}`, "Content-Type": "application/json" };
  const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
  expect(response.ok, `${method} ${url}: ${response.status}`).toBe(true);
  return response.json();
}

beforeAll(async () => {
  latchkey = await startLatchkey({ vars: { ADMIN_KEY } });
  const { origin, providers } = latchkey;
  const app = z
    .object({ id: z.string(), api_key: z.object({ key: z.string() }) })
    .parse(await send("POST", `${origin}/apps`, ADMIN_KEY, { name: "Acme", return_urls: [RETURN_TO] }));
  key = app.api_key.key;
  const registered = z.object({ integration: z.string(), redirect_uri: z.string() }).parse(
    await send("PUT", `${origin}/apps/${app.id}/integrations`, key, {
      provider: "github",
      client_id: "sandbox-github-client",
      client_secret: "sandbox-github-secret-opens-nothing",
    }),
  );
  integration = registered.integration;
  const settings = { redirect_uris: [registered.redirect_uri] };
  await fetch(`${providers}/github/_control/settings`, { method: "POST", body: JSON.stringify(settings) });
});
afterAll(() => latchkey?.stop());

/** Opens the link as the user does, allows it, and comes back with the code. */
async function connect(connect_url: string): Promise<string> {
  const person = new Person(latchkey.origin);
  const asked = await person.comeBack(connect_url);
  const consent = { url: asked.headers.get("Location"), decision: "allow", account: 0 };
  const control = `${latchkey.providers}/github/_control/consent`;
  const decided = await fetch(control, { method: "POST", body: JSON.stringify(consent) });
  const { location } = z.object({ location: z.string() }).parse(await decided.json());
  const back = await person.comeBack(location);
  const place = new URL(z.string().parse(back.headers.get("Location")));
  expect(place.origin + place.pathname).toBe(RETURN_TO);
  return z.string().parse(place.searchParams.get("connection_code"));
}

it.each([
  ["curl", "bash", "quickstart.sh"],
  ["TypeScript", process.execPath, "quickstart.ts"],
  ["Python", "python3", "quickstart.py"],
])("in %s connects a user and calls the provider as them", async (_, command, file) => {
  const env = { ...process.env, ORIGIN: latchkey.origin, KEY: key, INTEGRATION: integration, RETURN_TO };
  const child = spawn(command, [folder + file], { env, stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async (): Promise<string> => z.string().parse((await lines.next()).value);
  const code = await connect(await next());
  child.stdin.end(`${code}\n`);
  expect(await next()).toBe("connected");
  expect(await next()).toMatch(/^[\w-]+$/);
});
