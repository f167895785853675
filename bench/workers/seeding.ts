/** Puts an account in by hand: Latchkey's own services do the work, only the provider is not asked. */
import { DEFAULT_APP } from "../../src/connections/connection.ts";
import { Services } from "../../src/services.ts";
import type { World } from "../../src/world.ts";
import { ANSWER_LENGTH, type Seed, type Seeded } from "../support/wire.ts";

const KEY_SECONDS = 3600;

/** Connects the account that `request` describes and makes its user a key. Answers when the copies are in KV. */
export async function seed(world: World, env: Env, request: Request): Promise<Response> {
  const { user, integration, lifetime_ms, beside, rules } = await request.json<Seed>();
  const behind: Promise<unknown>[] = [];
  const services = new Services(world, env, { url: request.url, waitUntil: (work) => void behind.push(work) });
  const { connections, sessions, members, names } = services;
  const tokens = {
    access_token: "seeded".padEnd(ANSWER_LENGTH, "x"),
    refresh_token: "refresh-0",
    expires_at: Date.now() + lifetime_ms,
    scopes: ["read"],
    details: {},
  };
  const owner = await names.owner(DEFAULT_APP, user, services.requestOrigin);
  await members.enter(owner, async (vault, enrolment) => vault.own(owner, enrolment));
  const session = await sessions.start({
    app: DEFAULT_APP,
    user,
    kind: "key",
    name: "bench",
    lifetime: KEY_SECONDS,
    grant: rules ? { rules: [...rules], counts: [] } : null,
  });
  const target = { app: DEFAULT_APP, user, integration, wanted: { as: "any" } } as const;
  await connections.save(target, tokens, { account: null, asked: null }, true);
  if (beside !== undefined) {
    const account = { id: beside, name: beside, email: null, avatar_url: null, url: null };
    await connections.save({ ...target, wanted: { as: "new" } }, tokens, { account, asked: null }, true);
  }
  for (const work of behind) await work;
  const { keys } = await env.KV.list({ prefix: "token:", limit: 1 });
  const copy = keys[0] && (await env.KV.get(keys[0].name));
  const seeded: Seeded = { session, copy_length: copy?.length ?? 0 };
  return Response.json(seeded);
}
