/** The whole system on one screen. */
import { Hono } from "hono";
import type { AppEnv } from "./context.ts";
import { answerError, answerNotFound } from "./middleware/errors.ts";
import { answerHeaders, requestId } from "./middleware/headers.ts";
import { authRoutes } from "./routes/auth.ts";
import { callbackRoutes } from "./routes/callback.ts";
import { dataRoutes } from "./routes/data.ts";
import { healthRoutes } from "./routes/health.ts";
import { integrationRoutes } from "./routes/integrations.ts";
import { keyRoutes } from "./routes/keys.ts";
import { proxyRoutes } from "./routes/proxy.ts";
import { sessionRoutes } from "./routes/sessions.ts";
import { Services } from "./services.ts";
import type { World } from "./world.ts";

/** Latchkey in a given world, as a Worker's `fetch` handler. */
export function createApp(world: World): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.use(requestId, answerHeaders, (c, next) => {
    c.set("services", new Services(world, c.env, c.req.url, (work) => c.executionCtx.waitUntil(work)));
    return next();
  });
  app.route("/", healthRoutes);
  app.route("/", authRoutes);
  app.route("/", callbackRoutes);
  app.route("/", dataRoutes);
  app.route("/", integrationRoutes);
  app.route("/", sessionRoutes);
  app.route("/", keyRoutes);
  app.route("/", proxyRoutes);
  app.notFound(answerNotFound(app));
  app.onError(answerError);
  return app;
}
