/** The shapes of connecting an app's users, and of what is connected then. */
import * as z from "zod/mini";
import { BOUNDS } from "./bounds.ts";
import { HeldCredentials } from "./api.ts";
import { UserId } from "./api-apps.ts";

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
  /** Whether another account than the one that is connected may take its place; else finalizing answers `account_mismatch`. */
  replace: z._default(z.boolean(), false),
});

export const ConnectSession = z.object({ connect_url: z.string(), expires_at: z.string() });
export type ConnectSession = z.output<typeof ConnectSession>;

export const Reconnect = z.omit(NewConnectSession, { user: true, integration: true });

export const Finalize = z.strictObject({
  connection_code: z.string().check(z.maxLength(1024)),
  user: UserId,
  /** Whether another account than the one that is connected may take its place. */
  replace: z._default(z.boolean(), false),
});

const tagsWith = (key: z.ZodMiniString, value: z.ZodMiniString) =>
  z
    .record(key, value)
    .check(z.refine((tags) => Object.keys(tags).length <= BOUNDS.tags, `at most ${BOUNDS.tags} tags`));
/** As they are kept; some were set before it was asked that every one can be searched for. */
const Tags = tagsWith(z.string(), z.string());
/** What `tag=key:value` can ask for: no colon in the key, and nothing in the value that no URL can say. */
const SearchableTags = tagsWith(
  z.string().check(z.regex(/^[\x21-\x39\x3b-\x7e]{1,64}$/, "1 to 64 visible ASCII characters without a colon")),
  z.string().check(
    z.maxLength(255),
    z.refine((value) => value.isWellFormed(), "not text"),
  ),
);
const Metadata = z
  .record(z.string().check(z.maxLength(64)), z.unknown())
  .check(
    z.refine(
      (metadata) => new TextEncoder().encode(JSON.stringify(metadata)).length <= BOUNDS.metadata_bytes,
      "at most 4 KiB of JSON",
    ),
  );

/** What the app itself notes of a connection. Tags can be searched for, metadata cannot. */
export const Labels = z.object({ metadata: Metadata, tags: Tags });
export type Labels = z.output<typeof Labels>;

export const LabelsChange = z.strictObject({ metadata: z.optional(Metadata), tags: z.optional(SearchableTags) });
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
  tag: z.optional(z.string().check(z.regex(/^[\x21-\x39\x3b-\x7e]{1,64}:[^]{0,255}$/, "key:value"))),
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

/** A hundred years: what is beyond that is a moment or milliseconds, and not meant. */
const MAX_SECONDS = 100 * 366 * 86_400;
const ImportedToken = z.string().check(z.regex(/^[\x21-\x7e]{1,16384}$/, "visible ASCII without spaces"));
/** RFC 6749 A.17: a space may stand in a refresh token, which is sent in no header. */
const ImportedRefreshToken = z.string().check(z.regex(/^[\x20-\x7e]{1,16384}$/, "visible ASCII"));
export const ImportedTokens = z.strictObject({
  user: UserId,
  integration: z.string().check(z.maxLength(80)),
  access_token: ImportedToken,
  refresh_token: z.optional(ImportedRefreshToken),
  /** Seconds that the access token has left. None or less: it is renewed before it is used, which takes a refresh token. */
  expires_in: z.optional(z.int().check(z.minimum(-MAX_SECONDS), z.maximum(MAX_SECONDS))),
  scopes: z.optional(RequestedScopes),
  /** Whether another account than the one that is connected may take its place. */
  replace: z._default(z.boolean(), false),
});

/** One page of rebuilding the list of connections from the vaults. */
export const Reindexed = z.object({ vaults: z.number(), connections: z.number(), cursor: z.nullable(z.string()) });
export type Reindexed = z.output<typeof Reindexed>;
