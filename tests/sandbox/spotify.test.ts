/** The emulated Spotify keeps what is written, and refuses what it refuses an app in development mode. */
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { sandboxClient } from "../../sandbox/clients.ts";
import { ARTISTS, spotifyPlaylists, spotifyUser, TRACKS } from "../../sandbox/data/spotify.ts";
import { control } from "../support/emulator.ts";
import { ask, consentTo, redirectUri } from "../support/sandbox.ts";

const READ = "playlist-read-private user-library-read";
const WRITE = `${READ} playlist-modify-public playlist-modify-private user-library-modify ugc-image-upload`;
const [first, second, third] = TRACKS.map(({ id }) => `spotify:track:${id}`);
const foreign =
  spotifyPlaylists(0).find(({ ownerId, collaborative }) => ownerId !== spotifyUser(0).id && !collaborative)?.id ?? "";
const own =
  spotifyPlaylists(0).find(({ ownerId, items }) => ownerId === spotifyUser(0).id && items.length > 60)?.id ?? "";

type Call = (
  method: string,
  path: string,
  body?: object | string,
  headers?: Record<string, string>,
) => Promise<Response>;

beforeEach(() => control("spotify").reset());

async function connected(scope: string): Promise<Call> {
  const code = (await consentTo("spotify", "https://accounts.spotify.com/authorize", { scope })).get("code");
  const { client_id, client_secret } = sandboxClient("spotify");
  const answer = await ask("spotify", "https://accounts.spotify.com/api/token", {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}` },
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code: code ?? "",
      redirect_uri: redirectUri("spotify"),
    }),
  });
  const { access_token } = z.object({ access_token: z.string() }).parse(await answer.json());
  return (method, path, body, headers = {}) =>
    ask("spotify", `https://api.spotify.com/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${access_token}`, ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
}

const Items = z.object({ total: z.number(), items: z.array(z.object({ item: z.object({ uri: z.string() }) })) });
const Made = z.object({ id: z.string(), snapshot_id: z.string() });

async function urisOf(call: Call, id: string): Promise<string[]> {
  const { items } = Items.parse(await (await call("GET", `/playlists/${id}/items?limit=50`)).json());
  return items.map(({ item }) => item.uri);
}

describe("a playlist", () => {
  it("is made, filled, put in order and thinned out, and another snapshot after each change", async () => {
    const call = await connected(WRITE);
    const made = Made.parse(await (await call("POST", "/me/playlists", { name: "Tides" })).json());
    const at = `/playlists/${made.id}/items`;
    const snapshots = new Set([made.snapshot_id]);
    const change = async (method: string, body: object, status = 200) => {
      const answer = await call(method, at, body);
      expect(answer.status).toBe(status);
      snapshots.add(z.object({ snapshot_id: z.string() }).parse(await answer.json()).snapshot_id);
    };
    await change("POST", { uris: [first, second] }, 201);
    await change("POST", { uris: [third], position: 0 }, 201);
    expect(await urisOf(call, made.id)).toEqual([third, first, second]);
    await change("PUT", { range_start: 0, insert_before: 3 });
    expect(await urisOf(call, made.id)).toEqual([first, second, third]);
    await change("DELETE", { items: [{ uri: second }] });
    expect(await urisOf(call, made.id)).toEqual([first, third]);
    await change("PUT", { uris: [second] });
    expect(await urisOf(call, made.id)).toEqual([second]);
    expect(snapshots.size).toBe(6);
    const listed = z.object({ items: z.array(z.object({ id: z.string(), items: z.object({ total: z.number() }) })) });
    const { items } = listed.parse(await (await call("GET", "/me/playlists?limit=1")).json());
    expect(items).toMatchObject([{ id: made.id, items: { total: 1 } }]);
  });

  it("takes another name and picture", async () => {
    const call = await connected(WRITE);
    expect((await call("PUT", `/playlists/${own}`, { name: "Ebb" })).status).toBe(200);
    const before = await (await call("GET", `/playlists/${own}/images`)).text();
    expect(
      (await call("PUT", `/playlists/${own}/images`, "/9j/4AAQSkZJRg==", { "content-type": "image/jpeg" })).status,
    ).toBe(202);
    expect(await (await call("GET", `/playlists/${own}`)).json()).toMatchObject({ name: "Ebb" });
    expect(await (await call("GET", `/playlists/${own}/images`)).text()).not.toBe(before);
  });

  it.each([
    ["an id that is none of a track", "POST", `/playlists/${own}/items`, { uris: ["spotify:artist:x"] }, 400],
    [
      "a track that is not there",
      "POST",
      `/playlists/${own}/items`,
      { uris: [`spotify:track:${"0".repeat(22)}`] },
      400,
    ],
    ["a place behind the end", "POST", `/playlists/${own}/items`, { uris: [first], position: 100_000 }, 400],
    ["what is no picture", "PUT", `/playlists/${own}/images`, "bm90IGEganBlZw==", 400],
    ["somebody else's", "PUT", `/playlists/${foreign}`, { name: "Mine" }, 403],
    ["what is on somebody else's", "GET", `/playlists/${foreign}/items`, undefined, 403],
    ["one that is public and collaborative", "PUT", `/playlists/${own}`, { public: true, collaborative: true }, 400],
  ])("does not take %s", async (_, method, path, body, status) => {
    const answer = await (
      await connected(WRITE)
    )(method, path, body, { "content-type": typeof body === "string" ? "image/jpeg" : "application/json" });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ error: { status } });
  });

  it("of somebody else is shown without what is on it", async () => {
    const call = await connected(READ);
    expect(await (await call("GET", `/playlists/${foreign}`)).json()).not.toHaveProperty("items");
    expect(await (await call("GET", `/playlists/${own}`)).json()).toHaveProperty("items.items.0.item.uri");
  });
});

