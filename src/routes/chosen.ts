/**
 * Which connection a call means, in this order: the one that its key is for, the one that a header names by id or label, the
 * one whose label stands behind the integration in the path (`github@work`), the default. Whoever names two that differ, or
 * one that the key is not for, is refused: nobody gets another account than they have named.
 */
import type { Context } from "hono";
import { Label } from "../api-connections.ts";
import { exactly, type ConnectionAddress } from "../connections/connection.ts";
import { unknownConnection } from "../connections/failures.ts";
import { defaultOf, integrationOf } from "../connections/place.ts";
import { ANY, type Wanted } from "../connections/vault/placing.ts";
import type { AppEnv } from "../context.ts";
import { AppError } from "../errors.ts";
import type { Caller } from "../middleware/caller.ts";
import { checkReach, namesPlaces, onlyPlaces } from "../middleware/granted.ts";
import { CONNECTION_HEADER } from "../middleware/headers.ts";

type By = Pick<Caller, "app" | "user" | "session" | "changes">;

/** The integration of a path's segment, and the label behind it. */
export function readSegment(segment: string): { readonly integration: string; readonly label: string | undefined } {
  const at = segment.indexOf("@");
  return at === -1
    ? { integration: segment, label: undefined }
    : { integration: segment.slice(0, at), label: segment.slice(at + 1) };
}

/**
 * The connection that a call means.
 * @param segment the integration as the path has it, with or without a label
 * @throws AppError `unknown_connection`, `connection_mismatch`, `outside_grant`
 */
export async function chooseConnection(c: Context<AppEnv>, caller: By, segment: string): Promise<ConnectionAddress> {
  const { integration, label } = readSegment(segment);
  const header = c.req.header(CONNECTION_HEADER);
  const place = theOne(boundTo(caller, integration), [
    header === undefined ? undefined : await findPlace(c, caller, integration, header),
    label === undefined ? undefined : await findLabel(c, caller, integration, label),
  ]);
  const { app, user } = caller;
  const only = place === undefined ? await onlyPlace(c, caller, integration) : place;
  if (only === undefined) {
    checkReach(caller, integration, null);
    return { app, user, address: defaultOf(integration) };
  }
  await checkReachOf(c, caller, only);
  return exactly(caller, only);
}

/** The one connection that a caller's grant is about here; undefined: it is about all. @throws AppError `connection_mismatch` */
async function onlyPlace(c: Context<AppEnv>, caller: By, integration: string): Promise<string | undefined> {
  if (!namesPlaces(caller, integration)) return undefined;
  const vault = await c.get("services").names.vault(caller.app, caller.user);
  const [only, ...others] = onlyPlaces(caller, integration, vault);
  if (others.length > 0) throw mismatch();
  return only;
}

async function checkReachOf(c: Context<AppEnv>, caller: By, place: string): Promise<void> {
  if (!caller.session?.grant) return;
  const vault = await c.get("services").names.vault(caller.app, caller.user);
  checkReach(caller, integrationOf(place), { vault, place });
}

/**
 * The place of the one connection that the caller is for; null: they are for all.
 * @throws AppError `connection_mismatch`, `outside_grant`
 */
export function boundTo(caller: Pick<Caller, "session" | "changes">, integration: string): string | null {
  checkReach(caller, integration, "any");
  const place = caller.session?.place ?? null;
  if (place !== null && integrationOf(place) !== integration) throw mismatch();
  return place;
}

/**
 * Holds a connection that is named otherwise against what the call says of one.
 * @throws AppError `connection_mismatch`, `outside_grant`
 */
export async function checkChosen(c: Context<AppEnv>, caller: By, place: string): Promise<void> {
  const integration = integrationOf(place);
  const header = c.req.header(CONNECTION_HEADER);
  theOne(boundTo(caller, integration), [
    place,
    header === undefined ? undefined : await findPlace(c, caller, integration, header),
  ]);
  await checkReachOf(c, caller, place);
}

/**
 * What a caller wants of a new grant.
 * @param segment the integration; in a path, the label of a connection that is to be connected again may stand behind it
 * @param meant the id of such a connection, or `new`
 * @throws AppError `unknown_connection`, `connection_mismatch`, `outside_grant`
 */
export async function readWanted(
  c: Context<AppEnv>,
  caller: By,
  segment: string,
  meant: string | undefined,
): Promise<Wanted> {
  const { integration, label } = readSegment(segment);
  const bound = boundTo(caller, integration);
  const isNamed = meant !== undefined || label !== undefined;
  const isNew = isNamed ? meant === "new" && label === undefined && bound === null : bound === null;
  if (isNew) {
    checkReach(caller, integration, null);
    return isNamed ? { as: "new" } : ANY;
  }
  if (!isNamed && bound !== null) return { as: "renew", place: bound };
  const place = theOne(bound, [
    meant === undefined ? undefined : await findId(c, caller, integration, meant),
    label === undefined ? undefined : await findLabel(c, caller, integration, label),
  ]);
  const { names, vaults } = c.get("services");
  const vault = await names.vault(caller.app, caller.user);
  const stored = place !== undefined && (await vaults.call(vault, async (stub) => stub.connection(place)));
  if (place === undefined || !stored) throw unknownConnection();
  await checkReachOf(c, caller, place);
  return { as: "renew", place };
}

/**
 * The place that a caller is for, or that is named; undefined where there is neither.
 * @throws AppError `connection_mismatch` where these are several
 */
function theOne(bound: string | null, named: readonly (string | undefined)[]): string | undefined {
  const places = new Set([...(bound === null ? [] : [bound]), ...named.filter((place) => place !== undefined)]);
  if (places.size > 1) throw mismatch();
  const [place] = places;
  return place;
}

/** The place of what is named by its id or its label. */
function findPlace(c: Context<AppEnv>, caller: By, integration: string, named: string): Promise<string> {
  return Label.safeParse(named).success
    ? findLabel(c, caller, integration, named)
    : findId(c, caller, integration, named);
}

/** Who has no session has no connections either: no vault is asked for nobody's. */
async function findLabel(c: Context<AppEnv>, { app, user }: By, integration: string, label: string): Promise<string> {
  const place =
    user !== "" && Label.safeParse(label).success
      ? await c.get("services").addresses.find(app, user, integration, label)
      : undefined;
  if (place === undefined) throw unknownConnection();
  return place;
}

/** Another user's is as unknown as one that never was. */
async function findId(c: Context<AppEnv>, { app, user }: By, integration: string, id: string): Promise<string> {
  const { names } = c.get("services");
  const found = await names.readConnectionId(app, id);
  const isTheirs = found && found.vault === (await names.vault(app, user));
  if (!isTheirs || integrationOf(found.place) !== integration) throw unknownConnection();
  return found.place;
}

/** For a call that names another connection than the one that it is for. */
const mismatch = (): AppError =>
  new AppError(
    "connection_mismatch",
    "This call names two connections, or one that its key is not for. Name the one that is meant, with a key that is for it.",
  );
