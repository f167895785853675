/** The shapes of the integrators' part of the API: apps, their keys and integrations, connect sessions, connections, events. */
import * as z from "zod/mini";
import { Account, HeldCredentials } from "./api.ts";

/** What a user's session may do. */
const UserScope = z.enum(["connect", "read", "proxy", "tokens"]);

/**
 * What a key may do.
 * - `connect`: start and finish connecting users, disconnect, refresh, import
 * - `read`: see connections, profiles and items
 * - `proxy`: call providers as the user
 * - `tokens`: take access tokens out
 * - `manage`: change the app, its keys, integrations and webhook
 */
export const Scope = z.enum([...UserScope.options, "manage"]);
export type Scope = z.output<typeof Scope>;

/**
 * A person of an app, as the app names them. Visible ASCII stands in a header as it is, and no two such strings look or
 * compare alike.
 */
export const UserId = z
  .string()
  .check(z.regex(/^[\x21-\x7e]{1,255}$/, "1 to 255 visible ASCII characters without spaces"));

const isLoopbackHttp = (url: URL): boolean =>
  url.protocol === "http:" && /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);

/** Where a connect flow may end. Compared letter for letter. */
export const ReturnUrl = z.url().check(
  z.maxLength(2048),
  z.refine((value) => {
    if (!URL.canParse(value)) return false;
    const url = new URL(value);
    const isClean = !url.username && !url.password && !value.includes("#");
    return isClean && (url.protocol === "https:" || isLoopbackHttp(url));
  }, "an https URL without user or fragment; http only on localhost"),
);

/** A place in a browser that may call with a user's session (RFC 6454). */
export const BrowserOrigin = z.string().check(
  z.maxLength(256),
  z.refine(
    (value) =>
      URL.canParse(value) &&
      !value.includes("*") &&
      new URL(value).origin === value &&
      (value.startsWith("https:") || isLoopbackHttp(new URL(value))),
    "an https origin, as browsers send it: scheme, host and port, no slash at the end",
  ),
);

const Name = z.string().check(z.trim(), z.minLength(1), z.maxLength(80));

export const NewApp = z.strictObject({
  name: Name,
  return_urls: z._default(z.array(ReturnUrl).check(z.maxLength(50)), []),
  origins: z._default(z.array(BrowserOrigin).check(z.maxLength(50)), []),
});
export type NewApp = z.output<typeof NewApp>;

export const AppChange = z.strictObject({
  name: z.optional(Name),
  return_urls: z.optional(z.array(ReturnUrl).check(z.maxLength(50))),
  origins: z.optional(z.array(BrowserOrigin).check(z.maxLength(50))),
});
export type AppChange = z.output<typeof AppChange>;

/** A tenant. Times are ISO 8601. */
export const App = z.object({
  id: z.string(),
  name: z.string(),
  return_urls: z.array(z.string()),
  origins: z.array(z.string()),
  webhook_url: z.nullable(z.string()),
  created_at: z.string(),
});
export type App = z.output<typeof App>;

export const Apps = z.object({ apps: z.array(z.object({ id: z.string(), name: z.string() })) });
export type Apps = z.output<typeof Apps>;

const YEARS_SECONDS = 10 * 366 * 86_400;
export const NewApiKey = z.strictObject({
  name: Name,
  scopes: z.array(Scope).check(z.minLength(1), z.maxLength(5)),
  /** Seconds; ten years where none is given. */
  expires_in: z._default(z.int().check(z.minimum(60), z.maximum(YEARS_SECONDS)), YEARS_SECONDS),
});

/** An API key without the key: that is shown once, when it is made. */
export const ApiKey = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(Scope),
  created_at: z.string(),
  expires_at: z.string(),
  last_used_at: z.nullable(z.string()),
});
export type ApiKey = z.output<typeof ApiKey>;

export const ApiKeys = z.object({ keys: z.array(ApiKey) });
export type ApiKeys = z.output<typeof ApiKeys>;

export const ShownApiKey = z.extend(ApiKey, { key: z.string() });
export type ShownApiKey = z.output<typeof ShownApiKey>;

