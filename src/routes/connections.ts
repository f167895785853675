/** Connections, as an app sees all of them and a user their own. */
import * as z from "zod/mini";
import { Activity, Disconnected } from "../api.ts";
import {
  ConnectSession,
  Connection,
  Connections,
  ConnectionsQuery,
  FreshToken,
  ImportedTokens,
  LabelsChange,
  Reconnect,
  type ListedConnection,
} from "../api-connections.ts";
import { APP_ITSELF } from "../connections/connection.ts";
import { AppError } from "../errors.ts";
import { checkUser } from "../middleware/caller.ts";
import { createConnectSession } from "./connect.ts";
import { askGrantee, describeConnection, findConnection, syncIndex } from "./described.ts";
import { Routes } from "./operation.ts";

const ConnectionPath = z.object({ connection: z.string().check(z.maxLength(256)) });
const read = { as: "app or user", scope: "read" } as const;
const connect = { as: "app or user", scope: "connect" } as const;

function noneYet(error: unknown): null {
  if (error instanceof AppError) return null;
  throw error;
}

function toListed({
  id,
  user,
  integration,
  status,
  account,
  connected_at,
  metadata,
  tags,
}: Connection): ListedConnection {
  return { id, user, integration, status, account, connected_at, metadata, tags };
}

export const connectionRoutes = new Routes()
  .on(
    {
      method: "get",
      path: "/connections",
      tag: "Connections",
      summary: "List connections, by user, integration, status or tag",
      description:
        "One user's are read from where they are kept and are exact; those of the whole app come from an index, which follows within seconds.",
      access: read,
      query: ConnectionsQuery,
      answer: { status: 200, schema: Connections },
      errors: ["user_mismatch", "index_unavailable"],
    },
    async (c, { caller, query }) => {
      const { services } = c.var;
      const { app } = caller;
      if (query.user !== undefined) checkUser(caller, query.user);
      const user = caller.user === APP_ITSELF ? query.user : caller.user;
      const { integration, status, limit, cursor = null } = query;
      const [key = "", value = ""] = query.tag?.split(/:(.*)/s) ?? [];
      if (user === undefined) {
        const tag = query.tag === undefined ? undefined : { key, value };
        const page = await services.index.list(app, { integration, status, tag }, limit, cursor);
        return c.json({ connections: [...page.connections], next_cursor: page.next } satisfies Connections);
      }
      const held = await services.connections.integrations(app, user);
      const described = await Promise.all(
        held.map((held_integration) => describeConnection(c, { app, user, integration: held_integration })),
      );
      const found = described
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
      method: "post",
      path: "/connections/import",
      tag: "Connections",
      summary: "Bring in tokens that the app has got elsewhere with the same client",
      access: { as: "app", scope: "connect" },
      body: ImportedTokens,
      answer: { status: 201, schema: Connection },
      errors: ["unknown_integration", "user_mismatch", "account_mismatch", "app_removed", "too_many"],
    },
    async (c, { caller, body }) => {
      const { services } = c.var;
      const { app } = caller;
      const { user, access_token, refresh_token = null, expires_in } = body;
      checkUser(caller, user);
      const isOver = expires_in !== undefined && expires_in <= 0;
      if (isOver && refresh_token === null) {
        throw new AppError(
          "invalid_request",
          "expires_in: this token is over, and there is no refresh_token to renew it with. Connect the user instead.",
        );
      }
      const integration = await services.integration(app, body.integration);
      const tokens = {
        access_token,
        refresh_token,
        expires_at: expires_in === undefined ? null : Date.now() + expires_in * 1000,
        scopes: [...(body.scopes ?? integration.provider.scopes)],
        details: {},
      };
      const name = { app, user, integration: integration.id };
      const owner = await services.names.owner(app, user, services.requestOrigin);
      await services.members.enter(owner, async (vault, enrolment) => vault.own(owner, enrolment));
      // Whose a token is can be asked only while it lives. One that cannot be renewed right now is imported all the same.
      const grantee = isOver ? null : await askGrantee(c, integration, tokens);
      const granted = { ...tokens, scopes: [...(grantee?.scopes ?? tokens.scopes)] };
      const known = { account: grantee?.account ?? null, asked: null };
      const saved = await services.connections.save(name, granted, known, body.replace);
      const renewed = isOver ? await services.connections.accessToken(name).catch(noneYet) : null;
      if (renewed) await services.connections.identify(name, saved, tokens, await askGrantee(c, integration, renewed));
      await syncIndex(c, name);
      return c.json(await describeConnection(c, name), 201);
    },
  )
  .on(
    {
      method: "get",
      path: "/connections/{connection}",
      tag: "Connections",
      summary: "Read one connection",
      access: read,
      params: ConnectionPath,
      answer: { status: 200, schema: Connection },
      errors: ["not_found"],
    },
    async (c, { caller, params }) =>
      c.json(await describeConnection(c, await findConnection(c, caller, params.connection))),
  )
  .on(
    {
      method: "patch",
      path: "/connections/{connection}",
      tag: "Connections",
      summary: "Set a connection's metadata and tags; each as a whole",
      access: { as: "app", scope: "connect" },
      params: ConnectionPath,
      body: LabelsChange,
      answer: { status: 200, schema: Connection },
      errors: ["not_found"],
    },
    async (c, { caller, params, body }) => {
      const { names, vaults } = c.var.services;
      const name = await findConnection(c, caller, params.connection);
      const { app, user, integration } = name;
      const vault = await names.vault(app, user);
      await vaults.call(vault, async (stub) => stub.setLabels(integration, JSON.stringify(body)));
      await syncIndex(c, name);
      return c.json(await describeConnection(c, name));
    },
  )
  .on(
    {
      method: "delete",
      path: "/connections/{connection}",
      tag: "Connections",
      summary: "Disconnect here and revoke at the provider",
      access: connect,
      params: ConnectionPath,
      answer: { status: 200, schema: Disconnected },
      errors: ["not_found"],
    },
    async (c, { caller, params }) => {
      const name = await findConnection(c, caller, params.connection);
      const revoked_at_provider = await c.var.services.connections.disconnect(name);
      await syncIndex(c, name);
      return c.json({ disconnected: true, revoked_at_provider } satisfies Disconnected);
    },
  )
  .on(
    {
      method: "post",
      path: "/connections/{connection}/refresh",
      tag: "Connections",
      summary: "Renew the access token now, at most once in 30 seconds",
      access: connect,
      params: ConnectionPath,
      answer: { status: 200, schema: z.object({ refreshed: z.boolean(), connection: Connection }) },
      errors: ["not_found", "not_refreshable", "reauth_required"],
    },
    async (c, { caller, params }) => {
      const name = await findConnection(c, caller, params.connection);
      const refreshed = await c.var.services.connections.refresh(name);
      return c.json({ refreshed, connection: await describeConnection(c, name) });
    },
  )
  .on(
    {
      method: "post",
      path: "/connections/{connection}/reconnect",
      tag: "Connections",
      summary: "Make a link to connect again; what is held stays until then",
      access: { as: "app", scope: "connect" },
      params: ConnectionPath,
      body: Reconnect,
      answer: { status: 201, schema: ConnectSession },
      errors: ["not_found", "invalid_return_to"],
    },
    async (c, { caller, params, body: { expires_in, ...rest } }) => {
      const name = await findConnection(c, caller, params.connection);
      // Asked as it was, unless the app says otherwise: what was not granted then may be now.
      const scopes = rest.scopes ?? (await c.var.services.connections.asked(name));
      return c.json(await createConnectSession(c, { ...name, ...rest, scopes }, expires_in), 201);
    },
  )
  .on(
    {
      method: "get",
      path: "/connections/{connection}/activity",
      tag: "Connections",
      summary: "List what happened to a connection: the last hundred events, newest first",
      access: read,
      params: ConnectionPath,
      answer: { status: 200, schema: Activity },
      errors: ["not_found"],
    },
    async (c, { caller, params }) => {
      const name = await findConnection(c, caller, params.connection);
      return c.json({ events: await c.var.services.connections.activity(name) } satisfies Activity);
    },
  )
  .on(
    {
      method: "get",
      path: "/connections/{connection}/token",
      tag: "Connections",
      summary: "Take a fresh access token out; never a refresh token",
      access: { as: "app or user", scope: "tokens" },
      params: ConnectionPath,
      answer: { status: 200, schema: FreshToken },
      errors: ["not_found", "reauth_required"],
    },
    async (c, { caller, params }) => {
      const name = await findConnection(c, caller, params.connection);
      const { access_token, expires_at } = await c.var.services.connections.accessToken(name);
      return c.json({
        access_token,
        token_type: "Bearer",
        expires_at: expires_at === null ? null : new Date(expires_at).toISOString(),
      } satisfies FreshToken);
    },
  );
