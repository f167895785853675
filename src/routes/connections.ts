/** Connections, as an app sees all of them and a user their own. */
import * as z from "zod/mini";
import { Activity, DisconnectQuery, Disconnected } from "../api.ts";
import { CreatedConnectSession, Reconnect } from "../api-connect.ts";
import {
  ConnectionChange,
  Connection,
  Connections,
  ConnectionsQuery,
  FreshToken,
  type ListedConnection,
} from "../api-connections.ts";
import { APP_ITSELF } from "../connections/connection.ts";
import { integrationOf } from "../connections/place.ts";
import { AppError } from "../errors.ts";
import { checkUser, insufficientScope } from "../middleware/caller.ts";
import { checkToken, checkWhole, isShown, type Granted } from "../middleware/granted.ts";
import { createConnectSession } from "./connect.ts";
import { boundId, findConnection, syncIndex } from "./described.ts";
import { ConnectionPath, Routes } from "./operation.ts";

const read = { as: "app or user", scope: "read" } as const;
const connect = { as: "app or user", scope: "connect" } as const;

function toListed({
  id,
  user,
  integration,
  label,
  is_default,
  status,
  account,
  connected_at,
  metadata,
  tags,
  person,
}: Connection): ListedConnection {
  return { id, user, integration, label, is_default, status, account, connected_at, metadata, tags, person };
}

/** So many pages are looked through for connections that a caller is shown. */
const MOST_PAGES = 20;
const LOOKED_THROUGH = 100;

/** A page of those that a caller is shown: its cursor names none of the others. */
async function shownPage(
  caller: Granted,
  limit: number,
  cursor: string | null,
  list: (size: number, at: string | null) => Promise<{ connections: readonly ListedConnection[]; next: string | null }>,
): Promise<Connections> {
  if (!caller.session?.grant) {
    const { connections, next } = await list(limit, cursor);
    return { connections: [...connections], next_cursor: next };
  }
  const shown: ListedConnection[] = [];
  let at = cursor;
  for (let page = 0; page < MOST_PAGES && shown.length <= limit; page += 1) {
    const { connections, next } = await list(LOOKED_THROUGH, at);
    shown.push(...connections.filter((one) => isShown(caller, one)));
    at = next;
    if (at === null) break;
  }
  const connections = shown.slice(0, limit);
  return { connections, next_cursor: shown.length > limit ? (connections.at(-1)?.id ?? null) : null };
}

