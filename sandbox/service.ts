import type { ServiceName } from "./clients.ts";
import type { Call } from "./http.ts";
import type { RedirectRule } from "./oauth/redirect-uris.ts";
import type { Endpoint, Route } from "./routes.ts";
import type { Settings } from "./settings.ts";
import type { Grant, Question, Store, Token } from "./store.ts";

/** One set of scopes which gets a token of its own. Slack has two of them, every other service one. */
export interface Part {
  readonly name: "main" | "bot" | "user";
  readonly scopes: readonly string[];
}

/** Why a token, revocation or introspection request is refused. Each service words and codes these its own way. */
export interface Refusal {
  readonly code:
    "invalid_request" | "invalid_client" | "invalid_grant" | "invalid_scope" | "unsupported_grant_type" | "too_soon";
  readonly reason:
    | "malformed"
    | "bad_media_type"
    | "unknown_client"
    | "bad_secret"
    | "wrong_auth_method"
    | "cross_origin"
    | "unsupported_grant"
    | "code_unknown"
    | "code_used"
    | "code_expired"
    | "redirect_mismatch"
    | "verifier_mismatch"
    | "refresh_unknown"
    | "refresh_used"
    | "refresh_expired"
    | "revoked"
    | "scope_not_granted"
    | "too_soon";
  readonly text: string;
}

/** The tokens of one part, fresh from the token endpoint. */
export interface IssuedPart extends Part {
  readonly access: string;
  readonly expiresIn: number | null;
  /** Absent when no new refresh token comes with this answer. */
  readonly refresh?: string;
  readonly refreshExpiresIn: number | null;
}

/** Everything a service needs to word its token answer. */
export interface Issued {
  readonly call: Call;
  readonly store: Store;
  readonly grant: Grant;
  readonly parts: readonly [IssuedPart, ...IssuedPart[]];
  /** The refresh token which the request presented. */
  readonly presented?: string;
  /** The `nonce` of the authorization request, for services which send an id token. */
  readonly nonce?: string;
}

/** What an authorization request asks for, before anybody consents. */
export interface AuthorizeQuestion {
  readonly params: Readonly<Record<string, string>>;
  readonly path: string;
}

/** How refresh tokens behave when they are used. */
export interface Rotation {
  readonly when: (settings: Settings, publicClient: boolean) => boolean;
  /** Whether the refresh token which was used stays good. */
  readonly old: "dies" | "stays";
  /** Whether a refresh ends the access tokens issued before it. */
  readonly killsAccess: boolean;
  /** What presenting a dead refresh token again does to the grant. */
  readonly reuse: "revokes" | "is refused";
}

/** A service's side of OAuth 2.0, as data where services agree and as one small function where one deviates. */
export interface OAuthFacts {
  readonly authorize: readonly Endpoint[];
  readonly token: readonly Endpoint[];
  readonly tokenMethods: readonly string[];
  readonly tokenBody: "form" | "json";
  /** `public`: a client id without a secret, allowed for codes bound to a PKCE challenge. */
  readonly clientAuth: readonly ("basic" | "body" | "public")[];
  readonly pkce: "required" | "optional" | "ignored";
  readonly minimumState: number;
  readonly responseType: "required" | "optional";
  /** Which redirect URIs it takes. */
  readonly redirectUris: RedirectRule;
  /** Whether the code exchange must repeat the redirect URI. */
  readonly redirectAtToken: "required" | "optional";
  /** Assumed when the request names no grant type. */
  readonly defaultGrantType?: string;
  readonly issuer?: Endpoint;
  readonly codePrefix: string;
  readonly scopes: {
    /** Every scope the service knows, in the words its consent page uses. */
    readonly known: Readonly<Record<string, string>>;
    /** What an app without any scope may do, where that is more than seeing the public profile. */
    readonly unscoped?: string;
    readonly unknown: "redirect" | "page" | "ignore";
    /** Which of the scopes that are asked people can untick on the consent page. */
    readonly optional?: (asked: readonly string[], settings: Settings) => readonly string[];
    /** Of a service that keeps what people answered: whether it asks again for all, or for what was never answered. */
    readonly remembers?: (params: AuthorizeQuestion["params"]) => "all" | "unanswered";
    readonly parts: (question: AuthorizeQuestion) => readonly Part[];
    /** Scopes that an account cannot grant: they are left out without a word. */
    readonly withheld?: (account: number) => readonly string[];
  };
  /** A complaint about the authorization request which only this service has. */
  readonly inspect?: (question: AuthorizeQuestion) => { readonly error: string; readonly text: string } | undefined;
  /** Parameters this service adds to a successful callback. */
  readonly callbackExtras?: (granted: readonly Part[], question: Question) => Record<string, string>;
  /** What this service puts behind every callback. */
  readonly callbackFragment?: string;
  /** What the callback says when the person declines; RFC 6749 4.1.2.1 unless the service says otherwise. */
  readonly declined?: Readonly<Record<string, string>>;
  /** What the callback says when the service's own page fails; likewise. */
  readonly failed?: Readonly<Record<string, string>>;
  /** Seconds; null is for ever. */
  readonly lifetimes: (settings: Settings) => { readonly access: number | null; readonly refresh: number | null };
  readonly refreshExpiry: "sliding" | "absolute";
  readonly wantsRefresh: (question: {
    readonly params: Readonly<Record<string, string>>;
    readonly scopes: readonly string[];
    readonly firstConsent: boolean;
    readonly settings: Settings;
  }) => boolean;
  readonly rotation: Rotation;
  readonly newToken: (kind: "access" | "refresh", part: Part["name"], settings: Settings) => string;
  readonly answer: (issued: Issued) => Record<string, unknown> | Promise<Record<string, unknown>>;
  /** How the answer is written; JSON unless the service says otherwise. */
  readonly encode?: (call: Call, answer: Record<string, unknown>) => Response;
  readonly refuse: (call: Call, refusal: Refusal) => Response;
  /** Grant types beside the two every service has. */
  readonly extraGrants?: Readonly<Record<string, ExtraGrant>>;
}

