/** Links of connect sessions that lead nowhere: why, and what whoever holds one is told. */
import type { StoredSession } from "../connections/vault/connect-sessions.ts";
import { AppError } from "../errors.ts";

/** `elsewhere`: another browser has it. `unknown`: it was made up, or is long over. */
export type LinkRefusal = "used" | "expired" | "elsewhere" | "cancelled" | "unknown";

/** What a link is that cannot be opened, by what the vault says of it and of its session. */
export function refusalOf(
  outcome: "used" | "consumed" | "other_browser" | "expired" | "unknown",
  session: StoredSession | null,
): LinkRefusal {
  if (session?.status === "cancelled") return "cancelled";
  if (outcome === "other_browser") return "elsewhere";
  if (outcome === "consumed") return "used";
  // The vault remembers a session for longer than its link.
  return outcome === "unknown" && session ? (session.status === "expired" ? "expired" : "used") : outcome;
}

/** What the holder of a link that leads nowhere is told. */
const REFUSALS = {
  used: ["link_used", "This link was used before, and it works once."],
  elsewhere: ["link_browser_mismatch", "This link was opened in another browser, and it is for one."],
  expired: ["link_expired", "This link is no longer valid."],
  cancelled: ["link_cancelled", "This link was cancelled."],
  unknown: ["invalid_link", "This link is damaged, was not made here, or is long over."],
} as const;

export function linkRefused(refusal: LinkRefusal): AppError {
  const [code, sentence] = REFUSALS[refusal];
  return new AppError(code, `${sentence} Go back to where you came from and ask for a new one.`);
}