export const connectionRoutes = new Routes()
  .on(
    {
      method: "get",
      path: "/connections",
      tag: "Connections",
      access: read,
      query: ConnectionsQuery,
      answer: { status: 200, schema: Connections },
      errors: ["user_mismatch", "index_unavailable"],
    },
    async (c, { caller, query }) => {
      const services = c.get("services");
      const { app } = caller;
      if (query.user !== undefined) checkUser(caller, query.user);
      const user = caller.user === APP_ITSELF ? query.user : caller.user;
      const { integration, status, limit, cursor = null } = query;
      const [key = "", value = ""] = query.tag?.split(/:(.*)/s) ?? [];
      if (user === undefined) {
        const tag = query.tag === undefined ? undefined : { key, value };
        const wanted = { integration, status, tag };
        const page = await shownPage(caller, limit, cursor, (size, at) => services.index.list(app, wanted, size, at));
        return c.json(page satisfies Connections);
      }
      const bound = await boundId(c, caller);
      const found = (await services.connections.described(app, user))
        .filter((one) => (bound === null || one.id === bound) && isShown(caller, one))
        .filter((one) => integration === undefined || one.integration === integration)
        .filter((one) => status === undefined || one.status === status)
        .filter((one) => query.tag === undefined || one.tags[key] === value)
        .toSorted((one, other) => (one.id < other.id ? -1 : 1))
        .filter((one) => cursor === null || one.id > cursor);
      const connections = found.slice(0, limit).map(toListed);
      const next_cursor = found.length > limit ? (connections.at(-1)?.id ?? null) : null;
      return c.json({ connections, next_cursor } satisfies Connections);
    },
  )
  .on(
    {
      method: "get",
      path: "/connections/{connection}",
      tag: "Connections",
      access: read,
      params: ConnectionPath,
      answer: { status: 200, schema: Connection },
      errors: ["not_found"],
    },
    async (c, { caller, params }) => {
      const name = await findConnection(c, caller, params.connection);
      return c.json((await c.get("services").connections.describeWhole(name)) satisfies Connection);
    },
  )
  .on(
    {
      method: "patch",
      path: "/connections/{connection}",
      tag: "Connections",
      access: connect,
      params: ConnectionPath,
      body: ConnectionChange,
      answer: { status: 200, schema: Connection },
      errors: ["not_found", "label_taken"],
    },
    async (c, { caller, params, body }) => {
      const services = c.get("services");
      if ((body.metadata || body.tags) && caller.session?.kind !== "app") {
        throw insufficientScope("an app's key, for metadata and tags");
      }
      const name = await findConnection(c, caller, params.connection);
      await services.connections.change(name, body);
      await services.addresses.forget(name.app, name.user);
      await syncIndex(c, name);
      return c.json((await services.connections.describeWhole(name)) satisfies Connection);
    },
  )
  .on(
    {
      method: "delete",
      path: "/connections/{connection}",
      tag: "Connections",
      access: connect,
      params: ConnectionPath,
      query: DisconnectQuery,
      answer: { status: 200, schema: Disconnected },
      errors: ["not_found", "shared_grant"],
    },
    async (c, { caller, params, query }) => {
      const { connections, addresses } = c.get("services");
      const name = await findConnection(c, caller, params.connection);
      // It may end what another user has.
      if (query.shared === "end") checkWhole(caller);
      const revoked_at_provider = await connections.disconnect(name, query.shared);
      await addresses.forget(name.app, name.user);
      await syncIndex(c, name);
      return c.json({ disconnected: true, revoked_at_provider } satisfies Disconnected);
    },
  )
  .on(
    {
      method: "post",
      path: "/connections/{connection}/refresh",
      tag: "Connections",
      access: connect,
      params: ConnectionPath,
      answer: { status: 200, schema: z.object({ refreshed: z.boolean(), connection: Connection }) },
      errors: ["not_found", "not_refreshable", "reauth_required"],
    },
    async (c, { caller, params }) => {
      const name = await findConnection(c, caller, params.connection);
      const refreshed = await c.get("services").connections.refresh(name);
      return c.json({ refreshed, connection: await c.get("services").connections.describeWhole(name) });
    },
  )
  .on(
    {
      method: "post",
      path: "/connections/{connection}/reconnect",
      makes: true,
      tag: "Connections",
      access: { as: "app", scope: "connect" },
      params: ConnectionPath,
      body: Reconnect,
      answer: { status: 201, schema: CreatedConnectSession },
      errors: ["not_found", "invalid_return_to"],
    },
    async (c, { caller, params, body: { expires_in, person, add_scopes = [], ...rest } }) => {
      const name = await findConnection(c, caller, params.connection);
      // Asked as it was, unless the app says otherwise: what was not granted then may be now.
      const scopes = rest.scopes ?? (await c.get("services").connections.askedAgain(name, add_scopes));
      const { app, user, place } = name;
      const integration = integrationOf(place);
      const wanted = { as: "renew", place } as const;
      const record = { app, user, integration, wanted, ...rest, scopes };
      return c.json(await createConnectSession(c, record, person, expires_in), 201);
    },
  )
  .on(
    {
      method: "get",
      path: "/connections/{connection}/activity",
      tag: "Connections",
      access: read,
      params: ConnectionPath,
      answer: { status: 200, schema: Activity },
      errors: ["not_found"],
    },
    async (c, { caller, params }) => {
      const name = await findConnection(c, caller, params.connection);
      return c.json({ events: await c.get("services").connections.activity(name) } satisfies Activity);
    },
  )
  .on(
    {
      method: "get",
      path: "/connections/{connection}/token",
      tag: "Connections",
      access: { as: "app or user", scope: "tokens" },
      params: ConnectionPath,
      answer: { status: 200, schema: FreshToken },
      errors: ["not_found", "reauth_required", "no_token"],
    },
    async (c, { caller, params }) => {
      const name = await findConnection(c, caller, params.connection);
      const { connections, names } = c.get("services");
      checkToken(caller, { vault: await names.vault(name.app, name.user), place: name.place });
      const { access_token, expires_at } = await connections.accessToken(name);
      if (access_token === "") {
        throw new AppError(
          "no_token",
          "This service takes no token but what was typed, and that stays here. Call it through /proxy.",
        );
      }
      return c.json({
        access_token,
        token_type: "Bearer",
        expires_at: expires_at === null ? null : new Date(expires_at).toISOString(),
      } satisfies FreshToken);
    },
  );
