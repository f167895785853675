/** From what is said of a service to a provider: everything that is left out takes the default that most services share. */
import { itemResources } from "./item-lists.ts";
import { problemFrom } from "./problem.ts";
import type { Provider, ProviderDeclaration, Revocation, ServiceDeclaration } from "./provider.ts";
import { BEARER } from "./stamp.ts";
import { verifyProfile } from "./user-info.ts";

/** Of what nobody has said anything. */
const NOTHING: Provider = {
  id: "",
  name: "",
  category: "Other",
  docs: null,
  catalogued: null,
  credentials: "oauth2",
  fields: {},
  issuer: null,
  authorization_endpoint: "",
  token_endpoint: "",
  pushed_authorization_request_endpoint: null,
  revocation: null,
  grants_page: null,
  introspection_endpoint: null,
  token_endpoint_auth_method: "client_secret_basic",
  client_secret_basic_encoding: "form",
  client_secret_basic_user: "client_id",
  dpop_bound_access_tokens: false,
  token_request_format: "form",
  token_request_headers: {},
  token_parameters: {},
  code_challenge_method: "S256",
  scopes: [],
  scope_separator: " ",
  scope_parameter: "scope",
  scope_implies: {},
  untold_scopes: [],
  scope_base: "",
  authorization_parameters: {},
  parameter_names: {},
  code_parameter: "code",
  long_lived_exchange: null,
  refresh: {
    grant: "refresh_token",
    endpoint: null,
    method: "POST",
    client_authentication: "client",
    parameters: {},
    rotates: false,
    ends_old_access_token: false,
    default_lifetime: null,
    margin: 300,
    idle_lifetime: null,
    absolute_lifetime: null,
  },
  token_path: null,
  token_response: {},
  token_refusals: [],
  granted_scopes: null,
  token_details: {},
  callback_details: {},
  after_connect: null,
  exchange: null,
  api: {
    base_url: "",
    base_path: "",
    hosts: {},
    denied: [],
    calls: { read_methods: ["GET", "HEAD", "OPTIONS"], reads: [], graphql: [], batches: [], overrides: [] },
    credential: { parameter: null, in_form: false, passes_foreign: false },
    stamp: BEARER,
    link_fields: [],
    token_in_links: false,
    appsecret_proof: false,
    toProblem: null,
    headers: {},
    errors: null,
    scope_refusal: null,
    rate_limit_wait: null,
    avatar_path: null,
  },
  profile: null,
  resources: [],
};

/**
 * Completes a declaration. The defaults: form bodies, PKCE with S256, scopes separated by spaces in `scope`, and the token as
 * `Authorization: Bearer`.
 *
 * @example
 * export const linear = defineProvider({
 *   id: "linear",
 *   name: "Linear",
 *   docs: "https://linear.app/developers/oauth-2-0-authentication",
 *   authorization_endpoint: "https://linear.app/oauth/authorize",
 *   token_endpoint: "https://api.linear.app/oauth/token",
 *   token_endpoint_auth_method: "client_secret_post",
 *   scopes: ["read"],
 *   scope_separator: ",",
 *   api_base_url: "https://api.linear.app",
 *   profile: null,
 *   resources: [],
 * });
 */
export function defineProvider(declaration: ProviderDeclaration): Provider {
  const { profile, resources, granted_scopes, api, ...service } = declaration;
  const provider = describe(api === undefined ? service : { ...service, api });
  const { token_in_links = false, appsecret_proof = false, avatar_path = null } = api ?? {};
  const toProblem = api?.toProblem ?? provider.api.toProblem;
  return {
    ...provider,
    profile,
    granted_scopes: granted_scopes ?? null,
    api: { ...provider.api, token_in_links, appsecret_proof, toProblem, avatar_path },
    resources: resources.map((resource) => ({
      paging: null,
      optional: false,
      scope: null,
      item_url: null,
      children: null,
      ...resource,
    })),
  };
}

/**
 * The provider that a service describes.
 * @param base has what the service leaves out
 */
