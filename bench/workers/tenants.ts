/**
 * The production app for apps of integrators, with a provider on loopback, and with as many other apps as are put in by hand.
 * Never part of a deployment.
 *
 * - `POST /fill`      `Fill`: so many apps, each with origins and integrations, in the vaults that the product has them in
 * - `POST /seed`      an app with a connected user -> `SeededApp`
 * - `ANY /proxy/...`  the app itself
 */
import { env as variables } from "cloudflare:workers";
import * as z from "zod";
import { NewApp, Scope } from "../../src/api-apps.ts";
import { createApp } from "../../src/app.ts";
import { shardOf } from "../../src/apps/shared-records.ts";
import { Config } from "../../src/config.ts";
import { APP_ITSELF, OPERATOR, recordContext } from "../../src/connections/connection.ts";
import type { StoredRecord } from "../../src/connections/vault/records.ts";
import type { Owner } from "../../src/connections/vault/owner.ts";
import { Vault as VaultBase } from "../../src/connections/vault/vault.ts";
import { seal } from "../../src/crypto.ts";
import { github } from "../../src/providers/github.ts";
import { Services } from "../../src/services.ts";
import { network, realWorld, type World } from "../../src/world.ts";
import type { Fill, SeededApp } from "../support/wire.ts";

/** Renews nothing of its own accord, and takes many records at once. */
export class Vault extends VaultBase {
  protected override dispatch(): Promise<void> {
    return Promise.resolve();
  }

  fill(owner: Owner, records: readonly StoredRecord[]): void {
    void this.own(owner);
    for (const { kind, id, sealed } of records) this.swapRecord(kind, id, null, sealed);
    this.setListed();
  }
}

interface TenantsEnv extends Omit<Env, "VAULT"> {
  readonly VAULT: DurableObjectNamespace<Vault>;
}

const { UPSTREAM } = z.object({ UPSTREAM: z.string() }).parse(variables);
const client = { client_id: "bench", client_secret: "bench" };
const world: World = {
  providers: [{ ...github, api: { ...github.api, base_url: UPSTREAM } }],
  fetch: network,
  defaults: {},
  gather_ms: realWorld.gather_ms,
};
const app = createApp(world);

interface Record {
  readonly of: string;
  readonly kind: string;
  readonly id: string;
  readonly value: unknown;
}

/** What the product writes of an app with so many origins and integrations. */
async function recordsOf(names: Services["names"], { each }: Fill): Promise<Record[]> {
  const id = await names.newApp();
  const created_at = new Date().toISOString();
  const numbers = Array.from({ length: each }, (_, number) => number);
  const origins = numbers.map((number) => `https://${id}-${number}.example`);
  const about = { id, name: "Of many", return_urls: [], origins, webhook: null, created_at };
  const integrations = numbers.map(async (number): Promise<Record[]> => {
    const slug = `github-${number}`;
    const integration = await names.newIntegration(id, slug);
    const entry = { id: "github", extends: "github", ...client };
    const value = { integration, slug, entry, created_at, updated_at: created_at };
    return [
      { of: id, kind: "integration", id: integration, value },
      { of: id, kind: "slug", id: slug, value: { integration } },
    ];
  });
  return [
    { of: id, kind: "app", id: "itself", value: about },
    { of: OPERATOR, kind: "registered", id, value: { id, name: about.name } },
    ...origins.map((origin) => ({ of: shardOf(origin), kind: "origin", id: origin, value: { apps: [id] } })),
    ...(await Promise.all(integrations)).flat(),
  ];
}

async function fill(env: TenantsEnv, request: Request): Promise<Response> {
  const asked = await request.json<Fill>();
  const { names, requestOrigin } = servicesOf(env, request);
  const ring = new Config({ ...env }).keyRing();
  const records = (await Promise.all(Array.from({ length: asked.apps }, () => recordsOf(names, asked)))).flat();
  for (const [of, own] of Object.entries(Object.groupBy(records, (record) => record.of))) {
    const sealed = (own ?? []).map(async ({ kind, id, value }) => ({
      kind,
      id,
      sealed: await seal(ring, recordContext(of, kind, id), JSON.stringify(value)),
    }));
    const vault = await names.vault(of, APP_ITSELF);
    await env.VAULT.getByName(vault).fill(await names.owner(of, APP_ITSELF, requestOrigin), await Promise.all(sealed));
    await env.KV.put(`vault:${vault}`, "");
  }
  return new Response(String(records.length));
}

async function seed(env: TenantsEnv, request: Request): Promise<Response> {
  const behind: Promise<unknown>[] = [];
  const { apps, clientVault, connections, members, names, sessions, requestOrigin } = servicesOf(env, request, behind);
  const user = "bench";
  const { id } = await apps.create(NewApp.parse({ name: "One of its own" }));
  const { id: integration } = await clientVault.put(id, { provider: "github", ...client });
  const about = { name: "bench", kind: "app", scopes: [...Scope.options], lifetime: 3600 } as const;
  const { key } = await sessions.startKey({ app: id, user: APP_ITSELF, ...about });
  const owner = await names.owner(id, user, requestOrigin);
  await members.enter(owner, async (vault, enrolment) => vault.own(owner, enrolment));
  const tokens = { access_token: "seeded", refresh_token: null, expires_at: null, scopes: ["repo"], details: {} };
  const target = { app: id, user, integration, wanted: { as: "any" } } as const;
  await connections.save(target, tokens, { account: null, asked: null }, true);
  for (const work of behind) await work;
  const seeded: SeededApp = { key, integration, user };
  return Response.json(seeded);
}

function servicesOf(env: TenantsEnv, request: Request, behind: Promise<unknown>[] = []): Services {
  return new Services(world, env, { url: request.url, waitUntil: (work) => void behind.push(work) });
}

export default {
  fetch(request: Request, env: TenantsEnv, context: ExecutionContext): Response | Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/fill") return fill(env, request);
    if (pathname === "/seed") return seed(env, request);
    return app.fetch(request, env, context);
  },
};
