/**
 * The contract of a provider: a declaration of everything in which services differ.
 *
 * Field names are those of RFC 8414 (server metadata), RFC 7591 (client metadata) and RFC 6749 wherever these have one.
 * `defineProvider` fills the defaults, so that the code that reads a provider has no optional fields to ask about.
 */
import type * as z from "zod/mini";
import type { Account, Item } from "../api.ts";

export type TokenEndpointAuthMethod = "client_secret_basic" | "client_secret_post" | "none";
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/**
 * What a refusal of a token request means.
 * - `grant_refused`: the consent is over; only connecting again helps
 * - `client_refused`: the client's id or secret is wrong, and the connection is untouched
 * - `request_refused`: the request does not please; it is made again after a while
 * - `rate_limited`, `unavailable`: it passes
 * - `unknown`: words that nobody knows. One of them changes nothing; many over hours, with a token that the API refuses too,
 *   mean that the consent is over
 */
export type RefusalMeaning =
  "grant_refused" | "client_refused" | "request_refused" | "rate_limited" | "unavailable" | "unknown";

/** What a service's own code for a refusal means, where the table of all services (`oauth/refusals.ts`) does not have it. */
export interface RefusalRule {
  readonly codes: readonly (string | number)[];
  /** Only with one of these in `error.error_subcode`. */
  readonly subcodes?: readonly number[];
  /** Only where the error's text has this, in lower case. */
  readonly says?: string;
  readonly means: RefusalMeaning;
}

/** A list of what a person has granted, for services whose token answer does not tell. */
export interface GrantedScopes {
  readonly request: ApiRequest;
  readonly scopes: z.ZodMiniType<string[]>;
}

/** How a token is taken back at the provider (RFC 7009 where it has that; each service's own call where not). */
export interface Revocation {
  /** `{client_id}` is replaced by the client id. */
  readonly endpoint: string;
  readonly method: "POST" | "DELETE";
  /** Who makes the call: the client with its credentials, the holder of the token, or nobody (Google). */
  readonly authentication: "client" | "token" | "none";
  /** The body: which token under which parameter; null for a call without one. */
  readonly body: {
    /**
     * `both`: the refresh token, whose answer counts, and then the access token, which RFC 7009 2.1 only recommends to end
     * with it.
     */
    readonly token: "access_token" | "refresh_token" | "both";
    readonly parameter: string;
    readonly format: "form" | "json";
  } | null;
  /** `grant`: ends every token of this client for this account. `token`: only the one sent. */
  readonly ends: "token" | "grant";
}

/** How tokens are renewed. Lifetimes are seconds. */
export interface RefreshPolicy {
  /** `refresh_token`: RFC 6749 6. `exchange`: the access token itself is exchanged for a younger one while it lives. */
  readonly grant: "refresh_token" | "exchange";
  /** Whether a refresh token works once; then an answer that is lost on its way can end the grant. */
  readonly rotates: boolean;
  /** Whether the access token of before stops working as soon as there is a new one. */
  readonly ends_old_access_token: boolean;
  /** Where the token answer names no lifetime; null: it lives until the API refuses it. */
  readonly default_lifetime: number | null;
  /** How long before its end a token is renewed at the earliest. */
  readonly margin: number;
  /** How long a refresh token lives unused. */
  readonly idle_lifetime: number | null;
  /** How long after the consent a refresh token ends, used or not. */
  readonly absolute_lifetime: number | null;
}

/** A request to the provider's API: a path under `api.base_url`, or a whole URL of the same provider. */
export interface ApiRequest {
  readonly method?: "GET" | "POST";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, Json>>;
}

/**
 * One request of a profile. `optional`: its refusal leaves its entry null (a scope the user did not grant).
 * `introspection`: the token's own description (RFC 7662) instead of an API call.
 */
export type ProfileRequest = (ApiRequest & { readonly optional?: boolean }) | "introspection";

/** What has been answered so far, by name, with the details kept of the token answer under `token`. */
export type Found = Readonly<Record<string, unknown>>;

export interface Profile {
  /** Asked in this order; one that needs an earlier answer is a function of what was found, null to leave it out. */
  readonly requests: Readonly<Record<string, ProfileRequest | ((found: Found) => ProfileRequest | null)>>;
  /** Reads the account out of the answers, by the names of `requests` and `token`; null where they do not tell. */
  readonly account: z.ZodMiniType<Account | null>;
}

/** How a list is paged. `limit` and `cursor` name the parameters, put where the request has its others. */
export interface Paging {
  /**
   * `cursor`: the answer names the next one. `offset`: pages can be asked for at once. `link`: the answer has a link to the
   * next page, which is followed as it is: as the page's `next`, or in its header (RFC 8288 `Link: rel="next"`).
   */
  readonly style: "cursor" | "offset" | "link";
  readonly limit: string | null;
  readonly cursor: string;
  /** The most the provider gives in one page. */
  readonly max: number;
}