export function describe(service: ServiceDeclaration, base: Provider = NOTHING): Provider {
  const { exchange = base.exchange, revocation_endpoint, pkce, refresh = {} } = service;
  const { problem, ...api } = service.api ?? {};
  const authorization_endpoint = service.authorization_endpoint ?? base.authorization_endpoint;
  const asksForKey = service.fields !== undefined || base.credentials === "fields";
  const credentials = authorization_endpoint === "" && asksForKey ? "fields" : "oauth2";
  return {
    id: service.id,
    name: service.name ?? (base.name || service.id),
    category: service.category ?? base.category,
    docs: service.docs === undefined ? base.docs : service.docs,
    catalogued: base.catalogued,
    credentials,
    fields: service.fields ?? base.fields,
    issuer: service.issuer ?? base.issuer,
    authorization_endpoint,
    token_endpoint: service.token_endpoint ?? base.token_endpoint,
    pushed_authorization_request_endpoint:
      service.pushed_authorization_request_endpoint ?? base.pushed_authorization_request_endpoint,
    revocation: service.revocation ?? (revocation_endpoint ? standardRevocation(revocation_endpoint) : base.revocation),
    grants_page: service.grants_page ?? base.grants_page,
    introspection_endpoint: service.introspection_endpoint ?? base.introspection_endpoint,
    token_endpoint_auth_method: service.token_endpoint_auth_method ?? base.token_endpoint_auth_method,
    client_secret_basic_encoding: service.client_secret_basic_encoding ?? base.client_secret_basic_encoding,
    client_secret_basic_user: service.client_secret_basic_user ?? base.client_secret_basic_user,
    dpop_bound_access_tokens: service.dpop_bound_access_tokens ?? base.dpop_bound_access_tokens,
    token_request_format: service.token_request_format ?? base.token_request_format,
    token_request_headers: service.token_request_headers ?? base.token_request_headers,
    token_parameters: service.token_parameters ?? base.token_parameters,
    code_challenge_method: pkce === undefined ? base.code_challenge_method : pkce ? "S256" : null,
    scopes: service.scopes ?? base.scopes,
    scope_separator: service.scope_separator ?? base.scope_separator,
    scope_parameter: service.scope_parameter ?? base.scope_parameter,
    scope_implies: service.scope_implies ?? base.scope_implies,
    untold_scopes: service.untold_scopes ?? base.untold_scopes,
    scope_base: service.scope_base ?? base.scope_base,
    authorization_parameters: service.authorization_parameters ?? base.authorization_parameters,
    parameter_names: service.parameter_names ?? base.parameter_names,
    code_parameter: service.code_parameter ?? base.code_parameter,
    long_lived_exchange: service.long_lived_exchange ?? base.long_lived_exchange,
    refresh: {
      ...base.refresh,
      ...refresh,
      ...(exchange && credentials === "fields" ? { grant: "fields", rotates: false } : {}),
    },
    token_path: service.token_path ?? base.token_path,
    token_response: service.token_response ?? base.token_response,
    token_refusals: service.token_refusals ?? base.token_refusals,
    granted_scopes: base.granted_scopes,
    token_details: service.token_details ?? base.token_details,
    callback_details: service.callback_details ?? base.callback_details,
    after_connect: service.after_connect ?? base.after_connect,
    exchange,
    api: {
      ...base.api,
      ...api,
      base_url: service.api_base_url ?? base.api.base_url,
      calls: api.calls ? { ...base.api.calls, ...api.calls } : base.api.calls,
      toProblem: problem === undefined ? base.api.toProblem : problemFrom(problem),
    },
    profile: verifyProfile(service) ?? base.profile,
    resources: service.items ? itemResources(service.items) : base.resources,
  };
}

/** RFC 7009, with the client's own authentication. */
const standardRevocation = (endpoint: string): Revocation => ({
  endpoint,
  method: "POST",
  authentication: "client",
  body: { token: "both", parameter: "token", format: "form" },
  ends: "grant",
});
