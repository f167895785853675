/** What the tests know of the authorization servers that nobody here wrote. */

/** As `tests/servers/independent/` starts them; it crosses from Node into workerd, so it is data alone. */
export interface IndependentServer {
  readonly kind: "oidc-provider" | "glewlwyd" | "workers-oauth-provider" | "oauth2-server" | "better-auth";
  /** Where a `POST` counts as a token call, and `/-/calls/{code}` tells of those that belong to one grant. */
  readonly origin: string;
  /** What CUSTOM_PROVIDERS says of it, one entry for each client it knows. */
  readonly entries: readonly IndependentEntry[];
  /** Ada, as this server tells of her. */
  readonly account: { readonly name: string; readonly email: string };
  /** Whether it refuses to renew without a word, so that this is believed of the grant only after hours. */
  readonly refuses_without_a_word: boolean;
  /** Whether it spends a refresh token on a caller that cannot show its client's secret. */
  readonly spends_on_wrong_secret: boolean;
}

/** An entry of CUSTOM_PROVIDERS, as far as the tests look into it. */
export interface IndependentEntry {
  readonly id: string;
  readonly name: string;
  readonly issuer?: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  /** Left out where the server has none. */
  readonly revocation_endpoint?: string;
  readonly userinfo_endpoint: string;
  readonly api_base_url: string;
  readonly client_id: string;
  readonly client_secret?: string;
  readonly token_endpoint_auth_method: "client_secret_basic" | "client_secret_post" | "none";
  readonly client_secret_basic_encoding?: "none";
  readonly scopes: readonly string[];
}

/** One call to a token endpoint, as it went over the wire. */
export interface TokenCall {
  readonly grant_type: string;
  /** The code or the refresh token. */
  readonly sent: string;
  readonly status: number;
  readonly access_token: string | null;
  readonly refresh_token: string | null;
}

/** The person, at every server. */
export const ADA = {
  login: "ada",
  name: "ada Independent",
  email: "ada@example.org",
  password: "any password",
} as const;

/** Where her browser comes back to. */
export const redirectUri = (origin: string, id: string): string => `${origin}/callback/${id}`;
