/** The groups of fields that a service is described with. */
import * as z from "zod/mini";
import {
  AnswerPath,
  ApiPath,
  Endpoint,
  HeaderMap,
  HeaderName,
  HttpsUrl,
  NameKey,
  ParameterMap,
  ParameterName,
  DeniedPath,
  Pattern,
  Scope,
  text,
} from "./texts.ts";
import { PathPattern } from "./path-patterns.ts";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** An entry has been parsed as JSON by then, so that whatever is in it is some. */
const AnyJson = z.custom<Json>();

/** An input that the person who connects fills in. */
export const Field = z.strictObject({
  /** What people call it: "API key", "Subdomain". */
  title: text(80),
  /** Where they find it, in a sentence. */
  description: z.exactOptional(text(400)),
  /** Shown in the empty input. */
  example: z.exactOptional(text(200)),
  /** The service's own page about it. */
  help: z.exactOptional(HttpsUrl),
  /** Masked, and never shown or answered again. */
  secret: z.exactOptional(z.boolean()),
  /** What it has to be, whole. A field that stands in a host needs one. */
  pattern: z.exactOptional(Pattern),
  /** It may stay empty. */
  optional: z.exactOptional(z.boolean()),
  /** What it is where it stays empty. */
  default: z.exactOptional(text(200)),
  /** The only values that it may have. */
  choices: z.exactOptional(z.array(text(200)).check(z.minLength(1), z.maxLength(50))),
  /** Stands behind the input, and is taken off where it is pasted along: `.zendesk.com`. */
  suffix: z.exactOptional(text(200)),
  /** It has lines: a key in PEM. */
  multiline: z.exactOptional(z.boolean()),
});

/** A value of an answer that has to be what its pattern says. */
export const BoundDetail = z.strictObject({
  /** Where it stands. */
  path: AnswerPath,
  /** What it has to be, whole. */
  pattern: Pattern,
});

/** What is kept of an answer, by name: ids, names and hosts, never a secret. One that stands in an address needs a pattern. */
const Detail = z.union([AnswerPath, BoundDetail]);
export const Details = z.record(NameKey, Detail);

/** HTTP Basic (RFC 7617) from two templates. */
export const Basic = z.strictObject({
  /** A template. */
  user: z.string().check(z.maxLength(256)),
  /** A template. */
  password: z.string().check(z.maxLength(256)),
});

/** Where in an answer the account stands; what is left out is looked for by its usual names. */
export const AccountPaths = z.strictObject({
  /** What tells the account from all others, for good. */
  id: z.exactOptional(AnswerPath),
  /** What people call it. */
  name: z.exactOptional(AnswerPath),
  /** Its address for mail. */
  email: z.exactOptional(AnswerPath),
  /** The address of its picture. */
  avatar_url: z.exactOptional(AnswerPath),
  /** Its page at the service. */
  url: z.exactOptional(AnswerPath),
});

/** A request of the service's API that answers JSON. */
export const ServiceRequest = z.strictObject({
  /** A path under the API, or a whole address. */
  path: ApiPath,
  /** GET unless it is said. */
  method: z.exactOptional(z.enum(["GET", "POST"])),
  /** Parameters behind the path. */
  query: z.exactOptional(ParameterMap),
  /** JSON, of a POST. */
  body: z.exactOptional(z.record(z.string(), AnyJson)),
});

/** The request that tells whose account it is. */
export const Verify = z.extend(ServiceRequest, {
  /** Where in the answer the account stands. */
  account: z.exactOptional(AccountPaths),
});

/** Where in a thing of a list its parts stand. Moments are dates in words, or seconds or milliseconds since 1970. */
export const ItemPaths = z.strictObject({
  /** What tells it from all others. */
  id: AnswerPath,
  /** What people call it. */
  name: AnswerPath,
  /** Its page at the service. */
  url: z.exactOptional(AnswerPath),
  /** What it lies in. */
  parent_id: z.exactOptional(AnswerPath),
  /** What people call that. */
  parent_name: z.exactOptional(AnswerPath),
  /** When it came to be. */
  created_at: z.exactOptional(AnswerPath),
  /** When it last changed. */
  updated_at: z.exactOptional(AnswerPath),
  /** Of files (RFC 6838). */
  mime_type: z.exactOptional(AnswerPath),
});

