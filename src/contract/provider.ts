/**
 * The contract of a provider: a service as data, with every default filled in, so that the code that reads it has no optional
 * fields to ask about, and with the hooks that data cannot say. What a field means stands in service.ts.
 */
import type * as z from "zod/mini";
import type { Account, Item } from "../api.ts";
import type { Service } from "./service.ts";
import type { Json } from "./service-parts.ts";

export type { Json } from "./service-parts.ts";

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

export type RefusalRule = Given<"token_refusals">[number];

/** A list of what a person has granted, for services whose token answer does not tell. */
export interface GrantedScopes {
  readonly request: ApiRequest;
  readonly scopes: z.ZodMiniType<string[]>;
}

type Texts = Readonly<Record<string, string>>;
type Given<K extends keyof Service> = ReadonlyDeep<NonNullable<Service[K]>>;

export type TokenEndpointAuthMethod = Given<"token_endpoint_auth_method">;
/** An input that the person who connects fills in. */
export type Field = Given<"fields">[string];
/** What is kept of answers, by name. */
export type Details = Given<"token_details">;
export type Detail = Details[string];

export type Revocation = Given<"revocation">;
export type Exchange = Given<"exchange">;
export type AfterConnect = Given<"after_connect">;
export type LongLivedExchange = Given<"long_lived_exchange">;
export type Stamp = NonNullable<Given<"api">["stamp"]>;

/** How tokens are renewed. Lifetimes are seconds. */
export interface RefreshPolicy {
  /** `fields`: a token is fetched anew with what people have typed. */
  readonly grant: "refresh_token" | "exchange" | "fields";
  readonly endpoint: string | null;
  readonly method: "POST" | "GET";
  readonly client_authentication: "client" | "none";
  readonly parameters: Texts;
  readonly rotates: boolean;
  readonly ends_old_access_token: boolean;
  readonly default_lifetime: number | null;
  readonly margin: number;
  readonly idle_lifetime: number | null;
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
   * next page, which is followed as it is: as the page's `next`, or in its header (RFC 8288 `Link: rel="next"`). `counted`:
   * whole pages are asked for by number, from `first` on by `step`, and one that is not full is the last.
   */
  readonly style: "cursor" | "offset" | "link" | "counted";
  readonly first?: number;
  readonly step?: number;
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

export type ScopeRefusal = NonNullable<Given<"api">["scope_refusal"]>;
export type ApiErrors = NonNullable<Given<"api">["errors"]>;

export interface Provider {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  /** Where the provider documents its OAuth. */
  readonly docs: string | null;
  /** The entry of the catalogue that it is or extends, of which people can read more. */
  readonly catalogued: string | null;
  /** `oauth2`: a consent at the provider; `fields`: what people type. */
  readonly credentials: "oauth2" | "fields";
  readonly fields: Readonly<Record<string, Field>>;
  /** Checked against `iss` in the callback when that is present (RFC 9207); null where the provider has named none. */
  readonly issuer: string | null;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly pushed_authorization_request_endpoint: string | null;
  readonly revocation: Revocation | null;
  /** Where a person can end by hand what they have allowed. */
  readonly grants_page: string | null;
  readonly introspection_endpoint: string | null;
  readonly token_endpoint_auth_method: TokenEndpointAuthMethod;
  /** How id and secret stand in Basic: form-encoded (RFC 6749 2.3.1), or as they are where the service says so. */
  readonly client_secret_basic_encoding: "form" | "none";
  readonly client_secret_basic_user: "client_id" | "client_secret";
  readonly dpop_bound_access_tokens: boolean;
  readonly token_request_format: "form" | "json";
  readonly token_request_headers: Texts;
  readonly token_parameters: Texts;
  /** PKCE (RFC 7636); null only where the provider does not take it. */
  readonly code_challenge_method: "S256" | null;
  readonly scopes: readonly string[];
  readonly scope_separator: string;
  readonly scope_parameter: string;
  readonly scope_implies: Readonly<Record<string, readonly string[]>>;
  readonly untold_scopes: readonly string[];
  readonly scope_base: string;
  readonly authorization_parameters: Texts;
  readonly parameter_names: Texts;
  readonly code_parameter: string;
  readonly long_lived_exchange: LongLivedExchange | null;
  readonly refresh: RefreshPolicy;
  readonly token_path: string | null;
  readonly token_response: Given<"token_response">;
  readonly token_refusals: readonly RefusalRule[];
  /** Asked once after connecting; null: the token answer tells, or all that was asked for was granted (RFC 6749 5.1). */
  readonly granted_scopes: GrantedScopes | null;
  readonly token_details: Details;
  readonly callback_details: Details;
  readonly after_connect: AfterConnect | null;
  readonly exchange: Exchange | null;
  readonly api: {
    readonly base_url: string;
    readonly base_path: string;
    readonly hosts: Texts;
    readonly denied: readonly string[];
    readonly calls: Required<NonNullable<Given<"api">["calls"]>>;
    readonly credential: {
      readonly parameter: string | null;
      readonly in_form: boolean;
      readonly passes_foreign: boolean;
    };
    readonly stamp: Stamp;
    readonly link_fields: readonly string[];
    /** Whether such links hold the access token itself. */
    readonly token_in_links: boolean;
    /** Whether calls may carry `appsecret_proof`, the token's HMAC under the client secret (Facebook). */
    readonly appsecret_proof: boolean;
    /** An error of ours in this API's shape, for its SDKs to understand; null: our own shape. */
    readonly toProblem:
      ((problem: Problem) => { readonly status: number; readonly body: { readonly [name: string]: Json } }) | null;
    readonly headers: Texts;
    readonly errors: ApiErrors | null;
    /** How an answer says that a scope is missing, beside RFC 6750 3.1. */
    readonly scope_refusal: ScopeRefusal | null;
    /** Seconds to wait where a limit is met and the answer names no time; null: nobody has said. */
    readonly rate_limit_wait: number | null;
    /** A picture of the account that only its token can fetch. */
    readonly avatar_path: string | null;
  };
  readonly profile: Profile | null;
  readonly resources: readonly Resource[];
}

/** What is code at the built-in providers; no other service has any. */
export interface Hooks {
  readonly profile: Profile | null;
  readonly resources: readonly (Pick<Resource, "request" | "page"> & Partial<Resource>)[];
  readonly granted_scopes?: GrantedScopes;
  readonly api?: Partial<Pick<Provider["api"], "token_in_links" | "appsecret_proof" | "toProblem" | "avatar_path">>;
}

/** A service as data, as it is written down: nothing in it is changed. */
export type ServiceDeclaration = ReadonlyDeep<Service>;

/** What a provider's file states: data, and the hooks that data cannot say. */
export type ProviderDeclaration = ServiceDeclaration & Hooks;

type ReadonlyDeep<T> = [Json] extends [T]
  ? T
  : T extends (infer E)[]
    ? readonly ReadonlyDeep<E>[]
    : T extends object
      ? { readonly [K in keyof T]: ReadonlyDeep<T[K]> }
      : T;
