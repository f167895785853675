import { google } from "googleapis";
import { expect } from "vitest";
import * as z from "zod";
import file from "./youtube.json" with { type: "json" };
import { ServiceFile, errorFrom, type KeyAt, type KeySdk } from "./key-sdk.ts";

// googleapis with a key in the query: `rootUrl` goes with every call; set once for the client, the SDK would drop its path
const toYouTube = ({ key }: KeyAt) => google.youtube({ version: "v3", auth: key });
const rootOf = ({ api }: KeyAt) => ({ rootUrl: `${api}/` });

const api_key = "AIzafake0123456789-ABCDEFGHIJKLMNOPQRSTU";
const HOST = "youtube.googleapis.com/youtube/v3";
const VIDEOS = [1, 2, 3].map((n) => ({ kind: "youtube#video", id: `v${n}`, snippet: { title: `video ${n}` } }));
const Languages = { items: [{ kind: "youtube#i18nLanguage", id: "de", snippet: { hl: "de", name: "German" } }] };

/** https://developers.google.com/youtube/v3/docs/errors and https://github.com/googleapis/googleapis/blob/master/google/api/error_reason.proto */
const errorOf = (code: number, reason: string, message: string, info?: string) => ({
  status: code,
  body: {
    error: {
      code,
      message,
      errors: [{ message, domain: "global", reason }],
      ...(info === undefined
        ? {}
        : {
            status: "INVALID_ARGUMENT",
            details: [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: info, domain: "googleapis.com" }],
          }),
    },
  },
});
const Refused = z.looseObject({
  status: z.number(),
  message: z.string(),
  response: z.looseObject({ data: z.unknown() }),
});

export const youtube: KeySdk = {
  name: "googleapis",
  file: ServiceFile.parse(file),
  typed: { api_key },
  secret: api_key,
  isAuthorized: ({ headers, query }) => query.getAll("key").join() === api_key && !("authorization" in headers),
  // A wrong key is a 400 there.
  refusal: errorOf(400, "badRequest", "API key not valid. Please pass a valid API key.", "API_KEY_INVALID"),
  limit: errorOf(429, "rateLimitExceeded", "Too many."),
  routes: {
    [`GET ${HOST}/i18nLanguages`]: () => ({ body: { kind: "youtube#i18nLanguageListResponse", ...Languages } }),
    [`GET ${HOST}/videos`]: ({ query }) => {
      const page = Number(query.get("pageToken") ?? 0);
      const items = VIDEOS.slice(page * 2, page * 2 + 2);
      return { body: { kind: "youtube#videoListResponse", items, ...(page === 0 ? { nextPageToken: "1" } : {}) } };
    },
    [`GET ${HOST}/playlists`]: () => errorOf(404, "playlistNotFound", "The playlist cannot be found."),
  },
  does: (at) => {
    const client = toYouTube(at);
    const here = rootOf(at);
    return {
      reads: async () => {
        const { data } = await client.i18nLanguages.list({ part: ["snippet"] }, here);
        expect(data.items).toEqual(Languages.items);
      },
      "lists every page": async () => {
        const ids: unknown[] = [];
        for (let pageToken: string | undefined, more = true; more;) {
          const page = { part: ["snippet"], id: ["v1,v2,v3"], ...(pageToken === undefined ? {} : { pageToken }) };
          const { data } = await client.videos.list(page, here);
          ids.push(...(data.items ?? []).map(({ id }) => id));
          pageToken = data.nextPageToken ?? undefined;
          more = pageToken !== undefined;
        }
        expect(ids).toEqual(VIDEOS.map(({ id }) => id));
      },
      "is refused as the service refuses": async () => {
        const error = await errorFrom(() => client.playlists.list({ part: ["snippet"], id: ["nothing"] }, here));
        expect(Refused.parse(error)).toMatchObject({
          status: 404,
          response: { data: { error: { code: 404, errors: [{ reason: "playlistNotFound" }] } } },
        });
      },
      "waits for a limit": async () =>
        expect((await client.i18nLanguages.list({ part: ["snippet"] }, here)).data.items).toHaveLength(1),
    };
  },
  lacks: {
    "writes once": "a key may only read; writing takes an account's consent",
    "is answered bit by bit": "what a key may read is no stream",
    "moves a file": "a key may move none",
  },
  failure: (at) => errorFrom(() => toYouTube(at).i18nLanguages.list({ part: ["snippet"] }, rootOf(at))),
  unauthorized: (error) => {
    const { success, data } = Refused.safeParse(error);
    return {
      isAuthentication: success && data.status === 401,
      says: success ? JSON.stringify(data.response.data) : "",
    };
  },
};
