import { SCOPE_WORDS } from "../../frontend/scope-words.ts";
import { holderChoices } from "../data/people.ts";
import { spotifyUser } from "../data/spotify.ts";
import { type Call, json, mapped, png } from "../http.ts";
import { picture } from "../png.ts";
import { api, open } from "../routes.ts";
import type { Refusal, Service } from "../service.ts";
import { oneSetOfScopes, prefixed } from "./bearer.ts";
import { catalogueRoutes } from "./spotify-catalogue.ts";
import { PICTURES, SPOTIFY_API, spotifyErrors } from "./spotify-http.ts";
import { libraryRoutes } from "./spotify-library.ts";
import { playlistRoutes } from "./spotify-playlists.ts";
import { spotifyWords } from "./spotify-words.ts";

const AUTH = "accounts.spotify.com";
const HOUR = 3600;
const SIX_MONTHS = 182 * 24 * HOUR;

/** Spotify: Basic, or PKCE alone for public clients (whose refresh tokens rotate); refresh ends six months after consent. */
export const spotify: Service = {
  name: "spotify",
  title: "Spotify",
  colour: "#11753a",
  accounts: holderChoices(["adalindqvist", "linxiaoyu", "lukaszw, no playlists"]),
  errors: spotifyErrors,
  words: spotifyWords,
  oauth: {
    authorize: [{ host: AUTH, path: "/authorize" }],
    token: [{ host: AUTH, path: "/api/token" }],
    tokenMethods: ["POST"],
    tokenBody: "form",
    clientAuth: ["basic", "public"],
    pkce: "optional",
    minimumState: 1,
    responseType: "required",
    redirectUris: {
      plain: ["literal"],
      match: "exact",
      freePort: { of: "literal", where: "unnamed" },
      // Not even with https: "localhost is not allowed as redirect URI".
      refuses: /^https?:\/\/localhost(?:[:/]|$)/i,
      source: "https://developer.spotify.com/documentation/web-api/concepts/redirect_uri",
    },
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
  // spotify-web-api-node asks for `/v1/search/`.
  slashAtEnd: true,
  routes: [
    open("GET", PICTURES, "/image/:id", ({ params }) => png(picture(params["id"] ?? ""))),
    api("GET", SPOTIFY_API, "/v1/me", [], ({ call, account }) => json(profile(call, account))),
    ...playlistRoutes,
    ...catalogueRoutes,
    ...libraryRoutes,
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
    href: mapped(call, SPOTIFY_API, `/v1/users/${user.id}`),
    images: user.hasImage ? [{ url, height: 120, width: 120 }] : [],
    type: "user",
    uri: `spotify:user:${user.id}`,
  };
}

function refuseToken(_call: Call, { code, text }: Refusal): Response {
  if (code === "too_soon") return json({ error: "invalid_grant", error_description: text }, 409);
  return json({ error: code, error_description: text }, code === "invalid_client" ? 401 : 400);
}
