/** What callers need of a connection, and whether that takes a refresh. */
import type { Failure, Row, StoredConnection } from "./connection-row.ts";

/** An API that refuses every token must not set off a refresh with every call. */
const FORCED_EVERY_MS = 30_000;

/** What a caller needs of a connection. `force` and `renew` ask for a younger token than `seen_generation`. */
export interface Need {
  readonly need: "use" | "ahead" | "force" | "renew";
  readonly seen_generation: number;
  /** Whether the provider's API has refused that token. */
  readonly api_refused: boolean;
  /** The caller's own name for the lease, so that an answer lost on its way can be asked for again. */
  readonly lease: string;
  /** Digest of the client it would refresh with. */
  readonly client: string;
}

export type Decision =
  | { readonly outcome: "none" }
  | { readonly outcome: "held" | "leader" | "reauth_required" | "expired"; readonly connection: StoredConnection }
  | {
      readonly outcome: "failing";
      readonly connection: StoredConnection;
      readonly failure: Failure;
      readonly retry_at: number;
    }
  | { readonly outcome: "wait"; readonly until: number };

/** Whether what is there does not do. `isLed`: somebody is renewing it already. */
export function isDue(
  row: Row,
  { facts }: StoredConnection,
  need: Need["need"],
  seen: number,
  now: number,
  isLed: boolean,
): boolean {
  const { refresh_from, refresh_by } = facts.times;
  switch (need) {
    case "use":
      return facts.refreshable
        ? refresh_by !== null && now >= refresh_by
        : facts.expires_at !== null && now >= facts.expires_at;
    case "ahead":
      return refresh_from !== null && now >= refresh_from;
    case "force":
      // Whoever comes while a refresh is under way waits for that one.
      return row.generation <= seen && (isLed || now - row.forced_at >= FORCED_EVERY_MS);
    case "renew":
      return row.generation <= seen;
  }
}
