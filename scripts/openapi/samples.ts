/** What examples are made of. The keys, codes and secrets in them open nothing. */
import type { Account, Credentials, HeldCredentials, Integration, SessionKey } from "../../src/api.ts";
import type { ApiKey, App, AppIntegration } from "../../src/api-apps.ts";
import type { Grant } from "../../src/api-grants.ts";
import type { ConnectPage, ConnectSession } from "../../src/api-connect.ts";
import type { Connection, ListedConnection } from "../../src/api-connections.ts";
import type { DeliveredEvent, EventBody } from "../../src/api-events.ts";
import type { LoggedRequest } from "../../src/api-requests.ts";
import type { Passkey, PasskeyRequest, UsedPasskey } from "../../src/api-passkeys.ts";

export const ORIGIN = "https://connect.example.com";
export const USER = "u-1";
export const APP_ID = "app-ei2iiaannkksum8nlmytbx0kjqevtavet";
export const INTEGRATION = "github-wt4ul44ldqbwzb90xya2clmhp3wwq3gxsc1fnvx";
export const CONNECTION = `con_nQvWys81vp7hB1dx8PpD5KHXe3PYiGkPAuNaRL63xYK6JVR7siFTrUTLzFo_${INTEGRATION}`;
export const RETURN_TO = "https://acme.example/connected";

export const account = {
  id: "583231",
  name: "octocat",
  email: "octocat@github.example",
  avatar_url: `${ORIGIN}/connections/${CONNECTION}/avatar`,
  url: "https://github.com/octocat",
} satisfies Account;

const credentials = {
  integration: INTEGRATION,
  account,
  scopes: ["read:user", "repo"],
  missing_scopes: [],
  refused_scopes: null,
  connected_at: "2026-11-02T09:12:44.000Z",
  expires_at: null,
  refreshed_at: null,
  reconnect_by: null,
  refreshable: false,
  failure: null,
} satisfies Omit<Credentials, "status">;

export const held = {
  ...credentials,
  id: CONNECTION,
  status: "connected",
  label: "octocat",
  is_default: true,
} satisfies HeldCredentials;

export const connection = {
  ...held,
  user: USER,
  metadata: { workspace: "w-7" },
  tags: { plan: "pro" },
  person: { name: "Ann Example", email: "ann@acme.example" },
} satisfies Connection;

export const connectSession = {
  id: "cs_nQvWys81vp7hB1dx8PpD5KHXe3PYiGkPAuNaRL63xYK6JVR7siFTrUTLzFoq3Zt8Wm2XbK",
  user: USER,
  person: connection.person,
  integration: INTEGRATION,
  status: "created",
  reason: null,
  connection: null,
  created_at: "2026-11-27T10:47:00.000Z",
  expires_at: "2026-11-27T11:02:00.000Z",
  ended_at: null,
} satisfies ConnectSession;

export const connectPage = {
  app: { name: "Acme", logo: `/apps/${APP_ID}/logo`, accent: "#0f766e" },
  link: "open",
  person: connection.person,
  integration: null,
  choices: [
    {
      integration: INTEGRATION,
      name: "GitHub",
      provider: "github",
      aliases: [],
      mark: null,
      credentials: "oauth2",
      scopes: ["read:user", "repo"],
    },
  ],
} satisfies ConnectPage;

export const listed = {
  id: CONNECTION,
  user: USER,
  integration: INTEGRATION,
  label: "octocat",
  is_default: true,
  status: "connected",
  account,
  connected_at: held.connected_at,
  metadata: connection.metadata,
  tags: connection.tags,
  person: connection.person,
} satisfies ListedConnection;

export const integration = {
  ...credentials,
  status: "connected",
  connections: [held],
  name: "GitHub",
  category: "Development",
  credentials: "oauth2",
  docs: "https://docs.github.com/apps/oauth-apps",
  aliases: [],
  mark: null,
  missing: [],
} satisfies Integration;

export const app = {
  id: APP_ID,
  name: "Acme",
  logo_url: "https://acme.example/logo.png",
  accent: "#0f766e",
  approval_url: "https://acme.example/approvals",
  return_urls: [RETURN_TO],
  origins: ["https://acme.example"],
  webhook_url: "https://acme.example/webhooks/latchkey",
  created_at: "2026-11-01T08:00:00.000Z",
} satisfies App;

