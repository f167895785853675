/** The whole system on one screen. */
import { Hono } from "hono/tiny";
import en from "zod/v4/locales/en.js";
import * as z from "zod/mini";
import type { ConfiguredIntegration } from "./apps/integrations.ts";
import type { AppEnv } from "./context.ts";
import { LOOP_HEADER } from "./loops.ts";
import { answerError, answerNotFound } from "./middleware/errors.ts";
import { crossOrigin } from "./middleware/cross-origin.ts";
import { answerHeaders, requestId } from "./middleware/headers.ts";
import { limitAddress } from "./middleware/limits.ts";
import { allRoutes } from "./routes/all.ts";
import { logFacts, requestLog } from "./middleware/request-log.ts";
import { Services } from "./services.ts";
import type { World } from "./world.ts";

// Our answers repeat what a schema finds wrong. `z.locales` would bring every language into the Worker.
z.config(en());

/** Latchkey in a given world, as a Worker's `fetch` handler. */
export function createApp(world: World): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.use(requestId, requestLog, answerHeaders, (c, next) => {
    const waitUntil = (work: Promise<unknown>): void => c.executionCtx.waitUntil(work);
    const noteIntegration = ({ id, provider }: ConfiguredIntegration): void =>
      logFacts(c, { integration: id, provider: provider.id });
    const limit = (): Promise<void> => limitAddress(c);
    const through = c.req.header(LOOP_HEADER);
    const services = new Services(world, c.env, c.req.url, waitUntil, noteIntegration, limit, through);
    services.checkLoop();
    c.set("services", services);
    return next();
  });
  app.use(crossOrigin);
  for (const { hono } of allRoutes) app.route("/", hono);
  app.notFound(answerNotFound(app));
  app.onError(answerError);
  return app;
}
