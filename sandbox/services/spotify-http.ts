import { type Call, json, jsonBody, mapped, wholeNumber } from "../http.ts";
import { pageOf } from "../paging.ts";
import type { ApiContext } from "../routes.ts";
import type { Service } from "../service.ts";
import { pageSize } from "../settings.ts";

export const SPOTIFY_API = "api.spotify.com";
export const PICTURES = "i.scdn.co";

/** https://developer.spotify.com/documentation/web-api/concepts/api-calls#regular-error-object */
export function failure(status: number, message: string, headers: Record<string, string> = {}): Response {
  return json({ error: { status, message } }, status, headers);
}

export const spotifyErrors: Service["errors"] = {
  unauthorized: (_call, problem) => {
    const words = { missing: "No token provided", expired: "The access token expired" };
    return failure(401, problem === "missing" || problem === "expired" ? words[problem] : "Invalid access token");
  },
  forbidden: () => failure(403, "Insufficient client scope"),
  notFound: () => failure(404, "Resource not found"),
  badRequest: (_call, text) => failure(400, text),
  rateLimited: (_call, retryAfter, text) =>
    failure(429, text, retryAfter === null ? {} : { "retry-after": retryAfter }),
  serverError: (_call, text) => failure(500, text),
};

/** The body as an object; a body that is none is Spotify's 400. */
export function bodyOf(call: Call): Record<string, unknown> | Response {
  return jsonBody(call) ?? failure(400, "Error parsing JSON.");
}

interface Limits {
  readonly usual: number;
  readonly most: number;
}

/** https://developer.spotify.com/documentation/web-api/concepts/api-calls: `limit` and `offset`, and whole addresses to the neighbours. */
export function paging<Thing>(
  { call, settings }: ApiContext,
  all: readonly Thing[],
  show: (thing: Thing) => object,
  { usual, most }: Limits = { usual: 20, most: 50 },
): object | Response {
  const asked = wholeNumber(call.query.get("limit"), usual, 0, most + 1);
  if (asked > most || asked === 0) return failure(400, "Invalid limit");
  return slice(
    call,
    call.path,
    all,
    show,
    pageSize(settings, asked),
    wholeNumber(call.query.get("offset"), 0, 0, 100_000),
  );
}

/** One page, at an address. */
export function slice<Thing>(
  call: Call,
  path: string,
  all: readonly Thing[],
  show: (thing: Thing) => object,
  limit: number,
  offset: number,
) {
  const page = pageOf(all, offset, limit);
  const at = (position: number) => {
    const query = new URLSearchParams(path === call.path ? call.query : {});
    query.set("offset", String(position));
    query.set("limit", String(limit));
    return mapped(call, SPOTIFY_API, `${path}?${query.toString()}`);
  };
  return {
    href: at(offset),
    limit,
    next: page.next === undefined ? null : at(page.next),
    offset,
    previous: offset === 0 ? null : at(Math.max(0, offset - limit)),
    total: all.length,
    items: page.items.map(show),
  };
}

/** A page as the answer, or what is wrong with what was asked. */
export function listed(page: object | Response): Response {
  return page instanceof Response ? page : json(page);
}
