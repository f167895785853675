/** `npm run revoke`: what an operator has at night. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CreatedApp, SavedIntegration } from "../../src/api-apps.ts";
import { ADMIN_KEY, startLatchkey, type Running } from "../browser/support.ts";

const script = fileURLToPath(new URL("../../scripts/revoke.ts", import.meta.url));
let latchkey: Running;
beforeAll(async () => {
  latchkey = await startLatchkey();
});
afterAll(() => latchkey?.stop());

const revoke = (args: readonly string[], key = ADMIN_KEY): Promise<{ code: unknown; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, ADMIN_KEY: key };
    execFile(process.execPath, [script, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });

async function ask(key: string, method: string, path: string, body: object): Promise<unknown> {
  const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
  const response = await fetch(`${latchkey.origin}${path}`, { method, headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

/** An app with a user whose account at a service is connected. */
async function connected(provider: string): Promise<{ app: string; key: string }> {
  const { id, api_key } = CreatedApp.parse(await ask(ADMIN_KEY, "POST", "/apps", { name: "Acme" }));
  const client = {
    client_id: `sandbox-${provider}-client`,
    client_secret: `sandbox-${provider}-secret-opens-nothing`,
  };
  const saved = await ask(api_key.key, "PUT", `/apps/${id}/integrations`, { provider, ...client });
  const { integration } = SavedIntegration.parse(saved);
  const tokens = { user: "u-1", integration, access_token: "imported-from-elsewhere" };
  await ask(api_key.key, "POST", "/connections/import", tokens);
  return { app: id, key: api_key.key };
}

it("takes a user back, shows how far it is, and lists what the person has to do by hand", async () => {
  const { app, key } = await connected("spotify");
  const { code, stdout, stderr } = await revoke([
    latchkey.origin,
    "--app",
    app,
    "--user",
    "u-1",
    "--reason",
    "a drill",
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("1 connections: 0 confirmed, 0 refused, 1 not offered, 0 not reached");
  expect(stdout).toMatch(/^not_offered\tspotify-\S+\tu-1\tcon_\S+\thttps:\/\/www\.spotify\.com\/account\/apps\/$/m);
  expect((await fetch(`${latchkey.origin}/connections`, { headers: { Authorization: `Bearer ${key}` } })).status).toBe(
    200,
  );
});

it("ends with 1 where a provider has refused, with an app's keys ended all the same", async () => {
  const { app, key } = await connected("slack");
  const faults = JSON.stringify({ endpoint: "revoke", fault: "invalid_client" });
  await fetch(`${latchkey.providers}/slack/_control/faults`, { method: "POST", body: faults });
  const { code, stderr, stdout } = await revoke([latchkey.origin, "--app", app, "--reason", "a drill"]);
  expect(code).toBe(1);
  expect(stderr).toContain("1 were refused and 0 not reached. They are asked again for a day.");
  expect(stdout).toContain("https://slack.com/apps/manage");
  expect((await fetch(`${latchkey.origin}/connections`, { headers: { Authorization: `Bearer ${key}` } })).status).toBe(
    401,
  );
});

it.each([
  ["no target", ["--reason", "x"], 2, "Usage: ADMIN_KEY=..."],
  ["no reason", ["--deployment"], 2, "Usage: ADMIN_KEY=..."],
  ["two targets", ["--deployment", "--app", "app-1", "--reason", "x"], 2, "Usage: ADMIN_KEY=..."],
  ["a user of no app", ["--user", "u-1", "--reason", "x"], 2, "Usage: ADMIN_KEY=..."],
  ["another key", ["--deployment", "--reason", "x"], 1, "The deployment answered 401: "],
])("stops at %s and says so without the key", async (_, args, expected, sentence) => {
  const key = "another-operator-key-that-is-long-enough-01234";
  const { code, stdout, stderr } = await revoke([latchkey.origin, ...args], key);
  expect(code).toBe(expected);
  expect(stderr).toContain(sentence);
  expect(stdout + stderr).not.toContain(key);
});
