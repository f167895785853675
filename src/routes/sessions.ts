/** Sessions of people; so far, the end of one. */
import { Hono } from "hono";
import type { AppEnv } from "../context.ts";
import { clearSessionCookie, protectFromCsrf, requireCaller } from "../middleware/session.ts";
import { revoke } from "../oauth/revocation.ts";

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
      const configured = services.integrations(c.req.url).filter((integration) => integration.client !== null);
      const held = await services.connections.list(session.app, session.user);
      const connected = configured.filter((integration) => held.has(integration.id));
      await Promise.all(
        connected.map(async ({ id: integration }) => {
          const tokens = await services.connections.disconnect({ ...session, integration });
          const endpoint = services.endpoint(services.integration(c.req.url, integration));
          if (tokens) c.executionCtx.waitUntil(revoke(endpoint, tokens));
        }),
      );
    }
    return c.body(null, 204);
  });
