/** Connect sessions as their app has them: the link that it asks for, how far that is, and the end of it all. */
import type { Context } from "hono";
import * as z from "zod/mini";
import { ConnectSession, CreatedConnectSession, Finalize, NewConnectSession } from "../api-connect.ts";
import { Connection, type Person } from "../api-connections.ts";
import type { ConnectSessionRecord } from "../apps/connect-sessions.ts";
import { integrationOf } from "../connections/place.ts";
import type { AppEnv } from "../context.ts";
import { checkUser } from "../middleware/caller.ts";
import { checkReach } from "../middleware/granted.ts";
import { readWanted } from "./chosen.ts";
import { syncIndex } from "./described.ts";
import { linkTo } from "./links.ts";
import { Routes } from "./operation.ts";
import { checkReturnTo } from "./return-to.ts";

/** Makes the link for a user to open. */
export async function createConnectSession(
  c: Context<AppEnv>,
  record: ConnectSessionRecord,
  person: Person | undefined,
  expires_in: number,
): Promise<CreatedConnectSession> {
  const services = c.get("services");
  await checkReturnTo(c, record.app, record.return_to);
  if (record.integration !== null) await services.integrations.find(record.app, record.integration);
  const { ticket, session } = await services.connectSessions.create(record, person ?? null, expires_in);
  return { ...session, connect_url: services.origin + linkTo(ticket) };
}

/** The integration of a connection that is named by its id. */
async function integrationNamed(c: Context<AppEnv>, app: string, id: string | undefined): Promise<string | undefined> {
  const found = id === undefined ? undefined : await c.get("services").names.readConnectionId(app, id);
  return found && integrationOf(found.place);
}

const SessionPath = z.object({ session: z.string().check(z.maxLength(128)) });

export const connectRoutes = new Routes()
  .on(
    {
      method: "post",
      path: "/connect-sessions",
      makes: true,
      tag: "Connect",
      access: { as: "app", scope: "connect" },
      body: NewConnectSession,
      answer: { status: 201, schema: CreatedConnectSession },
      errors: ["invalid_return_to", "unknown_integration", "unknown_connection", "user_mismatch"],
    },
    async (c, { caller, body }) => {
      const { expires_in, scopes = null, connection, person, ...rest } = body;
      checkUser(caller, rest.user);
      const { app } = caller;
      const named = await integrationNamed(c, app, connection);
      const integration = rest.integration ?? named ?? null;
      const wanted = await readWanted(c, { ...caller, user: rest.user }, integration ?? "", connection);
      const record = { app, scopes, ...rest, integration, wanted };
      return c.json(await createConnectSession(c, record, person, expires_in), 201);
    },
  )
  .on(
    {
      method: "get",
      path: "/connect-sessions/{session}",
      tag: "Connect",
      access: { as: "app", scope: "connect" },
      params: SessionPath,
      answer: { status: 200, schema: ConnectSession },
      errors: ["not_found", "user_mismatch"],
    },
    async (c, { caller, params }) => {
      const session = await c.get("services").connectSessions.find(caller.app, params.session);
      checkUser(caller, session.user);
      checkReach(caller, session.integration ?? "", null);
      return c.json(session satisfies ConnectSession);
    },
  )
  .on(
    {
      method: "delete",
      path: "/connect-sessions/{session}",
      tag: "Connect",
      access: { as: "app", scope: "connect" },
      params: SessionPath,
      answer: { status: 200, schema: ConnectSession },
      errors: ["not_found", "user_mismatch"],
    },
    async (c, { caller, params: { session: id } }) => {
      const { connectSessions } = c.get("services");
      const { user, integration } = await connectSessions.find(caller.app, id);
      checkUser(caller, user);
      checkReach(caller, integration ?? "", null);
      return c.json((await connectSessions.cancel(caller.app, id)) satisfies ConnectSession);
    },
  )
  .on(
    {
      method: "post",
      path: "/connections/finalize",
      makes: true,
      tag: "Connect",
      access: { as: "app", scope: "connect" },
      body: Finalize,
      answer: { status: 200, schema: Connection },
      errors: [
        "invalid_connection_code",
        "user_mismatch",
        "account_mismatch",
        "unknown_connection",
        "app_removed",
        "too_many",
      ],
    },
    async (c, { caller, body: { connection_code, user, connection } }) => {
      checkUser(caller, user);
      const { connectSessions, connections } = c.get("services");
      const meant = async (integration: string) => {
        if (connection !== undefined) return readWanted(c, { ...caller, user }, integration, connection);
        checkReach(caller, integration, null);
        return undefined;
      };
      const name = await connectSessions.finalize(caller.app, user, connection_code, meant);
      await syncIndex(c, name);
      return c.json((await connections.describeWhole(name)) satisfies Connection);
    },
  );
