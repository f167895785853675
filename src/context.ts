/** What Hono carries through a request. */
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
/** What is known of a request when it is over. */
export interface LoggedFacts {
  readonly app?: string;
  /** A digest: the name may be a person's address. */
  readonly user?: string;
  readonly integration?: string;
  readonly provider?: string;
}
