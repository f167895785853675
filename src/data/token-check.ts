/** Asking a provider whether a token still counts. */
import { TokenRejected } from "./provider-api.ts";
import { readProfile } from "./profile.ts";
import type { AccessToken, ConnectionAddress } from "../connections/connection.ts";
import type { Connections } from "../connections/connections.ts";
import { AppError } from "../errors.ts";
import type { TokenEndpoint } from "../oauth/client.ts";

/**
 * Asks for the provider's own profile with a token that its API has refused, and gives the connection up where that refuses it
 * too: one refusal may be about the one thing that was asked for, two are about the token. Never throws what is a matter of
 * the provider's or the vault's: it is asked again at the next refusal.
 */
export async function checkToken(
  connections: Connections,
  name: ConnectionAddress,
  endpoint: TokenEndpoint,
  refused: AccessToken,
): Promise<void> {
  if (endpoint.provider.profile === null) return;
  try {
    if (!(await connections.mayCheck(name, refused))) return;
    await readProfile(endpoint, refused);
  } catch (error) {
    if (error instanceof AppError) return;
    if (!(error instanceof TokenRejected)) throw error;
    await connections.giveUp(name, refused).catch(() => {});
  }
}