/** A token exchange of the service's own; runs after the client has been authenticated. */
export type ExtraGrant = (
  context: { readonly call: Call; readonly store: Store; readonly settings: Settings },
  params: Readonly<Record<string, string>>,
) => Answered | Refusal;

/** A token answer before it is encoded. */
export interface Answered {
  readonly answer: Record<string, unknown>;
}

/** Why an access token is not good. */
export type TokenProblem = "missing" | "unknown" | "expired" | "revoked";

/** How a service words the errors of its API. */
export interface ApiErrors {
  readonly unauthorized: (call: Call, problem: TokenProblem) => Response;
  readonly forbidden: (call: Call, needed: readonly string[], granted: readonly string[]) => Response;
  readonly notFound: (call: Call) => Response;
  readonly badRequest: (call: Call, text: string) => Response;
  readonly rateLimited: (call: Call, retryAfter: string | null, text: string) => Response;
  readonly serverError: (call: Call, text: string) => Response;
}

/** An answer in a service's own words, and the page that has them. */
export interface Spoken {
  readonly status: number;
  /** An object is sent as JSON. */
  readonly body: object | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The address of the page. */
  readonly source: string;
}

/** What a service says when something passes, and when a grant is over: each in every way that it is known to say it. */
export interface Words {
  readonly passing: readonly Spoken[];
  readonly dead: readonly Spoken[];
}

/** One emulated service. */
export interface Service {
  readonly name: ServiceName;
  /** The name people know it by. */
  readonly title: string;
  /** The accent of its pages, close to the brand's colour; white on it must reach 4.5:1. */
  readonly colour: string;
  /** Who can be chosen on the consent page. */
  readonly accounts: readonly { readonly label: string; readonly detail: string }[];
  readonly oauth: OAuthFacts;
  readonly routes: readonly Route[];
  readonly errors: ApiErrors;
  readonly words: { readonly token: Words; readonly api: Words };
  /** Whether a path means the same with a slash at its end. */
  readonly slashAtEnd?: true;
  /** A path as the routes have it, for a service that knows a thing by several. */
  readonly canonical?: (path: string) => string;
  /** Where the access token stands in a request; the Authorization header unless the service says otherwise. */
  readonly findToken?: (call: Call) => string | undefined;
  /** A reason to refuse any API request whoever sends it, such as a missing version header. */
  readonly guard?: (call: Call) => Response | undefined;
  /** Whether a token may do what one of these scopes allows; membership unless the service says otherwise. */
  readonly allows?: (token: Token, scopes: readonly string[]) => boolean;
  /** Headers on every API answer; `used` counts the requests of the current hour. */
  readonly headers?: (call: Call, used: number, token: Token | undefined) => Record<string, string>;
}
