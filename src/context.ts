/** What Hono carries through a request. */
import type { Services } from "./services.ts";

export interface AppEnv {
  Bindings: Env;
  Variables: {
    requestId: string;
    services: Services;
    /** The id of the connection that the request has turned out to be about. */
    connection?: string;
    /** The page elsewhere that may read the answer. */
    corsOrigin?: string;
    /** What the request's line in the log says. */
    logged?: LoggedFacts;
  };
}
/** What is known of a request when it is over. */
export interface LoggedFacts {
  readonly app?: string;
  /** As the app calls them: the log that the operator reads has a digest, since it may be a person's address. */
  readonly user?: string;
  readonly integration?: string;
  readonly provider?: string;
}
