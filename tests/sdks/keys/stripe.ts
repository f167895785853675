import { Stripe } from "stripe";
import { expect } from "vitest";
import file from "./stripe.json" with { type: "json" };
import { BYTES, Pieces, ServiceFile, errorFrom, type KeyAt, type KeySdk } from "./key-sdk.ts";

// stripe: its host can be changed and its path cannot, so the address is changed in `fetch`
const toStripe = ({ api, host, key }: KeyAt) =>
  new Stripe(key, {
    maxNetworkRetries: 2,
    telemetry: false,
    httpClient: Stripe.createFetchHttpClient((url, init) => {
      const { hostname, pathname, search } = new URL(new Request(url).url);
      return fetch(`${hostname === "api.stripe.com" ? api : host(hostname)}${pathname}${search}`, init);
    }),
  });

const api_key = "sk_test_fake0123456789ABCDEFGHIJKLMNOP";
const HOST = "api.stripe.com/v1";
/** As https://github.com/stripe/openapi has it in openapi/fixtures3.json, of which this is the part that is read. */
const customer = (n: number) => ({
  id: `cus_${n}`,
  object: "customer",
  address: null,
  balance: 0,
  created: 1_234_567_890 + n,
  currency: "usd",
  default_source: null,
  delinquent: false,
  description: null,
  email: `${n}@example.com`,
  invoice_prefix: "7FE1103",
  livemode: false,
  metadata: {},
  name: null,
  phone: null,
  preferred_locales: [],
  shipping: null,
  tax_exempt: "none",
  test_clock: null,
});
const CUSTOMERS = [1, 2, 3, 4, 5].map(customer);
const keys: string[] = [];
let pieces = new Pieces([]);

/** https://docs.stripe.com/api/errors */
const errorOf = (status: number, error: Record<string, string>, headers: Record<string, string> = {}) => ({
  status,
  headers: { "Request-Id": "req_played", ...headers },
  body: { error },
});

export const stripe: KeySdk = {
  name: "stripe",
  file: ServiceFile.parse(file),
  typed: { api_key },
  secret: api_key,
  isAuthorized: ({ headers }) => headers["authorization"] === `Bearer ${api_key}`,
  refusal: errorOf(401, { type: "invalid_request_error", message: "Invalid API Key provided: sk_test_****" }),
  // https://docs.stripe.com/rate-limits
  limit: errorOf(
    429,
    { type: "invalid_request_error", code: "rate_limit", message: "Request rate limit exceeded." },
    { "Stripe-Should-Retry": "true", "Stripe-Rate-Limited-Reason": "global-rate" },
  ),
  routes: {
    [`GET ${HOST}/account`]: () => ({
      body: {
        id: "acct_1",
        object: "account",
        business_profile: { name: "Acme" },
        email: "site@example.com",
        type: "standard",
      },
    }),
    [`GET ${HOST}/customers`]: ({ query }) => {
      const start = CUSTOMERS.findIndex(({ id }) => id === query.get("starting_after")) + 1;
      const data = CUSTOMERS.slice(start, start + Number(query.get("limit")));
      return { body: { object: "list", url: "/v1/customers", data, has_more: start + data.length < CUSTOMERS.length } };
    },
    [`POST ${HOST}/customers`]: ({ headers, body }) => {
      keys.push(headers["idempotency-key"] ?? "");
      const form = new URLSearchParams(body.toString());
      const made = { ...customer(9), email: form.get("email"), metadata: { a: form.get("metadata[a]") } };
      const isFirst = keys.length === 1;
      return isFirst ? { status: 500, body: { error: { type: "api_error", message: "Try again." } } } : { body: made };
    },
    [`GET files.stripe.com/v1/quotes/{id}/pdf`]: () => ({
      headers: { "Content-Type": "application/pdf" },
      body: pieces,
    }),
    [`POST files.stripe.com/v1/files`]: ({ body, headers }) => ({
      body: {
        id: "file_1",
        object: "file",
        created: 1_234_567_890,
        filename: "a.bin",
        purpose: "dispute_evidence",
        size: body.includes(BYTES) && headers["content-type"]?.startsWith("multipart/form-data") ? BYTES.length : 0,
        type: "png",
        url: "https://files.stripe.com/v1/files/file_1/contents",
      },
    }),
    [`GET ${HOST}/customers/{id}`]: () =>
      errorOf(404, {
        type: "invalid_request_error",
        code: "resource_missing",
        message: "No such customer: 'nothing'",
        param: "id",
      }),
  },
  does: (at) => {
    const client = toStripe(at);
    return {
      reads: async () =>
        expect(await client.accounts.retrieveCurrent()).toMatchObject({ id: "acct_1", type: "standard" }),
      "lists every page": async () => {
        const ids: string[] = [];
        for await (const { id } of client.customers.list({ limit: 2 })) ids.push(id);
        expect(ids).toEqual(CUSTOMERS.map(({ id }) => id));
      },
      "writes once": async () => {
        keys.splice(0);
        const made = await client.customers.create({ email: "ü@example.com", metadata: { a: "b c" } });
        expect(made).toMatchObject({ email: "ü@example.com", metadata: { a: "b c" } });
        // A failure in between, and the same key with the second attempt: that is what it is for.
        expect(keys).toEqual([expect.stringMatching(/^stripe-node-retry-/), keys[0]]);
      },
      "is answered bit by bit": async () => {
        pieces = new Pieces(["%PDF-", "1.7"]);
        const read: Buffer[] = [];
        for await (const piece of await client.quotes.pdf("qt_1")) {
          read.push(Buffer.from(piece));
          pieces.arrived();
        }
        expect(Buffer.concat(read).toString()).toBe("%PDF-1.7");
      },
      "moves a file": async () => {
        const contents = { data: BYTES, name: "a.bin", type: "application/octet-stream" };
        expect((await client.files.create({ purpose: "dispute_evidence", file: contents })).size).toBe(BYTES.length);
      },
      "is refused as the service refuses": async () => {
        const error = await errorFrom(() => client.customers.retrieve("nothing"));
        expect(error).toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
        expect(error).toMatchObject({
          code: "resource_missing",
          param: "id",
          statusCode: 404,
          requestId: "req_played",
        });
      },
      "waits for a limit": async () => expect(await client.accounts.retrieveCurrent()).toMatchObject({ id: "acct_1" }),
    };
  },
  lacks: {},
  failure: (at) => errorFrom(() => toStripe(at).accounts.retrieveCurrent()),
  unauthorized: (error) => ({
    isAuthentication: error instanceof Stripe.errors.StripeAuthenticationError,
    says: error instanceof Stripe.errors.StripeError ? `${error.code}: ${error.message}` : "",
  }),
};
