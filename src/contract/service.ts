/**
 * A service as data: what an operator writes into CUSTOM_PROVIDERS, what an app registers, what a file of the catalogue has
 * and what a built-in provider states beside its code are all of this one shape. Field names are those of RFC 8414 (server
 * metadata), RFC 7591 (client metadata) and RFC 6749 wherever these have one. docs/custom-services.md and the JSON Schema are
 * made from this file and its comments.
 *
 * A template is a text with names in braces, `https://{subdomain}.example.com`: `fields`, the details that were captured when
 * an account was connected, and `client_id`.
 */
import * as z from "zod/mini";

/** Of a field, a detail or an integration: what stands in braces in templates. */
const NAME = /^[a-z][a-z0-9_]{0,39}$/;
const NameKey = z.string().check(z.regex(NAME, "a name is 1 to 40 of a-z, 0-9 and _, and begins with a letter"));

const text = (longest: number) =>
  z.string().check(z.minLength(1), z.maxLength(longest), z.regex(/^[^\p{Cc}]*$/u, "no control characters"));

const HttpsUrl = z.url({ protocol: /^https$/, message: "write a whole https URL" }).check(z.maxLength(2048));

/** A whole address, which may have names in braces. The scheme is never typed by anybody. */
const Endpoint = z.string().check(
  z.maxLength(2048),
  z.regex(/^(?:https?:\/\/[^\s/?#]|\{[a-z][a-z0-9_]*\}(?:[/?]|$))/, "write a whole URL"),
  z.refine(
    (url) => url.startsWith("{") || URL.canParse(url.replaceAll(/\{[a-z][a-z0-9_]*\}/g, "x")),
    "write a whole URL",
  ),
);

/** Paths are put behind it. */
const BaseUrl = z.pipe(
  Endpoint,
  z.transform((url) => url.replace(/(?<!\/)\/+$/, "")),
);

/** Under the API, or a whole address. */
const ApiPath = z
  .string()
  .check(z.maxLength(2048), z.regex(/^(?:\/|https?:\/\/|\{)\S*$/, "a path that begins with a slash, or a whole URL"));

/** Where something stands in an answer: names with dots between them, numbers for places in lists. */
const AnswerPath = z.string().check(z.regex(/^[\w@$-]{1,64}(?:\.[\w@$-]{1,64}){0,7}$/, "a path such as data.user.id"));

const Scope = z
  .string()
  .check(z.regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/, "a scope is visible ASCII without spaces (RFC 6749 3.3)"));

/** RFC 9110 5.1 and 5.5. */
const HeaderName = z.string().check(z.regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/, "the name of a header field"));
const HeaderValue = z
  .string()
  .check(z.regex(/^[\x20-\x7e]{1,1024}$/, "visible ASCII and blanks, at most 1024 characters"));
const HeaderMap = z.record(HeaderName, HeaderValue);

const ParameterName = z.string().check(z.regex(/^[\x21-\x7e]{1,64}$/, "the name of a parameter"));
const ParameterMap = z.record(ParameterName, z.string().check(z.maxLength(1024)));

/**
 * What a value that somebody types, or a service answers, has to be, whole. It decides to which hosts tokens go. No part of it
 * may take long: at most three of `*`, `+` and `{n,}`, and none of them behind a group.
 */
export const Pattern = z
  .string()
  .check(
    z.maxLength(256),
    z.refine(
      isPattern,
      "a regular expression of at most three of * + {n,}, none of them behind a group, without (?= (?! (?< and \\1",
    ),
  );

function isPattern(pattern: string): boolean {
  const outside = pattern.replaceAll(/\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]/g, "x");
  const unbounded = outside.match(/[*+]|\{\d+,\}/g)?.length ?? 0;
  if (unbounded > 3 || /\)(?:[*+]|\{)/.test(outside) || /\(\?(?!:)/.test(outside) || /\\[1-9k]/.test(pattern))
    return false;
  try {
    return new RegExp(pattern, "u").source !== "";
  } catch {
    return false;
  }
}

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
export type Field = z.output<typeof Field>;

/** What is kept of an answer, by name: ids, names and hosts, never a secret. One that stands in an address needs a pattern. */
const Detail = z.union([AnswerPath, z.strictObject({ path: AnswerPath, pattern: Pattern })]);
export type Detail = z.output<typeof Detail>;
const Details = z.record(NameKey, Detail);

/** HTTP Basic (RFC 7617) from two templates. */
const Basic = z.strictObject({
  user: z.string().check(z.maxLength(256)),
  password: z.string().check(z.maxLength(256)),
});

/** A request of the service's API that answers JSON. */
const ServiceRequest = {
  /** A path under the API, or a whole address. */
  path: ApiPath,
  /** GET unless it is said. */
  method: z.exactOptional(z.enum(["GET", "POST"])),
  query: z.exactOptional(ParameterMap),
  /** JSON, of a POST. */
  body: z.exactOptional(z.record(z.string(), z.json())),
};

const TokenEndpointAuthMethod = z.enum(["client_secret_basic", "client_secret_post", "none"]);

/** How tokens are renewed. Lifetimes are seconds. */
const Refresh = z.strictObject({
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
  method: z.enum(["POST", "DELETE"]),
  /** Who makes the call: the client with its credentials, the holder of the token, or nobody. */
  authentication: z.enum(["client", "token", "none"]),
  /** Which token under which parameter; null: there is no body. `both`: the refresh token, and then the access token. */
  body: z.nullable(
    z.strictObject({
      token: z.enum(["access_token", "refresh_token", "both"]),
      parameter: ParameterName,
      format: z.enum(["form", "json"]),
    }),
  ),
  /** `grant`: ends every token of this client for this account. `token`: only the one sent. */
  ends: z.enum(["token", "grant"]),
});

const Code = z.union([z.string().check(z.maxLength(128)), z.number()]);

/** What a code of a refused token request means, where the table of all services does not have it. */
const RefusalRule = z.strictObject({
  codes: z.array(Code),
  /** Only with one of these in `error.error_subcode`. */
  subcodes: z.exactOptional(z.array(z.number())),
  /** Only where the error's text has this, in lower case. */
  says: z.exactOptional(z.string().check(z.maxLength(128))),
  means: z.enum(["grant_refused", "client_refused", "request_refused", "rate_limited", "unavailable"]),
});

/** What is put on each call. */
export const Stamp = z.strictObject({
  /** Left out, `Authorization: Bearer {access_token}` where there are tokens. */
  headers: z.exactOptional(HeaderMap),
  query: z.exactOptional(ParameterMap),
  basic: z.exactOptional(Basic),
});

/** The service's API, as it is called. */
const Api = z.strictObject({
  /** A path that every call is under; callers of the proxy may leave it out. */
  base_path: z.exactOptional(z.string().check(z.regex(/^\/[\w./~-]*$/, "a path that begins with a slash"))),
  /** Further hosts of the same API, by name. */
  hosts: z.exactOptional(
    z.record(z.string().check(z.regex(/^[a-z0-9.-]{1,128}$/, "a name of a-z, 0-9, dots and -")), Endpoint),
  ),
  /** Patterns of paths that issue, end or inspect tokens; the proxy refuses them. */
  denied: z.exactOptional(z.array(z.string().check(z.refine(isPattern, "a pattern of a path"), z.maxLength(256)))),
  /** The parameter in which this API takes a token besides the header, and whether a caller may bring another one there. */
  credential: z.exactOptional(
    z.strictObject({ parameter: z.nullable(ParameterName), in_form: z.boolean(), passes_foreign: z.boolean() }),
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
      code: AnswerPath,
      /** Whether answers of 200 may be errors. */
      in_success: z.boolean(),
      token_rejected: z.array(Code),
      rate_limited: z.array(Code),
      unavailable: z.array(Code),
    }),
  ),
  /** Seconds to wait where a limit is met and the answer names no time. */
  rate_limit_wait: z.exactOptional(z.int().check(z.positive())),
});

