/** The shapes of what an app is: its keys, its integrations, and the sessions of its users. */
import * as z from "zod/mini";
import { UsedFrom, pageSize } from "./api.ts";
import { Grant } from "./api-grants.ts";
import { BOUNDS } from "./bounds.ts";

/** What a user's session may do. */
const UserScope = z.enum(["connect", "read", "proxy", "tokens", "approve"]);

/**
 * What a key may do.
 * - `connect`: start and finish connecting users, disconnect, refresh, import
 * - `read`: see connections, profiles and items
 * - `proxy`: call providers as the user
 * - `tokens`: take access tokens out
 * - `approve`: allow or deny the calls that users are asked about
 * - `sessions`: make sessions for its users, list and end them
 * - `manage`: change the app, its keys, integrations and webhook
 */
export const Scope = z.enum([...UserScope.options, "sessions", "manage"]);
export type Scope = z.output<typeof Scope>;

const MAX_USER_BYTES = 255;
/** What is no letter of a name: controls, separators of lines, what turns the direction of writing; a space at either end. */
const NOT_IN_USER = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]|^\s|\s$/u;

/**
 * A person of an app, as the app names them: up to 255 bytes of text, in Unicode's normal form C (UAX #15), so that the same
 * name is the same user whichever way its letters are made up. Case counts.
 */
export const UserId = z.string().check(
  z.normalize("NFC"),
  z.refine((user) => {
    const bytes = new TextEncoder().encode(user).length;
    return bytes > 0 && bytes <= MAX_USER_BYTES && user.isWellFormed() && !NOT_IN_USER.test(user);
  }, "1 to 255 bytes of text, without control characters and without spaces around it"),
);

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

/** People read it where they are asked to trust it: no control character, and nothing that turns the direction of writing. */
export const Name = z
  .string()
  .check(
    z.trim(),
    z.minLength(1),
    z.maxLength(80),
    z.regex(/^[^\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]*$/u, "no control characters"),
  );

