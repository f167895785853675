/** What routes say of a connection, and how they find the one that an id names. */
import type { Context } from "hono";
import { APP_ITSELF, exactly, type ConnectionName } from "../connections/connection.ts";
import type { Grantee } from "../connections/grant.ts";
import type { ConfiguredIntegration } from "../apps/integrations.ts";
import type { AppEnv } from "../context.ts";
import { withAvatar } from "../data/avatar.ts";
import { readGrantee } from "../data/profile.ts";
import type { ReadableToken } from "../data/provider-api.ts";
import { AppError } from "../errors.ts";
import type { Caller } from "../middleware/caller.ts";
import { mayReach } from "../middleware/granted.ts";
import { checkChosen, readSegment } from "./chosen.ts";

/** The integration of a path's segment, with or without a label. @throws AppError `unknown_integration`, `not_configured` */
export function findIntegration(
  c: Context<AppEnv>,
  { app }: Pick<Caller, "app">,
  segment: string,
): Promise<ConfiguredIntegration> {
  return c.get("services").integrations.find(app, readSegment(segment).integration);
}

/**
 * The connection that an id names, where it is this caller's. Another app's or another user's, one that was disconnected and
 * one that never was are all the same: not there.
 * @throws AppError `not_found`; `connection_mismatch` where the call is for another one
 */
export async function findConnection(c: Context<AppEnv>, caller: Caller, id: string): Promise<ConnectionName> {
  const { app, user } = caller;
  const { names, vaults } = c.get("services");
  const found = await names.readConnectionId(app, id);
  const isTheirs = found && (user === APP_ITSELF || (await names.vault(app, user)) === found.vault);
  if (isTheirs) {
    const [owner, stored] = await Promise.all([
      vaults.call(found.vault, async (vault) => vault.owner()),
      vaults.call(found.vault, async (vault) => vault.connection(found.place)),
    ]);
    if (owner?.app === app && stored && mayReach(caller, found)) {
      await checkChosen(c, { ...caller, user: owner.user }, found.place);
      c.set("connection", id);
      return exactly({ app, user: owner.user }, found.place);
    }
  }
  throw new AppError("not_found", "There is no connection of that id. GET /connections lists them.");
}

/** The id of the one connection that a caller is for; null: they are for all of the user's. */
export async function boundId(
  c: Context<AppEnv>,
  { app, user, session }: Pick<Caller, "app" | "user" | "session">,
): Promise<string | null> {
  const place = session?.place ?? null;
  return place === null ? null : c.get("services").names.connectionId({ app, user, place });
}

/** What new tokens are for, with the account's picture at our own address. */
export async function askGrantee(
  c: Context<AppEnv>,
  integration: ConfiguredIntegration,
  token: ReadableToken,
): Promise<Grantee> {
  const services = c.get("services");
  const { account, scopes } = await readGrantee(services.endpoint(integration), token);
  return { account: account && withAvatar(account, integration.provider, integration.id, services.origin), scopes };
}

/** Brings a user's lines of the index up to date, so that a list asked for next has them; what fails is done by alarm. */
export async function syncIndex(
  c: Context<AppEnv>,
  { app, user }: Pick<ConnectionName, "app" | "user">,
): Promise<void> {
  const services = c.get("services");
  const owner = await services.vaults.call(await services.names.vault(app, user), async (vault) => vault.owner());
  if (owner && !owner.by_session) await services.lists.write(owner).catch(() => {});
}