/** How a list goes on. */
export const ItemPaging = z.strictObject({
  /**
   * `cursor`: the answer names the next one. `link`: it has a link to the next page, or its header has (RFC 8288). `page` and
   * `offset`: pages or things are counted, and a page that is not full is the last.
   */
  style: z.enum(["cursor", "link", "page", "offset"]),
  /** The parameter that has the cursor, the page or the offset. Of a link there is none. */
  parameter: z.exactOptional(ParameterName),
  /** Where in the answer the next cursor or link stands; of a link left out, it stands in the header. */
  next: z.exactOptional(AnswerPath),
  /** The parameter that says how many a page has; left out, there is none. */
  limit: z.exactOptional(ParameterName),
  /** The number of the first page, where it is not 1; of an offset where it is not 0. */
  first: z.exactOptional(z.int().check(z.minimum(0))),
  /** The most that the service gives in one page; without `limit`, how many it gives. */
  max: z.int().check(z.minimum(1), z.maximum(1000)),
});

/** One list of the account's things, and where in its answers they stand. */
export const ItemList = z.strictObject({
  /** What its things are: `task`, `file`, `contact`. */
  type: z.string().check(z.regex(/^[a-z][a-z0-9_]{0,39}$/, "a word of a-z, 0-9 and _")),
  /** A path under the API. */
  path: z
    .string()
    .check(z.maxLength(2048), z.regex(/^\/[^\s{}]*$/, "a path that begins with a slash, without names in braces")),
  /** GET unless it is said. */
  method: z.exactOptional(z.enum(["GET", "POST"])),
  /** Parameters behind the path. */
  query: z.exactOptional(ParameterMap),
  /** JSON, of a POST. */
  body: z.exactOptional(z.record(z.string(), AnyJson)),
  /** Where in the answer the list stands; left out, the answer is the list. */
  list: z.exactOptional(AnswerPath),
  /** Where in each thing its parts stand. */
  item: ItemPaths,
  /** The page of a thing whose answer has no link: an address with `{id}`. */
  item_url: z.exactOptional(
    z.string().check(
      z.maxLength(400),
      z.regex(/^https:\/\/[a-z0-9.-]+\/\S*$/, "an https address"),
      z.refine((address) => address.includes("{id}"), "an address with {id} in it"),
    ),
  ),
  /** How the list goes on; left out, one answer has all of it. */
  paging: z.exactOptional(ItemPaging),
  /** What a person has to have allowed for it. */
  scope: z.exactOptional(Scope),
});

/** A request after connecting, and what is kept of its answer. */
export const AfterConnect = z.extend(ServiceRequest, {
  /** What is kept, by name. */
  details: Details,
});

