/** The shapes of what is connected for an app's users. */
import * as z from "zod/mini";
import { BOUNDS } from "./bounds.ts";
import { HeldCredentials, pageSize } from "./api.ts";
import { Name, UserId } from "./api-apps.ts";

/** RFC 6749 3.3. */
export const RequestedScopes = z
  .array(z.string().check(z.regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/, "visible ASCII without spaces")))
  .check(z.maxLength(100));

/** Tells a connection from the user's others at its integration: a slug, which no id is. */
export const Label = z
  .string()
  .check(z.regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "1 to 40 of a-z, 0-9 and -, not beginning with a hyphen"));

/** The id of a connection that is to be connected again, with the same account; `new`: another one. */
export const Meant = z.optional(z.string().check(z.minLength(1), z.maxLength(256)));

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
/** Who a user of an app is to people who read of them: as the app has said, and shown with what they connect. */
export const Person = z.object({
  name: z._default(z.nullable(Name), null),
  email: z._default(
    z.nullable(
      z
        .string()
        .check(
          z.maxLength(254),
          z.regex(/^[^\s@\p{Cc}\p{Bidi_Control}]+@[^\s@\p{Cc}\p{Bidi_Control}]+$/u, "an e-mail address"),
        ),
    ),
    null,
  ),
});
export type Person = z.output<typeof Person>;

const Metadata = z
  .record(z.string().check(z.maxLength(64)), z.unknown())
  .check(
    z.refine(
      (metadata) => new TextEncoder().encode(JSON.stringify(metadata)).length <= BOUNDS.metadata_bytes,
      "at most 4 KiB of JSON",
    ),
  );

/**
 * What the app itself notes of a connection. Tags can be searched for, metadata cannot.
 * `person`: as the connect session had it; null where that said nothing, or was before it could.
 */
export const Labels = z.object({
  metadata: Metadata,
  tags: Tags,
  person: z._default(z.nullable(Person), null),
});
export type Labels = z.output<typeof Labels>;

/** What its app, and of `label` and `default` also its user, may change of a connection. */
export const ConnectionChange = z.strictObject({
  label: z.optional(Label),
  /** Makes it the one that is meant where its integration alone is named. */
  default: z.optional(z.literal(true)),
  /** JSON of the app's own, 4 KiB at most; replaced as a whole. */
  metadata: z.optional(Metadata),
  /** Up to ten, which lists can be searched by; replaced as a whole. */
  tags: z.optional(SearchableTags),
});
export type ConnectionChange = z.output<typeof ConnectionChange>;

/** A connection as its app, or its user, sees it; never with a token. */
export const Connection = z.extend(HeldCredentials, {
  /** As the app names them. */
  user: z.string(),
  ...Labels.shape,
});
export type Connection = z.output<typeof Connection>;

/** A connection in a list: what does not change with every refresh. */
export const ListedConnection = z.pick(Connection, {
  id: true,
  user: true,
  integration: true,
  label: true,
  is_default: true,
  status: true,
  account: true,
  connected_at: true,
  metadata: true,
  tags: true,
  person: true,
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
  limit: pageSize(50),
  cursor: z.optional(z.string().check(z.maxLength(1024))),
});

/** RFC 6749 7.1; never with a refresh token. */
export const FreshToken = z.object({
  /** The user's, at the provider. Keep it no longer than the call takes. */
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
  /** One of the app's, with the client that the tokens were made for. */
  integration: z.string().check(z.maxLength(80)),
  /** As the provider gave it, also where it is over. */
  access_token: ImportedToken,
  /** Where there is one: without it nothing is renewed. */
  refresh_token: z.optional(ImportedRefreshToken),
  /** Seconds that the access token has left. None or less: it is renewed before it is used, which takes a refresh token. */
  expires_in: z.optional(z.int().check(z.minimum(-MAX_SECONDS), z.maximum(MAX_SECONDS))),
  /** What was granted; left out, what the integration asks for. */
  scopes: z.optional(RequestedScopes),
  /** As for a connect session. */
  connection: Meant,
});
