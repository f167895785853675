import { SpotifyApi } from "@spotify/web-api-ts-sdk";
import { sdks } from "latchkey-client/sdks";
import * as z from "zod";
import { RECORDS, spotifyPlaylists, spotifyUser } from "../../sandbox/data/spotify.ts";
import { AWKWARD, type At, type Sdk } from "./sdk.ts";

// @spotify/web-api-ts-sdk, http://localhost:8787/proxy/spotify: its own address is changed on the way, in `fetch`.
export function toSpotify(at: Pick<At, "api" | "key">): SpotifyApi {
  const { token, config } = sdks.spotify(at);
  return SpotifyApi.withAccessToken("unused", token, config);
}

/** A JPEG of one pixel, as far as its head. */
const COVER = Buffer.from("ffd8ffe000104a46494600010100000100010000ffd9", "hex").toString("base64");

const Made = z.object({ id: z.string() });
const me = spotifyUser(1).id;
const playlist = spotifyPlaylists(1).find(({ ownerId, items }) => ownerId === me && items.length > 0)?.id ?? "";

export const spotify: Sdk = {
  name: "@spotify/web-api-ts-sdk",
  service: "spotify",
  needsHttps: false,
  calls: (at) => {
    const client = toSpotify(at);
    let made = "";
    return {
      "reads who it is": () => client.currentUser.profile(),
      "lists a page": () => client.currentUser.playlists.playlists(2, 1),
      "reads a playlist": () => client.playlists.getPlaylist(playlist, "DE", "id,name,owner(id)"),
      "creates a playlist": async () => {
        const wanted = { name: AWKWARD, description: "a & b", public: false };
        // Its own method is of an address that Spotify has taken from new apps.
        made = Made.parse(await client.makeRequest("POST", "me/playlists", wanted)).id;
      },
      "updates a playlist": () => client.playlists.changePlaylistDetails(made, { name: `${AWKWARD}!` }),
      "uploads a cover": () => client.playlists.addCustomPlaylistCoverImageFromBase64String(made, COVER),
      "reads the covers": () => client.playlists.getPlaylistCoverImage(playlist),
      searches: () => client.search(AWKWARD, ["track", "artist"], "DE", 5),
      "lists saved tracks": () => client.currentUser.tracks.savedTracks(3),
      "reads an album": () => client.albums.get(RECORDS[0]?.id ?? "", "DE"),
      "lists an album's tracks": () => client.albums.tracks(RECORDS[0]?.id ?? "", "DE", 2, 1),
    };
  },
};
