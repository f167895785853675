/** Sessions: keys for SDKs and scripts, sessions for an app's users, and the end of a sign-in. */
import type { Context } from "hono";
import * as z from "zod/mini";
import { NewKey, NewSessionKey, SessionKeys } from "../api.ts";
import { NewUserSession, UserId, UserSession, UserSessions } from "../api-apps.ts";
import type { Session } from "../apps/sessions.ts";
import { PAGE_SCOPES } from "../connections/vault/sessions.ts";
import type { AppEnv } from "../context.ts";
import { AppError, invalidField } from "../errors.ts";
import { checkUser, insufficientScope, type Caller } from "../middleware/caller.ts";
import { clearSessionCookie, invalidSession } from "../middleware/session.ts";
import { findConnection } from "./described.ts";
import { checkHandedOn, handOn } from "./handed-on.ts";
import { Routes } from "./operation.ts";

/** The place of the connection that a key is to be for. @throws AppError `not_found` */
async function placeFor(c: Context<AppEnv>, caller: Caller, id: string | undefined): Promise<string | undefined> {
  return id === undefined ? undefined : (await findConnection(c, caller, id)).place;
}

/** Ends a person's session; what nobody reaches any more is disconnected behind the answer. */
export async function endSession(c: Context<AppEnv>, id: string, session: Session): Promise<void> {
  const services = c.get("services");
  const { app, user } = session;
  const { others } = await services.sessions.end(id, session);
  if (others) return;
  for (const name of await services.connections.names(app, user)) {
    services.behind(services.connections.disconnect(name, "keep"));
  }
}

/** The key whose sessions a caller sees and ends: its own where it is narrowed; null: all of the app's. */
const madeBy = ({ id, session }: Caller): string | null => (session?.grant ? id : null);

const ofApp = { as: "app", scope: "sessions" } as const;
const UserPath = z.object({ user: UserId });

export const sessionRoutes = new Routes()
  .on(
    {
      method: "post",
      path: "/sessions",
      makes: true,
      tag: "Sessions",
      access: { as: "app or user", scope: "read" },
      body: z.union([NewUserSession, NewKey]),
      answer: { status: 201, schema: z.union([UserSession, NewSessionKey]) },
      errors: ["too_many_keys", "user_mismatch", "app_removed", "not_found"],
    },
    async (c, { caller, body }) => {
      const { app, session } = caller;
      const services = c.get("services");
      const { sessions } = services;
      if (session?.kind === "app") {
        if (!("user" in body)) throw invalidField("user", "says whose session it is to be.", "user_required");
        if (!session.scopes.includes("sessions")) throw insufficientScope("the scope sessions");
        checkUser(caller, body.user);
        const scopes = body.scopes ?? PAGE_SCOPES.filter((scope) => session.scopes.includes(scope));
        checkHandedOn(scopes, session.scopes);
        const { user, expires_in } = body;
        const place = await placeFor(c, { ...caller, user }, body.connection);
        const grant = await handOn(c, { ...caller, user }, body.grant);
        const owner = await services.names.owner(app, user, services.requestOrigin);
        await services.members.enter(owner, async (vault, enrolment) => vault.own(owner, enrolment));
        const maker = { id: caller.id, expires_at: session.expires_at };
        const made = await sessions.startForUser({
          app,
          user,
          kind: "user",
          lifetime: expires_in,
          scopes,
          maker,
          place,
          grant,
          calls_per_hour: body.grant?.calls_per_hour,
        });
        const expires_at = new Date(made.expires_at).toISOString();
        const connection = body.connection ?? null;
        return c.json(
          { key: made.id, user, scopes: [...scopes], expires_at, connection, grant: made.grant } satisfies UserSession,
          201,
        );
      }
      // A key makes no further keys.
      if (session?.kind !== "browser") throw invalidSession(c);
      if (!("name" in body)) throw invalidField("name", "is required.");
      const { name, expires_in } = body;
      const place = await placeFor(c, caller, body.connection);
      const grant = await handOn(c, caller, body.grant);
      const { calls_per_hour } = body.grant ?? {};
      const about = {
        app,
        user: session.user,
        kind: "key",
        name,
        lifetime: expires_in,
        place,
        grant,
        calls_per_hour,
      } as const;
      const { scopes: _, ...made } = await sessions.startKey(about);
      return c.json(made satisfies NewSessionKey, 201);
    },
  )
  .on(
    {
      method: "get",
      path: "/sessions",
      tag: "Sessions",
      access: "person",
      answer: { status: 200, schema: SessionKeys },
    },
    async (c, { caller: { session } }) => {
      if (!session) throw invalidSession(c);
      return c.json({ sessions: await c.get("services").sessions.keys(session) } satisfies SessionKeys);
    },
  )
  .on(
    {
      method: "get",
      path: "/users/{user}/sessions",
      tag: "Sessions",
      access: ofApp,
      params: UserPath,
      answer: { status: 200, schema: UserSessions },
      errors: ["user_mismatch"],
    },
    async (c, { caller, params: { user } }) => {
      checkUser(caller, user);
      const sessions = await c.get("services").sessions.userSessions(caller.app, user, madeBy(caller));
      return c.json({ sessions } satisfies UserSessions);
    },
  )
  .on(
    {
      method: "delete",
      path: "/users/{user}/sessions",
      tag: "Sessions",
      access: ofApp,
      params: UserPath,
      answer: { status: 204, schema: null },
      errors: ["user_mismatch"],
    },
    async (c, { caller, params: { user } }) => {
      checkUser(caller, user);
      const { app } = caller;
      const { sessions } = c.get("services");
      const made = await sessions.userSessions(app, user, madeBy(caller));
      for (const { id } of made) await sessions.endUserSession(app, user, id);
      return c.body(null, 204);
    },
  )
  .on(
    {
      method: "delete",
      path: "/users/{user}/sessions/{id}",
      tag: "Sessions",
      access: ofApp,
      params: z.extend(UserPath, { id: z.string().check(z.maxLength(64)) }),
      answer: { status: 204, schema: null },
      errors: ["not_found", "user_mismatch"],
    },
    async (c, { caller, params: { user, id } }) => {
      checkUser(caller, user);
      const { sessions } = c.get("services");
      const isTheirs = (await sessions.userSessions(caller.app, user, madeBy(caller))).some((one) => one.id === id);
      if (!isTheirs || !(await sessions.endUserSession(caller.app, user, id))) {
        throw new AppError("not_found", "There is no session of that id. GET /users/{user}/sessions lists them.");
      }
      return c.body(null, 204);
    },
  )
  .on(
    {
      method: "delete",
      path: "/sessions/current",
      tag: "Sessions",
      access: "person",
      answer: { status: 204, schema: null },
    },
    async (c, { caller: { id, session } }) => {
      if (!session) throw invalidSession(c);
      clearSessionCookie(c);
      await endSession(c, id, session);
      return c.body(null, 204);
    },
  )
  .on(
    {
      method: "delete",
      path: "/sessions/{id}",
      tag: "Sessions",
      access: "person",
      params: z.object({ id: z.string().check(z.maxLength(64)) }),
      answer: { status: 204, schema: null },
      errors: ["not_found"],
    },
    async (c, { caller: { session }, params }) => {
      if (!session || !(await c.get("services").sessions.endKey(session, params.id))) {
        throw new AppError("not_found", "There is no key of that id. GET /sessions lists them.");
      }
      return c.body(null, 204);
    },
  );
