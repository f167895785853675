/** What routes say of a connection, and how they find the one that an id names. */
import type { Context } from "hono";
import { Labels, type Connection } from "../api-connections.ts";
import { APP_ITSELF, type ConnectionName } from "../connections/connection.ts";
import type { Grantee } from "../connections/grant.ts";
import type { ConfiguredIntegration } from "../apps/integrations.ts";
import type { AppEnv } from "../context.ts";
import { withAvatar } from "../data/avatar.ts";
import { readGrantee, type ReadableToken } from "../data/profile.ts";
import { AppError } from "../errors.ts";
import type { Caller } from "../middleware/caller.ts";

/** @throws AppError `not_connected` */
export async function describeConnection(c: Context<AppEnv>, name: ConnectionName): Promise<Connection> {
  const { connections, names, vaults } = c.var.services;
  const vault = await names.vault(name.app, name.user);
  const [held, labels, id] = await Promise.all([
    connections.describe(name),
    vaults.call(vault, async (stub) => stub.labels(name.integration)),
    names.connectionId(name),
  ]);
  return { id, user: name.user, ...held, ...Labels.parse(JSON.parse(labels)) };
}

/**
 * The connection that an id names, where it is this caller's. Another app's or another user's, one that was disconnected and
 * one that never was are all the same: not there.
 * @throws AppError `not_found`
 */
export async function findConnection(c: Context<AppEnv>, { app, user }: Caller, id: string): Promise<ConnectionName> {
  const { names, vaults } = c.var.services;
  const found = await names.readConnectionId(app, id);
  const isTheirs = found && (user === APP_ITSELF || (await names.vault(app, user)) === found.vault);
  if (isTheirs) {
    const [owner, stored] = await Promise.all([
      vaults.call(found.vault, async (vault) => vault.owner()),
      vaults.call(found.vault, async (vault) => vault.connection(found.integration)),
    ]);
    if (owner?.app === app && stored) return { app, user: owner.user, integration: found.integration };
  }
  throw new AppError("not_found", "There is no connection of that id. GET /connections lists them.");
}

/** What new tokens are for, with the account's picture at our own address. */
export async function askGrantee(
  c: Context<AppEnv>,
  integration: ConfiguredIntegration,
  token: ReadableToken,
): Promise<Grantee> {
  const { services } = c.var;
  const { account, scopes } = await readGrantee(services.endpoint(integration), token);
  return { account: account && withAvatar(account, integration.provider, integration.id, services.origin), scopes };
}

/** Brings a user's lines of the index up to date, so that a list asked for next has them; what fails is done by alarm. */
export async function syncIndex(c: Context<AppEnv>, { app, user }: ConnectionName): Promise<void> {
  const { services } = c.var;
  const owner = await services.vaults.call(await services.names.vault(app, user), async (vault) => vault.owner());
  if (owner && !owner.by_session) await services.connections.index(owner).catch(() => {});
}
