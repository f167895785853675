/**
 * The sandbox's entry: the same app with every provider emulated. The app answers on `localhost`, the services on
 * `127.0.0.1`, so that a browser takes them for different sites, as they are in production.
 */
import { env } from "cloudflare:workers";
import { createApp } from "../src/app.ts";
import { askEmulator, sandboxWorld } from "./world.ts";

export { Vault } from "../src/connections/vault.ts";
export { Emulator } from "./emulator.ts";

const app = createApp(sandboxWorld(env));

export default {
  fetch(request: Request, environment: SandboxEnv, context: ExecutionContext): Response | Promise<Response> {
    return new URL(request.url).hostname === "127.0.0.1"
      ? askEmulator(environment.EMULATOR, request)
      : app.fetch(request, environment, context);
  },
};
