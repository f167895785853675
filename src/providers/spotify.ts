import * as z from "zod/mini";
import { defineProvider } from "../contract/describe.ts";
import { toAccount, toItem } from "../contract/reading.ts";

const Me = z.object({
  id: z.string(),
  display_name: z.nullish(z.string()),
  // Absent for apps in development mode.
  email: z.nullish(z.string()),
  images: z.nullish(z.array(z.object({ url: z.string() }))),
  external_urls: z.nullish(z.object({ spotify: z.nullish(z.string()) })),
});

const Playlist = z.object({
  id: z.string(),
  name: z.string(),
  external_urls: z.nullish(z.object({ spotify: z.nullish(z.string()) })),
  owner: z.nullish(z.object({ id: z.string(), display_name: z.nullish(z.string()) })),
});

export const spotify = defineProvider({
  id: "spotify",
  name: "Spotify",
  category: "Music",
  docs: "https://developer.spotify.com/documentation/web-api/tutorials/code-flow",
  // https://support.spotify.com/article/spotify-on-other-apps/
  grants_page: "https://www.spotify.com/account/apps/",
  authorization_endpoint: "https://accounts.spotify.com/authorize",
  token_endpoint: "https://accounts.spotify.com/api/token",
  token_endpoint_auth_method: "client_secret_basic",
  // https://developer.spotify.com/documentation/web-api/tutorials/code-flow: base64 of `client_id:client_secret`.
  client_secret_basic_encoding: "none",
  scopes: ["user-read-private", "user-read-email", "playlist-read-private", "playlist-read-collaborative"],
  // Six months after the consent it is over, however often it was refreshed.
  refresh: { absolute_lifetime: 182 * 86_400 },
  api_base_url: "https://api.spotify.com",
  api: {
    denied: ["^/api/token"],
    // https://github.com/spotify/web-api/issues/387: these words, and no code.
    scope_refusal: { code: ["error.message"], codes: ["Insufficient client scope"] },
    link_fields: ["href", "next", "previous"],
    toProblem: ({ status, message }) => ({ status, body: { error: { status, message } } }),
  },
  profile: {
    requests: { user: { path: "/v1/me" } },
    account: z.pipe(
      z.object({ user: Me }),
      z.transform(({ user }) =>
        toAccount({
          id: user.id,
          name: user.display_name,
          email: user.email,
          avatar_url: user.images?.[0]?.url,
          url: user.external_urls?.spotify,
        }),
      ),
    ),
  },
  resources: [
    {
      request: { path: "/v1/me/playlists" },
      scope: "playlist-read-private",
      paging: { style: "offset", limit: "limit", cursor: "offset", max: 50 },
      page: z.pipe(
        z.object({
          items: z.array(z.nullable(Playlist)),
          offset: z.number(),
          limit: z.number(),
          next: z.nullish(z.string()),
        }),
        z.transform(({ items, offset, limit, next }) => ({
          // Playlists that are gone stand as null in the list.
          items: items
            .filter((playlist) => playlist !== null)
            .map((playlist) =>
              toItem({
                id: playlist.id,
                type: "playlist",
                name: playlist.name || "Untitled",
                url: playlist.external_urls?.spotify ?? null,
                parent_id: playlist.owner?.id ?? null,
                parent_name: playlist.owner?.display_name ?? null,
              }),
            ),
          next: next ? String(offset + limit) : null,
        })),
      ),
    },
  ],
});
