/**
 * The sandbox's entry: the same app with every provider emulated. The app answers on `localhost`, the services on
 * `127.0.0.1`, so that a browser takes them for different sites, as they are in production.
 */
import { env } from "cloudflare:workers";
import { createApp } from "../src/app.ts";
import { IndexDatabase } from "../src/connections/index-database.ts";
import { Vault as VaultBase, type Chores } from "../src/connections/vault/vault.ts";
import { JobRun as JobRunBase } from "../src/job-run.ts";
import { Maintenance as MaintenanceBase } from "../src/maintenance.ts";
import { askEmulator, sandboxWorld } from "./world.ts";

export { Emulator } from "./emulator.ts";

const world = sandboxWorld(env);
const app = createApp(world);

export class Maintenance extends MaintenanceBase {
  protected override readonly world = world;
}

export class JobRun extends JobRunBase {
  protected override readonly world = world;
}

export class Vault extends VaultBase {
  protected override dispatch(chores: Chores): Promise<void> {
    return this.ctx.exports.Maintenance.run(chores);
  }
}

/** A service that is reset has forgotten its grants, so that nobody lives on one with anybody else any more. */
async function askService(environment: SandboxEnv, request: Request): Promise<Response> {
  const answer = await askEmulator(environment.EMULATOR, request);
  if (answer.ok && new URL(request.url).pathname.endsWith("/_control/reset")) {
    await new IndexDatabase(environment.INDEX).run((database) => [database.prepare("DELETE FROM sharers")]);
  }
  return answer;
}

export default {
  fetch(request: Request, environment: SandboxEnv, context: ExecutionContext): Response | Promise<Response> {
    return new URL(request.url).hostname === "127.0.0.1"
      ? askService(environment, request)
      : app.fetch(request, environment, context);
  },
};
