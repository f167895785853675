/** Which connection of a user a new grant becomes: whose account it is decides, unless somebody has said otherwise. */
import * as z from "zod/mini";
import { BOUNDS } from "../../bounds.ts";
import type { StoredConnection } from "./connection-row.ts";

/**
 * What was said when it was begun.
 * - `any`: the same account renews its connection, another one is another connection
 * - `new`: the same, and where nobody can tell the account it is another connection
 * - `renew`: it is to be this very connection again
 */
export const Wanted = z.union([
  z.object({ as: z.enum(["any", "new"]) }),
  z.object({ as: z.literal("renew"), place: z.string() }),
]);
export type Wanted = z.output<typeof Wanted>;

export const ANY: Wanted = { as: "any" };

export type Decided =
  | { readonly to: "renew"; readonly place: string }
  | { readonly to: "add" }
  /** `too_many`: of this integration. `gone`: the connection that was to be renewed. */
  | { readonly to: "refuse"; readonly reason: "other_account" | "gone" | "too_many" };

/**
 * @param held what there is at the integration
 * @param account whose the grant is; null where that could not be learned
 */
export function decide(held: readonly StoredConnection[], account: string | null, wanted: Wanted): Decided {
  const same = account === null ? undefined : held.find(({ facts }) => facts.account?.id === account);
  if (wanted.as === "renew") {
    const meant = held.find(({ place }) => place === wanted.place);
    if (!meant) return { to: "refuse", reason: "gone" };
    const isOther = account !== null && (same ? same !== meant : meant.facts.account !== null);
    return isOther ? { to: "refuse", reason: "other_account" } : { to: "renew", place: meant.place };
  }
  if (same) return { to: "renew", place: same.place };
  // Of one whose account was never learned, nobody can say that it is another's.
  const chosen = held.find(({ is_default, facts }) => is_default && (account === null || facts.account === null));
  if (chosen && wanted.as === "any") return { to: "renew", place: chosen.place };
  return held.length >= BOUNDS.accounts ? { to: "refuse", reason: "too_many" } : { to: "add" };
}
