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
import {
  AfterConnect,
  Api,
  Details,
  Exchange,
  Field,
  ItemList,
  LongLivedExchange,
  Refresh,
  RefusalRule,
  Revocation,
  TokenEndpointAuthMethod,
  TokenResponse,
  Verify,
} from "./service-parts.ts";
import {
  AnswerPath,
  BaseUrl,
  Endpoint,
  HeaderMap,
  HttpsUrl,
  NameKey,
  ParameterMap,
  ParameterName,
  Scope,
  text,
} from "./texts.ts";

/** A service as data. What has to be said of one is `name`, where it is, and `scopes` or `fields`. */
export const Service = z.strictObject({
  /** Of the JSON Schema, for an editor. */
  $schema: z.exactOptional(z.string()),
  /** What tells it from all others, for good: it is a part of addresses. */
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
  issuer: z.exactOptional(Endpoint),
  /** RFC 6749 3.1. */
  authorization_endpoint: z.exactOptional(Endpoint),
  /** RFC 6749 3.2. */
  token_endpoint: z.exactOptional(Endpoint),
  /** RFC 9126: the request is pushed there, and the browser takes along a reference to it. */
  pushed_authorization_request_endpoint: z.exactOptional(Endpoint),
  /** RFC 7009; left out, disconnecting ends nothing there. */
  revocation_endpoint: z.exactOptional(Endpoint),
  /** A service's own call in the place of RFC 7009's. */
  revocation: z.exactOptional(Revocation),
  /** The service's page where a person sees what they have allowed, and can end it by hand. */
  grants_page: z.exactOptional(HttpsUrl),
  /** RFC 7662. */
  introspection_endpoint: z.exactOptional(Endpoint),
  /** OpenID Connect Core 5.3: where the account is read. */
  userinfo_endpoint: z.exactOptional(Endpoint),
  /** The path of the account's id in that answer, where it goes by no usual name: `data.user.id`. */
  userinfo_id: z.exactOptional(AnswerPath),
  /** The request that tells whose account it is. Of fields it has to succeed before they are stored. */
  verify: z.exactOptional(Verify),
  /** Lists of the account's things, which are read as one. */
  items: z.exactOptional(z.array(ItemList).check(z.minLength(1), z.maxLength(5))),
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
  /** RFC 9449: tokens are bound to a key that each connection has of its own. */
  dpop_bound_access_tokens: z.exactOptional(z.boolean()),
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
  long_lived_exchange: z.exactOptional(LongLivedExchange),
  /** How tokens are renewed. */
  refresh: z.exactOptional(Refresh),
  /** Where in the token answer the user's tokens stand, if they are there; else at the top, where RFC 6749 5.1 has them. */
  token_path: z.exactOptional(AnswerPath),
  /** What the members of RFC 6749 5.1 are called; `expires_at` is a date, or seconds or milliseconds since 1970. */
  token_response: z.exactOptional(TokenResponse),
  /** What the codes of refused token requests mean, where the table of all services does not have them. */
  token_refusals: z.exactOptional(z.array(RefusalRule)),
  /** What is kept of the token answer, by name. */
  token_details: z.exactOptional(Details),
  /** What is kept of the callback's parameters, by name. */
  callback_details: z.exactOptional(Details),
  /** One request after connecting, and what is kept of its answer. */
  after_connect: z.exactOptional(AfterConnect),
  /** How a token is fetched with the fields. */
  exchange: z.exactOptional(Exchange),
});
export type Service = z.input<typeof Service>;
