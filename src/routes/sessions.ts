/** Sessions: keys for SDKs and scripts, and the end of a sign-in. */
import { Hono } from "hono";
import * as z from "zod";
import type { NewSessionKey, SessionKeys } from "../api.ts";
import type { AppEnv } from "../context.ts";
import { AppError } from "../errors.ts";
import { clearSessionCookie, protectFromCsrf, requirePerson } from "../middleware/session.ts";
import { valid } from "../middleware/valid.ts";

/** A year; a key that is used for longer is better made anew. */
const MAX_LIFETIME_SECONDS = 366 * 86_400;
const NewKey = z.strictObject({
  name: z.string().trim().min(1).max(80),
  expires_in: z
    .int()
    .min(60)
    .max(MAX_LIFETIME_SECONDS)
    .default(90 * 86_400),
});

export const sessionRoutes = new Hono<AppEnv>()
  /** A bearer key that does for its user what the page does. It is shown in this answer and never again. */
  .post("/sessions", protectFromCsrf, valid("json", NewKey), async (c) => {
    const { sessions } = c.var.services;
    const { session } = await requirePerson(c);
    const { name, expires_in } = c.req.valid("json");
    const { app, user } = session;
    const key = await sessions.start({ app, user, kind: "key", integration: null, name, lifetime: expires_in });
    const described = await sessions.describeKey(key, session);
    if (!described) throw new TypeError("a key that was just made is not there");
    const answer: NewSessionKey = { ...described, key };
    return c.json(answer, 201);
  })
  .get("/sessions", async (c) => {
    const { session } = await requirePerson(c);
    const answer: SessionKeys = { sessions: await c.var.services.sessions.keys(session) };
    return c.json(answer);
  })
  /**
   * Signs out. Where that was the last way to a user's connections, they are disconnected: tokens that nobody can reach
   * any more are of use to nobody but a thief.
   */
  .delete("/sessions/current", protectFromCsrf, async (c) => {
    const { services } = c.var;
    const { id, session } = await requirePerson(c);
    const { others } = await services.sessions.end(id, session);
    clearSessionCookie(c);
    if (!others) {
      const held = await services.connections.list(session.app, session.user);
      for (const integration of held.keys()) {
        c.executionCtx.waitUntil(services.connections.disconnect({ ...session, integration }));
      }
    }
    return c.body(null, 204);
  })
  .delete("/sessions/:id", protectFromCsrf, async (c) => {
    const { session } = await requirePerson(c);
    if (!(await c.var.services.sessions.endKey(session, c.req.param("id")))) {
      throw new AppError("not_found", "There is no key of that id. GET /sessions lists them.");
    }
    return c.body(null, 204);
  });
