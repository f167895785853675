/** What callers are told of a refresh that did not succeed. */
import { AppError } from "../errors.ts";
import type { Failure } from "./vault/connection-row.ts";

/** What a person is told of a consent that is over. */
export const grantRefused = (providerName: string): string =>
  `${providerName} no longer accepts this access: it was removed or has run out.`;

/** The API refuses a token that nothing can renew. */
export const tokenRejected = (providerName: string): Failure => ({
  kind: "definitive",
  reason: "token_rejected",
  message: grantRefused(providerName),
  at: Date.now(),
  client: "",
  answer_lost: false,
  retry_after: null,
  refusals: null,
  api_refused: false,
});

/** What to do about a grant that is over. */
export function reauthMessage(failure: Failure | null): string {
  return `${failure?.message ?? "The access has run out."} Connect the account again.`;
}

/** The error of a refresh that failed a moment ago and is not tried again before `retry_at`. */
export function toError(failure: Failure, retry_at: number): AppError {
  const seconds = Math.max(1, Math.ceil((retry_at - Date.now()) / 1000));
  const headers = { "Retry-After": String(seconds) };
  switch (failure.reason) {
    case "client_credentials_invalid":
    case "token_request_rejected":
    case "provider_timeout":
    case "provider_rate_limited":
    case "invalid_token_response":
    case "invalid_provider_response":
      return new AppError(failure.reason, failure.message, { headers });
    default:
      return new AppError("provider_unavailable", failure.message, { headers });
  }
}

/** For a connection that was named and is not there, or is not this caller's. */
export const unknownConnection = (): AppError =>
  new AppError("unknown_connection", "There is no such connection here. GET /connections lists them.");
