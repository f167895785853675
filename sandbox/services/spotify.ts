import { SCOPE_WORDS } from "../../frontend/scope-words.ts";
import * as z from "zod";
import { type Playlist, spotifyPlaylists, spotifyUser } from "../data/spotify.ts";
import { holderChoices } from "../data/people.ts";
import { type Call, json, jsonBody, mapped, png, wholeNumber } from "../http.ts";
import { pageOf } from "../paging.ts";
import { picture } from "../png.ts";
import { randomText } from "../random.ts";
import { api, type ApiContext, open } from "../routes.ts";
import type { Refusal, Service } from "../service.ts";
import { pageSize } from "../settings.ts";
import { oneSetOfScopes, prefixed } from "./bearer.ts";
import { GATEWAY, RFC_WORDS } from "../words.ts";

const API = "api.spotify.com";
const AUTH = "accounts.spotify.com";
const PICTURES = "i.scdn.co";
const HOUR = 3600;
const SIX_MONTHS = 182 * 24 * HOUR;
const MODIFY = ["playlist-modify-public", "playlist-modify-private"];

const playlistSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  public: z.boolean().nullable(),
  collaborative: z.boolean(),
  ownerId: z.string(),
  ownerName: z.string().nullable(),
  total: z.number(),
  hasImage: z.boolean(),
});
const newPlaylist = z.object({
  name: z.string().min(1),
  description: z.string().nullable().default(null),
  public: z.boolean().default(true),
  collaborative: z.boolean().default(false),
});

