/** Sessions of people; so far, the end of one. */
import { Hono } from "hono";
import type { AppEnv } from "../context.ts";
import { clearSessionCookie, protectFromCsrf, requireCaller } from "../middleware/session.ts";

export const sessionRoutes = new Hono<AppEnv>()
  /**
   * Signs out. Where that was the last way to a user's connections, they are disconnected: tokens that nobody can reach
   * any more are of use to nobody but a thief.
   */
  .delete("/sessions/current", protectFromCsrf, async (c) => {
    const { services } = c.var;
    const { id, session } = await requireCaller(c);
    const { others } = await services.sessions.end(id, session);
    clearSessionCookie(c);
    if (!others) {
      const held = await services.connections.list(session.app, session.user);
      for (const integration of held.keys()) {
        c.executionCtx.waitUntil(services.connections.disconnect({ ...session, integration }));
      }
    }
    return c.body(null, 204);
  });
