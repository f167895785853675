/** What a key hands on to another one: no more than it has. */
import type { Context } from "hono";
import type { Grant } from "../api-grants.ts";
import type { Scope } from "../api-apps.ts";
import { APP_ITSELF } from "../connections/connection.ts";
import type { AppEnv } from "../context.ts";
import { AppError, invalidField } from "../errors.ts";
import type { HeldConnection, HeldGrant, HeldRule } from "../grants/held-grant.ts";
import { isNarrower } from "../grants/narrower.ts";
import { insufficientScope, type Caller } from "../middleware/caller.ts";

/** @throws AppError `insufficient_scope` */
export function checkHandedOn(asked: readonly Scope[], held: readonly Scope[]): void {
  const more = asked.find((scope) => !held.includes(scope));
  if (more) throw insufficientScope(`the scope ${more}, which this key cannot hand on`);
}

/**
 * The grant that a new key is to have: what is asked for, with every name looked up, or where nothing is, that of the key that
 * asks. Its calls count with those of the keys before it.
 * @param caller whose key makes it, for whoever it is to be for
 * @throws AppError `insufficient_scope` for more than there is to hand on, `invalid_request` for what nobody can name
 */
export async function handOn(c: Context<AppEnv>, caller: Caller, asked: Grant | undefined): Promise<HeldGrant | null> {
  const held = caller.session?.grant ?? null;
  if (asked === undefined) return held;
  const networks = asked.networks ?? held?.networks;
  const grant: HeldGrant = {
    rules: await Promise.all(asked.rules.map((rule, index) => toHeld(c, caller, rule, `grant.rules.${index}`))),
    ...(networks && { networks }),
    counts: held?.counts ?? [],
  };
  if (held === null) return grant;
  const most = Math.min(...held.counts.map(({ calls_per_hour }) => calls_per_hour));
  if (!isNarrower(grant, held) || (asked.calls_per_hour ?? 0) > most) {
    throw insufficientScope("a grant that reaches as far as this one, and a key hands on no more than it has");
  }
  return grant;
}

async function toHeld(
  c: Context<AppEnv>,
  caller: Caller,
  { integrations, connections, methods, paths, writes }: Grant["rules"][number],
  param: string,
): Promise<HeldRule> {
  const known = async (name: string, place: number): Promise<string> =>
    idOf(c, caller, name, `${param}.integrations.${place}`);
  const theirs = async (id: string, place: number): Promise<HeldConnection> =>
    connectionOf(c, caller, id, `${param}.connections.${place}`);
  return {
    ...(integrations && { integrations: await Promise.all(integrations.map(known)) }),
    ...(connections && { connections: await Promise.all(connections.map(theirs)) }),
    ...(methods && { methods }),
    ...(paths && { paths }),
    writes,
  };
}

async function idOf(c: Context<AppEnv>, { app }: Caller, name: string, param: string): Promise<string> {
  const { clientVault, integrations } = c.get("services");
  const id = await clientVault.idOf(app, name);
  try {
    return (await integrations.find(app, id)).id;
  } catch (error) {
    if (error instanceof AppError && error.code === "not_configured") return id;
    if (!(error instanceof AppError) || error.code !== "unknown_integration") throw error;
    throw invalidField(param, "there is no integration of this name.");
  }
}

async function connectionOf(
  c: Context<AppEnv>,
  { app, user }: Caller,
  id: string,
  param: string,
): Promise<HeldConnection> {
  const { names, vaults } = c.get("services");
  const found = await names.readConnectionId(app, id);
  const isTheirs = found && (user === APP_ITSELF || found.vault === (await names.vault(app, user)));
  const stored = isTheirs && (await vaults.call(found.vault, async (stub) => stub.connection(found.place)));
  if (!found || !stored) {
    throw invalidField(param, "there is no connection of this id. GET /connections lists them.");
  }
  return { id, ...found };
}
