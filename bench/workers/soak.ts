/**
 * The production app at several locations of the network, each with KV a while behind, and on bindings that fail as often as
 * is said. Never part of a deployment.
 *
 * - `POST /soak/app`     an app of its own -> `SoakApp`
 * - `PUT /soak/rates`    `Rates`
 * - `GET /soak/faults`   `Counts` of what was met with
 * - `POST /soak/reset`   resets the vault of a user of an app: `{ user }`
 * - `POST /soak/round`   `Round` -> `RoundResult`: operations on vaults themselves, against a plain model
 * - anything else        the app, at the location that `X-Soak-Location` names
 */
import { env as variables } from "cloudflare:workers";
import * as z from "zod";
import { NewApp, Scope } from "../../src/api-apps.ts";
import { createApp } from "../../src/app.ts";
import { APP_ITSELF } from "../../src/connections/connection.ts";
import { Vault as VaultBase, type Chores } from "../../src/connections/vault/vault.ts";
import { Maintenance as MaintenanceBase } from "../../src/maintenance.ts";
import { LATELY } from "../../src/remembered.ts";
import { Services } from "../../src/services.ts";
import { Chance } from "../soak/random.ts";
import { LOCATION_HEADER, LOCATIONS, Rates, Round, SECRET, type Manner, type SoakApp } from "../soak/wire.ts";
import { VaultRounds, workInside } from "./soak/rounds.ts";
import {
  Trouble,
  Written,
  kvAt,
  reset,
  troubledIndex,
  troubledVaults,
  type Rung,
  type SoakEnv,
} from "./soak/trouble.ts";
import { world } from "./soak/world.ts";

const KEY_SECONDS = 7 * 86_400;

const Variables = z.object({
  /** How long KV is behind at a location, and an isolate remembers: a minute and half a minute, or both shortened. */
  BEHIND_MS: z.coerce.number(),
  REMEMBERED_MS: z.coerce.number(),
  SEED: z.coerce.number(),
});
const { BEHIND_MS, REMEMBERED_MS, SEED } = Variables.parse(variables);
Object.assign(LATELY, { ms: REMEMBERED_MS });

const app = createApp(world);
const trouble = new Trouble();
trouble.chance = new Chance(SEED);
const written = new Written();

/** Each is one object for the life of the isolate, as an environment is. */
const locations = new Map<number, SoakEnv>();

function locationOf(env: SoakEnv, number: number): SoakEnv {
  const known = locations.get(number);
  if (known) return known;
  const location = {
    ...env,
    KV: kvAt(env.KV, trouble, written, BEHIND_MS),
    VAULT: troubledVaults(env.VAULT, trouble),
    INDEX: troubledIndex(env.INDEX, trouble),
  };
  locations.set(number, location);
  return location;
}

export class Vault extends VaultBase {
  /** What an alarm that was rung has handed out; null: nobody rings. */
  #rung: Chores[] | null = null;

  protected override async dispatch(chores: Chores): Promise<void> {
    if (this.#rung) this.#rung.push(chores);
    else await this.ctx.exports.Maintenance.run(chores);
  }

  /** Ends this object as a deployment does. */
  reset(): void {
    this.ctx.abort("soak");
  }

  /** Lets the alarm go off, and does nothing of what it hands out. */
  async ring(): Promise<Rung> {
    this.#rung = [];
    await this.alarm();
    const rung = this.#rung;
    this.#rung = null;
    return {
      renew: rung.flatMap(({ renew }) => renew),
      revoke: rung.flatMap(({ revoke }) => revoke.map(({ sealed }) => sealed)),
      isEmptied: rung.some(({ forget }) => forget !== null),
    };
  }

  /** Does the operations that are waiting for the vault of this name. */
  work(name: string): Promise<void> {
    return workInside(name, () => new Vault(this.ctx, this.env));
  }

  /** When a refresh is tried again that has failed: milliseconds since 1970. */
  retryAt(place: string): number {
    const [row] = this.ctx.storage.sql.exec("SELECT retry_at FROM connections WHERE place = ?", place).toArray();
    return z.number().parse(row?.["retry_at"]);
  }
}

/** Alarms are rung for at a location like any other. */
export class Maintenance extends MaintenanceBase {
  protected override readonly world = world;

  constructor(context: ExecutionContext, env: SoakEnv) {
    super(context, locationOf(env, 0));
  }
}

const servicesOf = (env: SoakEnv, request: Request): Services =>
  new Services(world, env, { url: request.url, waitUntil: () => {} });

/** The id of the app; empty before there is one. */
let soakApp = "";

async function makeApp(env: SoakEnv, request: Request): Promise<Response> {
  const { apps, clientVault, sessions } = servicesOf(env, request);
  const { id } = await apps.create(NewApp.parse({ name: "Soak" }));
  const integrate = async (provider: Manner): Promise<string> =>
    (await clientVault.put(id, { provider, client_id: "soak", client_secret: SECRET })).id;
  const integrations = { strict: await integrate("strict"), forgiving: await integrate("forgiving") };
  const about = { name: "soak", kind: "app", scopes: [...Scope.options], lifetime: KEY_SECONDS } as const;
  const { key } = await sessions.startKey({ app: id, user: APP_ITSELF, ...about });
  soakApp = id;
  return Response.json({ key, integrations } satisfies SoakApp);
}

async function resetVault(env: SoakEnv, request: Request): Promise<Response> {
  const { user } = z.object({ user: z.string() }).parse(await request.json());
  await reset(env.VAULT, await servicesOf(env, request).names.vault(soakApp, user));
  trouble.tally.add("resets between calls");
  return new Response(null, { status: 204 });
}

const rounds = new VaultRounds();

export default {
  async fetch(request: Request, env: SoakEnv, context: ExecutionContext): Promise<Response> {
    const { pathname } = new URL(request.url);
    switch (pathname) {
      case "/soak/app":
        return makeApp(env, request);
      case "/soak/rates":
        trouble.rates = Rates.parse(await request.json());
        return new Response(null, { status: 204 });
      case "/soak/faults":
        return Response.json(trouble.tally.toRecord());
      case "/soak/reset":
        return resetVault(env, request);
      case "/soak/round":
        return Response.json(await rounds.run(env.VAULT, Round.parse(await request.json())));
      default: {
        const location = Number(request.headers.get(LOCATION_HEADER) ?? 0) % LOCATIONS;
        return app.fetch(request, locationOf(env, location), context);
      }
    }
  },
};
