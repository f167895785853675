/** The sandbox's bindings: production's, the emulator, and where it is. */
interface SandboxEnv extends Env {
  readonly EMULATOR: DurableObjectNamespace<import("./emulator.ts").Emulator>;
  readonly SANDBOX_ORIGIN: string;
  /** Seconds that renewable access tokens live; left out, as long as the real service's. */
  readonly SANDBOX_TOKEN_LIFETIME?: string;
  /** `bad`: the services meet calls with errors that pass, in their own words; `worse`: people take their consent back as well. */
  readonly SANDBOX_MOOD?: string;
  /** `yes`: beside the nine services are those of `any/examples.ts`, where CUSTOM_PROVIDERS names no others. */
  readonly SANDBOX_EXAMPLES?: string;
}

declare namespace Cloudflare {
  interface Env extends SandboxEnv {}
}
