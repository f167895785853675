/**
 * The shapes of Latchkey's own JSON answers. Routes build their answers to these types, the frontend reads them;
 * nothing else describes the public API.
 */
import { _coercedNumber } from "zod/v4/core";
import * as z from "zod/mini";
import { Grant } from "./api-grants.ts";
import { ERROR_CODES } from "./errors.ts";

/** How many of a list are asked for at once, in a query. `z.coerce` would bring the coercions of every other type along. */
export const pageSize = (usual: number) =>
  z._default(_coercedNumber(z.ZodMiniNumber).check(z.int(), z.minimum(1), z.maximum(100)), usual);

/** Who the connected account belongs to, in the same fields for every provider; null is what the provider does not tell. */
export const Account = z.object({
  /** As the service names it; a string also where that has a number. */
  id: z.string(),
  /** What people call it there: a login, a name or a workspace. */
  name: z.string(),
  email: z.nullable(z.string()),
  /** At this origin, so that a page needs no other. */
  avatar_url: z.nullable(z.string()),
  /** Its page at the service. */
  url: z.nullable(z.string()),
});
export type Account = z.output<typeof Account>;

/** One thing of the account (a repository, a contact, a page), in the same fields for every provider. Times are ISO 8601. */
export const Item = z.object({
  id: z.string(),
  /** What it is at its service: `repository`, `contact`, `page`, `file`. */
  type: z.string(),
  /** What people call it. */
  name: z.string(),
  /** Its page at the service. */
  url: z.nullable(z.string()),
  /** What it lies in, where that is told: a folder, an owner, a base. */
  parent_id: z.nullable(z.string()),
  parent_name: z.nullable(z.string()),
  created_at: z.nullable(z.string()),
  updated_at: z.nullable(z.string()),
  /** Of files (RFC 6838). */
  mime_type: z.nullable(z.string()),
  /** What things of this type have besides: a contact's `email`, a repository's `language`, a file's `size` in bytes. */
  details: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
});
export type Item = z.output<typeof Item>;

/**
 * - `not_configured`: the operator has not set a client id yet
 * - `not_connected`: the caller can connect
 * - `connected`: the token is there and valid
 * - `expired`: the access token ran out; the account must be connected again
 * - `reauth_required`: the provider refused the grant; the account must be connected again
 */
export const ConnectionStatus = z.enum(["not_configured", "not_connected", "connected", "expired", "reauth_required"]);
export type ConnectionStatus = z.output<typeof ConnectionStatus>;

/** What is held for one connection; never a token. Times are ISO 8601, null where the provider sets none. */
export const Credentials = z.object({
  /** Its id. */
  integration: z.string(),
  status: ConnectionStatus,
  /** Whose it is; null where the service does not tell. */
  account: z.nullable(Account),
  /** What was granted, as the service has said. */
  scopes: z.array(z.string()),
  /** What was asked for, for the integration or by the connect session, and not granted; none where nobody can tell. */
  missing_scopes: z.array(z.string()),
  /**
   * What the service has refused calls for want of since it was last connected; an empty list where it did not say which, null:
   * it has not.
   */
  refused_scopes: z.nullable(z.array(z.string())),
  /** When somebody last consented. */
  connected_at: z.nullable(z.string()),
  /** When the access token ends; it is renewed before that wherever the provider allows it. */
  expires_at: z.nullable(z.string()),
  /** When the token was last renewed. */
  refreshed_at: z.nullable(z.string()),
  /** When only connecting again helps, however often the token is renewed. */
  reconnect_by: z.nullable(z.string()),
  /** Whether the token can be renewed without the person. */
  refreshable: z.boolean(),
  /** Why the last refresh did not succeed; null after one that did. */
  failure: z.nullable(z.object({ reason: z.string(), message: z.string(), at: z.string() })),
});
export type Credentials = z.output<typeof Credentials>;

/**
 * The same of a connection that there is. `label` tells it from the user's others at its integration, and `is_default` is the
 * one that is meant where none is named.
 */
export const HeldCredentials = z.extend(Credentials, {
  /** `expired` and `reauth_required` need the person; everything else mends itself. */
  status: z.enum(["connected", "expired", "reauth_required"]),
  /** Stays the same as long as the connection does. */
  id: z.string(),
  /** Tells it from the user's others at its integration; it may stand in paths, behind `@`. */
  label: z.string(),
  /** Whether it is the one that is meant where none is named. */
  is_default: z.boolean(),
});
export type HeldCredentials = z.output<typeof HeldCredentials>;

/**
 * One integration as this caller sees it, with the credentials of the default connection and with all connections, the oldest
 * first. `missing` names the variables an operator has to set.
 */
export const Integration = z.extend(Credentials, {
  /** All of the caller's, the oldest first. */
  connections: z.array(HeldCredentials),
  name: z.string(),
  category: z.string(),
  /** What connecting takes. `oauth2`: a consent at the service. `fields`: what the person enters, such as a key. */
  credentials: z.enum(["oauth2", "fields"]),
  /** The service's own documents. */
  docs: z.nullable(z.string()),
  /** What else people call the service. */
  aliases: z.array(z.string()),
  /** Where at this origin its mark is; null: it has none, or the page has it. */
  mark: z.nullable(z.string()),
  /** The variables that the operator has to set; none where it is configured. */
  missing: z.array(z.string()),
});
export type Integration = z.output<typeof Integration>;

/**
 * One thing that happened to a connection. `reason` is a code of ours, or null.
 * - `account_replaced`: connecting again was for another account, which took the place of the one before; no longer happens
 * - `made_default`: it is meant from then on where the integration alone is named
 * - `taken_along`: its user signed in with a passkey, and it came along from the browser that had connected it
 * - `replayed`: a call was made again with a newer token after the API had refused the one before
 */
