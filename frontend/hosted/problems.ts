/** What an error's code means for a person on the hosted pages. */
import type { ProblemKind } from "./words.ts";

const KINDS: Readonly<Record<string, ProblemKind>> = {
  link_used: "used",
  link_expired: "expired",
  link_browser_mismatch: "elsewhere",
  link_cancelled: "cancelled",
  invalid_link: "damaged",
  invalid_return_to: "cancelled",
  unknown_integration: "unavailable",
  not_configured: "unavailable",
  config_error: "unavailable",
  app_removed: "damaged",
  rate_limited: "busy",
  // Of the way back from a service.
  state_expired: "expired",
  state_consumed: "used",
  invalid_state: "damaged",
  callback_mismatch: "damaged",
  state_browser_mismatch: "elsewhere",
  user_mismatch: "expired",
  unknown_connection: "damaged",
  account_mismatch: "other",
  too_many: "full",
  not_found: "missing",
  method_not_allowed: "missing",
};

export const kindOf = (code: string | null): ProblemKind => (code === null ? undefined : KINDS[code]) ?? "failed";