export interface Page {
  readonly items: Item[];
  /** The provider's own cursor for the page after this one, or the link to it. */
  readonly next: string | null;
}

/** One list of an account's things. */
export interface Resource {
  readonly request: ApiRequest;
  /** null: the provider gives the whole list in one answer. */
  readonly paging: Paging | null;
  readonly page: z.ZodMiniType<Page>;
  /** The provider may refuse it for some accounts; then it counts as empty. */
  readonly optional: boolean;
  /** What a person has to have allowed for it; null where nothing is needed, or nobody has said. */
  readonly scope: string | null;
  /** For items whose answer has no link: `{id}`, `{parent_id}` and the names of `token_details` are filled in. */
  readonly item_url: string | null;
  /** A list that each item of this one has of its own; its items follow their parent. */
  readonly children: { readonly path: string; readonly page: z.ZodMiniType<Page>; readonly item_url: string } | null;
}

/** An error of ours, to be said as the provider would say it. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly request_id: string;
}

/** How an API says in a body what others say by a status: the path of its error code, and which codes mean what. */
export interface ApiErrors {
  readonly code: string;
  /** Whether answers of 200 may be errors. */
  readonly in_success: boolean;
  readonly token_rejected: readonly (string | number)[];
  readonly rate_limited: readonly (string | number)[];
  readonly unavailable: readonly (string | number)[];
}

export interface Provider {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  /** Where the provider documents its OAuth. */
  readonly docs: string | null;
  /** Checked against `iss` in the callback when that is present (RFC 9207); null where the provider has named none. */
  readonly issuer: string | null;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly revocation: Revocation | null;
  readonly introspection_endpoint: string | null;
  readonly token_endpoint_auth_method: TokenEndpointAuthMethod;
  /** How id and secret stand in Basic: form-encoded (RFC 6749 2.3.1), or as they are where the service says so. */
  readonly client_secret_basic_encoding: "form" | "none";
  readonly token_request_format: "form" | "json";
  readonly token_request_headers: Readonly<Record<string, string>>;
  /** PKCE (RFC 7636); null only where the provider does not take it. */
  readonly code_challenge_method: "S256" | null;
  readonly scopes: readonly string[];
  readonly scope_separator: string;
  readonly scope_parameter: string;
  /** Granted scopes that stand for others: by the name they are told, those that need not be told besides. */
  readonly scope_implies: Readonly<Record<string, readonly string[]>>;
  /** Scopes that are granted, and yet in no token answer. */
  readonly untold_scopes: readonly string[];
  /** What a scope's name may begin with, or not, and mean the same. */
  readonly scope_base: string;
  /** Further parameters of the authorization request. */
  readonly authorization_parameters: Readonly<Record<string, string>>;
  /** Exchanges the token just received for a long-lived one at the token endpoint (Facebook). */
  readonly long_lived_exchange: { readonly grant_type: string; readonly parameter: string } | null;
  readonly refresh: RefreshPolicy;
  /** Where in the token answer the user's tokens stand, if they are there; else at the top, where RFC 6749 5.1 has them. */
  readonly token_path: string | null;
  readonly token_refusals: readonly RefusalRule[];
  /** Asked once after connecting; null: the token answer tells, or all that was asked for was granted (RFC 6749 5.1). */
  readonly granted_scopes: GrantedScopes | null;
  /** What is kept of the token answer for the profile and for links, by name: ids and names, never a secret. Values are paths in it. */
  readonly token_details: Readonly<Record<string, string>>;
  readonly api: {
    readonly base_url: string;
    /** A path that every call is under; callers of the proxy may leave it out. */
    readonly base_path: string;
    /** Further hosts of the same API, by name. */
    readonly hosts: Readonly<Record<string, string>>;
    /** Patterns of paths that issue, end or inspect tokens; the proxy refuses them. */
    readonly denied: readonly string[];
    /** The parameter in which this API takes a token besides the header, and whether a caller may bring another one there. */
    readonly credential: {
      readonly parameter: string | null;
      readonly in_form: boolean;
      readonly passes_foreign: boolean;
    };
    /** Members of JSON answers that hold links to follow. */
    readonly link_fields: readonly string[];
    /** Whether such links hold the access token itself. */
    readonly token_in_links: boolean;
    /** Whether calls may carry `appsecret_proof`, the token's HMAC under the client secret (Facebook). */
    readonly appsecret_proof: boolean;
    /** An error of ours in this API's shape, for its SDKs to understand; null: our own shape. */
    readonly toProblem: ((problem: Problem) => { readonly status: number; readonly body: Json }) | null;
    /** Sent with every call, unless the caller of the proxy has said otherwise. */
    readonly headers: Readonly<Record<string, string>>;
    readonly errors: ApiErrors | null;
    /** Seconds to wait where a limit is met and the answer names no time; null: nobody has said. */
    readonly rate_limit_wait: number | null;
    /** A picture of the account that only its token can fetch. */
    readonly avatar_path: string | null;
  };
  readonly profile: Profile | null;
  readonly resources: readonly Resource[];
}

