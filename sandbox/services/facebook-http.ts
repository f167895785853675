import { hmac } from "@oslojs/crypto/hmac";
import { SHA256 } from "@oslojs/crypto/sha2";
import { encodeHexLowerCase } from "@oslojs/encoding";
import { sandboxClient } from "../clients.ts";
import { bearer, type Call, looseParams } from "../http.ts";
import { randomText } from "../random.ts";
import type { ApiErrors } from "../service.ts";

export const GRAPH = "graph.facebook.com";

/** JSON as the Graph API writes it: slashes escaped, everything beyond ASCII as \u sequences. */
export function graphJson(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  const text = JSON.stringify(body)
    .replaceAll("/", "\\/")
    .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return new Response(text, { status, headers: { "content-type": "application/json; charset=UTF-8", ...headers } });
}

/** The Graph API's error shape. */
export function failure(status: number, code: number, message: string, subcode?: number, more: object = {}): Response {
  const type =
    code === 1 ? "OAuthException" : code === 100 && subcode === undefined ? "GraphMethodException" : "OAuthException";
  const error = { message, type, code, ...(subcode === undefined ? {} : { error_subcode: subcode }), ...more };
  const headers: Record<string, string> =
    code === 190 ? { "www-authenticate": `OAuth "Facebook Platform" "invalid_token" "Invalid token."` } : {};
  return graphJson({ error: { ...error, fbtrace_id: randomText(11) } }, status, headers);
}

export const facebookErrors: ApiErrors = {
  unauthorized: (_call, problem) => {
    if (problem === "missing") return failure(400, 2500, "An active access token must be used to query this.");
    if (problem === "expired") return failure(400, 190, "Error validating access token: the session has expired.", 463);
    if (problem === "revoked") return failure(400, 190, "Error validating access token: the app was removed.", 458);
    return failure(400, 190, "Invalid OAuth access token.");
  },
  forbidden: (_call, needed) => failure(403, 200, `(#200) Requires ${needed.join(" or ")} permission.`),
  notFound: () => failure(404, 803, "(#803) Some of the aliases you requested do not exist."),
  badRequest: (_call, text) => failure(400, 100, text),
  rateLimited: (_call, retryAfter, text) => {
    const response = failure(400, 4, text, undefined, { is_transient: true });
    response.headers.set("x-app-usage", JSON.stringify({ call_count: 100, total_cputime: 25, total_time: 25 }));
    if (retryAfter !== null) response.headers.set("retry-after", retryAfter);
    return response;
  },
  serverError: (_call, text) => failure(500, 2, text, undefined, { is_transient: true }),
};

/** The token of a request: the parameter counts before the header. */
export function findFacebookToken(call: Call): string | undefined {
  return looseParams(call)["access_token"] ?? bearer(call);
}

/** An `appsecret_proof` is optional, but one which is there must be right. */
export function proofProblem(call: Call): Response | undefined {
  const proof = looseParams(call)["appsecret_proof"];
  if (proof === undefined) return undefined;
  const bytes = (text: string) => new TextEncoder().encode(text);
  const right = hmac(SHA256, bytes(sandboxClient("facebook").client_secret), bytes(findFacebookToken(call) ?? ""));
  return proof === encodeHexLowerCase(right) ? undefined : failure(400, 100, "Invalid appsecret_proof provided.");
}
