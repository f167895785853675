import type { IndependentServer } from "../../support/independent.ts";

/** A server that runs, until it is stopped. */
export interface Started {
  readonly described: IndependentServer;
  readonly stop: () => Promise<void>;
}
