/**
 * The production app in a World whose one provider is the upstream on loopback, reached over the real network.
 * Never part of a deployment.
 *
 * - `POST /seed`             `Seed` -> `Seeded`
 * - `ANY /proxy/...`         the app itself; with KV_IN_MEMORY, KV is read once and remembered by the isolate
 * - `GET /count/proxy/...`   the same; answers with what a call asks of the bindings right behind another one
 * - `GET /cold/proxy/...`    the same for the first call of an isolate
 * - `GET /asked`             with COUNTED, what all calls since the last time have asked of the bindings
 * - `GET /nothing`           a constant 404: what a call costs that is asked nothing
 */
import { env as variables } from "cloudflare:workers";
import * as z from "zod";
import { createApp } from "../../src/app.ts";
import { Vault as VaultBase } from "../../src/connections/vault/vault.ts";
import { github } from "../../src/providers/github.ts";
import { network, realWorld, type World } from "../../src/world.ts";
import { counted } from "./counted.ts";
import { seed } from "./seeding.ts";

/** Renews nothing of its own accord. */
export class Vault extends VaultBase {
  protected override dispatch(): Promise<void> {
    return Promise.resolve();
  }
}

const Variables = z.object({
  UPSTREAM: z.string(),
  KV_IN_MEMORY: z.string().optional(),
  COUNTED: z.string().optional(),
});
const { UPSTREAM, KV_IN_MEMORY, COUNTED } = Variables.parse(variables);
const world: World = {
  providers: [{ ...github, api: { ...github.api, base_url: UPSTREAM } }],
  fetch: network,
  defaults: { GITHUB_CLIENT_ID: "bench", GITHUB_CLIENT_SECRET: "bench" },
  gather_ms: realWorld.gather_ms,
};
const app = createApp(world);

/** One object for the life of the isolate, as the real environment is. */
let remembering: Env | undefined;

/** The environment with every key of KV read once: what is left is what the Worker itself does. */
function inMemory(env: Env): Env {
  const values = new Map<string, Promise<string | null>>();
  const get = (name: string): Promise<string | null> => {
    const value = values.get(name) ?? env.KV.get(name);
    values.set(name, value);
    return value;
  };
  const put = (name: string, value: string, options: KVNamespacePutOptions): Promise<void> => {
    values.set(name, Promise.resolve(value));
    return env.KV.put(name, value, options);
  };
  const KV = new Proxy(env.KV, {
    get: (kv, property) => (property === "get" ? get : property === "put" ? put : Reflect.get(kv, property)),
  });
  return { ...env, KV };
}

/** What a call asks for: the first of an isolate, or one that comes right behind another. */
async function count(request: Request, env: Env, when: "cold" | "hot"): Promise<Response> {
  const watch = counted(env);
  if (when === "hot") await take(watch.env, request);
  const { kv_reads, kv_writes, vault_calls } = { ...watch.counts };
  const answer = await take(watch.env, request);
  if (!answer.ok) return new Response(null, { status: answer.status });
  return Response.json({
    kv_reads: watch.counts.kv_reads - kv_reads,
    kv_writes: watch.counts.kv_writes - kv_writes,
    vault_calls: watch.counts.vault_calls - vault_calls,
  });
}

async function take(env: Env, request: Request): Promise<Response> {
  const behind: Promise<unknown>[] = [];
  const answer = await app.fetch(new Request(request.url.replace(/\/(?:count|cold)\//, "/"), request), env, {
    waitUntil: (work) => void behind.push(work),
    passThroughOnException: () => {},
    props: {},
  });
  await answer.body?.cancel();
  // What gathers goes on for seconds, and asks for nothing.
  await Promise.race([Promise.allSettled(behind), new Promise((resolve) => setTimeout(resolve, 100))]);
  return answer;
}

let watch: ReturnType<typeof counted> | undefined;

/** The environment behind counters that go on through all calls, with the limit of wrangler.toml. */
function watched(env: Env): ReturnType<typeof counted> {
  watch ??= counted({ ...env, ADDRESS_LIMIT: limiter(300, 10_000) });
  return watch;
}

/**
 * Counts in memory, as the platform does (https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/#performance);
 * Miniflare's writes a row of SQLite for each call that it counts.
 */
function limiter(limit: number, period_ms: number): RateLimit {
  const counts = new Map<string, number>();
  let window = 0;
  return {
    async limit({ key }) {
      const now = Math.floor(Date.now() / period_ms);
      if (now !== window) counts.clear();
      window = now;
      const used = (counts.get(key) ?? 0) + 1;
      counts.set(key, used);
      return { success: used <= limit };
    },
  };
}

function asked(env: Env): Response {
  const { counts } = watched(env);
  watch = undefined;
  return Response.json(counts);
}

export default {
  fetch(request: Request, env: Env, context: ExecutionContext): Response | Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/seed") return seed(world, env, request);
    if (pathname.startsWith("/count/")) return count(request, env, "hot");
    if (pathname.startsWith("/cold/")) return count(request, env, "cold");
    if (pathname === "/asked") return asked(env);
    if (pathname === "/nothing") return new Response(null, { status: 404 });
    if (COUNTED === "1") return app.fetch(request, watched(env).env, context);
    if (KV_IN_MEMORY !== "1") return app.fetch(request, env, context);
    remembering ??= inMemory(env);
    return app.fetch(request, remembering, context);
  },
};
