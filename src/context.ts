/** What Hono carries through a request. */
import type { Services } from "./services.ts";

export interface AppEnv {
  Bindings: Env;
  Variables: { requestId: string; services: Services };
}
