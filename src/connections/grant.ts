/** A new grant on its way in: whose it is, what it is known to allow, and what it takes the place of. */
import type { Account } from "../api.ts";
import { AppError } from "../errors.ts";
import type { StoredConnection, Version } from "./vault/connection-row.ts";

/** A grant that was put in, and what stood in its place. */
export interface SavedConnection {
  readonly version: Version;
  readonly replaced: StoredConnection | null;
  /** The scopes that were asked for in the place of the integration's own. */
  readonly asked: readonly string[] | null;
}

/** What a new grant turned out to be for; what is null could not be learned. */
export interface Grantee {
  readonly account: Account | null;
  readonly scopes: readonly string[] | null;
}

/** What is known of a grant when it is put in. */
export interface Known {
  readonly account: Account | null;
  /** The scopes that were asked for; null: the integration's own. */
  readonly asked: readonly string[] | null;
}

/** For a grant of another account than the one that is connected. Names neither. */
export const otherAccount = (): AppError =>
  new AppError(
    "account_mismatch",
    "Another account is connected here, and stays connected. Ask your user, and say replace: true for the new one to take its place.",
  );
