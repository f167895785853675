import OpenAI, { APIError, AuthenticationError, NotFoundError, toFile } from "openai";
import { expect } from "vitest";
import file from "./openai.json" with { type: "json" };
import { BYTES, Pieces, ServiceFile, errorFrom, type KeyAt, type KeySdk } from "./key-sdk.ts";

// openai, http://localhost:8787/proxy/openai/v1
const toOpenAI = ({ api, key }: KeyAt) => new OpenAI({ apiKey: key, baseURL: `${api}/v1` });

const api_key = "sk-proj-fake_0123456789-ABCDEFGHIJKLMNOP";
const HOST = "api.openai.com/v1";

const fileOf = (n: number) => ({
  id: `file-${n}`,
  object: "file",
  bytes: 12,
  created_at: 1_764_288_000 + n,
  filename: `${n}.jsonl`,
  purpose: "fine-tune",
  status: "processed",
});
const FILES = [1, 2, 3, 4, 5].map(fileOf);

const chunk = (content: string, finish_reason: "stop" | null = null) =>
  `data: ${JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1_764_288_000,
    model: "gpt-5",
    choices: [{ index: 0, delta: { content }, finish_reason }],
  })}\n\n`;
let pieces = new Pieces([]);

/** https://developers.openai.com/docs/guides/error-codes */
const errorOf = (status: number, code: string, message: string, headers: Record<string, string> = {}) => ({
  status,
  headers: { "x-request-id": "req_played", ...headers },
  body: { error: { message, type: "invalid_request_error", param: null, code } },
});

export const openai: KeySdk = {
  name: "openai",
  file: ServiceFile.parse(file),
  typed: { api_key },
  secret: api_key,
  isAuthorized: ({ headers }) => headers["authorization"] === `Bearer ${api_key}`,
  refusal: errorOf(401, "invalid_api_key", "Incorrect API key provided."),
  // https://platform.openai.com/docs/guides/rate-limits
  limit: errorOf(429, "rate_limit_exceeded", "Rate limit reached.", {
    "retry-after": "1",
    "x-ratelimit-limit-requests": "60",
    "x-ratelimit-remaining-requests": "0",
    "x-ratelimit-reset-requests": "1s",
  }),
  routes: {
    [`GET ${HOST}/models`]: () => ({
      headers: { "x-ratelimit-remaining-requests": "59" },
      body: { object: "list", data: [{ id: "gpt-5", object: "model", created: 1_754_524_800, owned_by: "openai" }] },
    }),
    [`GET ${HOST}/files`]: ({ query }) => {
      const start = FILES.findIndex(({ id }) => id === query.get("after")) + 1;
      const data = FILES.slice(start, start + Number(query.get("limit")));
      const has_more = start + data.length < FILES.length;
      return { body: { object: "list", data, first_id: data[0]?.id, last_id: data.at(-1)?.id, has_more } };
    },
    [`POST ${HOST}/embeddings`]: ({ headers }) => ({
      headers: { "x-seen-key": headers["idempotency-key"] ?? "" },
      body: {
        object: "list",
        model: "text-embedding-3-small",
        data: [{ object: "embedding", index: 0, embedding: [0.5, -0.25] }],
        usage: { prompt_tokens: 1, total_tokens: 1 },
      },
    }),
    [`POST ${HOST}/chat/completions`]: () => ({
      headers: { "Content-Type": "text/event-stream; charset=utf-8" },
      body: pieces,
    }),
    [`POST ${HOST}/files`]: ({ body, headers }) => {
      const isWhole = body.includes(BYTES) && body.includes('name="purpose"');
      const isForm = headers["content-type"]?.startsWith("multipart/form-data; boundary=") ?? false;
      return { body: { ...fileOf(9), bytes: isWhole && isForm ? BYTES.length : 0 } };
    },
    [`GET ${HOST}/files/{id}/content`]: () => ({
      headers: { "Content-Type": "application/octet-stream" },
      body: BYTES,
    }),
    [`GET ${HOST}/files/{id}`]: () => errorOf(404, "not_found", "No such File object: nothing"),
  },
  does: (at) => {
    const client = toOpenAI(at);
    return {
      reads: async () => {
        const { data, response } = await client.models.list().withResponse();
        expect(data.data).toMatchObject([{ id: "gpt-5" }]);
        expect(response.headers.get("x-ratelimit-remaining-requests")).toBe("59");
      },
      "lists every page": async () => {
        const ids: string[] = [];
        for await (const { id } of client.files.list({ limit: 2 })) ids.push(id);
        expect(ids).toEqual(FILES.map(({ id }) => id));
      },
      "writes once": async () => {
        const body = { model: "text-embedding-3-small", input: "ü ✓", encoding_format: "float" } as const;
        const call = client.embeddings.create(body, { headers: { "Idempotency-Key": "once-1" } });
        const { data, response } = await call.withResponse();
        expect(data.data[0]?.embedding).toEqual([0.5, -0.25]);
        expect(response.headers.get("x-seen-key")).toBe("once-1");
      },
      "is answered bit by bit": async () => {
        pieces = new Pieces([chunk("Hel"), chunk("lo", "stop"), "data: [DONE]\n\n"]);
        const messages = [{ role: "user", content: "Say hello." }] as const;
        const stream = await client.chat.completions.create({ model: "gpt-5", messages: [...messages], stream: true });
        const said: string[] = [];
        for await (const { choices } of stream) {
          said.push(choices[0]?.delta.content ?? "");
          pieces.arrived();
        }
        expect(said).toEqual(["Hel", "lo"]);
      },
      "moves a file": async () => {
        const sent = await client.files.create({ purpose: "fine-tune", file: await toFile(BYTES, "a b ü.bin") });
        expect(sent.bytes).toBe(BYTES.length);
        const got = await client.files.content("file-9");
        expect(Buffer.from(await got.arrayBuffer()).equals(BYTES)).toBe(true);
      },
      "is refused as the service refuses": async () => {
        const error = await errorFrom(() => client.files.retrieve("nothing"));
        expect(error).toBeInstanceOf(NotFoundError);
        expect(error).toMatchObject({ status: 404, code: "not_found", requestID: "req_played" });
      },
      "waits for a limit": async () => expect((await client.models.list()).data).toHaveLength(1),
    };
  },
  lacks: {},
  failure: (at) => errorFrom(() => toOpenAI(at).models.list()),
  unauthorized: (error) => ({
    isAuthentication: error instanceof AuthenticationError,
    says: error instanceof APIError ? `${error.code}: ${error.message}` : "",
  }),
};
