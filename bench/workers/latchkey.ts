/**
 * Latchkey's own services under a fetch handler that does what a call on behalf of a connected account does to get its
 * token, and stops there. Accounts are put in by hand. Never part of a deployment.
 *
 * - `POST /seed`                       `Seed` -> `Seeded`
 * - `GET /token/{integration}/{user}`  the token of a connection whose owner is known
 * - `GET /session/{integration}`       the same for the owner of the session in `Authorization: Bearer`
 * - `GET /count/...`                   either of them; answers with what it has asked of the bindings
 */
import { DEFAULT_APP } from "../../src/connections/connection.ts";
import { defaultOf } from "../../src/connections/place.ts";
import { Vault as VaultBase } from "../../src/connections/vault/vault.ts";
import { Services } from "../../src/services.ts";
import { realWorld } from "../../src/world.ts";
import { counted } from "./counted.ts";
import { seed } from "./seeding.ts";

/** Renews nothing of its own accord: a herd is to find the token ended. */
export class Vault extends VaultBase {
  protected override dispatch(): Promise<void> {
    return Promise.resolve();
  }
}

/** @returns the token, or null where nobody is signed in */
async function findToken(services: Services, request: Request, parts: readonly string[]): Promise<string | null> {
  const [kind = "", integration = "", owner = ""] = parts;
  await services.integrations.find(DEFAULT_APP, integration);
  let user = owner;
  if (kind === "session") {
    const id = request.headers.get("Authorization")?.slice("Bearer ".length) ?? "";
    const session = await services.sessions.find(id);
    if (!session) return null;
    user = session.user;
  }
  const token = await services.connections.accessToken({ app: DEFAULT_APP, user, address: defaultOf(integration) });
  return token.access_token;
}

export default {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    const waitUntil = (work: Promise<unknown>): void => context.waitUntil(work);
    const [first = "", ...rest] = new URL(request.url).pathname.slice(1).split("/");
    if (first === "seed") return seed(realWorld, env, request);
    if (first === "count") {
      const watch = counted(env);
      const behind: Promise<unknown>[] = [];
      const services = new Services(realWorld, watch.env, {
        url: request.url,
        waitUntil: (work) => void behind.push(work),
      });
      const token = await findToken(services, request, rest);
      // What goes on behind the answer counts too; it may add to itself while it is waited for.
      for (const work of behind) await work;
      return token === null ? new Response(null, { status: 401 }) : Response.json(watch.counts);
    }
    const token = await findToken(new Services(realWorld, env, { url: request.url, waitUntil }), request, [
      first,
      ...rest,
    ]);
    return new Response(token, { status: token === null ? 401 : 200 });
  },
};