export const apiKey = {
  id: "q7Rk2mVx9TbN",
  name: "backend",
  scopes: ["connect", "read", "proxy"],
  created_at: "2026-11-01T08:00:00.000Z",
  expires_at: "2036-11-01T08:00:00.000Z",
  last_used_at: "2026-11-27T10:02:00.000Z",
  last_used_from: { country: "DE", colo: "FRA", network: "203.0.113.0/24" },
  grant: null,
} satisfies ApiKey;

/** Reads everything at one integration, and comments on the issues of one repository. */
export const grant = {
  rules: [
    { integrations: [INTEGRATION], writes: "refuse" },
    {
      integrations: [INTEGRATION],
      methods: ["POST"],
      paths: ["/repos/acme/site/issues/*/comments"],
      writes: "allow",
    },
  ],
  calls_per_hour: 500,
} satisfies Grant;

export const sessionKey = {
  id: "m4Xc8sLw1QzP",
  name: "laptop",
  created_at: "2026-11-20T08:00:00.000Z",
  expires_at: "2027-02-18T08:00:00.000Z",
  last_used_at: null,
  last_used_from: null,
  connection: null,
  grant,
} satisfies SessionKey;

export const appIntegration = {
  integration: INTEGRATION,
  slug: "github",
  name: "GitHub",
  provider: "github",
  client_id: "Ov23liExampleClient",
  has_client_secret: true,
  scopes: ["read:user", "repo"],
  redirect_uri: `${ORIGIN}/integrations/${INTEGRATION}/oauth2callback`,
  created_at: "2026-11-01T08:05:00.000Z",
  updated_at: "2026-11-01T08:05:00.000Z",
} satisfies AppIntegration;

export const event = {
  type: "connection.reauth_required",
  timestamp: "2026-11-26T22:41:09.000Z",
  data: {
    connection: CONNECTION,
    user: USER,
    integration: INTEGRATION,
    label: "octocat",
    account,
    reason: "grant_refused",
  },
} satisfies EventBody;

export const sessionEvent = {
  type: "connect_session.failed",
  timestamp: "2026-11-26T22:41:09.000Z",
  data: { connect_session: connectSession.id, user: USER, integration: INTEGRATION, connection: null, reason: null },
} satisfies EventBody;

export const deliveredEvent = {
  ...event,
  id: "msg_nQvWys81vp7hB1dx8PpD5KHXe3PYiGkPAuNaRL63xYKJusTeKuDFmi7ZCPvmW0QdpaJD6oCzfV1NIuk8I",
  delivery: "delivered",
  attempts: 1,
  last_status: 204,
  next_attempt_at: null,
  deliveries: [{ webhook: "main", delivery: "delivered", attempts: 1, last_status: 204, next_attempt_at: null }],
} satisfies DeliveredEvent;

export const loggedRequest = {
  request_id: "8f4e1c62-0d0b-4f3a-9a39-1f2d7c1d4b5e",
  at: "2026-11-26T22:41:09.000Z",
  method: "GET",
  route: "/proxy/*",
  status: 401,
  outcome: "reauth_required",
  duration_ms: 12,
  user: USER,
  integration: INTEGRATION,
  provider: "github",
  connection: CONNECTION,
} satisfies LoggedRequest;

export const passkey = {
  id: "t9Wq3nBv6ZkD",
  name: "Phone",
  created_at: "2026-11-10T19:30:00.000Z",
  last_used_at: "2026-11-26T07:15:00.000Z",
  cloned_at: null,
} satisfies Passkey;

export const passkeyRequest = {
  challenge: "yP0s4k1bQ2uJ8h6fW3xC5vN7mL9aT0rE",
  rpId: "connect.example.com",
  timeout: 300_000,
  allowCredentials: [],
  userVerification: "required",
} satisfies PasskeyRequest;

export const usedPasskey = {
  id: "Zk3vQ8mT1xB6nR4w",
  type: "public-key",
  response: {
    clientDataJSON: "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0",
    authenticatorData: "SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MFAAAAAQ",
    signature: "MEUCIQDx3v8m1",
    userHandle: "OHNUMnZYcTRMbU42cFIweVcz",
  },
} satisfies UsedPasskey;
