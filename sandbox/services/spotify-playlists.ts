/** Playlists: https://developer.spotify.com/documentation/web-api/concepts/playlists */
import * as z from "zod";
import { Playlist, spotifyPlaylists, spotifyUser, TRACKS } from "../data/spotify.ts";
import { json } from "../http.ts";
import { randomText } from "../random.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import type { Shelf } from "../shelf.ts";
import { bodyOf, failure, listed, paging, slice, SPOTIFY_API, spotifyErrors } from "./spotify-http.ts";
import { shownPerson, shownSimply, shownTrack, snapshotOf } from "./spotify-shapes.ts";

const MODIFY = ["playlist-modify-public", "playlist-modify-private"];
const MOST_AT_ONCE = 100;
/** https://developer.spotify.com/documentation/web-api/reference/upload-custom-playlist-cover: base64, 256 KB at most. */
const MOST_OF_A_PICTURE = 256 * 1024;

const NewPlaylist = z.object({
  name: z.string().min(1),
  description: z.string().nullable().default(null),
  public: z.boolean().default(true),
  collaborative: z.boolean().default(false),
});
const Details = NewPlaylist.extend({ description: z.string() }).partial();
const uris = z.array(z.string().regex(/^spotify:track:[0-9A-Za-z]{22}$/)).max(MOST_AT_ONCE);
const Added = z.object({ uris, position: z.number().int().min(0).optional() });
const Replaced = z.object({ uris });
const Moved = z.object({
  range_start: z.number().int().min(0),
  insert_before: z.number().int().min(0),
  range_length: z.number().int().min(1).default(1),
});
const Removed = z.object({ items: z.array(z.object({ uri: z.string() })).max(MOST_AT_ONCE) });

/** All that the account has or follows. */
export function playlistsOf({ account, store }: Pick<ApiContext, "account" | "store">): Shelf<Playlist> {
  return store.shelf({
    account,
    kind: "playlist",
    schema: Playlist,
    seeded: spotifyPlaylists(account),
    idOf: ({ id }) => id,
  });
}

export const playlistRoutes: readonly Route[] = [
  api("GET", SPOTIFY_API, "/v1/me/playlists", ["playlist-read-private"], (context) =>
    listed(paging(context, playlistsOf(context).newestFirst(), (playlist) => shownSimply(context.call, playlist))),
  ),
  api("POST", SPOTIFY_API, "/v1/me/playlists", MODIFY, create),
  ofPlaylist("GET", "", [], (context, playlist) => json(whole(context, playlist))),
  ofPlaylist("PUT", "", MODIFY, (context, playlist) => {
    const body = bodyOf(context.call);
    if (body instanceof Response) return body;
    const wanted = Details.safeParse(body);
    if (!wanted.success) return failure(400, `Invalid ${String(wanted.error.issues[0]?.path[0] ?? "body")}`);
    // https://developer.spotify.com/documentation/web-api/reference/change-playlist-details: only what is not public can be collaborative.
    const given = Object.fromEntries(Object.entries(wanted.data).filter(([, value]) => value !== undefined));
    const after = { ...changed(playlist), ...given };
    if (after.collaborative && after.public === true)
      return failure(400, "Collaborative playlists can only be private");
    playlistsOf(context).put(after);
    return new Response(null, { status: 200 });
  }),
  ofPlaylist("GET", "/items", ["playlist-read-private"], (context, playlist) =>
    isContributor(context, playlist)
      ? listed(paging(context, playlist.items, (item) => shownItem(context, playlist, item), { usual: 20, most: 50 }))
      : failure(403, "Forbidden"),
  ),
  ofPlaylist("POST", "/items", MODIFY, add),
  ofPlaylist("PUT", "/items", MODIFY, replaceOrMove),
  ofPlaylist("DELETE", "/items", MODIFY, remove),
  ofPlaylist("GET", "/images", [], (context, playlist) => json(shownSimply(context.call, playlist).images)),
  ofPlaylist("PUT", "/images", ["ugc-image-upload"], putImage),
  // Taken from apps in development mode: https://developer.spotify.com/documentation/web-api/tutorials/february-2026-migration-guide
  // They are refused with 403, as others found: https://github.com/bjarneo/cliamp/issues/54
  api("GET|POST", SPOTIFY_API, "/v1/users/:user/playlists", [], gone),
  api("GET|POST|PUT|DELETE", SPOTIFY_API, "/v1/playlists/:id/tracks", [], gone),
  api("PUT|DELETE", SPOTIFY_API, "/v1/playlists/:id/followers", [], gone),
];

/** What an app in development mode is told where something was taken from it. */
export function gone(): Response {
  return failure(403, "Forbidden");
}

/** An endpoint of one playlist; writing is for whoever owns it or may contribute. */
function ofPlaylist(
  methods: string,
  path: string,
  scopes: readonly string[],
  handle: (context: ApiContext, playlist: Playlist) => Response,
): Route {
  return api(methods, SPOTIFY_API, `/v1/playlists/:id${path}`, scopes, (context) => {
    const found = playlistsOf(context).find(context.params["id"] ?? "");
    if (found === undefined) return spotifyErrors.notFound(context.call);
    const isRefused = methods !== "GET" && !mayModify(context, found);
    return isRefused ? failure(403, "Insufficient client scope") : handle(context, found);
  });
}

function isContributor({ account }: ApiContext, { ownerId, collaborative }: Playlist): boolean {
  return collaborative || ownerId === spotifyUser(account).id;
}

/** Each kind of playlist takes the scope of its kind. */
function mayModify(context: ApiContext, playlist: Playlist): boolean {
  const needed = playlist.public === true ? "playlist-modify-public" : "playlist-modify-private";
  return isContributor(context, playlist) && context.token.scopes.includes(needed);
}

