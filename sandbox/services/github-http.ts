import { json } from "../http.ts";
import type { ApiErrors } from "../service.ts";

export const GITHUB_API = "api.github.com";

/** GitHub's error shape; the status is repeated inside as text. */
export function failure(status: number, message: string, headers: Record<string, string> = {}): Response {
  return json({ message, documentation_url: "https://docs.github.com/rest", status: String(status) }, status, headers);
}

export const githubErrors: ApiErrors = {
  unauthorized: (_call, problem) => failure(401, problem === "missing" ? "Requires authentication" : "Bad credentials"),
  forbidden: (_call, needed, granted) =>
    failure(403, "The token has not been granted the scope this needs.", {
      "x-oauth-scopes": granted.join(", "),
      "x-accepted-oauth-scopes": needed.join(", "),
    }),
  notFound: () => failure(404, "Not Found"),
  badRequest: (_call, text) => failure(422, text),
  rateLimited: (call, retryAfter, text) => {
    // With Retry-After it is a secondary limit; without, the hour is used up.
    if (retryAfter !== null) return failure(429, text, { "retry-after": retryAfter });
    const reset = String(Math.ceil(call.now / 1000) + 60);
    return failure(403, text, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset });
  },
  serverError: (_call, text) => failure(500, text),
};