/** The new app with a key of every scope, shown this once. */
export const CreatedApp = z.extend(App, { api_key: ShownApiKey });
export type CreatedApp = z.output<typeof CreatedApp>;

/**
 * An integration as its app sees it; the client secret is never readable again.
 * `client_check`: what the provider says to these credentials, as far as that can be asked without a person.
 */
export const AppIntegration = z.object({
  integration: z.string(),
  slug: z.string(),
  name: z.string(),
  provider: z.string(),
  client_id: z.string(),
  has_client_secret: z.boolean(),
  scopes: z.array(z.string()),
  /** To register with the provider, exactly. */
  redirect_uri: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
});
export type AppIntegration = z.output<typeof AppIntegration>;

export const AppIntegrations = z.object({ integrations: z.array(AppIntegration) });
export type AppIntegrations = z.output<typeof AppIntegrations>;

export const SavedIntegration = z.extend(AppIntegration, {
  client_check: z.enum(["accepted", "refused", "unknown"]),
});
export type SavedIntegration = z.output<typeof SavedIntegration>;

/** RFC 6749 3.3. */
export const RequestedScopes = z
  .array(z.string().check(z.regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/, "visible ASCII without spaces")))
  .check(z.maxLength(100));

export const NewConnectSession = z.strictObject({
  user: UserId,
  /** Left out: the person chooses among the app's integrations. */
  integration: z.optional(z.string().check(z.maxLength(80))),
  /** One of the app's registered return URLs, letter for letter. */
  return_to: z.string().check(z.maxLength(2048)),
  /** In the place of the integration's own. */
  scopes: z.optional(RequestedScopes),
  /** Seconds until the link is of no use. */
  expires_in: z._default(z.int().check(z.minimum(60), z.maximum(86_400)), 900),
  /** `popup`: the last page tells its opener, at the origin of `return_to`. OpenID Connect Core 3.1.2.1 has the word. */
  display: z._default(z.enum(["page", "popup"]), "page"),
});

export const ConnectSession = z.object({ connect_url: z.string(), expires_at: z.string() });
export type ConnectSession = z.output<typeof ConnectSession>;

export const Reconnect = z.omit(NewConnectSession, { user: true, integration: true });

export const Finalize = z.strictObject({ connection_code: z.string().check(z.maxLength(1024)), user: UserId });

const Tags = z
  .record(z.string().check(z.regex(/^[\x21-\x7e]{1,64}$/)), z.string().check(z.maxLength(255)))
  .check(z.refine((tags) => Object.keys(tags).length <= 10, "at most 10 tags"));
const MAX_METADATA_BYTES = 4096;
const Metadata = z
  .record(z.string().check(z.maxLength(64)), z.unknown())
  .check(
    z.refine(
      (metadata) => new TextEncoder().encode(JSON.stringify(metadata)).length <= MAX_METADATA_BYTES,
      "at most 4 KiB of JSON",
    ),
  );

/** What the app itself notes of a connection. Tags can be searched for, metadata cannot. */
export const Labels = z.object({ metadata: Metadata, tags: Tags });
export type Labels = z.output<typeof Labels>;

export const LabelsChange = z.strictObject({ metadata: z.optional(Metadata), tags: z.optional(Tags) });
export type LabelsChange = z.output<typeof LabelsChange>;

/** A connection as its app, or its user, sees it; never with a token. */
export const Connection = z.extend(HeldCredentials, {
  id: z.string(),
  user: z.string(),
  ...Labels.shape,
});
export type Connection = z.output<typeof Connection>;

/** A connection in a list: what does not change with every refresh. */
export const ListedConnection = z.pick(Connection, {
  id: true,
  user: true,
  integration: true,
  status: true,
  account: true,
  connected_at: true,
  metadata: true,
  tags: true,
});
export type ListedConnection = z.output<typeof ListedConnection>;

/** `next_cursor` is null on the last page. */
export const Connections = z.object({ connections: z.array(ListedConnection), next_cursor: z.nullable(z.string()) });
export type Connections = z.output<typeof Connections>;

