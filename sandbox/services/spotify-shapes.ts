/** Things as Spotify shows them to an app in development mode, without what it took from those in February 2026. */
import { type Album, type Artist, ARTISTS, type Playlist, RECORDS, type Track } from "../data/spotify.ts";
import { type Call, mapped } from "../http.ts";
import { PICTURES, SPOTIFY_API } from "./spotify-http.ts";

/** A picture, as a list of sizes. */
export function imagesOf(call: Call, id: string) {
  return [{ url: mapped(call, PICTURES, `/image/${id}`), height: 120, width: 120 }];
}

/** What everything in the catalogue has. */
function base(call: Call, type: "track" | "album" | "artist", id: string, name: string) {
  return {
    external_urls: { spotify: `https://open.spotify.com/${type}/${id}` },
    href: mapped(call, SPOTIFY_API, `/v1/${type}s/${id}`),
    id,
    name,
    type,
    uri: `spotify:${type}:${id}`,
  };
}

/** An artist inside something else. */
export function simpleArtist(call: Call, { id, name }: Artist) {
  return base(call, "artist", id, name);
}

function artistsOf(call: Call, id: string) {
  return ARTISTS.filter((artist) => artist.id === id).map((artist) => simpleArtist(call, artist));
}

/** An album inside something else. */
export function simpleAlbum(call: Call, album: Album) {
  return {
    ...base(call, "album", album.id, album.name),
    album_type: album.type,
    total_tracks: album.tracks,
    available_markets: [],
    images: imagesOf(call, album.id),
    release_date: album.released,
    release_date_precision: "day",
    artists: artistsOf(call, album.artist),
  };
}

/** A track inside an album. */
export function simpleTrack(call: Call, track: Track) {
  return {
    ...base(call, "track", track.id, track.name),
    artists: artistsOf(call, track.artist),
    disc_number: 1,
    duration_ms: track.duration,
    explicit: track.explicit,
    is_local: false,
    is_playable: true,
    track_number: track.number,
  };
}

/** A track, whole. */
export function shownTrack(call: Call, track: Track) {
  const albums = RECORDS.filter(({ id }) => id === track.album).map((album) => simpleAlbum(call, album));
  return { ...simpleTrack(call, track), album: albums[0] ?? {}, external_ids: { isrc: track.id.slice(0, 12) } };
}

/** A person behind a playlist or what is on it. */
export function shownPerson(call: Call, id: string) {
  return {
    external_urls: { spotify: `https://open.spotify.com/user/${id}` },
    href: mapped(call, SPOTIFY_API, `/v1/users/${id}`),
    id,
    type: "user",
    uri: `spotify:user:${id}`,
  };
}

/** A playlist as lists show it: what is on it as an address and a number. */
export function shownSimply(call: Call, playlist: Playlist) {
  const href = mapped(call, SPOTIFY_API, `/v1/playlists/${playlist.id}`);
  const hasImage = playlist.hasImage || playlist.image !== null;
  return {
    collaborative: playlist.collaborative,
    description: playlist.description,
    external_urls: { spotify: `https://open.spotify.com/playlist/${playlist.id}` },
    href,
    id: playlist.id,
    images: hasImage ? playlistImages(call, playlist) : [],
    name: playlist.name,
    owner: { ...shownPerson(call, playlist.ownerId), display_name: playlist.ownerName },
    primary_color: null,
    public: playlist.public,
    snapshot_id: snapshotOf(playlist),
    items: { href: `${href}/items`, total: playlist.items.length },
    type: "playlist",
    uri: `spotify:playlist:${playlist.id}`,
  };
}

/** The sizes of its picture are not known for one that Spotify made itself. */
function playlistImages(call: Call, { id, version }: Playlist) {
  return [{ url: mapped(call, PICTURES, `/image/${id}?v=${version}`), height: null, width: null }];
}

/** Another one after every change. */
export function snapshotOf({ id, version }: Playlist): string {
  return btoa(`${version},${id}`);
}