/** A token that is fetched with what people type, and fetched anew before its end. */
export const Exchange = z.strictObject({
  endpoint: Endpoint,
  method: z.exactOptional(z.enum(["POST", "GET"])),
  /** Of the body: `form` unless it is said. */
  format: z.exactOptional(z.enum(["form", "json"])),
  headers: z.exactOptional(HeaderMap),
  /** Templates over the fields, and `{assertion}`. */
  parameters: z.exactOptional(ParameterMap),
  basic: z.exactOptional(Basic),
  /** A signed JWT (RFC 7523), which `{assertion}` stands for. */
  assertion: z.exactOptional(
    z.strictObject({
      algorithm: z.enum(["RS256", "PS256", "ES256", "HS256"]),
      /** A template: the key, in PEM (PKCS #8); for HS256 the secret. */
      key: z.string().check(z.maxLength(256)),
      /** Further members of its header, such as `kid`. */
      headers: z.exactOptional(ParameterMap),
      claims: ParameterMap,
      /** Seconds from `iat` to `exp`. */
      lifetime: z.int().check(z.minimum(10), z.maximum(86_400)),
    }),
  ),
});

/** A service as data. What has to be said of one is `name`, where it is, and `scopes` or `fields`. */
export const Service = z.strictObject({
  /** Of the JSON Schema, for an editor. */
  $schema: z.exactOptional(z.string()),
  id: z.string().check(z.regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, "1 to 40 of a-z, 0-9 and -")),
  /** What people call it. */
  name: z.exactOptional(z.string().check(z.minLength(1), z.maxLength(80))),
  /** A word for what it is for. */
  category: z.exactOptional(text(40)),
  /** The service's own page about connecting to it. */
  docs: z.exactOptional(z.nullable(HttpsUrl)),
  /** What the person who connects fills in, by name. Without an `authorization_endpoint` these are the credential. */
  fields: z.exactOptional(z.record(NameKey, Field)),
  /** Checked where answers say who they are from (RFC 9207). */
  issuer: z.exactOptional(z.string().check(z.maxLength(2048))),
  /** RFC 6749 3.1. */
  authorization_endpoint: z.exactOptional(Endpoint),
  /** RFC 6749 3.2. */
  token_endpoint: z.exactOptional(Endpoint),
  /** RFC 7009; left out, disconnecting ends nothing there. */
  revocation_endpoint: z.exactOptional(Endpoint),
  /** A service's own call in the place of RFC 7009's. */
  revocation: z.exactOptional(Revocation),
  /** RFC 7662. */
  introspection_endpoint: z.exactOptional(Endpoint),
  /** OpenID Connect Core 5.3: where the account is read. */
  userinfo_endpoint: z.exactOptional(Endpoint),
  /** The path of the account's id in that answer, where it goes by no usual name: `data.user.id`. */
  userinfo_id: z.exactOptional(AnswerPath),
  /** The request that tells whose account it is. Of fields it has to succeed before they are stored. */
  verify: z.exactOptional(
    z.strictObject({
      ...ServiceRequest,
      /** Where in the answer the account stands; what is left out is looked for by its usual names. */
      account: z.exactOptional(
        z.strictObject({
          id: z.exactOptional(AnswerPath),
          name: z.exactOptional(AnswerPath),
          email: z.exactOptional(AnswerPath),
          avatar_url: z.exactOptional(AnswerPath),
          url: z.exactOptional(AnswerPath),
        }),
      ),
    }),
  ),
  /** What proxied paths are put behind. */
  api_base_url: z.exactOptional(BaseUrl),
  /** How the API is called, and how it answers. */
  api: z.exactOptional(Api),
  /** RFC 7591 2; `client_secret_basic` where nothing is said. */
  token_endpoint_auth_method: z.exactOptional(TokenEndpointAuthMethod),
  /** `form` as RFC 6749 2.3.1 has it, `none` for a server that takes both parts as they are. */
  client_secret_basic_encoding: z.exactOptional(z.enum(["form", "none"])),
  /** Which of the two is the user of Basic: `client_secret` where it stands there alone, with an empty password. */
  client_secret_basic_user: z.exactOptional(z.enum(["client_id", "client_secret"])),
  /** RFC 7636; on unless false. */
  pkce: z.exactOptional(z.boolean()),
  /** What is asked for where a connect session does not say. */
  scopes: z.exactOptional(z.array(Scope).check(z.maxLength(100))),
  /** A space, as RFC 6749 3.3 has it, unless the provider wants a comma or something else. */
  scope_separator: z.exactOptional(z.string().check(z.regex(/^[\x20-\x7e]{1,3}$/, "a space, a comma or the like"))),
  /** What the provider calls it. */
  scope_parameter: z.exactOptional(ParameterName),
  /** Granted scopes that stand for others: by the name they are told, those that need not be told besides. */
  scope_implies: z.exactOptional(z.record(Scope, z.array(Scope))),
  /** Scopes that are granted, and yet in no token answer. */
  untold_scopes: z.exactOptional(z.array(Scope)),
  /** What a scope's name may begin with, or not, and mean the same. */
  scope_base: z.exactOptional(z.string().check(z.maxLength(256))),
  /** Further parameters of the authorization request. */
  authorization_parameters: z.exactOptional(ParameterMap),
  /** What the service calls a parameter of RFC 6749, in both requests: `{"client_id": "client_key"}`. */
  parameter_names: z.exactOptional(z.record(ParameterName, ParameterName)),
  /** The parameter of the callback that has the code. */
  code_parameter: z.exactOptional(ParameterName),
  /** Of the token endpoint's bodies: `form` unless it is said. */
  token_request_format: z.exactOptional(z.enum(["form", "json"])),
  /** Further headers of token requests. */
  token_request_headers: z.exactOptional(HeaderMap),
  /** Sent with the code beside the usual ones. */
  token_parameters: z.exactOptional(ParameterMap),
  /** Exchanges the token just received for a long-lived one. */
  long_lived_exchange: z.exactOptional(
    z.strictObject({
      grant_type: ParameterName,
      /** The one that has the token. */
      parameter: ParameterName,
      /** Where it is not the token endpoint. */
      endpoint: z.exactOptional(Endpoint),
      method: z.exactOptional(z.enum(["POST", "GET"])),
      /** Of a later exchange, where that has another name. */
      renewal_grant_type: z.exactOptional(ParameterName),
    }),
  ),
  /** How tokens are renewed. */
  refresh: z.exactOptional(Refresh),
  /** Where in the token answer the user's tokens stand, if they are there; else at the top, where RFC 6749 5.1 has them. */
  token_path: z.exactOptional(AnswerPath),
  /** What the members of RFC 6749 5.1 are called; `expires_at` is a date, or seconds or milliseconds since 1970. */
  token_response: z.exactOptional(
    z.strictObject({
      access_token: z.exactOptional(AnswerPath),
      refresh_token: z.exactOptional(AnswerPath),
      expires_in: z.exactOptional(AnswerPath),
      expires_at: z.exactOptional(AnswerPath),
      scope: z.exactOptional(AnswerPath),
    }),
  ),
  /** What the codes of refused token requests mean, where the table of all services does not have them. */
  token_refusals: z.exactOptional(z.array(RefusalRule)),
  /** What is kept of the token answer, by name. */
  token_details: z.exactOptional(Details),
  /** What is kept of the callback's parameters, by name. */
  callback_details: z.exactOptional(Details),
  /** One request after connecting, and what is kept of its answer. */
  after_connect: z.exactOptional(z.strictObject({ ...ServiceRequest, details: Details })),
  /** How a token is fetched with the fields. */
  exchange: z.exactOptional(Exchange),
});
export type Service = z.input<typeof Service>;
