import { json } from "../http.ts";
import type { ApiErrors } from "../service.ts";

export const HUBSPOT_API = "api.hubapi.com";

/** HubSpot's error shape: https://developers.hubspot.com/docs/api-reference/error-handling */
export function failure(status: number, category: string, message: string, more: object = {}): Response {
  return json({ status: "error", message, correlationId: crypto.randomUUID(), category, ...more }, status);
}

export const hubspotErrors: ApiErrors = {
  unauthorized: (_call, problem) =>
    problem === "expired"
      ? failure(401, "EXPIRED_AUTHENTICATION", "The OAuth token used to make this call has expired.")
      : failure(401, "INVALID_AUTHENTICATION", "Authentication credentials not found or not valid."),
  forbidden: (_call, needed) =>
    failure(403, "MISSING_SCOPES", "This app has not been granted the scopes this call needs.", {
      errors: [{ message: "One or more scopes are required.", context: { requiredGranularScopes: needed } }],
    }),
  notFound: () => failure(404, "OBJECT_NOT_FOUND", "The resource was not found."),
  badRequest: (_call, text) => failure(400, "VALIDATION_ERROR", text),
  rateLimited: (_call, retryAfter, text) => {
    const response = failure(429, "RATE_LIMITS", text, { errorType: "RATE_LIMIT", policyName: "TEN_SECONDLY_ROLLING" });
    if (retryAfter !== null) response.headers.set("retry-after", retryAfter);
    return response;
  },
  serverError: (_call, text) => failure(500, "INTERNAL_ERROR", text),
};
