import client from "@sendgrid/client";
import mail from "@sendgrid/mail";
import { expect } from "vitest";
import * as z from "zod";
import file from "./sendgrid.json" with { type: "json" };
import { BYTES, ServiceFile, errorFrom, type KeyAt, type KeySdk } from "./key-sdk.ts";

// @sendgrid/mail: the key first, which sets the address; it says once that it begins with no `SG.`
function toSendGrid({ api, key }: KeyAt) {
  client.setApiKey(key);
  client.setDefaultRequest("baseUrl", api);
  mail.setClient(client);
}

const api_key = "SG.fake0123456789ABCDEF.GHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijk";
const HOST = "api.sendgrid.com/v3";
const LISTS = [1, 2, 3].map((n) => ({
  id: `00000000-0000-4000-8000-00000000000${n}`,
  name: `list ${n}`,
  contact_count: n,
}));

/** https://docs.sendgrid.com/api-reference/api-key-permissions/retrieve-a-list-of-scopes-for-which-this-user-has-access */
const errorOf = (
  status: number,
  message: string,
  field: string | null = null,
  headers: Record<string, string> = {},
) => ({
  status,
  headers,
  body: { errors: [{ message, field }] },
});
const Mail = z.object({
  subject: z.string(),
  attachments: z.array(z.object({ content: z.string() })).default([]),
});
const Refused = z.object({
  code: z.number(),
  response: z.object({ body: z.object({ errors: z.array(z.looseObject({ message: z.string() })).min(1) }) }),
});
const LIMIT = { "X-RateLimit-Limit": "150", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1392815263" };

export const sendgrid: KeySdk = {
  name: "@sendgrid/mail",
  file: ServiceFile.parse(file),
  typed: { api_key },
  secret: api_key,
  isAuthorized: ({ headers }) => headers["authorization"] === `Bearer ${api_key}`,
  refusal: errorOf(401, "authorization required"),
  // https://www.twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api/rate-limits
  limit: errorOf(429, "too many requests", null, LIMIT),
  routes: {
    [`GET ${HOST}/scopes`]: () => ({ body: { scopes: ["mail.send", "marketing.read"] } }),
    [`GET ${HOST}/marketing/lists`]: ({ query }) => {
      const page = Number(query.get("page_token") ?? 0);
      const at = (n: number): string => `https://${HOST}/marketing/lists?page_size=2&page_token=${n}`;
      const next = page === 0 ? { next: at(1) } : {};
      return {
        body: { result: LISTS.slice(page * 2, page * 2 + 2), _metadata: { self: at(page), count: 3, ...next } },
      };
    },
    [`POST ${HOST}/mail/send`]: ({ body }) => {
      const { subject, attachments } = Mail.parse(JSON.parse(body.toString()));
      if (subject === "refused") return errorOf(400, "The from address does not match a verified sender.", "from");
      const size = attachments.reduce((sum, { content }) => sum + Buffer.from(content, "base64").length, 0);
      return { status: 202, headers: { "X-Message-Id": `${subject}/${size}` } };
    },
  },
  does: (at) => {
    toSendGrid(at);
    const to = { to: "to@example.com", from: "from@example.com", text: "ü" };
    return {
      reads: async () => {
        const [, body] = await client.request({ url: "/v3/scopes" });
        expect(body).toEqual({ scopes: ["mail.send", "marketing.read"] });
      },
      "lists every page": async () => {
        const Page = z.object({
          result: z.array(z.object({ id: z.string() })),
          _metadata: z.object({ next: z.string().optional() }),
        });
        const ids: string[] = [];
        for (let url: string | undefined = "/v3/marketing/lists?page_size=2"; url !== undefined;) {
          const { result, _metadata: about }: z.output<typeof Page> = Page.parse((await client.request({ url }))[1]);
          ids.push(...result.map(({ id }) => id));
          url = about.next;
        }
        expect(ids).toEqual(LISTS.map(({ id }) => id));
      },
      "writes once": async () => {
        const [{ statusCode, headers }] = await mail.send({ ...to, subject: "once" });
        expect([statusCode, z.looseObject({ "x-message-id": z.string() }).parse(headers)["x-message-id"]]).toEqual([
          202,
          "once/0",
        ]);
      },
      "moves a file": async () => {
        const attachments = [{ content: BYTES.toString("base64"), filename: "a.bin" }];
        const [{ headers }] = await mail.send({ ...to, subject: "file", attachments });
        expect(headers).toMatchObject({ "x-message-id": `file/${BYTES.length}` });
      },
      "is refused as the service refuses": async () => {
        const error = await errorFrom(() => mail.send({ ...to, subject: "refused" }));
        expect(Refused.parse(error)).toMatchObject({ code: 400, response: { body: { errors: [{ field: "from" }] } } });
        expect(String(error)).toContain("verified sender");
      },
      "waits for a limit": async () => {
        const error = await errorFrom(() => client.request({ url: "/v3/scopes" }));
        expect(error).toMatchObject({ code: 429, response: { headers: { "x-ratelimit-reset": "1392815263" } } });
        expect((await client.request({ url: "/v3/scopes" }))[0].statusCode).toBe(200);
      },
    };
  },
  lacks: { "is answered bit by bit": "its API streams nothing" },
  failure: (at) => {
    toSendGrid(at);
    return errorFrom(() => client.request({ url: "/v3/scopes" }));
  },
  unauthorized: (error) => {
    const { success, data } = Refused.safeParse(error);
    return { isAuthentication: success && data.code === 401, says: success ? String(error) : "" };
  },
};
