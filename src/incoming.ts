/** The request that is being answered, as far as what answers it has to know of it. */
import type { UsedFrom } from "./api.ts";
import type { ConfiguredIntegration } from "./apps/integrations.ts";
import { AppError } from "./errors.ts";

/** Who is told which integration, and which connection by its id, a request has turned out to be about. */
export interface Notes {
  readonly integration: (integration: ConfiguredIntegration) => void;
  readonly connection: (id: string) => void;
  /** Whose key or session it came with, also where that has ended. */
  readonly caller: (caller: { readonly app: string; readonly user: string }) => void;
}

export interface Incoming {
  /** Where it came to. */
  readonly url: string;
  /** Lets work go on behind its answer. */
  readonly waitUntil: (work: Promise<unknown>) => void;
  readonly notes: Notes;
  /** Counts what is asked for without a credential that is known, or throws. */
  readonly limitAddress: () => Promise<void>;
  /** The header that names what it has come through; empty where there is none. */
  readonly through: string;
  /** Where it came from, coarsely; null: that is not known. */
  readonly from: () => UsedFrom | null;
}

/** Of work that no request is waiting for. */
export const NOBODY_WAITS: Omit<Incoming, "url" | "waitUntil"> = {
  notes: { integration: () => {}, connection: () => {}, caller: () => {} },
  limitAddress: async () => {},
  through: "",
  from: () => null,
};

/** Of work behind an answer that has failed: that there is nothing to do any more is no failure. */
export function reportFault(error: unknown): void {
  if (error instanceof AppError && ["not_connected", "unknown_connection"].includes(error.code)) return;
  const name = error instanceof AppError ? error.code : error instanceof Error ? error.name : "unknown";
  console.error(JSON.stringify({ event: "background_failed", error: name }));
}
