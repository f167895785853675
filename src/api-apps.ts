/** The shapes of what an app is: its keys, its integrations, and the sessions of its users. */
import * as z from "zod/mini";
import { BOUNDS } from "./bounds.ts";

/** What a user's session may do. */
const UserScope = z.enum(["connect", "read", "proxy", "tokens"]);

/**
 * What a key may do.
 * - `connect`: start and finish connecting users, disconnect, refresh, import
 * - `read`: see connections, profiles and items
 * - `proxy`: call providers as the user
 * - `tokens`: take access tokens out
 * - `sessions`: make sessions for its users, list and end them
 * - `manage`: change the app, its keys, integrations and webhook
 */
export const Scope = z.enum([...UserScope.options, "sessions", "manage"]);
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
  return_urls: z._default(z.array(ReturnUrl).check(z.maxLength(BOUNDS.return_urls)), []),
  origins: z._default(z.array(BrowserOrigin).check(z.maxLength(BOUNDS.origins)), []),
});
export type NewApp = z.output<typeof NewApp>;

export const AppChange = z.strictObject({
  name: z.optional(Name),
  return_urls: z.optional(z.array(ReturnUrl).check(z.maxLength(BOUNDS.return_urls))),
  origins: z.optional(z.array(BrowserOrigin).check(z.maxLength(BOUNDS.origins))),
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

/**
 * How far the removal of an app is. `revoked` of its grants the providers have confirmed that they took back, `not_revoked` they
 * have not: they cannot be asked to, or did not answer for a day. Both count users that are done.
 */
export const AppRemoval = z.object({
  state: z.enum(["removing", "removed"]),
  started_at: z.string(),
  ended_at: z.nullable(z.string()),
  users_done: z.number(),
  users_left: z.number(),
  revoked: z.number(),
  not_revoked: z.number(),
});
export type AppRemoval = z.output<typeof AppRemoval>;

/** What is left of an app that was removed. */
export const RemovedApp = z.object({ id: z.string(), removal: AppRemoval });
export type RemovedApp = z.output<typeof RemovedApp>;

/** `next_cursor` is null on the last page. */
export const Apps = z.object({
  apps: z.array(z.object({ id: z.string(), name: z.string() })),
  next_cursor: z.nullable(z.string()),
});
export type Apps = z.output<typeof Apps>;

export const AppsQuery = z.object({
  limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(100)), 50),
  cursor: z.optional(z.string().check(z.maxLength(64))),
});

const YEARS_SECONDS = 10 * 366 * 86_400;
export const NewApiKey = z.strictObject({
  name: Name,
  scopes: z.array(Scope).check(z.minLength(1), z.maxLength(Scope.options.length)),
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

export const NewUserSession = z.strictObject({
  user: UserId,
  expires_in: z._default(z.int().check(z.minimum(60), z.maximum(30 * 86_400)), 3600),
  /** Of the scopes of the key that asks; `connect`, `read` and `proxy` of them where none are named. Never outlives that key. */
  scopes: z.optional(z.array(UserScope).check(z.minLength(1), z.maxLength(4))),
});

export const UserSession = z.object({
  key: z.string(),
  user: z.string(),
  scopes: z.array(Scope),
  expires_at: z.string(),
});
export type UserSession = z.output<typeof UserSession>;

/** A session that an app has made for one of its users, without the key. Times are ISO 8601. */
export const ListedUserSession = z.object({
  id: z.string(),
  scopes: z.array(Scope),
  created_at: z.string(),
  expires_at: z.string(),
  last_used_at: z.nullable(z.string()),
});
export type ListedUserSession = z.output<typeof ListedUserSession>;

export const UserSessions = z.object({ sessions: z.array(ListedUserSession) });
export type UserSessions = z.output<typeof UserSessions>;
