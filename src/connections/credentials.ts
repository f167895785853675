/** What is shown of a connection. */
import type { HeldCredentials } from "../api.ts";
import type { Provider } from "../contract/provider.ts";
import { ownPicture } from "./connection.ts";
import { integrationOf } from "./place.ts";
import { missingScopes } from "./scopes.ts";
import type { StoredConnection } from "./vault/connection-row.ts";

const isoTime = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString());

/**
 * A stored connection without its tokens.
 * @param id what it is called outside
 * @param provider of its integration, with the scopes that are asked for there; undefined where it is there no more
 */
export function toCredentials(
  { place, label, is_default, status, facts, failure, refreshed_at, refused_scopes }: StoredConnection,
  id: string,
  provider: Provider | undefined,
): HeldCredentials {
  const isOver = !facts.refreshable && facts.expires_at !== null && facts.expires_at <= Date.now();
  return {
    id,
    label,
    is_default,
    integration: integrationOf(place),
    status: status === "connected" && isOver ? "expired" : status,
    account: ownPicture(facts.account, id),
    scopes: facts.scopes,
    missing_scopes: provider ? missingScopes(provider, facts.asked ?? provider.scopes, facts.scopes) : [],
    refused_scopes,
    connected_at: isoTime(facts.connected_at),
    expires_at: isoTime(facts.expires_at),
    refreshed_at: isoTime(refreshed_at),
    reconnect_by: isoTime(facts.reconnect_by),
    refreshable: facts.refreshable,
    failure: failure && { reason: failure.reason, message: failure.message, at: new Date(failure.at).toISOString() },
  };
}
