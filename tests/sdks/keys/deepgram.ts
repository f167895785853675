import { DeepgramClient, DeepgramError } from "@deepgram/sdk";
import { expect } from "vitest";
import file from "./deepgram.json" with { type: "json" };
import { BYTES, Pieces, ServiceFile, errorFrom, type KeyAt, type KeySdk } from "./key-sdk.ts";

// @deepgram/sdk, http://localhost:8787/proxy/deepgram
const toDeepgram = ({ api, key }: KeyAt) => new DeepgramClient({ apiKey: key, baseUrl: api });

const api_key = "fake0123456789abcdef0123456789abcdef0123";
const HOST = "api.deepgram.com/v1";
const PROJECT = { project_id: "p-1", name: "Acme" };
const REQUESTS = [1, 2, 3].map((n) => ({
  request_id: `r-${n}`,
  created: "2026-02-19T00:00:00Z",
  path: "/v1/listen",
  code: 200,
}));
let pieces = new Pieces([]);

/** https://developers.deepgram.com/reference/errors */
const errorOf = (status: number, err_code: string, err_msg: string, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: { err_code, err_msg, request_id: "played" },
});

export const deepgram: KeySdk = {
  name: "@deepgram/sdk",
  file: ServiceFile.parse(file),
  typed: { api_key },
  secret: api_key,
  isAuthorized: ({ headers }) => headers["authorization"] === `Token ${api_key}`,
  refusal: errorOf(401, "INVALID_AUTH", "Invalid credentials."),
  // https://developers.deepgram.com/docs/working-with-concurrency-rate-limits
  limit: errorOf(429, "TOO_MANY_REQUESTS", "Too many requests.", { "Retry-After": "1" }),
  routes: {
    [`GET ${HOST}/projects`]: () => ({ body: { projects: [PROJECT] } }),
    [`GET ${HOST}/projects/{id}/requests`]: ({ query }) => {
      const [page, limit] = [Number(query.get("page")), Number(query.get("limit"))];
      return { body: { page, limit, requests: REQUESTS.slice(page * limit, page * limit + limit) } };
    },
    [`PATCH ${HOST}/projects/{id}`]: ({ body }) => ({ body: { message: body.toString() } }),
    [`POST ${HOST}/speak`]: () => ({ headers: { "Content-Type": "audio/mpeg" }, body: pieces }),
    [`POST ${HOST}/listen`]: ({ body, query }) => ({
      body: {
        metadata: {
          request_id: "r",
          duration: body.equals(BYTES) ? body.length : 0,
          channels: 1,
          models: [query.get("model")],
        },
        results: { channels: [] },
      },
    }),
    [`GET ${HOST}/projects/{id}`]: () => errorOf(404, "PROJECT_NOT_FOUND", "Project not found."),
  },
  does: (at) => {
    const client = toDeepgram(at);
    const { projects } = client.manage.v1;
    return {
      reads: async () => expect(await projects.list()).toEqual({ projects: [PROJECT] }),
      "lists every page": async () => {
        const ids: (string | undefined)[] = [];
        for (let page = 0, more = true; more; page += 1) {
          const { requests = [] } = await projects.requests.list("p-1", { limit: 2, page });
          ids.push(...requests.map(({ request_id }) => request_id));
          more = requests.length === 2;
        }
        expect(ids).toEqual(REQUESTS.map(({ request_id }) => request_id));
      },
      "writes once": async () =>
        expect(await projects.update("p-1", { name: "ü ✓" })).toEqual({ message: JSON.stringify({ name: "ü ✓" }) }),
      "is answered bit by bit": async () => {
        pieces = new Pieces([Buffer.from([0xff, 0xfb]), Buffer.from([0x90, 0x00])]);
        const answer = await client.speak.v1.audio.generate({ text: "Hello" });
        const read: Uint8Array[] = [];
        for await (const piece of answer.stream() ?? []) {
          read.push(piece);
          pieces.arrived();
        }
        expect(Buffer.concat(read).toString("hex")).toBe("fffb9000");
      },
      "moves a file": async () => {
        const heard = await client.listen.v1.media.transcribeFile(BYTES, { model: "nova-3" });
        expect(heard).toMatchObject({ metadata: { duration: BYTES.length } });
      },
      "is refused as the service refuses": async () => {
        const error = await errorFrom(() => projects.get("nothing"));
        expect(error).toBeInstanceOf(DeepgramError);
        expect(error).toMatchObject({ statusCode: 404, body: { err_code: "PROJECT_NOT_FOUND", request_id: "played" } });
      },
      "waits for a limit": async () => expect(await projects.list()).toEqual({ projects: [PROJECT] }),
    };
  },
  lacks: {},
  failure: (at) => errorFrom(() => toDeepgram(at).manage.v1.projects.list()),
  unauthorized: (error) => ({
    isAuthentication: error instanceof DeepgramError && error.statusCode === 401,
    says: error instanceof DeepgramError ? JSON.stringify(error.body) : "",
  }),
};
