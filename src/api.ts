/**
 * The shapes of Latchkey's own JSON answers. Routes build their answers to these types, the frontend reads them;
 * nothing else describes the public API.
 */
import * as z from "zod/mini";

/** Who the connected account belongs to, in the same fields for every provider; null is what the provider does not tell. */
export const Account = z.object({
  id: z.string(),
  name: z.string(),
  email: z.nullable(z.string()),
  avatar_url: z.nullable(z.string()),
  url: z.nullable(z.string()),
});
export type Account = z.output<typeof Account>;

/** One thing of the account (a repository, a contact, a page), in the same fields for every provider. Times are ISO 8601. */
export const Item = z.object({
  id: z.string(),
  type: z.string(),
  name: z.string(),
  url: z.nullable(z.string()),
  parent_id: z.nullable(z.string()),
  parent_name: z.nullable(z.string()),
  created_at: z.nullable(z.string()),
  updated_at: z.nullable(z.string()),
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
  integration: z.string(),
  status: ConnectionStatus,
  account: z.nullable(Account),
  scopes: z.array(z.string()),
  /** What was asked for, for the integration or by the connect session, and not granted; none where nobody can tell. */
  missing_scopes: z.array(z.string()),
  connected_at: z.nullable(z.string()),
  /** When the access token ends; it is renewed before that wherever the provider allows it. */
  expires_at: z.nullable(z.string()),
  refreshed_at: z.nullable(z.string()),
  /** When only connecting again helps, however often the token is renewed. */
  reconnect_by: z.nullable(z.string()),
  /** Whether the token can be renewed without the person. */
  refreshable: z.boolean(),
  /** Why the last refresh did not succeed; null after one that did. */
  failure: z.nullable(z.object({ reason: z.string(), message: z.string(), at: z.string() })),
});
export type Credentials = z.output<typeof Credentials>;

/** The same of a connection that there is. */
export const HeldCredentials = z.extend(Credentials, { status: z.enum(["connected", "expired", "reauth_required"]) });
export type HeldCredentials = z.output<typeof HeldCredentials>;

/** One integration as this caller sees it. `missing` names the variables an operator has to set. */
export const Integration = z.extend(Credentials, {
  name: z.string(),
  category: z.string(),
  docs: z.nullable(z.string()),
  missing: z.array(z.string()),
});
export type Integration = z.output<typeof Integration>;

/**
 * One thing that happened to a connection. `reason` is a code of ours, or null.
 * - `account_replaced`: connecting again was for another account, which took the place of the one before
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
  ]),
  reason: z.nullable(z.string()),
  /** The names of both accounts where one took the other's place, else null. */
  accounts: z._default(z.nullable(z.object({ before: z.string(), after: z.string() })), null),
});
export type ActivityEvent = z.output<typeof ActivityEvent>;

/** The newest hundred, newest first. */
export const Activity = z.object({ events: z.array(ActivityEvent) });
export type Activity = z.output<typeof Activity>;

/** `refreshed` is false where a refresh was forced less than 30 s ago, or one is not possible right now. */
export const Refreshed = z.object({ refreshed: z.boolean(), credentials: Credentials });
export type Refreshed = z.output<typeof Refreshed>;

/** `signed_in`: whether there is anything that signing out would end; a session which only tried to connect has nothing. */
export const Integrations = z.object({ signed_in: z.boolean(), integrations: z.array(Integration) });
export type Integrations = z.output<typeof Integrations>;

/**
 * `raw` is what the provider answered: its JSON, or one entry per request where the profile takes several. `account` is null
 * where a configured provider's answer names no id that could be found.
 */
export const Profile = z.object({ provider: z.string(), account: z.nullable(Account), raw: z.unknown() });
export type Profile = z.output<typeof Profile>;

/** `next_cursor` is opaque and signed; null on the last page. */
export const Items = z.object({ items: z.array(Item), next_cursor: z.nullable(z.string()) });
export type Items = z.output<typeof Items>;

export const Authorization = z.object({
  authorization_url: z.string(),
  state: z.string(),
  expires_in: z.number(),
});
export type Authorization = z.output<typeof Authorization>;

/** One page of sealing anew. `left`: records that no key here opens. */
export const Resealed = z.object({
  vaults: z.number(),
  resealed: z.number(),
  left: z.number(),
  cursor: z.nullable(z.string()),
});
export type Resealed = z.output<typeof Resealed>;

export const Disconnected = z.object({ disconnected: z.boolean(), revoked_at_provider: z.boolean() });
export type Disconnected = z.output<typeof Disconnected>;

/** A bearer key for one user, without the key: that is shown once, when it is made. Times are ISO 8601. */
export const SessionKey = z.object({
  id: z.string(),
  name: z.string(),
  created_at: z.string(),
  expires_at: z.string(),
  last_used_at: z.nullable(z.string()),
});
export type SessionKey = z.output<typeof SessionKey>;

export const SessionKeys = z.object({ sessions: z.array(SessionKey) });
export type SessionKeys = z.output<typeof SessionKeys>;

export const NewSessionKey = z.extend(SessionKey, { key: z.string() });
export type NewSessionKey = z.output<typeof NewSessionKey>;

/** Every error Latchkey itself makes outside the proxy. */
export const ErrorBody = z.object({ error: z.string(), message: z.string(), request_id: z.string() });
export type ErrorBody = z.output<typeof ErrorBody>;
