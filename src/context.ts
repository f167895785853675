/** What Hono carries through a request. */
import type { RecordedCall } from "./api-calls.ts";
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
    /** The call to a service that it has made, or was refused. */
    made?: MadeCall;
    /** What the request's line in the log says. */
    logged?: LoggedFacts;
  };
}
/** A call to a service, as far as it is known before its answer. */
export interface MadeCall extends Pick<RecordedCall, "key" | "integration" | "method" | "path"> {
  readonly app: string;
  readonly user: string;
  rule: number | null;
  approval: string | null;
}

/** What is known of a request when it is over. */
export interface LoggedFacts {
  readonly app?: string;
  /** As the app calls them: the log that the operator reads has a digest, since it may be a person's address. */
  readonly user?: string;
  readonly integration?: string;
  readonly provider?: string;
}
