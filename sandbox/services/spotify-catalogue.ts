/** Tracks, albums, artists and the search for them: https://developer.spotify.com/documentation/web-api/reference/search */
import { type Album, ARTISTS, type Playlist, RECORDS, type Track, TRACKS } from "../data/spotify.ts";
import { type Call, json } from "../http.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { failure, listed, paging, slice, SPOTIFY_API, spotifyErrors } from "./spotify-http.ts";
import { playlistsOf } from "./spotify-playlists.ts";
import { imagesOf, shownSimply, shownTrack, simpleAlbum, simpleArtist, simpleTrack } from "./spotify-shapes.ts";

/** What a search finds at most, and by default, for an app in development mode: the February 2026 migration guide. */
const SEARCH = { usual: 5, most: 10 };

export const catalogueRoutes: readonly Route[] = [
  api("GET", SPOTIFY_API, "/v1/tracks/:id", [], ({ call, params }) =>
    one(call, TRACKS, params["id"], (track) => shownTrack(call, track)),
  ),
  api("GET", SPOTIFY_API, "/v1/albums/:id", [], ({ call, params }) =>
    one(call, RECORDS, params["id"], (album) => ({
      ...simpleAlbum(call, album),
      tracks: slice(call, `/v1/albums/${album.id}/tracks`, tracksOf(album), (track) => simpleTrack(call, track), 50, 0),
      copyrights: [{ text: "℗ made up", type: "P" }],
      external_ids: { upc: album.id.slice(0, 12) },
      genres: [],
      label: "Northwind",
      popularity: 0,
    })),
  ),
  api("GET", SPOTIFY_API, "/v1/albums/:id/tracks", [], (context) => {
    const album = RECORDS.find(({ id }) => id === context.params["id"]);
    if (album === undefined) return spotifyErrors.notFound(context.call);
    return listed(paging(context, tracksOf(album), (track) => simpleTrack(context.call, track)));
  }),
  api("GET", SPOTIFY_API, "/v1/artists/:id", [], ({ call, params }) =>
    one(call, ARTISTS, params["id"], (artist) => ({
      ...simpleArtist(call, artist),
      genres: [],
      images: imagesOf(call, artist.id),
    })),
  ),
  api("GET", SPOTIFY_API, "/v1/artists/:id/albums", [], (context) => {
    const { call, params } = context;
    if (!ARTISTS.some(({ id }) => id === params["id"])) return spotifyErrors.notFound(call);
    const albums = RECORDS.filter(({ artist }) => artist === params["id"]);
    return listed(paging(context, albums, (album) => ({ ...simpleAlbum(call, album), album_group: album.type })));
  }),
  api("GET", SPOTIFY_API, "/v1/search", [], search),
];

function one<Thing extends { readonly id: string }>(
  call: Call,
  all: readonly Thing[],
  id: string | undefined,
  show: (thing: Thing) => object,
): Response {
  // Ids are base 62, of 22 characters; anything else is not even looked for.
  if (!/^[0-9A-Za-z]{22}$/.test(id ?? "")) return failure(400, "Invalid base62 id");
  const found = all.find((thing) => thing.id === id);
  return found === undefined ? spotifyErrors.notFound(call) : json(show(found));
}

const TYPES = ["album", "artist", "playlist", "track", "show", "episode", "audiobook"] as const;

function search(context: ApiContext): Response {
  const { call } = context;
  const q = (call.query.get("q") ?? "").trim().toLowerCase();
  if (q === "") return failure(400, "No search query");
  const types = (call.query.get("type") ?? "").split(",");
  if (!types.every((type) => TYPES.some((known) => known === type))) return failure(400, "Bad search type field");
  const words = q
    .replaceAll(/\b(?:track|artist|album|year|genre):/g, "")
    .replaceAll('"', "")
    .split(/\s+/);
  const named = <Thing extends { readonly name: string }>(all: readonly Thing[]) =>
    all.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
  const finders: Readonly<Record<(typeof TYPES)[number], () => object | Response>> = {
    album: () => paging(context, named(RECORDS), (album) => simpleAlbum(call, album), SEARCH),
    artist: () => paging(context, named(ARTISTS), (artist) => simpleArtist(call, artist), SEARCH),
    playlist: () => paging(context, named(publicPlaylists(context)), (playlist) => shownSimply(call, playlist), SEARCH),
    track: () => paging(context, named(TRACKS), (track) => shownTrack(call, track), SEARCH),
    show: () => paging(context, [], () => ({}), SEARCH),
    episode: () => paging(context, [], () => ({}), SEARCH),
    audiobook: () => paging(context, [], () => ({}), SEARCH),
  };
  const found: Record<string, object> = {};
  for (const type of TYPES) {
    if (!types.includes(type)) continue;
    const page = finders[type]();
    if (page instanceof Response) return page;
    found[`${type}s`] = page;
  }
  return json(found);
}

function publicPlaylists(context: ApiContext): readonly Playlist[] {
  return playlistsOf(context)
    .list()
    .filter((playlist) => playlist.public === true);
}

function tracksOf({ id }: Album): readonly Track[] {
  return TRACKS.filter(({ album }) => album === id);
}
