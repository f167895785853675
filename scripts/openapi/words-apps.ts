/** Apps, what they are told, and what the operator does. */
import { APP_ID, RETURN_TO, apiKey, app, appIntegration, deliveredEvent, loggedRequest } from "./samples.ts";
import type { Words } from "./words.ts";

const mainWebhook = { name: "main", url: app.webhook_url, events: null };
const billingWebhook = {
  name: "billing",
  url: "https://billing.acme.example/latchkey",
  events: ["connection.created", "connection.disconnected"],
};
const NEXT = "2026-11-27T10:02:00.000Z";
const again = { webhook: "main", delivery: "pending", attempts: 0, last_status: null, next_attempt_at: NEXT };
const shownKey = { ...apiKey, last_used_at: null, last_used_from: null, key: "lk_examplekey" };

export const APP_WORDS: Readonly<Record<string, Words>> = {
  "get /apps/{app}/webhooks": {
    summary: "List webhooks",
    description: "List the addresses that are told of events, and of which. Their secrets are not shown again.",
    answer: { webhooks: [mainWebhook, billingWebhook] },
  },
  "put /apps/{app}/webhooks/{webhook}": {
    summary: "Set a webhook",
    description:
      "Set an address that is told of events: of those in `events`, or of all of them. Its signing secret is shown in this answer and never again. Deliveries are signed as Standard Webhooks has it. Setting it again makes a new secret.",
    request: { url: billingWebhook.url, events: billingWebhook.events },
    answer: { ...billingWebhook, secret: "whsec_ZXhhbXBsZQ==" },
  },
  "patch /apps/{app}/webhooks/{webhook}": {
    summary: "Change a webhook",
    description: "Change where it is told, or of what. What is not given stays as it is; so does the secret.",
    request: { events: billingWebhook.events },
    answer: billingWebhook,
  },
  "delete /apps/{app}/webhooks/{webhook}": {
    summary: "Remove a webhook",
    description:
      'Tell it nothing any more. Events are listed all the same; those that nobody was told of have `delivery: "none"`.',
  },
  "put /apps/{app}/webhook": {
    summary: "Set the main webhook",
    description:
      "Set the address that is told of events, for an app with one: the same as the webhook that is called `main`. Its signing secret is shown in this answer and never again.",
    request: { url: app.webhook_url },
    answer: { ...mainWebhook, secret: "whsec_ZXhhbXBsZQ==" },
  },
  "delete /apps/{app}/webhook": {
    summary: "Remove the main webhook",
    description: "Tell nothing any more to the webhook that is called `main`.",
  },
  "get /apps/{app}/events": {
    summary: "List events",
    description:
      "List the events of the last month and how their delivery stands, newest first: with all webhooks together, and in `deliveries` with each. `last_status` is what the receiver answered, and `next_attempt_at` when it is told again.",
    answer: { events: [deliveredEvent], next_cursor: null },
  },
  "post /apps/{app}/events/{event}/replay": {
    summary: "Replay an event",
    description:
      "Deliver an event again, to all webhooks that ask for it or to the one that `webhook` names. With the same id, so that a receiver which had it already can tell.",
    answer: {
      ...deliveredEvent,
      delivery: "pending",
      attempts: 0,
      last_status: null,
      next_attempt_at: NEXT,
      deliveries: [again],
    },
  },
  "get /apps/{app}/requests": {
    summary: "List requests",
    description:
      "The app's last requests and what they came to, newest first: those of the last week, each within about ten seconds, without any URL, query, header or body. Reading this list is not in it; a request that nobody knows the app of is in the operator's log alone.",
    answer: { requests: [loggedRequest], next_cursor: null },
  },
  "post /apps": {
    summary: "Make an app",
    description:
      "Make an app, with its first API key: shown in this answer and never again. The first key has every scope: make narrower ones with it, and keep it where it is safe.",
    request: { name: app.name, return_urls: [RETURN_TO], origins: app.origins },
    answer: {
      ...app,
      webhook_url: null,
      api_key: { ...shownKey, name: "first", scopes: ["connect", "read", "proxy", "tokens", "sessions", "manage"] },
    },
  },
  "get /apps": {
    summary: "List apps",
    description: "List the apps, page by page. By id and name. An app's own key reads that app alone.",
    answer: { apps: [{ id: APP_ID, name: app.name }], next_cursor: null },
  },
  "get /apps/{app}": {
    summary: "Read an app",
    description:
      "Read an app; for thirty days after its removal, what became of it. The operator, and the app with a key of scope `manage`. What became of a removed one is the operator's to read.",
    answer: app,
  },
  "delete /apps/{app}": {
    summary: "Remove an app",
    description:
      "Remove an app, with all that it has. Keys and sessions end at once here, elsewhere within five minutes; grants are taken back and all else goes within a day. GET /apps/{app} tells the operator how far that is.",
    answer: {
      id: APP_ID,
      removal: {
        state: "removing",
        started_at: "2026-11-27T10:02:00.000Z",
        ended_at: null,
        users_done: 0,
        users_left: 12,
        revoked: 0,
        not_revoked: 0,
      },
    },
  },
  "patch /apps/{app}": {
    summary: "Change an app",
    description: "Change an app's name, return URLs or origins; each as a whole. What is left out stays as it is.",
    request: { origins: ["https://acme.example", "https://beta.acme.example"] },
    answer: { ...app, origins: ["https://acme.example", "https://beta.acme.example"] },
  },
  "post /apps/{app}/keys": {
    summary: "Make an API key",
    description: "Make an API key, shown in this answer and never again. A key hands on the scopes it has and no more.",
    request: { name: apiKey.name, scopes: apiKey.scopes },
    answer: shownKey,
  },
  "get /apps/{app}/keys": {
    summary: "List API keys",
    description:
      "List the API keys, with when and from where each was last used: the country and the data centre of Cloudflare's, and the /24 of an IPv4 address or the /48 of an IPv6 address, never the whole of it. Never the keys themselves: each is shown once, when it is made.",
    answer: { keys: [apiKey] },
  },
  "delete /apps/{app}/keys/{key}": {
    summary: "Revoke an API key",
    description: "The sessions that were made with it end too: at once here, elsewhere within five minutes.",
  },
  "put /apps/{app}/integrations": {
    summary: "Register an integration",
    description:
      "Register an integration, or change the one of the same slug. `provider` names a built-in one, or the endpoints describe another. The client secret is never readable again; left out, it stays as it was. Register the `redirect_uri` of the answer at the provider, letter for letter.",
    request: { provider: "github", client_id: appIntegration.client_id, client_secret: "example-client-secret" },
    answer: { ...appIntegration, client_check: "accepted" },
  },
  "get /apps/{app}/integrations": {
    summary: "List an app's integrations",
    description:
      "List the integrations; never with a secret. With the redirect URI of each, as it is to be registered at the provider.",
    answer: { integrations: [appIntegration] },
  },
  "delete /apps/{app}/integrations/{integration}": {
    summary: "Remove an integration",
    description:
      "Take an integration out; its connections are of no use from then on. A new one never gets its id, so nothing that was connected comes back by itself.",
  },
  "get /.well-known/jwks.json": {
    summary: "Read the public keys of this deployment's clients",
    description:
      "For services at which a client shows who it is by a signed assertion (RFC 7523): the address to register there. Empty where `CLIENT_KEYS` is not set.",
    answer: {
      keys: [
        {
          kty: "EC",
          crv: "P-256",
          x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
          y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
          kid: "2026-11",
          alg: "ES256",
          use: "sig",
        },
      ],
    },
  },
  "get /health": {
    summary: "Read the health",
    description: "Say that the deployment answers. For anybody, and for monitors. It says nothing else.",
    answer: { status: "ok" },
  },
};
