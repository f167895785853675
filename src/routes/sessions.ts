/** Sessions: keys for SDKs and scripts, sessions for an app's users, and the end of a sign-in. */
import * as z from "zod/mini";
import { NewSessionKey, SessionKeys } from "../api.ts";
import { NewUserSession, UserId, UserSession, UserSessions, type Scope } from "../api-apps.ts";
import { PAGE_SCOPES } from "../connections/vault/sessions.ts";
import { AppError } from "../errors.ts";
import { checkUser, insufficientScope } from "../middleware/caller.ts";
import { clearSessionCookie, invalidSession } from "../middleware/session.ts";
import { Routes } from "./operation.ts";

/** A year; a key that is used for longer is better made anew. */
const MAX_LIFETIME_SECONDS = 366 * 86_400;
const NewKey = z.strictObject({
  name: z.string().check(z.trim(), z.minLength(1), z.maxLength(80)),
  expires_in: z._default(z.int().check(z.minimum(60), z.maximum(MAX_LIFETIME_SECONDS)), 90 * 86_400),
});

/** A key hands on what it has and no more. @throws AppError `insufficient_scope` */
export function checkHandedOn(asked: readonly Scope[], held: readonly Scope[]): void {
  const more = asked.find((scope) => !held.includes(scope));
  if (more) throw insufficientScope(`the scope ${more}, which this key cannot hand on`);
}

const ofApp = { as: "app", scope: "sessions" } as const;
const UserPath = z.object({ user: UserId });

export const sessionRoutes = new Routes()
  .on(
    {
      method: "post",
      path: "/sessions",
      tag: "Sessions",
      summary: "Make a bearer key for one user, shown in this answer and never again",
      description:
        "With `name` for the page's user; with `user` by an app's key, for that user alone and within `scopes`.",
      access: { as: "app or user", scope: "read" },
      body: z.union([NewUserSession, NewKey]),
      answer: { status: 201, schema: z.union([UserSession, NewSessionKey]) },
      errors: ["too_many_keys", "user_mismatch", "app_removed"],
    },
    async (c, { caller, body }) => {
      const { app, session } = caller;
      const { services } = c.var;
      const { sessions } = services;
      if (session?.kind === "app") {
        if (!("user" in body)) throw new AppError("user_required", "user: says whose session it is to be.");
        if (!session.scopes.includes("sessions")) throw insufficientScope("the scope sessions");
        checkUser(caller, body.user);
        const scopes = body.scopes ?? PAGE_SCOPES.filter((scope) => session.scopes.includes(scope));
        checkHandedOn(scopes, session.scopes);
        const { user, expires_in } = body;
        const owner = await services.names.owner(app, user, services.requestOrigin);
        await services.members.enter(owner, async (vault, enrolment) => vault.own(owner, enrolment));
        const maker = { id: caller.id, expires_at: session.expires_at };
        const made = await sessions.startForUser({ app, user, kind: "user", lifetime: expires_in, scopes, maker });
        const expires_at = new Date(made.expires_at).toISOString();
        return c.json({ key: made.id, user, scopes: [...scopes], expires_at } satisfies UserSession, 201);
      }
      // A key makes no further keys.
      if (session?.kind !== "browser") throw invalidSession();
      if (!("name" in body)) throw new AppError("invalid_request", "name: is required.");
      const { name, expires_in } = body;
      const about = { app, user: session.user, kind: "key", name, lifetime: expires_in } as const;
      const { scopes: _, ...made } = await sessions.startKey(about);
      return c.json(made satisfies NewSessionKey, 201);
    },
  )
  .on(
    {
      method: "get",
      path: "/sessions",
      tag: "Sessions",
      summary: "List the keys of the page's user, with their last use",
      access: "person",
      answer: { status: 200, schema: SessionKeys },
    },
    async (c, { caller: { session } }) => {
      if (!session) throw invalidSession();
      return c.json({ sessions: await c.var.services.sessions.keys(session) } satisfies SessionKeys);
    },
  )
  .on(
    {
      method: "get",
      path: "/users/{user}/sessions",
      tag: "Sessions",
      summary: "List the live sessions that the app has made for a user",
      access: ofApp,
      params: UserPath,
      answer: { status: 200, schema: UserSessions },
      errors: ["user_mismatch"],
    },
    async (c, { caller, params: { user } }) => {
      checkUser(caller, user);
      return c.json({ sessions: await c.var.services.sessions.userSessions(caller.app, user) } satisfies UserSessions);
    },
  )
  .on(
    {
      method: "delete",
      path: "/users/{user}/sessions",
      tag: "Sessions",
      summary: "End all sessions that the app has made for a user",
      description: "At once where it is asked; elsewhere within five minutes.",
      access: ofApp,
      params: UserPath,
      answer: { status: 204, schema: null },
      errors: ["user_mismatch"],
    },
    async (c, { caller: { app, ...caller }, params: { user } }) => {
      checkUser({ app, ...caller }, user);
      const { sessions } = c.var.services;
      for (const { id } of await sessions.userSessions(app, user)) await sessions.endUserSession(app, user, id);
      return c.body(null, 204);
    },
  )
  .on(
    {
      method: "delete",
      path: "/users/{user}/sessions/{id}",
      tag: "Sessions",
      summary: "End one session that the app has made for a user",
      access: ofApp,
      params: z.extend(UserPath, { id: z.string().check(z.maxLength(64)) }),
      answer: { status: 204, schema: null },
      errors: ["not_found", "user_mismatch"],
    },
    async (c, { caller, params: { user, id } }) => {
      checkUser(caller, user);
      if (!(await c.var.services.sessions.endUserSession(caller.app, user, id))) {
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
      summary: "Sign out; what no other browser reaches is disconnected",
      description: "Tokens that nobody can reach any more are of use to nobody but a thief.",
      access: "person",
      answer: { status: 204, schema: null },
    },
    async (c, { caller: { id, session } }) => {
      if (!session) throw invalidSession();
      const { services } = c.var;
      const { app, user } = session;
      const { others } = await services.sessions.end(id, session);
      clearSessionCookie(c);
      if (!others) {
        for (const integration of await services.connections.integrations(app, user)) {
          services.behind(services.connections.disconnect({ app, user, integration }));
        }
      }
      return c.body(null, 204);
    },
  )
  .on(
    {
      method: "delete",
      path: "/sessions/{id}",
      tag: "Sessions",
      summary: "End one of the keys",
      access: "person",
      params: z.object({ id: z.string().check(z.maxLength(64)) }),
      answer: { status: 204, schema: null },
      errors: ["not_found"],
    },
    async (c, { caller: { session }, params }) => {
      if (!session || !(await c.var.services.sessions.endKey(session, params.id))) {
        throw new AppError("not_found", "There is no key of that id. GET /sessions lists them.");
      }
      return c.body(null, 204);
    },
  );
