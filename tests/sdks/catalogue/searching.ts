/** SDKs of services that search, read the web, and keep data. */
import { Exa, ExaError } from "exa-js";
import { Firecrawl, SdkError } from "@mendable/firecrawl-js";
import { createApiClient } from "@neondatabase/api-client";
import { Errors, Pinecone } from "@pinecone-database/pinecone";
import { tavily } from "@tavily/core";
import { algoliasearch } from "algoliasearch";
import { ApifyApiError, ApifyClient } from "apify-client";
import Cloudflare, { NotFoundError as NoCloudflare } from "cloudflare";
import { KEY, type CatalogueSdk } from "./catalogue-sdk.ts";

export const SEARCHING: readonly CatalogueSdk[] = [
  {
    name: "exa-js",
    service: "exa",
    typed: { api_key: KEY },
    route: "POST api.exa.ai/search",
    body: { requestId: "r-1", results: [{ id: "1", url: "https://example.com", title: "Example" }] },
    found: { results: [{ title: "Example" }] },
    read: ({ api, key }) => new Exa(key, api).search("example"),
    refusal: { status: 422, body: { error: "No such type of search", requestId: "r-1", tag: "INVALID_REQUEST_BODY" } },
    error: { ofClass: ExaError, says: { statusCode: 422, message: "No such type of search" } },
  },
  {
    name: "@tavily/core",
    service: "tavily",
    typed: { api_key: KEY },
    route: "POST api.tavily.com/search",
    body: { query: "example", results: [{ title: "Example", url: "https://example.com", score: 1 }], images: [] },
    found: { results: [{ title: "Example" }] },
    read: ({ api, key }) => tavily({ apiKey: key, apiBaseURL: api }).search("example"),
    refusal: { status: 422, body: { detail: { error: "Query is missing." } } },
    error: { says: { message: "Query is missing." } },
  },
  {
    name: "@mendable/firecrawl-js",
    service: "firecrawl",
    typed: { api_key: KEY },
    route: "GET api.firecrawl.dev/v2/team/credit-usage",
    body: { success: true, data: { remainingCredits: 7 } },
    found: { remainingCredits: 7 },
    read: ({ api, key }) => new Firecrawl({ apiKey: key, apiUrl: api }).getCreditUsage(),
    refusal: { status: 404, body: { success: false, error: "Could not find credit usage information" } },
    error: { ofClass: SdkError, says: { status: 404 } },
  },
  {
    name: "apify-client",
    service: "apify",
    typed: { api_key: KEY },
    route: "GET api.apify.com/v2/users/me",
    body: { data: { id: "u-1", username: "ann" } },
    found: { id: "u-1", username: "ann" },
    read: ({ api, key }) => new ApifyClient({ token: key, baseUrl: api }).user().get(),
    refusal: { status: 403, body: { error: { type: "insufficient-permissions", message: "No permission." } } },
    error: { ofClass: ApifyApiError, says: { statusCode: 403, type: "insufficient-permissions" } },
  },
  {
    name: "@pinecone-database/pinecone",
    service: "pinecone",
    typed: { api_key: KEY },
    route: "GET api.pinecone.io/indexes",
    body: { indexes: [] },
    found: { indexes: [] },
    read: ({ api, key }) => new Pinecone({ apiKey: key, controllerHostUrl: api }).listIndexes(),
    refusal: { status: 404, body: { status: 404, error: { code: "NOT_FOUND", message: "Not found." } } },
    error: { ofClass: Errors.PineconeNotFoundError, says: { name: "PineconeNotFoundError" } },
  },
  {
    name: "algoliasearch",
    service: "algolia",
    typed: { application_id: "TESTINGAPP", api_key: KEY },
    route: "GET testingapp.algolia.net/1/indexes",
    body: { items: [{ name: "movies" }], nbPages: 1 },
    found: { items: [{ name: "movies" }] },
    read: ({ api, key }) =>
      algoliasearch("TESTINGAPP", key, {
        hosts: [{ url: api.replace("http://", ""), accept: "readWrite", protocol: "http" }],
      }).listIndices(),
    refusal: { status: 404, body: { message: "Index movies does not exist", status: 404 } },
    error: { says: { name: "ApiError", status: 404, message: "Index movies does not exist" } },
  },
  {
    name: "cloudflare",
    service: "cloudflare",
    typed: { api_key: KEY },
    route: "GET api.cloudflare.com/client/v4/user/tokens/verify",
    body: { success: true, errors: [], messages: [], result: { id: "t-1", status: "active" } },
    found: { id: "t-1", status: "active" },
    read: ({ api, key }) => new Cloudflare({ apiToken: key, baseURL: api }).user.tokens.verify(),
    refusal: {
      status: 404,
      body: { success: false, errors: [{ code: 7003, message: "No route" }], messages: [], result: null },
    },
    error: { ofClass: NoCloudflare, says: { status: 404, errors: [{ code: 7003 }] } },
  },
  {
    name: "@neondatabase/api-client",
    service: "neon",
    typed: { api_key: KEY },
    route: "GET console.neon.tech/api/v2/projects",
    body: { projects: [{ id: "p-1" }] },
    found: { data: { projects: [{ id: "p-1" }] } },
    read: ({ api, key }) => createApiClient({ apiKey: key, baseURL: api }).listProjects({}),
    refusal: { status: 404, body: { code: "", message: "project not found" } },
    error: { says: { name: "AxiosError", response: { status: 404, data: { message: "project not found" } } } },
  },
];
