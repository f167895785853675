/**
 * Calls that a service has refused for want of a scope: what would help, and a note of it at the connection, for its person to
 * be told. A call that succeeds has nothing to do with any of this.
 */
import type { Remembered } from "../remembered.ts";
import type { AccessToken, ConnectionAddress } from "./connection.ts";
import type { ConnectionsContext } from "./connections-context.ts";
import { integrationOf } from "./place.ts";
import { lackingScopes, type Lacking, type ScopesRefused } from "./scopes.ts";

/** What an isolate has found out of refusals: null where they are about something else. */
export type KnownLacks = Remembered<Lacking | null>;

export class RefusedScopes {
  readonly #context: ConnectionsContext;
  readonly #known: KnownLacks;

  constructor(context: ConnectionsContext, known: KnownLacks) {
    this.#context = context;
    this.#known = known;
  }

  /**
   * Finds out what a connection lacks for a call that was refused, and has it noted behind the answer. The vault is asked once
   * in a while for each set of scopes, and written once.
   * @param token that the call was made with
   * @returns null where nobody can tell, or the refusal is about something else
   */
  async note(name: ConnectionAddress, token: AccessToken, refused: ScopesRefused): Promise<Lacking | null> {
    const { epoch, connection } = token;
    const known_as = [connection, epoch, refused.ambiguous, ...refused.named].join(" ");
    const known = this.#known.get(known_as);
    if (known !== undefined) return known;
    try {
      const lacking = await this.#find(name, token, refused, known_as);
      this.#known.set(known_as, lacking);
      return lacking;
    } catch (error) {
      // The service's own answer says enough, and does not wait for a vault that does not answer.
      this.#context.waitUntil(Promise.reject(error));
      return null;
    }
  }

  async #find(
    { app, user, address }: ConnectionAddress,
    { place, epoch }: AccessToken,
    refused: ScopesRefused,
    known_as: string,
  ): Promise<Lacking | null> {
    const { vaults, names, endpoint, waitUntil } = this.#context;
    const { provider } = await endpoint(app, integrationOf(address));
    const vault = await names.vault(app, user);
    const stored = await vaults.callOnce(vault, async (stub) => stub.connection(place));
    // It was connected anew meanwhile.
    if (stored?.epoch !== epoch) return null;
    const { asked, scopes: granted } = stored.facts;
    const lacking = lackingScopes(provider, refused, asked ?? provider.scopes, granted);
    if (lacking === null) return null;
    const noted = stored.refused_scopes;
    if (noted === null || !lacking.scopes.every((scope) => noted.includes(scope))) {
      const write = vaults.call(vault, async (stub) => stub.refuseScopes(place, epoch, lacking.scopes));
      waitUntil(write.catch(() => this.#known.delete(known_as)));
    }
    return lacking;
  }
}
