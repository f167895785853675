/** What a version before has written: an app from before there was a name key, row by row. */
import { env } from "cloudflare:workers";
import { Config } from "../../src/config.ts";
import * as z from "zod";
import { digest, keyedDigest, open, randomId, seal, shortId } from "../../src/crypto.ts";
import { names } from "./vault.ts";
import { APP } from "./visitor.ts";
import { RETURN_URL, registerRedirectUri, type TestApp } from "./integrator.ts";

const ring = () => new Config({ ...env }).keyRing();

/** The vault of an app, or of the operator, by its name of before. */
export const vaultOfBefore = (app: string, user = "") => env.VAULT.getByName(digest("vault", app, user));

/** The name key as the version before wrote it, in the operator's vault and in KV: alone. */
export async function nameKeyOfBefore(): Promise<void> {
  const operator = vaultOfBefore("operator");
  const inVault = { app: "operator", purpose: "record:name_key", record: ["itself"] };
  const now = await operator.record("name_key", "itself");
  const { key } = z.object({ key: z.string() }).parse(JSON.parse(await open(ring(), inVault, now ?? "")));
  await operator.swapRecord("name_key", "itself", now, await seal(ring(), inVault, key));
  for (const { name } of (await env.KV.list({ prefix: "name_key:" })).keys) {
    const inKv = { app: "operator", purpose: "kv:name_key", record: [name] };
    await env.KV.put(name, await seal(ring(), inKv, JSON.stringify(key)));
  }
}

/** A record of an app, or of the operator, as it was written. */
export async function recordOfBefore(app: string, kind: string, id: string, value: unknown): Promise<void> {
  const name = await names().vault(app, "");
  const vault = env.VAULT.getByName(name);
  await vault.own(await names().owner(app, "", APP));
  await env.KV.put(`vault:${name}`, "");
  const sealed = await seal(ring(), { app, purpose: `record:${kind}`, record: [id] }, JSON.stringify(value));
  await vault.swapRecord(kind, id, null, sealed);
}

/** A session's id with the check of before: under the active sealing key. */
export function sessionIdOfBefore(vault: string): string {
  const { active, keys } = ring();
  const name = vault + randomId().slice(0, 32);
  const mac = keyedDigest(keys.get(active) ?? new Uint8Array(), "latchkey", "v1", "check", "session", name);
  return `lk_${name}${btoa(String.fromCharCode(...mac))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .slice(0, 11)}`;
}

/** An app with an integration with GitHub and a key of every scope. */
export async function appOfBefore({
  origins = [],
  webhook = null,
}: {
  origins?: readonly string[];
  webhook?: { readonly url: string; readonly secret: string } | null;
} = {}): Promise<TestApp> {
  const id = `app-${shortId()}`;
  const integration = `github-${shortId()}`;
  const created_at = new Date().toISOString();
  const about = { id, name: "From before", return_urls: [RETURN_URL], origins, webhook, created_at };
  await recordOfBefore(id, "app", "itself", about);
  await recordOfBefore("operator", "registered", id, { id, name: about.name });
  for (const origin of origins) await recordOfBefore("operator", "origin", origin, { apps: [id] });
  const client = { client_id: "sandbox-github-client", client_secret: "sandbox-github-secret-opens-nothing" };
  const entry = { id: "github", extends: "github", ...client };
  const times = { created_at, updated_at: created_at };
  await recordOfBefore(id, "integration", integration, { integration, slug: "github", entry, ...times });
  await recordOfBefore(id, "slug", "github", { integration });
  await recordOfBefore("operator", "owned", integration, { app: id });
  await registerRedirectUri("github", `${APP}/callback/${integration}`);
  const key = sessionIdOfBefore(digest("vault", id, ""));
  const now = Date.now();
  await vaultOfBefore(id).addSession(digest(key), {
    app: id,
    user: "",
    kind: "app",
    place: null,
    name: "first key",
    scopes: ["connect", "read", "proxy", "tokens", "sessions", "manage"],
    maker: null,
    grant: null,
    created_at: now,
    expires_at: now + 86_400_000,
  });
  return { id, key, return_url: RETURN_URL, integrations: { github: integration } };
}
