/** What `tests/servers/setup.ts` and `numbers.ts` give to the tests in workerd, and `tests/servers/latchkeys.ts` to those from outside. */
import type { IndependentServer } from "./independent.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The authorization servers that nobody here wrote. */
    independentServers: readonly IndependentServer[];
    /** What to install so that those which are not among them can be started too. */
    missingServers: readonly string[];
    /** The origin of Bluesky's authorization server. */
    bluesky: string;
    /** The origin of the token endpoint that goes wrong on the wire. */
    tokenServer: string;
    /** The origin of the endpoints that apps are told of events at. */
    webhooks: string;
    /** How many mutated requests are made. */
    requests: number;
    /** In how many orders a vault is tried beside its model. */
    orders: number;
    /** The origin of what lends running Latchkeys. */
    latchkeys: string;
  }
}
