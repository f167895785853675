import twilioSdk from "twilio";
import { expect } from "vitest";
import file from "./twilio.json" with { type: "json" };
import { ServiceFile, errorFrom, type KeyAt, type KeySdk } from "./key-sdk.ts";

const account_sid = `AC${"0123456789abcdef".repeat(2)}`;
const auth_token = "fake0123456789abcdef0123456789ab";

// twilio: the address of each product is a member of the client
function toTwilio({ api, host, key }: KeyAt) {
  const client = twilioSdk(account_sid, key, { autoRetry: true });
  client.api.baseUrl = api;
  client.messaging.baseUrl = host("messaging.twilio.com");
  return client;
}

const HOST = `api.twilio.com/2010-04-01/Accounts/${account_sid}`;
const sidOf = (kind: string, n: number): string => `${kind}${String(n).padStart(32, "0")}`;
const message = (n: number, more: Record<string, unknown> = {}) => ({
  sid: sidOf("SM", n),
  account_sid,
  body: `message ${n}`,
  to: "+15558675310",
  from: "+15017122661",
  status: "sent",
  direction: "outbound-api",
  error_code: null,
  error_message: null,
  num_media: "0",
  num_segments: "1",
  uri: `/2010-04-01/Accounts/${account_sid}/Messages/${sidOf("SM", n)}.json`,
  ...more,
});
const MESSAGES = [1, 2, 3, 4, 5].map((n) => message(n));
const SERVICES = [1, 2, 3].map((n) => ({ sid: sidOf("MG", n), account_sid, friendly_name: `service ${n}` }));

/** https://www.twilio.com/docs/usage/twilios-response */
const errorOf = (status: number, code: number, said: string, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: { code, message: said, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
});

export const twilio: KeySdk = {
  name: "twilio",
  file: ServiceFile.parse(file),
  typed: { account_sid, auth_token },
  secret: auth_token,
  isAuthorized: ({ headers }) => headers["authorization"] === `Basic ${btoa(`${account_sid}:${auth_token}`)}`,
  refusal: errorOf(401, 20003, "Authenticate"),
  // https://www.twilio.com/docs/api/errors/20429
  limit: errorOf(429, 20429, "Too Many Requests", { "Retry-After": "1" }),
  routes: {
    [`GET ${HOST}/Messages.json`]: ({ query }) => {
      const size = Number(query.get("PageSize"));
      const start = Number(query.get("Page") ?? 0) * size;
      const messages = MESSAGES.slice(start, start + size);
      const next = `/2010-04-01/Accounts/${account_sid}/Messages.json?PageSize=${size}&Page=${start / size + 1}&PageToken=PA`;
      const next_page_uri = start + size < MESSAGES.length ? next : null;
      return {
        body: { messages, page: start / size, page_size: size, start, end: start + messages.length - 1, next_page_uri },
      };
    },
    [`POST ${HOST}/Messages.json`]: ({ body }) => {
      const form = new URLSearchParams(body.toString());
      return {
        status: 201,
        body: message(9, { body: form.get("Body"), num_media: String(form.getAll("MediaUrl").length) }),
      };
    },
    [`GET ${HOST}/Messages/{sid}.json`]: () => errorOf(404, 20404, "The requested resource was not found"),
    "GET messaging.twilio.com/v1/Services": ({ query }) => {
      const page = Number(query.get("Page") ?? 0);
      const services = SERVICES.slice(page * 2, page * 2 + 2);
      const url = (at: number): string => `https://messaging.twilio.com/v1/Services?PageSize=2&Page=${at}`;
      const next_page_url = page === 0 ? url(1) : null;
      const meta = {
        page,
        page_size: 2,
        key: "services",
        url: url(page),
        first_page_url: url(0),
        previous_page_url: null,
      };
      return { body: { services, meta: { ...meta, next_page_url } } };
    },
  },
  does: (at) => {
    const client = toTwilio(at);
    return {
      reads: async () => expect(await client.messages.list({ limit: 1 })).toMatchObject([{ sid: MESSAGES[0]?.sid }]),
      "lists every page": async () => {
        const all = await client.messages.list({ pageSize: 2 });
        expect(all.map(({ sid }) => sid)).toEqual(MESSAGES.map(({ sid }) => sid));
        // Its younger products name the whole address of the next page.
        const services = await client.messaging.v1.services.list({ pageSize: 2 });
        expect(services.map(({ sid }) => sid)).toEqual(SERVICES.map(({ sid }) => sid));
      },
      "writes once": async () => {
        const mediaUrl = ["https://example.com/a.png", "https://example.com/b.png"];
        const sent = await client.messages.create({
          to: "+15558675310",
          from: "+15017122661",
          body: "ü & ✓",
          mediaUrl,
        });
        expect([sent.body, sent.numMedia]).toEqual(["ü & ✓", "2"]);
      },
      "is refused as the service refuses": async () => {
        const error = await errorFrom(() => client.messages(sidOf("SM", 404)).fetch());
        expect(error).toBeInstanceOf(twilioSdk.RestException);
        expect(error).toMatchObject({ status: 404, code: 20404, moreInfo: "https://www.twilio.com/docs/errors/20404" });
      },
      "waits for a limit": async () => expect(await client.messages.list({ limit: 1 })).toHaveLength(1),
    };
  },
  lacks: {
    "is answered bit by bit": "its REST API streams nothing",
    "moves a file": "its SDK sends and fetches none: media are addresses",
  },
  failure: (at) => errorFrom(() => toTwilio(at).messages.list({ limit: 1 })),
  unauthorized: (error) => ({
    isAuthentication: error instanceof twilioSdk.RestException && error.status === 401,
    says: error instanceof twilioSdk.RestException ? `${error.code}: ${error.message}` : "",
  }),
};
