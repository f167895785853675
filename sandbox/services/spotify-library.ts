/** What a person has saved, follows and plays: https://developer.spotify.com/documentation/web-api/reference/save-library-items */
import * as z from "zod";
import { type Album, RECORDS, TRACKS } from "../data/spotify.ts";
import { hoursAgoShort } from "../data/words.ts";
import { type Call, json } from "../http.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import type { Shelf } from "../shelf.ts";
import { failure, listed, paging, SPOTIFY_API } from "./spotify-http.ts";
import { gone } from "./spotify-playlists.ts";
import { shownTrack, simpleAlbum } from "./spotify-shapes.ts";

const MOST_URIS = 40;
/** Each kind of thing, and the scopes to keep and to see it. */
const KINDS: Readonly<Record<string, { readonly keep: string; readonly see: string }>> = {
  track: { keep: "user-library-modify", see: "user-library-read" },
  album: { keep: "user-library-modify", see: "user-library-read" },
  episode: { keep: "user-library-modify", see: "user-library-read" },
  show: { keep: "user-library-modify", see: "user-library-read" },
  audiobook: { keep: "user-library-modify", see: "user-library-read" },
  artist: { keep: "user-follow-modify", see: "user-follow-read" },
  user: { keep: "user-follow-modify", see: "user-follow-read" },
  playlist: { keep: "playlist-modify-public", see: "playlist-read-private" },
};

const Kept = z.object({ uri: z.string(), addedAt: z.string() });
type Kept = z.infer<typeof Kept>;

function libraryOf({ account, store }: ApiContext): Shelf<Kept> {
  const seeded =
    account === 2
      ? []
      : TRACKS.filter((_, index) => index % 9 === account).map(({ id }, index) => keptAt(`spotify:track:${id}`, index));
  return store.shelf({ account, kind: "library", schema: Kept, seeded, idOf: ({ uri }) => uri });
}

function keptAt(uri: string, index: number): Kept {
  return { uri, addedAt: hoursAgoShort(index * 17) };
}

/** Those that are kept of one kind, the newest first. */
function kept(context: ApiContext, kind: string): Kept[] {
  return libraryOf(context)
    .newestFirst()
    .filter(({ uri }) => uri.startsWith(`spotify:${kind}:`));
}

export const libraryRoutes: readonly Route[] = [
  api("PUT", SPOTIFY_API, "/v1/me/library", [], (context) =>
    ofUris(context, "keep", (wanted) => {
      const addedAt = new Date(context.call.now).toISOString().replace(/\.\d{3}Z$/, "Z");
      for (const uri of wanted) libraryOf(context).put({ uri, addedAt });
      return new Response(null, { status: 200 });
    }),
  ),
  api("DELETE", SPOTIFY_API, "/v1/me/library", [], (context) =>
    ofUris(context, "keep", (wanted) => {
      for (const uri of wanted) libraryOf(context).remove(uri);
      return new Response(null, { status: 200 });
    }),
  ),
  api("GET", SPOTIFY_API, "/v1/me/library/contains", [], (context) =>
    ofUris(context, "see", (wanted) => json(wanted.map((uri) => libraryOf(context).find(uri) !== undefined))),
  ),
  api("GET", SPOTIFY_API, "/v1/me/tracks", ["user-library-read"], (context) =>
    listed(
      paging(context, kept(context, "track"), ({ uri, addedAt }) => ({
        added_at: addedAt,
        track: trackOf(context.call, uri),
      })),
    ),
  ),
  api("GET", SPOTIFY_API, "/v1/me/albums", ["user-library-read"], (context) =>
    listed(
      paging(context, kept(context, "album"), ({ uri, addedAt }) => ({
        added_at: addedAt,
        album: albumOf(context.call, uri),
      })),
    ),
  ),
  // Taken from apps in development mode, for `/me/library`.
  api("PUT|DELETE", SPOTIFY_API, "/v1/me/tracks", [], gone),
  api("PUT|DELETE", SPOTIFY_API, "/v1/me/albums", [], gone),
  api("GET", SPOTIFY_API, "/v1/me/tracks/contains", [], gone),
  api("GET", SPOTIFY_API, "/v1/me/albums/contains", [], gone),
  api("GET", SPOTIFY_API, "/v1/me/player", ["user-read-playback-state"], (context) => json(playing(context.call))),
  api("GET", SPOTIFY_API, "/v1/me/player/currently-playing", ["user-read-currently-playing"], ({ call }) => {
    const { device: _, ...rest } = playing(call);
    return json(rest);
  }),
  api("GET", SPOTIFY_API, "/v1/me/player/devices", ["user-read-playback-state"], ({ call }) =>
    json({ devices: [playing(call).device] }),
  ),
];

/** 400 for what is missing, malformed, of no kind that is kept, or more than forty; 403 without the scope of a kind. */
function ofUris(
  { call, token }: ApiContext,
  does: "keep" | "see",
  answer: (uris: readonly string[]) => Response,
): Response {
  const wanted = (call.query.get("uris") ?? "").split(",").filter((uri) => uri !== "");
  if (wanted.length === 0) return failure(400, "Missing required field: uris");
  if (wanted.length > MOST_URIS) return failure(400, "Too many uris requested");
  const kinds = wanted.map((uri) => KINDS[/^spotify:(\w+):[\w.-]+$/.exec(uri)?.[1] ?? ""]);
  for (const kind of kinds) {
    if (kind === undefined) return failure(400, "Invalid uri");
    if (!token.scopes.includes(kind[does])) return failure(403, "Insufficient client scope");
  }
  return answer(wanted);
}

function trackOf(call: Call, uri: string): object | null {
  const track = TRACKS.find(({ id }) => uri === `spotify:track:${id}`);
  return track === undefined ? null : shownTrack(call, track);
}

function albumOf(call: Call, uri: string): object | null {
  const album = RECORDS.find(({ id }) => uri === `spotify:album:${id}`);
  return album === undefined ? null : simpleAlbum(call, album);
}

function contextOf(call: Call, album: Album) {
  const { type, href, external_urls, uri } = simpleAlbum(call, album);
  return { type, href, external_urls, uri };
}

/** One device, which plays the first track there is. */
function playing(call: Call) {
  const [track] = TRACKS;
  const [album] = RECORDS;
  return {
    device: {
      id: "5fbb3ba6aa454b5534c4ba43a8c7e8e45a63ad0e",
      is_active: true,
      is_private_session: false,
      is_restricted: false,
      name: "Kitchen",
      supports_volume: true,
      type: "Speaker",
      volume_percent: 40,
    },
    shuffle_state: false,
    smart_shuffle: false,
    repeat_state: "off",
    timestamp: call.now,
    context: album === undefined ? null : contextOf(call, album),
    progress_ms: 61_000,
    item: track === undefined ? null : shownTrack(call, track),
    currently_playing_type: "track",
    actions: { disallows: { resuming: true } },
    is_playing: true,
  };
}