type Defaulted =
  | "issuer"
  | "revocation"
  | "introspection_endpoint"
  | "client_secret_basic_encoding"
  | "token_request_format"
  | "token_request_headers"
  | "code_challenge_method"
  | "scope_separator"
  | "scope_parameter"
  | "scope_implies"
  | "untold_scopes"
  | "scope_base"
  | "authorization_parameters"
  | "long_lived_exchange"
  | "token_path"
  | "token_refusals"
  | "granted_scopes"
  | "token_details";

/** What a provider's file states; everything else takes the default that most services share. */
export type ProviderDeclaration = Omit<Provider, Defaulted | "api" | "refresh" | "resources" | "category"> &
  Partial<Pick<Provider, Defaulted | "category">> & {
    readonly api: Pick<Provider["api"], "base_url"> & Partial<Provider["api"]>;
    readonly refresh?: Partial<RefreshPolicy>;
    readonly resources: readonly (Pick<Resource, "request" | "page"> & Partial<Resource>)[];
  };

/**
 * Completes a declaration. The defaults: form bodies, PKCE with S256, scopes separated by spaces in `scope`.
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
 *   api: { base_url: "https://api.linear.app" },
 *   profile: null,
 *   resources: [],
 * });
 */
export function defineProvider(declaration: ProviderDeclaration): Provider {
  return {
    category: "Other",
    issuer: null,
    revocation: null,
    introspection_endpoint: null,
    client_secret_basic_encoding: "form",
    token_request_format: "form",
    token_request_headers: {},
    code_challenge_method: "S256",
    scope_separator: " ",
    scope_parameter: "scope",
    scope_implies: {},
    untold_scopes: [],
    scope_base: "",
    authorization_parameters: {},
    long_lived_exchange: null,
    token_path: null,
    token_refusals: [],
    granted_scopes: null,
    token_details: {},
    ...declaration,
    refresh: {
      grant: "refresh_token",
      rotates: false,
      ends_old_access_token: false,
      default_lifetime: null,
      margin: 300,
      idle_lifetime: null,
      absolute_lifetime: null,
      ...declaration.refresh,
    },
    api: {
      base_path: "",
      hosts: {},
      denied: [],
      credential: { parameter: null, in_form: false, passes_foreign: false },
      link_fields: [],
      token_in_links: false,
      appsecret_proof: false,
      toProblem: null,
      headers: {},
      errors: null,
      rate_limit_wait: null,
      avatar_path: null,
      ...declaration.api,
    },
    resources: declaration.resources.map((resource) => ({
      paging: null,
      optional: false,
      scope: null,
      item_url: null,
      children: null,
      ...resource,
    })),
  };
}

/** What stands at a path of names, `a.b.0.c`, of own members alone; `undefined` where something on the way is not there. */
export function at(value: unknown, path: string): unknown {
  return path
    .split(".")
    .filter(Boolean)
    .reduce<unknown>(
      (of, name) =>
        typeof of === "object" && of !== null && Object.hasOwn(of, name) ? Reflect.get(of, name) : undefined,
      value,
    );
}

/** An item with null in every field that `fields` leaves out, and no details where it names none. */
export function toItem(fields: Pick<Item, "id" | "type" | "name"> & { [K in keyof Item]?: Item[K] | undefined }): Item {
  return {
    id: fields.id,
    type: fields.type,
    name: fields.name,
    url: webAddress(fields.url),
    parent_id: fields.parent_id ?? null,
    parent_name: fields.parent_name ?? null,
    created_at: fields.created_at ?? null,
    updated_at: fields.updated_at ?? null,
    mime_type: fields.mime_type ?? null,
    details: fields.details ?? {},
  };
}

/** An account with null in every field that `fields` leaves out; a missing name falls back to the id. */
export function toAccount(
  fields: Pick<Account, "id"> & { [K in keyof Account]?: Account[K] | null | undefined },
): Account {
  return {
    id: fields.id,
    name: fields.name || fields.email || fields.id,
    email: fields.email ?? null,
    avatar_url: webAddress(fields.avatar_url),
    url: webAddress(fields.url),
  };
}

/** What may be shown as a link: providers, and at some their users, write what they like. */
const webAddress = (address: string | null | undefined): string | null =>
  address && /^https?:\/\//i.test(address) && URL.canParse(address) ? address : null;