export const TokenEndpointAuthMethod = z.enum(["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]);

/** How tokens are renewed. Lifetimes are seconds. */
export const Refresh = z.strictObject({
  /** `refresh_token`: RFC 6749 6. `exchange`: the access token itself is exchanged for a younger one while it lives. */
  grant: z.exactOptional(z.enum(["refresh_token", "exchange"])),
  /** Where it is not the token endpoint. */
  endpoint: z.exactOptional(Endpoint),
  /** POST unless it is said; GET has the parameters in its query. */
  method: z.exactOptional(z.enum(["POST", "GET"])),
  /** `none`: the client's id goes along and its secret does not. */
  client_authentication: z.exactOptional(z.enum(["client", "none"])),
  /** Sent beside the usual ones; an empty value leaves one out. */
  parameters: z.exactOptional(ParameterMap),
  /** Whether a refresh token works once; then an answer that is lost on its way can end the grant. */
  rotates: z.exactOptional(z.boolean()),
  /** Whether the access token of before stops working as soon as there is a new one. */
  ends_old_access_token: z.exactOptional(z.boolean()),
  /** Where the token answer names no lifetime; left out, it lives until the API refuses it. */
  default_lifetime: z.exactOptional(z.nullable(z.int().check(z.positive()))),
  /** How long before its end a token is renewed at the earliest; 300. */
  margin: z.exactOptional(z.int().check(z.positive())),
  /** How long a refresh token lives unused. */
  idle_lifetime: z.exactOptional(z.nullable(z.int().check(z.positive()))),
  /** How long after the consent a refresh token ends, used or not. */
  absolute_lifetime: z.exactOptional(z.nullable(z.int().check(z.positive()))),
});

/** How a token is taken back (RFC 7009 where it has that; each service's own call where not). */
export const Revocation = z.strictObject({
  /** `{client_id}` is replaced by the client's id. */
  endpoint: Endpoint,
  /** Of the call. */
  method: z.enum(["POST", "DELETE"]),
  /** Who makes the call: the client with its credentials, the holder of the token, or nobody. */
  authentication: z.enum(["client", "token", "none"]),
  /** Which token under which parameter; null: there is no body. */
  body: z.nullable(
    z.strictObject({
      /** `both`: the refresh token, and then the access token. */
      token: z.enum(["access_token", "refresh_token", "both"]),
      /** What the parameter is called that has it. */
      parameter: ParameterName,
      /** How the body is written. */
      format: z.enum(["form", "json"]),
    }),
  ),
  /** `grant`: ends every token of this client for this account. `token`: only the one sent. */
  ends: z.enum(["token", "grant"]),
});

const Code = z.union([z.string().check(z.maxLength(128)), z.number()]);

/** What a code of a refused token request means, where the table of all services does not have it. */
export const RefusalRule = z.strictObject({
  /** As the answer has them, under whichever name. */
  codes: z.array(Code),
  /** Only with one of these in `error.error_subcode`. */
  subcodes: z.exactOptional(z.array(z.number())),
  /** Only where the error's text has this, in lower case. */
  says: z.exactOptional(z.string().check(z.maxLength(128))),
  /** `grant_refused`: only connecting again helps. `client_refused`: the client is wrong. The rest passes, or is not about either. */
  means: z.enum(["grant_refused", "client_refused", "request_refused", "rate_limited", "unavailable"]),
});

/** What is put on each call. */
export const Stamp = z.strictObject({
  /** Left out, `Authorization: Bearer {access_token}` where there are tokens. */
  headers: z.exactOptional(HeaderMap),
  /** Parameters of the query, in the place of any of their name. */
  query: z.exactOptional(ParameterMap),
  /** `Authorization: Basic` (RFC 7617). */
  basic: z.exactOptional(Basic),
});

/** How it is told which calls change something. */
export const Calls = z.strictObject({
  /** Methods that change nothing: GET, HEAD and OPTIONS unless it is said. None where the path alone tells. */
  read_methods: z.exactOptional(z.array(z.enum(["GET", "HEAD", "OPTIONS"]))),
  /** Calls by GET or POST that change nothing all the same: searches that have a body. */
  reads: z.exactOptional(z.array(PathPattern).check(z.maxLength(100))),
  /** Where GraphQL is posted to: queries change nothing. */
  graphql: z.exactOptional(z.array(PathPattern).check(z.maxLength(10))),
  /** Calls that hold other calls. */
  batches: z.exactOptional(z.array(PathPattern).check(z.maxLength(10))),
  /** Parameters, of the query or of a form, that hold other calls or name another method. */
  overrides: z.exactOptional(z.array(ParameterName).check(z.maxLength(10))),
});

/**
 * How an answer says that a person has not granted enough, where it does not say it as RFC 6750 3.1 has it, by
 * `error="insufficient_scope"`: that is understood from every service.
 */
export const ScopeRefusal = z.strictObject({
  /** What such an answer may have; 403 unless it is said. Where one of a success is named, the JSON of each of these is looked into. */
  statuses: z.exactOptional(
    z.array(z.int().check(z.minimum(200), z.maximum(499))).check(z.minLength(1), z.maxLength(5)),
  ),
  /** Places, of which one has the code. */
  code: z.exactOptional(z.array(AnswerPath).check(z.minLength(1), z.maxLength(5))),
  /** Codes that mean it. */
  codes: z.exactOptional(z.array(Code).check(z.maxLength(50))),
  /** Where the scopes are named: a list, or a text with commas or blanks between them. */
  scopes: z.exactOptional(AnswerPath),
  /** The header with the scopes of which any one would do; it is a refusal where `granted_header` has none of them. */
  accepted_header: z.exactOptional(HeaderName),
  /** The header with the scopes that the token has. */
  granted_header: z.exactOptional(HeaderName),
  /**
   * Of the scopes that an answer names `all` are needed, as in RFC 6750 3.1, where nothing is said. `any`: one of them is
   * enough. `asked`: so it is, and which of several is for people to say: only those that were asked for before count.
   */
  names: z.exactOptional(z.enum(["all", "any", "asked"])),
  /** The same is said for other reasons: it counts where something that was asked for was not granted. */
  ambiguous: z.exactOptional(z.boolean()),
});

/** The service's API, as it is called. */
export const Api = z.strictObject({
  /** A path that every call is under; callers of the proxy may leave it out. */
  base_path: z.exactOptional(z.string().check(z.regex(/^\/[\w./~-]*$/, "a path that begins with a slash"))),
  /** Further hosts of the same API, by name. */
  hosts: z.exactOptional(
    z.record(z.string().check(z.regex(/^[a-z0-9.-]{1,128}$/, "a name of a-z, 0-9, dots and -")), Endpoint),
  ),
  /** Patterns of paths that issue, end or inspect tokens; the proxy refuses them. */
  denied: z.exactOptional(z.array(DeniedPath).check(z.maxLength(50))),
  /** Which calls change something, for keys that may only read. */
  calls: z.exactOptional(Calls),
  /** The parameter in which this API takes a token besides the header, and whether a caller may bring another one there. */
  credential: z.exactOptional(
    z.strictObject({
      /** null: there is none. */
      parameter: z.nullable(ParameterName),
      /** Whether it may stand in the body of a form. */
      in_form: z.boolean(),
      /** Whether another token in it is passed on. */
      passes_foreign: z.boolean(),
    }),
  ),
  /** How the credential stands on a call. `{access_token}` is the token, every secret field may be named. */
  stamp: z.exactOptional(Stamp),
  /** Sent with every call, unless the caller of the proxy has said otherwise. */
  headers: z.exactOptional(HeaderMap),
  /** Members of JSON answers that hold links to follow. */
  link_fields: z.exactOptional(z.array(z.string().check(z.maxLength(64)))),
  /** How a body says what others say by a status: the path of its code, and which codes mean what. */
  errors: z.exactOptional(
    z.strictObject({
      /** Where the code stands. */
      code: AnswerPath,
      /** Whether answers of 200 may be errors. */
      in_success: z.boolean(),
      /** Codes that mean that the credential counts no more. */
      token_rejected: z.array(Code),
      /** Codes that mean that it was too often. */
      rate_limited: z.array(Code),
      /** Codes that mean that the service has trouble of its own. */
      unavailable: z.array(Code),
    }),
  ),
  /** How an answer says that a scope is missing. */
  scope_refusal: z.exactOptional(ScopeRefusal),
  /**
   * The body of an error of ours, as this API's SDKs read one: JSON in whose texts `{code}`, `{message}`, `{status}` and
   * `{request_id}` stand for ours. A text that is `{status}` alone becomes the number.
   */
  problem: z.exactOptional(z.record(z.string().check(z.maxLength(64)), AnyJson)),
  /** Seconds to wait where a limit is met and the answer names no time. */
  rate_limit_wait: z.exactOptional(z.int().check(z.positive())),
});

/** A token that is fetched with what people type, and fetched anew before its end. */
export const Exchange = z.strictObject({
  /** Where the request goes. */
  endpoint: Endpoint,
  /** POST unless it is said; GET has the parameters in its query. */
  method: z.exactOptional(z.enum(["POST", "GET"])),
  /** Of the body: `form` unless it is said. */
  format: z.exactOptional(z.enum(["form", "json"])),
  /** Templates, as parameters are. */
  headers: z.exactOptional(HeaderMap),
  /** Templates over the fields, and `{assertion}`. */
  parameters: z.exactOptional(ParameterMap),
  /** `Authorization: Basic` (RFC 7617), of two templates. */
  basic: z.exactOptional(Basic),
  /** A signed JWT (RFC 7523), which `{assertion}` stands for. */
  assertion: z.exactOptional(
    z.strictObject({
      /** RFC 7518 3.1. */
      algorithm: z.enum(["RS256", "PS256", "ES256", "HS256"]),
      /** A template: the key, in PEM (PKCS #8); for HS256 the secret. */
      key: z.string().check(z.maxLength(256)),
      /** Further members of its header, such as `kid`. */
      headers: z.exactOptional(ParameterMap),
      /** Templates; `iat`, `exp` and `jti` are added. */
      claims: ParameterMap,
      /** Seconds from `iat` to `exp`. */
      lifetime: z.int().check(z.minimum(10), z.maximum(86_400)),
    }),
  ),
});

/** How a token is exchanged for one that lives longer. */
export const LongLivedExchange = z.strictObject({
  /** As the service calls it. */
  grant_type: ParameterName,
  /** The one that has the token. */
  parameter: ParameterName,
  /** Where it is not the token endpoint. */
  endpoint: z.exactOptional(Endpoint),
  /** POST unless it is said. */
  method: z.exactOptional(z.enum(["POST", "GET"])),
  /** Of a later exchange, where that has another name. */
  renewal_grant_type: z.exactOptional(ParameterName),
});

/** What the members of RFC 6749 5.1 are called. */
export const TokenResponse = z.strictObject({
  /** Where the access token stands. */
  access_token: z.exactOptional(AnswerPath),
  /** Where the refresh token stands. */
  refresh_token: z.exactOptional(AnswerPath),
  /** Where its lifetime in seconds stands. */
  expires_in: z.exactOptional(AnswerPath),
  /** Where the moment of its end stands. */
  expires_at: z.exactOptional(AnswerPath),
  /** Where the granted scopes stand. */
  scope: z.exactOptional(AnswerPath),
});
