/** What a request turns out to be about, for its line in the log and its answer. */
import type { ConfiguredIntegration } from "./apps/integrations.ts";

/** Who is told which integration, and which connection by its id, a request has turned out to be about. */
export interface Notes {
  readonly integration: (integration: ConfiguredIntegration) => void;
  readonly connection: (id: string) => void;
  /** Whose key or session it came with, also where that has ended. */
  readonly caller: (caller: { readonly app: string; readonly user: string }) => void;
}

/** Where there is no request. */
export const NO_NOTES: Notes = { integration: () => {}, connection: () => {}, caller: () => {} };
