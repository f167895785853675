/**
 * How a service stands for the person at this page, account by account: what a card, a view or a call is about. Of several
 * accounts each is a connection of its own, with a label that tells it from the others.
 */
import type { Integration } from "./api.ts";

/** A service as one of its accounts is connected; as nothing is, where none is. */
export interface Standing extends Integration {
  /** What calls and the page's own addresses name it by: `github`, or `github@work` where another account is the default. */
  readonly address: string;
  readonly connection: Pick<Integration["connections"][number], "id" | "label" | "is_default"> | null;
}

/** A service account by account, the default before the others; once where nothing is connected. */
export function standingsOf(integration: Integration): readonly Standing[] {
  const { integration: service, connections } = integration;
  if (connections.length === 0) return [{ ...integration, address: service, connection: null }];
  return connections
    .toSorted((one, other) => Number(other.is_default) - Number(one.is_default))
    .map((connection) => ({
      ...integration,
      ...connection,
      address: connection.is_default ? service : `${service}@${connection.label}`,
      connection,
    }));
}

/** The service, and where there are several accounts which one: "GitHub", "GitHub (work)". */
export function titleOf({ name, connection, connections }: Standing): string {
  return connection === null || connections.length < 2 ? name : `${name} (${connection.label})`;
}
