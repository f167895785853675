import { Resend } from "resend";
import { expect } from "vitest";
import * as z from "zod";
import file from "./resend.json" with { type: "json" };
import { BYTES, ServiceFile, type KeyAt, type KeySdk } from "./key-sdk.ts";

// resend, http://localhost:8787/proxy/resend
const toResend = ({ api, key }: KeyAt) => new Resend(key, { baseUrl: api });

const api_key = "re_fake0123_456789ABCDEFGHIJKLMNOPQR";
const HOST = "api.resend.com";
const emailOf = (n: number) => ({ id: `email-${n}`, to: ["to@example.com"], from: "a@example.com", subject: `${n}` });
const EMAILS = [1, 2, 3].map(emailOf);

/** https://resend.com/docs/api-reference/errors */
const errorOf = (statusCode: number, name: string, message: string, headers: Record<string, string> = {}) => ({
  status: statusCode,
  headers,
  body: { statusCode, name, message },
});
const Sent = z.object({ attachments: z.array(z.object({ content: z.string() })).default([]) });

export const resend: KeySdk = {
  name: "resend",
  file: ServiceFile.parse(file),
  typed: { api_key },
  secret: api_key,
  isAuthorized: ({ headers }) => headers["authorization"] === `Bearer ${api_key}`,
  // A wrong key is no 401 there.
  refusal: errorOf(403, "invalid_api_key", "API key is invalid"),
  // https://resend.com/docs/api-reference/introduction
  limit: errorOf(429, "rate_limit_exceeded", "Too many requests.", {
    "ratelimit-limit": "2",
    "ratelimit-remaining": "0",
    "ratelimit-reset": "1",
    "retry-after": "1",
  }),
  routes: {
    [`GET ${HOST}/domains`]: () => ({
      body: { object: "list", has_more: false, data: [{ id: "d-1", name: "example.com", status: "verified" }] },
    }),
    [`GET ${HOST}/emails`]: ({ query }) => {
      const start = EMAILS.findIndex(({ id }) => id === query.get("after")) + 1;
      const data = EMAILS.slice(start, start + Number(query.get("limit")));
      return { body: { object: "list", has_more: start + data.length < EMAILS.length, data } };
    },
    [`POST ${HOST}/emails`]: ({ headers, body }) => {
      const { attachments } = Sent.parse(JSON.parse(body.toString()));
      const size = attachments.reduce((sum, { content }) => sum + Buffer.from(content, "base64").length, 0);
      return { body: { id: `${headers["idempotency-key"] ?? ""}/${size}` } };
    },
    [`GET ${HOST}/emails/{id}`]: () => errorOf(404, "not_found", "Email not found"),
  },
  does: (at) => {
    const client = toResend(at);
    const mail = { from: "a@example.com", to: "to@example.com", subject: "ü", text: "✓" };
    return {
      reads: async () => {
        const { data, error } = await client.domains.list();
        expect([data?.data.map(({ name }) => name), error]).toEqual([["example.com"], null]);
      },
      "lists every page": async () => {
        const ids: string[] = [];
        for (let after: string | undefined, more = true; more; after = ids.at(-1)) {
          const { data } = await client.emails.list({ limit: 2, ...(after === undefined ? {} : { after }) });
          ids.push(...(data?.data ?? []).map(({ id }) => id));
          more = data?.has_more ?? false;
        }
        expect(ids).toEqual(EMAILS.map(({ id }) => id));
      },
      "writes once": async () => {
        const { data } = await client.emails.send(mail, { idempotencyKey: "once-1" });
        expect(data?.id).toBe("once-1/0");
      },
      "moves a file": async () => {
        const { data } = await client.emails.send({
          ...mail,
          attachments: [{ filename: "a.bin", content: BYTES.toString("base64") }],
        });
        expect(data?.id).toBe(`/${BYTES.length}`);
      },
      "is refused as the service refuses": async () => {
        const { error } = await client.emails.get("nothing");
        expect(error).toEqual({ statusCode: 404, name: "not_found", message: "Email not found" });
      },
      "waits for a limit": async () => {
        const { error, headers } = await client.domains.list();
        expect([error?.name, headers?.["retry-after"], headers?.["ratelimit-reset"]]).toEqual([
          "rate_limit_exceeded",
          "1",
          "1",
        ]);
        expect((await client.domains.list()).error).toBeNull();
      },
    };
  },
  lacks: { "is answered bit by bit": "its API streams nothing" },
  failure: async (at) => (await toResend(at).domains.list()).error,
  unauthorized: (error) => {
    const { success, data } = z
      .object({ statusCode: z.number(), name: z.string(), message: z.string() })
      .safeParse(error);
    return {
      isAuthentication: success && data.statusCode === 401,
      says: success ? `${data.name}: ${data.message}` : "",
    };
  },
};