it("keeps what is saved, of every kind", async () => {
  const call = await connected(`${WRITE} user-follow-modify user-follow-read`);
  const uris = `${second},spotify:artist:${ARTISTS[0]?.id ?? ""}`;
  const contains = async () => (await call("GET", `/me/library/contains?uris=${uris}`)).json();
  expect((await call("DELETE", `/me/library?uris=${uris}`)).status).toBe(200);
  expect(await contains()).toEqual([false, false]);
  expect((await call("PUT", `/me/library?uris=${uris}`)).status).toBe(200);
  expect(await contains()).toEqual([true, true]);
  expect(await (await call("GET", "/me/tracks?limit=1")).json()).toMatchObject({ items: [{ track: { uri: second } }] });
});

describe("an app in development mode", () => {
  it.each([
    ["POST", `/users/${spotifyUser(0).id}/playlists`],
    ["GET", `/users/${spotifyUser(0).id}/playlists`],
    ["GET", `/playlists/${own}/tracks`],
    ["POST", `/playlists/${own}/tracks`],
    ["PUT", "/me/tracks"],
    ["GET", "/me/tracks/contains"],
  ])("is refused %s %s, which were taken from it", async (method, path) => {
    const answer = await (await connected(WRITE))(method, path);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toEqual({ error: { status: 403, message: "Forbidden" } });
  });

  it("finds ten things at most", async () => {
    const call = await connected(READ);
    const found = await (await call("GET", "/search?q=a&type=track,album")).json();
    expect(found).toMatchObject({ tracks: { limit: 5, items: { length: 5 } }, albums: { limit: 5 } });
    expect((await call("GET", "/search?q=a&type=track&limit=11")).status).toBe(400);
    expect((await call("GET", "/search?q=a&type=song")).status).toBe(400);
  });
});

describe("scopes", () => {
  it.each([
    [READ, "POST", "/me/playlists", { name: "x" }],
    [READ, "POST", `/playlists/${own}/items`, { uris: [first] }],
    [`${READ} playlist-modify-public`, "POST", "/me/playlists", { name: "x", public: false }],
    [READ, "PUT", `/me/library?uris=${first ?? ""}`, undefined],
    [READ, "GET", "/me/player", undefined],
    ["user-library-read", "GET", "/me/playlists", undefined],
  ])("of %s are not enough for %s %s", async (scope, method, path, body) => {
    const answer = await (await connected(scope))(method, path, body);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toEqual({ error: { status: 403, message: "Insufficient client scope" } });
  });
});
