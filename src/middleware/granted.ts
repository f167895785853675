/** What the grant of a caller's key lets them do: the one place that decides it. */
import type { Context } from "hono";
import type { Session } from "../apps/sessions.ts";
import type { ListedConnection } from "../api-connections.ts";
import { isDefault, integrationOf } from "../connections/place.ts";
import type { ConnectionAddress } from "../connections/connection.ts";
import type { AppEnv } from "../context.ts";
import type { Provider } from "../contract/provider.ts";
import { AppError } from "../errors.ts";
import { tell, type SeenCall, type ToldCall } from "../grants/call-kind.ts";
import {
  asks,
  decide,
  isWholeAt,
  isWholeEverywhere,
  mayHandOut,
  placesAt,
  reaches,
  type Connection,
  type Decision,
} from "../grants/decide.ts";
import type { HeldGrant } from "../grants/held-grant.ts";
import type { Taken } from "./asked.ts";
import { isWithin, readNetwork } from "../grants/networks.ts";

/** Of a caller: what narrows them, and whether they are about to change what they ask for. */
export interface Granted {
  readonly session: Pick<Session, "grant"> | null;
  readonly changes: boolean;
}

const grantOf = ({ session }: Pick<Granted, "session">): HeldGrant | null => session?.grant ?? null;

/** Holds where a call comes from against the networks of its key. @throws AppError `network_denied` where that is not known, too */
export function checkNetwork(c: Context<AppEnv>, session: Pick<Session, "grant">): void {
  const networks = session.grant?.networks;
  if (networks === undefined) return;
  const from = readNetwork(c.req.header("CF-Connecting-IP") ?? "");
  const isFromThere = (text: string): boolean => {
    const network = readNetwork(text);
    return from !== null && network !== null && isWithin(from, network);
  };
  if (networks.some(isFromThere)) return;
  throw new AppError("network_denied", "This key may not be used from here. Call from a network that its grant names.");
}

/**
 * Holds what a caller asks for against their grant: a connection, or an integration with any of its connections (`any`), or
 * with whichever is the default (null). Who changes something of ours there (connects, disconnects, takes a token) needs a rule
 * that narrows nothing.
 * @throws AppError `outside_grant`
 */
export function checkReach(caller: Granted, integration: string, connection: Connection | null | "any"): void {
  const grant = grantOf(caller);
  if (grant === null) return;
  if (!reaches(grant, integration, connection)) throw refused({ passes: false, rule: null, reason: "connection" });
  if (caller.changes && !isWholeAt(grant, integration, connection)) throw notWhole();
}

/** Whether a caller's grant is about a connection at all: another one is not there for them. */
export function mayReach({ session }: Pick<Granted, "session">, connection: Connection): boolean {
  const grant = grantOf({ session });
  return grant === null || reaches(grant, integrationOf(connection.place), connection);
}

/** For what is about no one integration. @throws AppError `outside_grant` */
export function checkWhole(caller: Pick<Granted, "session">): void {
  const grant = grantOf(caller);
  if (grant !== null && !isWholeEverywhere(grant)) throw notWhole();
}

/** Whether a caller is for some connections of a user at an integration, and not for all. */
export const namesPlaces = (caller: Granted, integration: string): boolean => {
  const grant = grantOf(caller);
  return grant !== null && !reaches(grant, integration, null);
};

/** Those, of the user of a vault. */
export const onlyPlaces = (caller: Granted, integration: string, vault: string): readonly string[] => {
  const grant = grantOf(caller);
  return grant === null ? [] : placesAt(grant, integration, vault);
};

/** Whether a connection is one that a caller is shown. */
export function isShown(caller: Granted, { id, integration }: Pick<ListedConnection, "id" | "integration">): boolean {
  const grant = grantOf(caller);
  return (
    grant === null ||
    grant.rules.some(
      ({ integrations, connections }) =>
        (!integrations || integrations.includes(integration)) &&
        (!connections || connections.some((one) => one.id === id)),
    )
  );
}

/** Whether a caller may take the token of a connection out. @throws AppError `outside_grant` */
export function checkToken(caller: Granted, connection: Connection): void {
  const grant = grantOf(caller);
  if (grant !== null && !mayHandOut(grant, integrationOf(connection.place), connection)) throw notWhole();
}

/** Whether a caller's grant has any of their calls asked about. */
export const mayAsk = (caller: Pick<Granted, "session">): boolean => {
  const grant = grantOf(caller);
  return grant !== null && asks(grant);
};

/** Has somebody asked about a call; throws where nobody has allowed it. */
export type Ask = (told: ToldCall, rule: number) => Promise<Taken>;

/**
 * Holds a call to a service against the grant of who makes it, before anything of the credential is put on it, and counts it.
 * @param how what it is, where that is known without looking, and how somebody is asked about it
 * @returns the rule that lets it pass, counted from 1, and the approval that was taken for it; null: there is no grant
 * @throws AppError `outside_grant`, `grant_spent`, and what `ask` throws
 */
export async function checkCall(
  c: Context<AppEnv>,
  caller: Granted,
  name: ConnectionAddress,
  provider: Provider,
  seen: SeenCall,
  how: { readonly told?: ToldCall; readonly ask?: Ask },
): Promise<{ readonly rule: number; readonly taken: Taken | null } | null> {
  const grant = grantOf(caller);
  if (grant === null) return null;
  const told = how.told ?? tell(provider, seen);
  const decision = decide(grant, {
    ...told,
    integration: integrationOf(name.address),
    connection: await connectionOf(c, grant, name),
    method: seen.method,
  });
  const { passes, rule } = decision;
  if (passes === false) throw refused(decision);
  if (passes === "asked" && !how.ask) throw refused({ passes: false, rule, reason: "write" });
  const taken = passes === "asked" && how.ask ? await how.ask(told, rule) : null;
  await c.get("services").hourlyCalls.takeAll(grant.counts);
  return { rule, taken };
}

async function connectionOf(
  c: Context<AppEnv>,
  grant: HeldGrant,
  { app, user, address }: ConnectionAddress,
): Promise<Connection | null> {
  if (isDefault(address) || !grant.rules.some(({ connections }) => connections)) return null;
  return { vault: await c.get("services").names.vault(app, user), place: address };
}

const SENTENCES = {
  connection: "it has no rule for this connection",
  hidden: "lets pass what it can see, and this call can hold others or become another one",
  method: "has other methods",
  path: "has other paths",
  write: "lets nothing be changed, and this call may change something",
} as const;

function refused({ rule, reason }: Extract<Decision, { passes: false }>): AppError {
  const why = rule === null ? SENTENCES.connection : `rule ${rule}, which comes nearest, ${SENTENCES[reason]}`;
  return new AppError("outside_grant", `The grant of this key does not let this call pass: ${why}.`);
}

const notWhole = (): AppError =>
  new AppError(
    "outside_grant",
    "The grant of this key lets it call services, and change nothing here: that takes a rule that narrows nothing.",
  );
