import EasyPostClient from "@easypost/api";
import { expect } from "vitest";
import * as z from "zod";
import file from "./easypost.json" with { type: "json" };
import { ServiceFile, errorFrom, type KeyAt, type KeySdk } from "./key-sdk.ts";

// @easypost/api, http://localhost:8787/proxy/easypost/v2/
const toEasyPost = ({ api, key }: KeyAt) => new EasyPostClient(key, { baseUrl: `${api}/v2/` });

const api_key = "EZAKfake0123456789abcdefABCDEF";
const HOST = "api.easypost.com/v2";
const addressOf = (n: number) => ({
  id: `adr_${n}`,
  object: "Address",
  street1: `${n} Main St`,
  city: "Springfield",
  mode: "production",
});
const ADDRESSES = [1, 2, 3].map(addressOf);

/** https://docs.easypost.com/docs/errors */
const errorOf = (status: number, code: string, message: string) => ({
  status,
  body: { error: { code, message, errors: [] } },
});
const Refused = z.looseObject({ statusCode: z.number(), code: z.string(), message: z.string() });
const Address = z.looseObject({ id: z.string() });

export const easypost: KeySdk = {
  name: "@easypost/api",
  file: ServiceFile.parse(file),
  typed: { api_key },
  secret: api_key,
  isAuthorized: ({ headers }) => headers["authorization"] === `Basic ${btoa(`${api_key}:`)}`,
  refusal: errorOf(401, "APIKEY.INVALID", "This api key is no longer active."),
  // https://docs.easypost.com/guides/rate-limiting-guide
  limit: errorOf(429, "RATE_LIMITED", "Too many requests."),
  routes: {
    [`GET ${HOST}/users`]: () => ({
      body: { id: "user_1", object: "User", name: "Acme", email: "acme@example.com", children: [] },
    }),
    [`GET ${HOST}/addresses`]: ({ query }) => {
      const start = ADDRESSES.findIndex(({ id }) => id === query.get("before_id")) + 1;
      const addresses = ADDRESSES.slice(start, start + Number(query.get("page_size")));
      return { body: { addresses, has_more: start + addresses.length < ADDRESSES.length } };
    },
    [`POST ${HOST}/addresses`]: ({ body }) => ({
      body: { ...addressOf(9), ...z.object({ address: z.looseObject({}) }).parse(JSON.parse(body.toString())).address },
    }),
    [`GET ${HOST}/addresses/{id}`]: () => errorOf(404, "NOT_FOUND", "The requested resource could not be found."),
  },
  does: (at) => {
    const client = toEasyPost(at);
    return {
      reads: async () => expect(await client.User.retrieveMe()).toMatchObject({ id: "user_1", name: "Acme" }),
      "lists every page": async () => {
        const page = await client.Address.all({ page_size: 2 });
        const next = await client.Address.getNextPage(page, 2);
        const all = [...page.addresses, ...next.addresses].map((one) => Address.parse(one).id);
        expect([all, next.has_more]).toEqual([ADDRESSES.map(({ id }) => id), false]);
      },
      "writes once": async () =>
        expect(await client.Address.create({ street1: "ü ✓", city: "a b" })).toMatchObject({
          id: "adr_9",
          street1: "ü ✓",
        }),
      "is refused as the service refuses": async () => {
        const error = await errorFrom(() => client.Address.retrieve("adr_nothing"));
        expect(error).toBeInstanceOf(Error);
        expect(error).toMatchObject({ statusCode: 404, code: "NOT_FOUND", errors: [] });
      },
      "waits for a limit": async () => {
        const error = Refused.parse(await errorFrom(() => client.User.retrieveMe()));
        expect([error.statusCode, error.code]).toEqual([429, "RATE_LIMITED"]);
        expect(await client.User.retrieveMe()).toMatchObject({ id: "user_1" });
      },
    };
  },
  lacks: {
    "is answered bit by bit": "its API streams nothing",
    "moves a file": "its SDK sends and fetches none: labels are addresses",
  },
  failure: (at) => errorFrom(() => toEasyPost(at).User.retrieveMe()),
  unauthorized: (error) => {
    const { success, data } = Refused.safeParse(error);
    return {
      isAuthentication: success && data.statusCode === 401,
      says: success ? `${data.code}: ${data.message}` : "",
    };
  },
};