const errors: Service["errors"] = {
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

/** Spotify: Basic, or PKCE alone for public clients (whose refresh tokens rotate); refresh ends six months after consent. */
export const spotify: Service = {
  name: "spotify",
  title: "Spotify",
  colour: "#11753a",
  accounts: holderChoices(["adalindqvist", "linxiaoyu", "lukaszw, no playlists"]),
  errors,
  words: { token: RFC_WORDS, api: { passing: GATEWAY, dead: [] } },
  oauth: {
    authorize: [{ host: AUTH, path: "/authorize" }],
    token: [{ host: AUTH, path: "/api/token" }],
    tokenMethods: ["POST"],
    tokenBody: "form",
    clientAuth: ["basic", "public"],
    pkce: "optional",
    minimumState: 1,
    responseType: "required",
    redirectAtToken: "required",
    codePrefix: "AQ",
    scopes: {
      known: SCOPE_WORDS.spotify,
      unknown: "redirect",
      parts: oneSetOfScopes(),
    },
    lifetimes: () => ({ access: HOUR, refresh: SIX_MONTHS }),
    refreshExpiry: "absolute",
    wantsRefresh: () => true,
    rotation: { when: (_settings, publicClient) => publicClient, old: "dies", killsAccess: false, reuse: "is refused" },
    newToken: prefixed("BQ", "AQ", 130),
    answer: ({ parts: [part] }) => ({
      access_token: part.access,
      token_type: "Bearer",
      scope: part.scopes.join(" "),
      expires_in: part.expiresIn,
      ...(part.refresh === undefined ? {} : { refresh_token: part.refresh }),
    }),
    refuse: refuseToken,
  },
  routes: [
    open("GET", PICTURES, "/image/:id", ({ params }) => png(picture(params["id"] ?? ""))),
    api("GET", API, "/v1/me", [], ({ call, account }) => json(profile(call, account))),
    api("GET", API, "/v1/me/playlists", ["playlist-read-private"], list),
    api("POST", API, "/v1/me/playlists", MODIFY, create),
    api("POST", API, "/v1/users/:user/playlists", MODIFY, (context) =>
      context.params["user"] === spotifyUser(context.account).id
        ? create(context)
        : errors.forbidden(context.call, [], []),
    ),
    api("GET", API, "/v1/playlists/:id", [], (context) => {
      const found = playlists(context).find(({ id }) => id === context.params["id"]);
      return found === undefined ? errors.notFound(context.call) : json(shown(context.call, found));
    }),
    api("GET", API, "/v1/playlists/:id/items", ["playlist-read-private"], (context) => {
      const found = playlists(context).find(({ id }) => id === context.params["id"]);
      if (found === undefined) return errors.notFound(context.call);
      const href = mapped(context.call, API, `/v1/playlists/${found.id}/items`);
      return json({ href, items: [], limit: 50, offset: 0, total: found.total, next: null, previous: null });
    }),
  ],
};

/** Since early 2026 an app in development mode gets no email, country, product or followers. */
function profile(call: Call, account: number): object {
  const user = spotifyUser(account);
  const url = mapped(call, PICTURES, `/image/${user.accountId}`);
  return {
    id: user.id,
    account_id: user.accountId,
    display_name: user.name,
    external_urls: { spotify: `https://open.spotify.com/user/${user.id}` },
    href: mapped(call, API, `/v1/users/${user.id}`),
    images: user.hasImage ? [{ url, height: 120, width: 120 }] : [],
    type: "user",
    uri: `spotify:user:${user.id}`,
  };
}

function playlists({ account, store }: ApiContext): Playlist[] {
  return [...store.objects(account, "playlist", playlistSchema), ...spotifyPlaylists(account)];
}

function shown(call: Call, playlist: Playlist): object {
  const self = mapped(call, API, `/v1/playlists/${playlist.id}`);
  const image = { url: mapped(call, PICTURES, `/image/${playlist.id}`), height: null, width: null };
  const owner = { display_name: playlist.ownerName, id: playlist.ownerId, type: "user" };
  return {
    collaborative: playlist.collaborative,
    description: playlist.description,
    external_urls: { spotify: `https://open.spotify.com/playlist/${playlist.id}` },
    href: self,
    id: playlist.id,
    images: playlist.hasImage ? [image] : null,
    name: playlist.name,
    owner: { ...owner, external_urls: { spotify: `https://open.spotify.com/user/${playlist.ownerId}` } },
    primary_color: null,
    public: playlist.public,
    snapshot_id: playlist.id.slice(0, 12),
    items: { href: `${self}/items`, total: playlist.total },
    type: "playlist",
    uri: `spotify:playlist:${playlist.id}`,
  };
}

function list(context: ApiContext): Response {
  const { call, settings } = context;
  const limit = pageSize(settings, wholeNumber(call.query.get("limit"), 20, 1, 51));
  if (limit > 50) return failure(400, "Invalid limit");
  const offset = wholeNumber(call.query.get("offset"), 0, 0, 100_000);
  const all = playlists(context);
  const page = pageOf(all, offset, limit);
  const at = (position: number) => mapped(call, API, `/v1/me/playlists?offset=${position}&limit=${limit}`);
  return json({
    href: at(offset),
    limit,
    next: page.next === undefined ? null : at(page.next),
    offset,
    previous: offset === 0 ? null : at(Math.max(0, offset - limit)),
    total: all.length,
    items: page.items.map((playlist) => shown(call, playlist)),
  });
}

function create(context: ApiContext): Response {
  const wanted = newPlaylist.safeParse(jsonBody(context.call));
  if (!wanted.success) return failure(400, "Missing required field: name");
  const user = spotifyUser(context.account);
  const owned = { ownerId: user.id, ownerName: user.name, total: 0, hasImage: false };
  const playlist = { id: randomText(22), ...wanted.data, ...owned };
  context.store.addObject(context.account, "playlist", playlist);
  return json(shown(context.call, playlist), 201);
}

function refuseToken(_call: Call, { code, text }: Refusal): Response {
  if (code === "too_soon") return json({ error: "invalid_grant", error_description: text }, 409);
  return json({ error: code, error_description: text }, code === "invalid_client" ? 401 : 400);
}

function failure(status: number, message: string, headers: Record<string, string> = {}): Response {
  return json({ error: { status, message } }, status, headers);
}
