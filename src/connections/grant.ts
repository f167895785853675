/** A new grant on its way in: whose it is, what it is known to allow, and what it takes the place of. */
import type { Account } from "../api.ts";
import { BOUNDS } from "../bounds.ts";
import { AppError } from "../errors.ts";
import { unknownConnection } from "./failures.ts";
import type { Found } from "./fresh-tokens.ts";
import type { StoredConnection, Version } from "./vault/connection-row.ts";
import type { Wanted } from "./vault/placing.ts";
import type { Refused } from "./vault/vault-revoking.ts";
import { appRemoved, tooManyConnections } from "./vaults.ts";

/** A grant that was put in, and what stood in its place. */
export interface SavedConnection {
  readonly name: Found;
  readonly version: Version;
  readonly replaced: StoredConnection | null;
  /** The scopes that were asked for in the place of the integration's own. */
  readonly asked: readonly string[] | null;
}

/** Where a grant is to go: a user of an app at an integration, and what was said when it was begun. */
export interface Target {
  readonly app: string;
  readonly user: string;
  readonly integration: string;
  readonly wanted: Wanted;
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

/** Why a grant is not put in. Names neither account. */
export function refusal(reason: Refused["outcome"]): AppError {
  switch (reason) {
    case "closed":
      return appRemoved();
    case "full":
      return tooManyConnections();
    case "too_many":
      return new AppError(
        "too_many",
        `A user has at most ${BOUNDS.accounts} accounts of one service. Disconnect one that is not used.`,
      );
    case "gone":
      return unknownConnection();
    case "other_account":
      return new AppError(
        "account_mismatch",
        "This connection is another account's, and stays so. Connect again with the account that it is for, or add this one as a new connection.",
      );
  }
}
