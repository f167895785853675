/** The authorization servers that nobody here wrote, all of them side by side. */
import type { IndependentServer } from "../../support/independent.ts";
import { startBetterAuth } from "./better-auth.ts";
import { GLEWLWYD_IS_MISSING, startGlewlwyd } from "./glewlwyd.ts";
import { startOauth2Server } from "./oauth2-server.ts";
import type { Started } from "./started.ts";
import { startWorkersOauthProvider } from "./workers-oauth-provider.ts";
import { startOidcBehindFront } from "./oidc.ts";

export interface IndependentServers {
  readonly described: readonly IndependentServer[];
  /** What to install so that the others can be started too. */
  readonly missing: readonly string[];
  readonly stop: () => Promise<void>;
}

/** Starts them for an app at this origin. */
export async function startIndependentServers(app: string): Promise<IndependentServers> {
  const started: (Started | null)[] = await Promise.all([
    startOidcBehindFront(app),
    startGlewlwyd(app),
    startWorkersOauthProvider(app),
    startOauth2Server(app),
    startBetterAuth(app),
  ]);
  const running = started.filter((server) => server !== null);
  return {
    described: running.map(({ described }) => described),
    missing: started.includes(null) ? [GLEWLWYD_IS_MISSING] : [],
    stop: async () => {
      await Promise.all(running.map(({ stop }) => stop()));
    },
  };
}