function changed(playlist: Playlist): Playlist {
  return { ...playlist, version: playlist.version + 1 };
}

/** With what is on it, for whoever may see that: https://developer.spotify.com/documentation/web-api/reference/get-playlist */
function whole(context: ApiContext, playlist: Playlist): object {
  const { items: _, ...simple } = shownSimply(context.call, playlist);
  if (!isContributor(context, playlist)) return simple;
  const path = `/v1/playlists/${playlist.id}/items`;
  const show = (item: Playlist["items"][number]) => shownItem(context, playlist, item);
  return { ...simple, items: slice(context.call, path, playlist.items, show, MOST_AT_ONCE, 0) };
}

function shownItem({ call }: ApiContext, { ownerId }: Playlist, { track, addedAt }: Playlist["items"][number]): object {
  const found = TRACKS.find(({ id }) => id === track);
  return {
    added_at: addedAt,
    added_by: shownPerson(call, ownerId),
    is_local: false,
    primary_color: null,
    item: found === undefined ? null : shownTrack(call, found),
  };
}

function create(context: ApiContext): Response {
  const body = bodyOf(context.call);
  if (body instanceof Response) return body;
  const wanted = NewPlaylist.safeParse(body);
  if (!wanted.success) return failure(400, "Missing required field: name");
  const user = spotifyUser(context.account);
  const playlist: Playlist = {
    id: randomText(22),
    ...wanted.data,
    ownerId: user.id,
    ownerName: user.name,
    hasImage: false,
    image: null,
    items: [],
    version: 1,
  };
  if (!mayModify(context, playlist)) return spotifyErrors.forbidden(context.call, [], []);
  playlistsOf(context).put(playlist);
  return json(whole(context, playlist), 201);
}

/** Keeps the new order. */
function put(context: ApiContext, playlist: Playlist, items: Playlist["items"], status = 200): Response {
  const now = { ...changed(playlist), items };
  playlistsOf(context).put(now);
  return json({ snapshot_id: snapshotOf(now) }, status);
}

/** Fresh items of tracks that there are. */
function itemsOf({ call }: ApiContext, wanted: readonly string[]): Playlist["items"] | Response {
  const addedAt = new Date(call.now).toISOString().replace(/\.\d{3}Z$/, "Z");
  const ids = wanted.map((uri) => uri.replace("spotify:track:", ""));
  const isThere = (id: string) => TRACKS.some((track) => track.id === id);
  return ids.every(isThere)
    ? ids.map((track) => ({ track, addedAt }))
    : failure(400, "Payload contains a non-existing ID");
}

function add(context: ApiContext, playlist: Playlist): Response {
  const { query, text } = context.call;
  const given = query.get("uris");
  const position = query.get("position");
  const asked =
    given === null
      ? bodyOf(context.call)
      : { uris: given.split(","), ...(position === null ? {} : { position: Number(position) }) };
  if (asked instanceof Response) return text === "" ? failure(400, "No uris provided") : asked;
  const wanted = Added.safeParse(asked);
  if (!wanted.success) return failure(400, "Invalid track uri");
  const fresh = itemsOf(context, wanted.data.uris);
  if (fresh instanceof Response) return fresh;
  const { position: at = playlist.items.length } = wanted.data;
  if (at > playlist.items.length) return failure(400, "Index out of bounds.");
  return put(context, playlist, playlist.items.toSpliced(at, 0, ...fresh), 201);
}

/** `uris` replace everything; `range_start` and `insert_before` move a part: https://developer.spotify.com/documentation/web-api/reference/reorder-or-replace-playlists-items */
function replaceOrMove(context: ApiContext, playlist: Playlist): Response {
  const given = context.call.query.get("uris");
  const body = given === null ? bodyOf(context.call) : { uris: given.split(",") };
  if (body instanceof Response) return body;
  const replaced = Replaced.safeParse(body);
  if (replaced.success) {
    const fresh = itemsOf(context, replaced.data.uris);
    return fresh instanceof Response ? fresh : put(context, playlist, fresh);
  }
  const moved = Moved.safeParse(body);
  if (!moved.success) return failure(400, "Invalid track uri");
  const { range_start, insert_before, range_length } = moved.data;
  const { items } = playlist;
  if (range_start + range_length > items.length || insert_before > items.length)
    return failure(400, "Index out of bounds.");
  const taken = items.slice(range_start, range_start + range_length);
  const left = items.toSpliced(range_start, range_length);
  const at = insert_before > range_start ? Math.max(range_start, insert_before - range_length) : insert_before;
  return put(context, playlist, left.toSpliced(at, 0, ...taken));
}

/** Every place where a track stands. */
function remove(context: ApiContext, playlist: Playlist): Response {
  const body = bodyOf(context.call);
  if (body instanceof Response) return body;
  const wanted = Removed.safeParse(body);
  if (!wanted.success) return failure(400, "Invalid track uri");
  const away = new Set(wanted.data.items.map(({ uri }) => uri.replace("spotify:track:", "")));
  return put(
    context,
    playlist,
    playlist.items.filter(({ track }) => !away.has(track)),
  );
}

function putImage(context: ApiContext, playlist: Playlist): Response {
  const { headers, text } = context.call;
  if (headers.get("content-type") !== "image/jpeg") return failure(400, "Unsupported media type");
  if (text.length > MOST_OF_A_PICTURE) return failure(413, "Payload too large");
  // A JPEG begins with FF D8 FF, which is this in base64.
  if (!/^\/9j\/[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text)) return failure(400, "Bad image");
  playlistsOf(context).put({ ...changed(playlist), image: text });
  return new Response(null, { status: 202 });
}
