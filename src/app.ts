/** The whole system on one screen. */
import { Hono } from "hono/tiny";
import * as z from "zod/mini";
import type { ConfiguredIntegration } from "./apps/integrations.ts";
import type { AppEnv } from "./context.ts";
import { wordsFor } from "./issue-words.ts";
import { LOOP_HEADER } from "./loops.ts";
import { answerError, answerNotFound } from "./middleware/errors.ts";
import { crossOrigin } from "./middleware/cross-origin.ts";
import type { Caller } from "./middleware/caller.ts";
import { answerHeaders, requestId } from "./middleware/headers.ts";
import { limitAddress } from "./middleware/limits.ts";
import { allRoutes } from "./routes/all.ts";
import { usedFrom } from "./middleware/network.ts";
import { logCaller, logFacts, requestLog } from "./middleware/request-log.ts";
import { Services } from "./services.ts";
import type { World } from "./world.ts";

// Our answers say what a schema finds wrong.
z.config({ customError: wordsFor });

/** Latchkey in a given world, as a Worker's `fetch` handler. */
export function createApp(world: World): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.use(requestId, requestLog, answerHeaders, (c, next) => {
    const waitUntil = (work: Promise<unknown>): void => c.executionCtx.waitUntil(work);
    const noteIntegration = ({ id, provider }: ConfiguredIntegration): void =>
      logFacts(c, { integration: id, provider: provider.id });
    const noteConnection = (id: string): void => c.set("connection", id);
    const notes = {
      integration: noteIntegration,
      connection: noteConnection,
      caller: (caller: Pick<Caller, "app" | "user">): void => logCaller(c, caller),
    };
    const services: Services = new Services(world, c.env, {
      url: c.req.url,
      waitUntil,
      notes,
      limitAddress: () => limitAddress(c),
      through: c.req.header(LOOP_HEADER) ?? "",
      from: () => usedFrom(c, services.isLocal),
    });
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
