/** What is shown of a connection. */
import type { HeldCredentials } from "../api.ts";
import type { StoredConnection } from "./vault/connection-row.ts";

const isoTime = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString());

/** A stored connection without its tokens. */
export function toCredentials({
  integration,
  status,
  facts,
  failure,
  refreshed_at,
}: StoredConnection): HeldCredentials {
  const isOver = !facts.refreshable && facts.expires_at !== null && facts.expires_at <= Date.now();
  return {
    integration,
    status: status === "connected" && isOver ? "expired" : status,
    account: facts.account,
    scopes: facts.scopes,
    connected_at: isoTime(facts.connected_at),
    expires_at: isoTime(facts.expires_at),
    refreshed_at: isoTime(refreshed_at),
    reconnect_by: isoTime(facts.reconnect_by),
    refreshable: facts.refreshable,
    failure: failure && { reason: failure.reason, message: failure.message, at: new Date(failure.at).toISOString() },
  };
}
