import type * as z from "zod";
import { type Call, json, mapped, wholeNumber } from "../http.ts";
import { fingerprint } from "../random.ts";
import type { ApiContext } from "../routes.ts";
import type { ApiErrors } from "../service.ts";
import { pageSize } from "../settings.ts";
import { linkHeader } from "../link-header.ts";

export const GITHUB_API = "api.github.com";
/** Where files of releases are sent: https://docs.github.com/en/rest/releases/assets#upload-a-release-asset */
export const UPLOADS = "uploads.github.com";

/** GitHub's error shape; the status is repeated inside as text. */
export function failure(status: number, message: string, headers: Record<string, string> = {}): Response {
  return json({ message, documentation_url: "https://docs.github.com/rest", status: String(status) }, status, headers);
}

/** https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api: what "Validation Failed" carries. */
export function invalid(
  resource: string,
  code: "missing_field" | "invalid" | "already_exists",
  field: string,
): Response {
  const errors = [{ resource, code, field }];
  const documentation_url = "https://docs.github.com/rest";
  return json({ message: "Validation Failed", errors, documentation_url, status: "422" }, 422);
}

export const githubErrors: ApiErrors = {
  unauthorized: (_call, problem) => failure(401, problem === "missing" ? "Requires authentication" : "Bad credentials"),
  // The same page: a resource that a token's scopes do not reach is "404 Not Found", with the scopes in headers.
  forbidden: (_call, needed, granted) =>
    failure(404, "Not Found", {
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

/** The body, or GitHub's complaint about it: 400 where it is not JSON, 422 where a field is missing or wrong. */
export function bodyOf<Shape>(call: Call, resource: string, schema: z.ZodType<Shape>): Shape | Response {
  let body: unknown;
  try {
    body = call.text === "" ? {} : JSON.parse(call.text);
  } catch {
    return failure(400, "Problems parsing JSON");
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  if (typeof body !== "object" || body === null || Array.isArray(body))
    return failure(400, "Body should be a JSON object");
  const field = String(parsed.error.issues[0]?.path[0] ?? "");
  return invalid(resource, Object.hasOwn(body, field) ? "invalid" : "missing_field", field);
}

/** The times as GitHub writes them: to the second. */
export function timeOf(call: Call): string {
  return new Date(call.now).toISOString().replace(/\.\d{3}Z$/, "Z");
}

/** Which page is asked for by `page` and `per_page`. */
export function pageAsked({ call, settings }: ApiContext): { readonly size: number; readonly page: number } {
  return {
    size: pageSize(settings, wholeNumber(call.query.get("per_page"), 30, 1, 100)),
    page: wholeNumber(call.query.get("page"), 1, 1, 1_000_000),
  };
}

/** The Link header that is the only way to know of other pages. */
export function linksOf(context: ApiContext, count: number): Record<string, string> {
  const { call, settings } = context;
  const { size, page } = pageAsked(context);
  const last = Math.max(1, Math.ceil(count / size));
  const at = (number: number) => {
    const query = new URLSearchParams(call.query);
    query.set("page", String(number));
    return mapped(call, GITHUB_API, `${call.path}?${query.toString()}`);
  };
  const back = page > 1 ? { prev: at(Math.min(page - 1, last)), first: at(1) } : {};
  const onward = page < last ? { next: at(page + 1), last: at(last) } : {};
  const link = linkHeader({ ...back, ...onward }, settings.link_header);
  return link === "" ? {} : { link };
}

/** One page of a list, which answers 304 to whoever has it already. */
export function paged<Thing>(context: ApiContext, list: readonly Thing[], show: (thing: Thing) => object): Response {
  const { size, page } = pageAsked(context);
  const body = list.slice((page - 1) * size, page * size).map(show);
  const etag = `"${fingerprint(JSON.stringify(body)).toString(16).padStart(8, "0")}"`;
  const headers = { etag, ...linksOf(context, list.length) };
  const isUnchanged = [etag, `W/${etag}`].includes(context.call.headers.get("if-none-match") ?? "");
  return isUnchanged ? new Response(null, { status: 304, headers }) : json(body, 200, headers);
}
