/** What Hono carries through a request. */
import type { LoggedFacts } from "./middleware/request-log.ts";
import type { Services } from "./services.ts";

export interface AppEnv {
  Bindings: Env;
  Variables: {
    requestId: string;
    services: Services;
    /** The page elsewhere that may read the answer. */
    corsOrigin?: string;
    /** What the request's line in the log says. */
    logged?: LoggedFacts;
  };
}