export const ConnectionsQuery = z.object({
  user: z.optional(UserId),
  integration: z.optional(z.string().check(z.maxLength(80))),
  status: z.optional(HeldCredentials.shape.status),
  /** `key:value` */
  tag: z.optional(z.string().check(z.regex(/^[\x21-\x7e]{1,64}?:.{0,255}$/u, "key:value"))),
  limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(100)), 50),
  cursor: z.optional(z.string().check(z.maxLength(1024))),
});

/** RFC 6749 7.1; never with a refresh token. */
export const FreshToken = z.object({
  access_token: z.string(),
  token_type: z.literal("Bearer"),
  /** ISO 8601; null where the provider sets no end. */
  expires_at: z.nullable(z.string()),
});
export type FreshToken = z.output<typeof FreshToken>;

const ImportedToken = z.string().check(z.regex(/^[\x21-\x7e]{1,16384}$/, "visible ASCII without spaces"));
export const ImportedTokens = z.strictObject({
  user: UserId,
  integration: z.string().check(z.maxLength(80)),
  access_token: ImportedToken,
  refresh_token: z.optional(ImportedToken),
  /** Seconds that the access token has left. */
  expires_in: z.optional(z.int().check(z.minimum(1), z.maximum(366 * 86_400))),
  scopes: z.optional(RequestedScopes),
});

export const NewUserSession = z.strictObject({
  user: UserId,
  expires_in: z._default(z.int().check(z.minimum(60), z.maximum(30 * 86_400)), 3600),
  /** Of the scopes of the key that asks; `connect`, `read` and `proxy` of them where none are named. */
  scopes: z.optional(z.array(UserScope).check(z.minLength(1), z.maxLength(4))),
});

export const UserSession = z.object({
  key: z.string(),
  user: z.string(),
  scopes: z.array(Scope),
  expires_at: z.string(),
});
export type UserSession = z.output<typeof UserSession>;

export const NewWebhook = z.strictObject({ url: z.url({ protocol: /^https?$/ }).check(z.maxLength(2048)) });

/** `secret` signs deliveries (Standard Webhooks); it is shown this once. */
export const Webhook = z.object({ url: z.string(), secret: z.string() });
export type Webhook = z.output<typeof Webhook>;

export const EventType = z.enum([
  "connection.created",
  "connection.reconnected",
  "connection.recovered",
  "connection.reauth_required",
  "connection.disconnected",
]);
export type EventType = z.output<typeof EventType>;

/** What a webhook is sent. `reason` is a code of ours. */
export const EventBody = z.object({
  type: EventType,
  timestamp: z.string(),
  data: z.object({
    connection: z.string(),
    user: z.string(),
    integration: z.string(),
    account: z.nullable(Account),
    reason: z.nullable(z.string()),
  }),
});
export type EventBody = z.output<typeof EventBody>;

/**
 * An event and its delivery.
 * - `pending`: on its way, or to be tried again at `next_attempt_at`
 * - `failed`: given up after the last attempt
 * - `none`: there was no webhook to tell
 */
export const DeliveredEvent = z.extend(EventBody, {
  id: z.string(),
  delivery: z.enum(["pending", "delivered", "failed", "none"]),
  attempts: z.number(),
  /** The status of the last answer; null where there was none. */
  last_status: z.nullable(z.number()),
  next_attempt_at: z.nullable(z.string()),
});
export type DeliveredEvent = z.output<typeof DeliveredEvent>;

export const Events = z.object({ events: z.array(DeliveredEvent), next_cursor: z.nullable(z.string()) });
export type Events = z.output<typeof Events>;

export const EventsQuery = z.object({
  limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(100)), 50),
  cursor: z.optional(z.string().check(z.maxLength(1024))),
});

/** One page of rebuilding the list of connections from the vaults. */
export const Reindexed = z.object({ vaults: z.number(), connections: z.number(), cursor: z.nullable(z.string()) });
export type Reindexed = z.output<typeof Reindexed>;