export const ActivityEvent = z.object({
  at: z.string(),
  type: z.enum([
    "connected",
    "reconnected",
    "account_replaced",
    "refreshed",
    "replayed",
    "refresh_failed",
    "reauth_required",
    "disconnected",
    "revoked",
    "made_default",
    "taken_along",
  ]),
  /** Why, as a code of ours; null where there is nothing to say. */
  reason: z.nullable(z.string()),
  /** The names of both accounts where one took the other's place, else null. */
  accounts: z._default(z.nullable(z.object({ before: z.string(), after: z.string() })), null),
});
export type ActivityEvent = z.output<typeof ActivityEvent>;

/** The newest hundred, newest first. */
export const Activity = z.object({ events: z.array(ActivityEvent) });
export type Activity = z.output<typeof Activity>;

/** `refreshed` is false where a refresh was forced less than 30 s ago, or one is not possible right now. */
export const Refreshed = z.object({ refreshed: z.boolean(), credentials: HeldCredentials });
export type Refreshed = z.output<typeof Refreshed>;

/** `signed_in`: whether there is anything that signing out would end; a session which only tried to connect has nothing. */
export const Integrations = z.object({ signed_in: z.boolean(), integrations: z.array(Integration) });
export type Integrations = z.output<typeof Integrations>;

/**
 * `raw` is what the provider answered: its JSON, or one entry per request where the profile takes several. `account` is null
 * where a configured provider's answer names no id that could be found.
 */
export const Profile = z.object({
  /** The id of the service: `github`. */
  provider: z.string(),
  account: z.nullable(Account),
  raw: z.unknown(),
});
export type Profile = z.output<typeof Profile>;

/** `next_cursor` is opaque and signed; null on the last page. */
export const Items = z.object({ items: z.array(Item), next_cursor: z.nullable(z.string()) });
export type Items = z.output<typeof Items>;

export const Authorization = z.object({
  /** A link of ours, which one browser can open once. */
  authorization_url: z.string(),
  state: z.string(),
  /** Seconds that it can be opened for. */
  expires_in: z.number(),
});
export type Authorization = z.output<typeof Authorization>;

/** `shared`: what becomes of a grant that another connection lives on as well; see docs/connections.md. */
export const DisconnectQuery = z.object({ shared: z.optional(z.enum(["keep", "end"])) });

export const Disconnected = z.object({
  /** Whether anything was connected. */
  disconnected: z.boolean(),
  /** Whether the provider has confirmed that it took the grant back. */
  revoked_at_provider: z.boolean(),
});
export type Disconnected = z.output<typeof Disconnected>;

/** A year; a key that is used for longer is better made anew. */
const MAX_KEY_SECONDS = 366 * 86_400;
export const NewKey = z.strictObject({
  /** For its person to tell it from the others. */
  name: z.string().check(z.trim(), z.minLength(1), z.maxLength(80)),
  /** Seconds; ninety days where none are given. */
  expires_in: z._default(z.int().check(z.minimum(60), z.maximum(MAX_KEY_SECONDS)), 90 * 86_400),
  /** The id of the one connection that it is for; all of the user's where none is given. */
  connection: z.optional(z.string().check(z.maxLength(256))),
  /** What it may do; everything that its person may where none is given. */
  grant: z.optional(Grant),
});

/** Where a key was used from, as coarse as tells its owner whether it was them: never a whole address. */
export const UsedFrom = z.object({
  /** As ISO 3166-1 alpha-2 has it. */
  country: z.nullable(z.string()),
  /** The data centre of Cloudflare's that the call came to. */
  colo: z.nullable(z.string()),
  /** The /24 of an IPv4 address, the /48 of an IPv6 address. */
  network: z.string(),
});
export type UsedFrom = z.output<typeof UsedFrom>;

/** A bearer key for one user, without the key: that is shown once, when it is made. Times are ISO 8601. */
export const SessionKey = z.object({
  /** Names the key; it is not the key. */
  id: z.string(),
  name: z.string(),
  created_at: z.string(),
  expires_at: z.string(),
  last_used_at: z.nullable(z.string()),
  /** null: that is not known. */
  last_used_from: z.nullable(UsedFrom),
  /** The one connection that it is for; null: all of the user's. */
  connection: z.nullable(z.string()),
  /** null: nothing is narrowed. */
  grant: z.nullable(Grant),
});
export type SessionKey = z.output<typeof SessionKey>;

export const SessionKeys = z.object({ sessions: z.array(SessionKey) });
export type SessionKeys = z.output<typeof SessionKeys>;

export const NewSessionKey = z.extend(SessionKey, {
  key: z.string(),
});
export type NewSessionKey = z.output<typeof NewSessionKey>;

/**
 * Every error Latchkey itself makes outside the proxy.
 * - `message`: what happened and what to do next, in a sentence or two for people
 * - `param`: the field of the request that is wrong, where it is one
 * - `docs`: the page that tells of this error
 */
export const ErrorBody = z.object({
  error: z.enum(ERROR_CODES),
  message: z.string(),
  param: z.nullable(z.string()),
  docs: z.string(),
  request_id: z.string(),
  /** Where somebody has to allow a call first: what it is called, and where they are asked. */
  approval_id: z.exactOptional(z.string()),
  approval_url: z.exactOptional(z.string()),
  /** Of `scope_missing` alone: what is known to be needed, and was not granted; none where the service did not say which. */
  scopes: z.exactOptional(z.array(z.string())),
  /** Of `scope_missing` alone: where its person asks for them besides what they have granted; null: an app asks for them. */
  reconnect_url: z.exactOptional(z.nullable(z.string())),
});
export type ErrorBody = z.output<typeof ErrorBody>;
