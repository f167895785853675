import Anthropic, { APIError, AuthenticationError, NotFoundError, toFile } from "@anthropic-ai/sdk";
import { expect } from "vitest";
import file from "./anthropic.json" with { type: "json" };
import { BYTES, Pieces, ServiceFile, errorFrom, type KeyAt, type KeySdk } from "./key-sdk.ts";

// @anthropic-ai/sdk, http://localhost:8787/proxy/anthropic
const toAnthropic = ({ api, key }: KeyAt) => new Anthropic({ apiKey: key, baseURL: api });

const api_key = "sk-ant-api03-fake_0123456789-ABCDEFGHIJKLMNOP";
const HOST = "api.anthropic.com/v1";
const MODELS = ["claude-a", "claude-b", "claude-c"].map((id) => ({
  type: "model",
  id,
  display_name: id,
  created_at: "2026-02-19T00:00:00Z",
}));
const MESSAGE = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-a",
  content: [{ type: "text", text: "Hello" }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 3, output_tokens: 1 },
};
const event = (type: string, data: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
let pieces = new Pieces([]);

/** https://platform.claude.com/docs/en/api/errors */
const errorOf = (status: number, type: string, message: string, headers: Record<string, string> = {}) => ({
  status,
  headers: { "request-id": "req_played", ...headers },
  body: { type: "error", error: { type, message }, request_id: "req_played" },
});

export const anthropic: KeySdk = {
  name: "@anthropic-ai/sdk",
  file: ServiceFile.parse(file),
  typed: { api_key },
  secret: api_key,
  isAuthorized: ({ headers }) =>
    headers["x-api-key"] === api_key && "anthropic-version" in headers && !("authorization" in headers),
  refusal: errorOf(401, "authentication_error", "invalid x-api-key"),
  // https://platform.claude.com/docs/en/api/rate-limits
  limit: errorOf(429, "rate_limit_error", "Too many.", {
    "retry-after": "1",
    "anthropic-ratelimit-requests-remaining": "0",
  }),
  routes: {
    [`GET ${HOST}/models`]: ({ query }) => {
      const start = MODELS.findIndex(({ id }) => id === query.get("after_id")) + 1;
      const data = MODELS.slice(start, start + Number(query.get("limit") ?? 20));
      const has_more = start + data.length < MODELS.length;
      return { body: { data, has_more, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null } };
    },
    [`POST ${HOST}/messages`]: ({ body }) =>
      body.includes('"stream":true')
        ? { headers: { "Content-Type": "text/event-stream; charset=utf-8" }, body: pieces }
        : { headers: { "request-id": "req_played" }, body: MESSAGE },
    [`POST ${HOST}/files`]: ({ body, headers }) => ({
      body: {
        id: "file_1",
        type: "file",
        filename: "a b ü.bin",
        mime_type: "application/octet-stream",
        size_bytes: body.includes(BYTES) && headers["anthropic-beta"] === "files-api-2025-04-14" ? BYTES.length : 0,
        created_at: "2026-02-19T00:00:00Z",
      },
    }),
    [`GET ${HOST}/models/{id}`]: () => errorOf(404, "not_found_error", "model: nothing"),
  },
  does: (at) => {
    const client = toAnthropic(at);
    const ask = { model: "claude-a", max_tokens: 8, messages: [{ role: "user" as const, content: "Say hello." }] };
    return {
      reads: async () => expect((await client.models.list({ limit: 1 })).data).toMatchObject([{ id: "claude-a" }]),
      "lists every page": async () => {
        const ids: string[] = [];
        for await (const { id } of client.models.list({ limit: 2 })) ids.push(id);
        expect(ids).toEqual(MODELS.map(({ id }) => id));
      },
      "writes once": async () => {
        const { data, request_id } = await client.messages.create(ask).withResponse();
        expect([data.content, request_id]).toEqual([MESSAGE.content, "req_played"]);
      },
      "is answered bit by bit": async () => {
        const delta = (text: string) => event("content_block_delta", { index: 0, delta: { type: "text_delta", text } });
        pieces = new Pieces([
          event("message_start", { message: { ...MESSAGE, content: [], stop_reason: null } }) +
            event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }) +
            delta("Hel"),
          delta("lo") + event("content_block_stop", { index: 0 }),
          event("message_delta", {
            delta: { stop_reason: "end_turn", stop_sequence: null },
            usage: { output_tokens: 2 },
          }) + event("message_stop", {}),
        ]);
        const stream = client.messages.stream(ask).on("text", () => pieces.arrived());
        expect((await stream.finalMessage()).content).toMatchObject([{ type: "text", text: "Hello" }]);
      },
      "moves a file": async () => {
        const sent = await client.beta.files.upload({
          betas: ["files-api-2025-04-14"],
          file: await toFile(BYTES, "a b ü.bin"),
        });
        expect(sent.size_bytes).toBe(BYTES.length);
      },
      "is refused as the service refuses": async () => {
        const error = await errorFrom(() => client.models.retrieve("nothing"));
        expect(error).toBeInstanceOf(NotFoundError);
        expect(error).toMatchObject({
          status: 404,
          requestID: "req_played",
          error: { error: { type: "not_found_error" } },
        });
      },
      "waits for a limit": async () => expect((await client.models.list({ limit: 1 })).data).toHaveLength(1),
    };
  },
  lacks: {},
  failure: (at) => errorFrom(() => toAnthropic(at).models.list()),
  unauthorized: (error) => ({
    isAuthentication: error instanceof AuthenticationError,
    says: error instanceof APIError ? JSON.stringify(error.error) : "",
  }),
};
