/** What is said of a call that a service has refused for want of a scope, and where its person gives it. */
import type { Context } from "hono";
import { DEFAULT_APP, type AccessToken, type ConnectionAddress } from "../connections/connection.ts";
import { integrationOf } from "../connections/place.ts";
import type { Lacking, ScopesRefused } from "../connections/scopes.ts";
import type { AppEnv } from "../context.ts";
import { AppError } from "../errors.ts";
import type { Provider } from "../contract/provider.ts";

/** As a proxied answer says it. The value is the scopes with blanks between them, or this where nobody can tell which. */
const SCOPE_MISSING_HEADER = "X-Latchkey-Scope-Missing";
const NOBODY_KNOWS = "unknown";
const RECONNECT_HEADER = "X-Latchkey-Reconnect";

/** In an address: what is longer is left to what is asked for anyway. */
const MOST_IN_ADDRESS = 20;

/** As headers beside the service's own answer; none where nobody can tell what is lacking. */
export async function lackingHeaders(
  c: Context<AppEnv>,
  name: ConnectionAddress,
  provider: Provider,
  token: AccessToken,
  refused: ScopesRefused,
): Promise<Record<string, string>> {
  const lacking = await c.get("services").refusedScopes.note(name, token, refused);
  if (lacking === null) return {};
  const url = reconnectUrl(c, name, provider, token, lacking);
  return {
    [SCOPE_MISSING_HEADER]: lacking.scopes.join(" ") || NOBODY_KNOWS,
    ...(url === null ? {} : { [RECONNECT_HEADER]: url }),
  };
}

/** As an error of our own. @returns undefined where nobody can tell what is lacking */
export async function lackingError(
  c: Context<AppEnv>,
  name: ConnectionAddress,
  provider: Provider,
  token: AccessToken,
  refused: ScopesRefused,
): Promise<AppError | undefined> {
  const lacking = await c.get("services").refusedScopes.note(name, token, refused);
  if (lacking === null) return undefined;
  const reconnect_url = reconnectUrl(c, name, provider, token, lacking);
  return new AppError(
    "scope_missing",
    `${provider.name} refuses this, because something was not granted that it takes. Connect the account again and allow it.`,
    { members: { scopes: lacking.scopes, reconnect_url } },
  );
}

/**
 * The address at which a person begins to connect again with what is lacking. It holds names of scopes and of a connection of
 * theirs, and does nothing for anybody else.
 * @returns null for users of apps, who are connected by sessions of their app's, and where there is nothing to ask for
 */
function reconnectUrl(
  c: Context<AppEnv>,
  { app, address }: ConnectionAddress,
  { credentials }: Provider,
  { connection }: AccessToken,
  { scopes, missing }: Lacking,
): string | null {
  if (app !== DEFAULT_APP || credentials !== "oauth2" || scopes.length + missing.length === 0) return null;
  const url = new URL(`/auth/${integrationOf(address)}`, c.get("services").origin);
  url.searchParams.set("return_to", "/");
  url.searchParams.set("connection", connection);
  if (scopes.length > 0) url.searchParams.set("add_scopes", scopes.slice(0, MOST_IN_ADDRESS).join(" "));
  return url.href;
}
