/**
 * The sandbox's entry: the same app with every provider emulated. The app answers on `localhost`, the services on
 * `127.0.0.1`, so that a browser takes them for different sites, as they are in production.
 */
import { env } from "cloudflare:workers";
import { createApp } from "../src/app.ts";
import { Vault as VaultBase, type Chores } from "../src/connections/vault/vault.ts";
import { Maintenance as MaintenanceBase } from "../src/maintenance.ts";
import { askEmulator, sandboxWorld } from "./world.ts";

export { Emulator } from "./emulator.ts";

const world = sandboxWorld(env);
const app = createApp(world);

export class Maintenance extends MaintenanceBase {
  protected override readonly world = world;
}

export class Vault extends VaultBase {
  protected override dispatch(chores: Chores): Promise<void> {
    return this.ctx.exports.Maintenance.run(chores);
  }
}

export default {
  fetch(request: Request, environment: SandboxEnv, context: ExecutionContext): Response | Promise<Response> {
    return new URL(request.url).hostname === "127.0.0.1"
      ? askEmulator(environment.EMULATOR, request)
      : app.fetch(request, environment, context);
  },
};
