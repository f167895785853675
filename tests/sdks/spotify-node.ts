import { sdks } from "latchkey-client/sdks";
import Spotify from "spotify-web-api-node";
import { builder } from "spotify-web-api-node/src/base-request.js";
import webApi from "spotify-web-api-node/src/webapi-request.js";
import { ARTISTS, RECORDS, spotifyPlaylists, spotifyUser, TRACKS } from "../../sandbox/data/spotify.ts";
import { AWKWARD, type At, type Sdk } from "./sdk.ts";

// spotify-web-api-node, http://localhost:8787/proxy/spotify: it has no setting for its address, so what makes that is replaced.
export function toSpotifyNode(at: Pick<At, "api" | "key">) {
  const options = sdks.spotifyNode(at);
  const { scheme, host, port } = options.builder;
  webApi.builder = (token) => builder().withScheme(scheme).withHost(host).withPort(port).withAuth(token);
  return new Spotify(options.client);
}

const me = spotifyUser(1).id;
const playlist = spotifyPlaylists(1).find(({ ownerId, items }) => ownerId === me && items.length > 0)?.id ?? "";

export const spotifyNode: Sdk = {
  name: "spotify-web-api-node",
  service: "spotify",
  needsHttps: false,
  calls: (at) => {
    const client = toSpotifyNode(at);
    let made = "";
    return {
      "reads who it is": () => client.getMe(),
      "lists a page": () => client.getUserPlaylists({ limit: 2, offset: 1 }),
      "reads a playlist": () => client.getPlaylist(playlist, { fields: "id,name,owner(id)" }),
      "creates a playlist": async () => {
        made = (await client.createPlaylist(AWKWARD, { description: "a & b", public: false })).body.id;
      },
      "updates a playlist": () => client.changePlaylistDetails(made, { name: `${AWKWARD}!` }),
      searches: () => client.search(AWKWARD, ["track", "artist"], { limit: 5 }),
      "lists saved tracks": () => client.getMySavedTracks({ limit: 3 }),
      "reads a track": () => client.getTrack(TRACKS[0]?.id ?? "", { market: "DE" }),
      "reads an album": () => client.getAlbum(RECORDS[0]?.id ?? ""),
      "lists an artist's albums": () => client.getArtistAlbums(ARTISTS[0]?.id ?? "", { limit: 2 }),
    };
  },
};
