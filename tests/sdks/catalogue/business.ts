/** SDKs of services that send messages and parcels. */
import { BrevoClient, BrevoError } from "@getbrevo/brevo";
import Knock, { NotFoundError as NoKnock } from "@knocklabs/node";
import Courier, { NotFoundError as NoCourier } from "@trycourier/courier";
import Mailgun from "mailgun.js";
import { Errors, ServerClient } from "postmark";
import { Shippo } from "shippo";
import { SDKError } from "shippo/models/errors";
import Telnyx, { NotFoundError as NoTelnyx } from "telnyx";
import { KEY, type CatalogueSdk } from "./catalogue-sdk.ts";

export const BUSINESS: readonly CatalogueSdk[] = [
  {
    name: "postmark",
    service: "postmark",
    typed: { api_key: KEY },
    route: "GET api.postmarkapp.com/server",
    body: { ID: 7, Name: "Acme", ServerLink: "https://postmarkapp.com/servers/7" },
    found: { ID: 7, Name: "Acme" },
    read: ({ api, key }) =>
      new ServerClient(key, { requestHost: api.replace("http://", ""), useHttps: false }).getServer(),
    refusal: { status: 422, body: { ErrorCode: 300, Message: "Invalid request." } },
    error: { ofClass: Errors.ApiInputError, says: { statusCode: 422, code: 300 } },
  },
  {
    name: "@getbrevo/brevo",
    service: "brevo",
    typed: { api_key: KEY },
    route: "GET api.brevo.com/v3/account",
    body: { organization_id: "o-1", companyName: "Acme", email: "ann@example.com" },
    found: { companyName: "Acme" },
    read: ({ api, key }) => new BrevoClient({ apiKey: key, baseUrl: api }).account.getAccount(),
    refusal: { status: 404, body: { code: "document_not_found", message: "Not found" } },
    error: { ofClass: BrevoError, says: { statusCode: 404, body: { code: "document_not_found" } } },
  },
  {
    name: "mailgun.js",
    service: "mailgun",
    typed: { host: "api.eu.mailgun.net", api_key: KEY },
    route: "GET api.eu.mailgun.net/v4/domains",
    body: { items: [{ name: "example.com", state: "active" }], total_count: 1 },
    found: [{ name: "example.com" }],
    read: ({ api, key }) => new Mailgun(FormData).client({ username: "api", key, url: api }).domains.list(),
    refusal: { status: 404, body: { message: "Domain not found" } },
    error: { says: { status: 404, details: "Domain not found" } },
  },
  {
    name: "@trycourier/courier",
    service: "courier",
    typed: { api_key: KEY },
    route: "GET api.courier.com/brands",
    body: { results: [{ id: "b-1", name: "Acme" }], paging: { more: false } },
    found: { results: [{ id: "b-1" }] },
    read: ({ api, key }) => new Courier({ apiKey: key, baseURL: api }).brands.list(),
    refusal: { status: 404, body: { message: "Brand not found", type: "not_found" } },
    error: { ofClass: NoCourier, says: { status: 404, error: { message: "Brand not found" } } },
  },
  {
    name: "@knocklabs/node",
    service: "knock",
    typed: { api_key: KEY },
    route: "GET api.knock.app/v1/users/u-1",
    body: { __typename: "User", id: "u-1", name: "Ann", updated_at: "2026-01-01T00:00:00Z" },
    found: { id: "u-1", name: "Ann" },
    read: ({ api, key }) => new Knock({ apiKey: key, baseURL: api }).users.get("u-1"),
    refusal: { status: 404, body: { code: "resource_missing", message: "Not found", status: 404 } },
    error: { ofClass: NoKnock, says: { status: 404, error: { code: "resource_missing" } } },
  },
  {
    name: "telnyx",
    service: "telnyx",
    typed: { api_key: KEY },
    route: "GET api.telnyx.com/v2/balance",
    body: { data: { record_type: "balance", balance: "300.00", currency: "USD" } },
    found: { data: { balance: "300.00" } },
    read: ({ api, key }) => new Telnyx({ apiKey: key, baseURL: api }).balance.retrieve(),
    refusal: { status: 404, body: { errors: [{ code: "10005", title: "Resource not found" }] } },
    error: { ofClass: NoTelnyx, says: { status: 404, error: { errors: [{ code: "10005" }] } } },
  },
  {
    name: "shippo",
    service: "shippo",
    typed: { api_key: KEY },
    route: "GET api.goshippo.com/addresses",
    body: { next: null, previous: null, results: [] },
    found: { results: [] },
    read: ({ api, key }) => new Shippo({ apiKeyHeader: `ShippoToken ${key}`, serverURL: api }).addresses.list(),
    refusal: { status: 404, body: { detail: "Not found" } },
    error: { ofClass: SDKError, says: { statusCode: 404, body: '{"detail":"Not found"}' } },
  },
];
