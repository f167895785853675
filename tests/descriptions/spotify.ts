import { ARTISTS, RECORDS, spotifyPlaylists, spotifyUser, TRACKS } from "../../sandbox/data/spotify.ts";
import type { Description } from "./description.ts";
import extract from "./extracts/spotify.json" with { type: "json" };
import { openApi } from "./openapi.ts";

const user = spotifyUser(1).id;
const idOf = (list: readonly { readonly id: string }[]): string => list[0]?.id ?? "";

export const spotify: Description = {
  service: "spotify",
  checker: openApi(extract),
  values: {
    playlist_id: idOf(spotifyPlaylists(1).filter(({ ownerId, items }) => ownerId === user && items.length > 0)),
    track_id: idOf(TRACKS),
    album_id: idOf(RECORDS),
    artist_id: idOf(ARTISTS),
  },
  calls: [
    { route: "GET /me" },
    { route: "GET /me/playlists", query: { limit: "50" } },
    { route: "GET /playlists/{playlist_id}" },
    { route: "GET /playlists/{playlist_id}/images" },
    { route: "PUT /playlists/{playlist_id}", body: { name: "Another name", description: "Held against it" } },
    {
      route: "PUT /playlists/{playlist_id}/images",
      headers: { "Content-Type": "image/jpeg" },
      body: "/9j/4AAQSkZJRgABAQEASABIAAD/2Q==",
      status: 202,
    },
    { route: "GET /playlists/{playlist_id}/tracks", status: 403 },
    { route: "POST /playlists/{playlist_id}/tracks", body: { uris: [] }, status: 403 },
    { route: "PUT /playlists/{playlist_id}/tracks", body: { uris: [] }, status: 403 },
    { route: "DELETE /playlists/{playlist_id}/tracks", body: { tracks: [] }, status: 403 },
    { route: "GET /users/{user_id}/playlists", with: { user_id: user }, status: 403 },
    { route: "POST /users/{user_id}/playlists", with: { user_id: user }, body: { name: "Refused" }, status: 403 },
    { route: "PUT /playlists/{playlist_id}/followers", status: 403 },
    { route: "DELETE /playlists/{playlist_id}/followers", status: 403 },
    { route: "GET /tracks/{id}", with: { id: idOf(TRACKS) } },
    { route: "GET /albums/{id}", with: { id: idOf(RECORDS) } },
    { route: "GET /albums/{id}/tracks", with: { id: idOf(RECORDS) } },
    { route: "GET /artists/{id}", with: { id: idOf(ARTISTS) } },
    { route: "GET /artists/{id}/albums", with: { id: idOf(ARTISTS) } },
    { route: "GET /search", query: { q: "harbor", type: "album,artist,playlist,track,show" } },
    { route: "GET /me/tracks" },
    { route: "GET /me/albums" },
    { route: "PUT /me/tracks", status: 403 },
    { route: "DELETE /me/tracks", status: 403 },
    { route: "GET /me/tracks/contains", status: 403 },
    { route: "PUT /me/albums", status: 403 },
    { route: "DELETE /me/albums", status: 403 },
    { route: "GET /me/albums/contains", status: 403 },
    { route: "GET /me/player" },
    { route: "GET /me/player/currently-playing" },
    { route: "GET /me/player/devices" },
  ],
  described: 31,
  product: ["GET /me", "GET /me/playlists"],
  differs: {
    "GET /me/playlists: /items/*/description must be string": "null where nobody wrote one, says its own text",
    "GET /me/playlists: /items/*/public must be boolean": "null where it is not relevant, says its own text",
    "PUT /playlists/{playlist_id}/images: 202": "202 in the reference",
  },
  undescribed: {
    "POST accounts.spotify.com/api/token": "the description is of the Web API alone",
    "GET i.scdn.co/image/{}": "pictures are not in it",
    "POST api.spotify.com/v1/me/playlists": "newer than the description, which is of 2023",
    "GET api.spotify.com/v1/playlists/{}/items": "the same: it was called tracks until February 2026",
    "POST api.spotify.com/v1/playlists/{}/items": "the same",
    "PUT api.spotify.com/v1/playlists/{}/items": "the same",
    "DELETE api.spotify.com/v1/playlists/{}/items": "the same",
    "PUT api.spotify.com/v1/me/library": "newer than the description",
    "DELETE api.spotify.com/v1/me/library": "the same",
    "GET api.spotify.com/v1/me/library/contains": "the same",
  },
};