/** A colour as style sheets write it. Any will do: pages make it lighter or darker until it stands out. */
const Accent = z.string().check(z.regex(/^#[0-9a-f]{6}$/, "# and six of 0-9 and a-f"));
/** Of a picture that is shown where users connect. */
const LogoUrl = z.url().check(z.maxLength(2048));

export const NewApp = z.strictObject({
  /** Stands on the pages that its users see. */
  name: Name,
  /** A picture at a public https address: it stands on the pages that its users see. */
  logo_url: z._default(z.nullable(LogoUrl), null),
  /** Its colour there, as `#rrggbb`: made lighter or darker where it would not stand out. */
  accent: z._default(z.nullable(Accent), null),
  /** Where its users are asked about calls of their agents: the approval's id is added to the query, as `approval`. */
  approval_url: z._default(z.nullable(ReturnUrl), null),
  /** Where its users may come back to: https, or http on this machine. Compared letter for letter. */
  return_urls: z._default(z.array(ReturnUrl).check(z.maxLength(BOUNDS.return_urls)), []),
  /** Of pages that may call with a user's session in a browser. */
  origins: z._default(z.array(BrowserOrigin).check(z.maxLength(BOUNDS.origins)), []),
});
export type NewApp = z.output<typeof NewApp>;

export const AppChange = z.strictObject({
  /** Stands on the pages that its users see. */
  name: z.optional(Name),
  /** A picture at a public https address; null: none. */
  logo_url: z.optional(z.nullable(LogoUrl)),
  /** As `#rrggbb`; null: none. */
  accent: z.optional(z.nullable(Accent)),
  /** Where its users are asked about calls; null: nowhere. */
  approval_url: z.optional(z.nullable(ReturnUrl)),
  /** All of them: what is not in the list goes. */
  return_urls: z.optional(z.array(ReturnUrl).check(z.maxLength(BOUNDS.return_urls))),
  /** All of them: what is not in the list goes. */
  origins: z.optional(z.array(BrowserOrigin).check(z.maxLength(BOUNDS.origins))),
});
export type AppChange = z.output<typeof AppChange>;

/** A tenant. Times are ISO 8601. */
export const App = z.object({
  id: z.string(),
  name: z.string(),
  /** A picture, and a colour as `#rrggbb`: what the app's users know it by where they connect. */
  logo_url: z.nullable(z.string()),
  accent: z.nullable(z.string()),
  /** Where its users are asked about calls; null: it has not said. */
  approval_url: z.nullable(z.string()),
  return_urls: z.array(z.string()),
  origins: z.array(z.string()),
  /** Of the webhook that is called `main`; null: there is none. */
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
  /** Users whose grants are settled. */
  users_done: z.number(),
  /** Users who are still to come. */
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
  limit: pageSize(50),
  cursor: z.optional(z.string().check(z.maxLength(64))),
});

const YEARS_SECONDS = 10 * 366 * 86_400;
export const NewApiKey = z.strictObject({
  /** For you to tell it from the others. */
  name: Name,
  /** No more than the key has that asks. */
  scopes: z.array(Scope).check(z.minLength(1), z.maxLength(Scope.options.length)),
  /** Seconds; ten years where none is given. */
  expires_in: z._default(z.int().check(z.minimum(60), z.maximum(YEARS_SECONDS)), YEARS_SECONDS),
  /** What it may do of all that its scopes allow; no more than the key has that asks, and the same where none is given. */
  grant: z.optional(Grant),
});

/** An API key without the key: that is shown once, when it is made. */
export const ApiKey = z.object({
  /** Names the key; it is not the key. */
  id: z.string(),
  name: z.string(),
  scopes: z.array(Scope),
  created_at: z.string(),
  expires_at: z.string(),
  last_used_at: z.nullable(z.string()),
  /** null: that is not known. */
  last_used_from: z.nullable(UsedFrom),
  /** null: nothing is narrowed beside its scopes. */
  grant: z.nullable(Grant),
});
export type ApiKey = z.output<typeof ApiKey>;

export const ApiKeys = z.object({ keys: z.array(ApiKey) });
export type ApiKeys = z.output<typeof ApiKeys>;

export const ShownApiKey = z.extend(ApiKey, { key: z.string() });
export type ShownApiKey = z.output<typeof ShownApiKey>;

/** The new app with a key of every scope, shown this once. */
export const CreatedApp = z.extend(App, { api_key: ShownApiKey });
export type CreatedApp = z.output<typeof CreatedApp>;

/** An integration as its app sees it; the client secret is never readable again. */
export const AppIntegration = z.object({
  /** Its id, in the whole deployment. */
  integration: z.string(),
  /** What tells it from the app's others; the id begins with it. */
  slug: z.string(),
  name: z.string(),
  /** The id of the built-in service, or of this one. */
  provider: z.string(),
  /** As the provider has registered it; null where there is none, because people type what is needed. */
  client_id: z.nullable(z.string()),
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
  /** What the provider says to these credentials, as far as that can be asked without a person. */
  client_check: z.enum(["accepted", "refused", "unknown"]),
});
export type SavedIntegration = z.output<typeof SavedIntegration>;

export const NewUserSession = z.strictObject({
  user: UserId,
  /** Seconds; never beyond the end of the key that makes it. */
  expires_in: z._default(z.int().check(z.minimum(60), z.maximum(30 * 86_400)), 3600),
  /** Of the scopes of the key that asks; `connect`, `read` and `proxy` of them where none are named. Never outlives that key. */
  scopes: z.optional(z.array(UserScope).check(z.minLength(1), z.maxLength(4))),
  /** The id of the one connection of theirs that it is for; all where none is given. */
  connection: z.optional(z.string().check(z.maxLength(256))),
  /** What it may do of all that its scopes allow; no more than the key has that asks, and the same where none is given. */
  grant: z.optional(Grant),
});

export const UserSession = z.object({
  /** The session itself, shown this once. */
  key: z.string(),
  user: z.string(),
  scopes: z.array(Scope),
  expires_at: z.string(),
  /** The one connection that it is for; null: all of the user's. */
  connection: z.nullable(z.string()),
  /** null: nothing is narrowed beside its scopes. */
  grant: z.nullable(Grant),
});
export type UserSession = z.output<typeof UserSession>;

/** A session that an app has made for one of its users, without the key. Times are ISO 8601. */
export const ListedUserSession = z.object({
  /** Names the session; it is not its key. */
  id: z.string(),
  scopes: z.array(Scope),
  created_at: z.string(),
  expires_at: z.string(),
  last_used_at: z.nullable(z.string()),
  /** The one connection that it is for; null: all of the user's. */
  connection: z.nullable(z.string()),
  /** null: nothing is narrowed beside its scopes. */
  grant: z.nullable(Grant),
});
export type ListedUserSession = z.output<typeof ListedUserSession>;

export const UserSessions = z.object({ sessions: z.array(ListedUserSession) });
export type UserSessions = z.output<typeof UserSessions>;
