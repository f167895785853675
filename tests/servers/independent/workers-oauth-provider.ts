/**
 * `@cloudflare/workers-oauth-provider` in workerd: the OAuth 2.1 server of many MCP servers, over a KV namespace.
 *
 * What is different: it answers revocations at its token endpoint, told from token requests by what they lack. The refresh
 * token of before lives on until the next one is used. A new consent ends the grants that the same person gave the same
 * client. `iss` is always sent; Basic credentials are form-decoded.
 */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Log, LogLevel, Miniflare } from "miniflare";
import * as z from "zod";
import { ADA, redirectUri, type IndependentServer } from "../../support/independent.ts";
import { startFront } from "./front.ts";
import type { Started } from "./started.ts";

const ID = "workers-oauth-provider";
const Client = z.object({ clientId: z.string(), clientSecret: z.string() });

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("workers-oauth-provider-worker.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    external: ["cloudflare:workers"],
  });
  return outputFiles[0]?.text ?? "";
}

/** Starts it for an app at this origin. */
export async function startWorkersOauthProvider(app: string): Promise<Started> {
  const [front, contents] = await Promise.all([startFront("/oauth/token"), bundle()]);
  const { origin } = front;
  const miniflare = new Miniflare({
    log: new Log(LogLevel.NONE),
    cf: false,
    telemetry: { enabled: false },
    logRequests: false,
    // It notes each refusal, and the tests have it refuse much.
    handleStructuredLogs: () => {},
    workers: [
      {
        config: {
          name: ID,
          compatibilityDate: "2026-01-01",
          manifest: { mainModule: "worker.js", modules: { "worker.js": { type: "esm", contents } } },
          env: { OAUTH_KV: { type: "kv", id: "OAUTH_KV" }, ORIGIN: { type: "text", value: origin } },
        },
        dev: { unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }] },
      },
    ],
  });
  await miniflare.ready;
  front.passTo((await miniflare.unsafeGetDirectURL()).origin);
  const made = await fetch(`${origin}/clients`, { method: "POST", body: redirectUri(app, ID) });
  const { clientId, clientSecret } = Client.parse(await made.json());
  const described: IndependentServer = {
    kind: "workers-oauth-provider",
    origin,
    entries: [
      {
        id: ID,
        name: "Workers OAuth Provider",
        issuer: origin,
        authorization_endpoint: `${origin}/authorize`,
        token_endpoint: `${origin}/oauth/token`,
        revocation_endpoint: `${origin}/oauth/token`,
        userinfo_endpoint: `${origin}/api/me`,
        api_base_url: origin,
        client_id: clientId,
        client_secret: clientSecret,
        token_endpoint_auth_method: "client_secret_basic",
        scopes: ["profile", "offline_access"],
      },
    ],
    account: { name: ADA.name, email: ADA.email },
    refuses_without_a_word: false,
    spends_on_wrong_secret: false,
  };
  return {
    described,
    stop: async () => {
      await front.stop();
      await miniflare.dispose();
    },
  };
}
