/** The sandbox's bindings: production's, the emulator, and where it is. */
interface SandboxEnv extends Env {
  readonly EMULATOR: DurableObjectNamespace<import("./emulator.ts").Emulator>;
  readonly SANDBOX_ORIGIN: string;
}

declare namespace Cloudflare {
  interface Env extends SandboxEnv {}
}
