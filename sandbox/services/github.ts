import { SCOPE_WORDS } from "../../frontend/scope-words.ts";
import { holderChoices } from "../data/people.ts";
import { type Call, json, mapped, png } from "../http.ts";
import { picture } from "../png.ts";
import { randomText } from "../random.ts";
import { open } from "../routes.ts";
import type { Refusal, Service } from "../service.ts";
import { NO_ROTATION, oneSetOfScopes } from "./bearer.ts";
import { contentRoutes } from "./github-contents.ts";
import { archiveRoutes } from "./github-downloads.ts";
import { gistRoutes } from "./github-gists.ts";
import { gitRoutes } from "./github-git.ts";
import { grantRoutes } from "./github-grants.ts";
import { graphqlRoutes } from "./github-graphql.ts";
import { failure, GITHUB_API, githubErrors, UPLOADS } from "./github-http.ts";
import { issueRoutes } from "./github-issues.ts";
import { peopleRoutes } from "./github-people.ts";
import { releaseRoutes } from "./github-releases.ts";
import { repositoryRoutes } from "./github-repositories.ts";
import { searchRoutes } from "./github-search.ts";
import { AVATARS } from "./github-shapes.ts";
import { githubWords } from "./github-words.ts";

const AUTH = "github.com";
const PER_HOUR = 5000;
const EIGHT_HOURS = 8 * 3600;
const SIX_MONTHS = 15_897_600;

/** GitHub: errors under HTTP 200, form answers unless JSON is asked for; as an OAuth App, or as a GitHub App with rotation. */
export const github: Service = {
  name: "github",
  title: "GitHub",
  colour: "#24292f",
  accounts: holderChoices(["ada-lindqvist", "linxiaoyu, address hidden", "lukasz-w, no repositories"]),
  errors: githubErrors,
  words: githubWords,
  oauth: {
    authorize: [{ host: AUTH, path: "/login/oauth/authorize" }],
    token: [{ host: AUTH, path: "/login/oauth/access_token" }],
    tokenMethods: ["POST"],
    tokenBody: "form",
    clientAuth: ["body", "basic"],
    pkce: "optional",
    minimumState: 1,
    responseType: "optional",
    redirectUris: {
      plain: "anywhere",
      match: "below, on subdomains",
      freePort: { of: "literal", where: "always" },
      source: "https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#redirect-urls",
    },
    redirectAtToken: "optional",
    defaultGrantType: "authorization_code",
    issuer: { host: AUTH, path: "/login/oauth" },
    codePrefix: "",
    scopes: {
      known: SCOPE_WORDS.github,
      unknown: "ignore",
      parts: oneSetOfScopes(/[ ,]+/),
    },
    lifetimes: (settings) =>
      settings.token_rotation ? { access: EIGHT_HOURS, refresh: SIX_MONTHS } : { access: null, refresh: null },
    refreshExpiry: "sliding",
    wantsRefresh: ({ settings }) => settings.token_rotation,
    rotation: { ...NO_ROTATION, when: () => true, old: "dies", killsAccess: true },
    newToken: (kind, _part, settings) =>
      (kind === "refresh" ? "ghr_" : settings.token_rotation ? "ghu_" : "gho_") + randomText(36),
    answer: ({ parts: [part] }) => ({
      access_token: part.access,
      token_type: "bearer",
      // A GitHub App's tokens carry permissions, not scopes.
      scope: part.refresh === undefined ? part.scopes.join(",") : "",
      ...(part.refresh === undefined
        ? {}
        : { expires_in: part.expiresIn, refresh_token: part.refresh, refresh_token_expires_in: part.refreshExpiresIn }),
    }),
    encode,
    refuse: refuseToken,
  },
  guard: (call) => {
    const hasAgent = ![GITHUB_API, UPLOADS].includes(call.host) || (call.headers.get("user-agent") ?? "") !== "";
    return hasAgent ? undefined : failure(403, "Request forbidden: a User-Agent header is required.");
  },
  allows: (token, scopes) => token.value.startsWith("ghu_") || scopes.some((scope) => token.scopes.includes(scope)),
  headers: (call, used, token) => ({
    "x-ratelimit-limit": String(PER_HOUR),
    "x-ratelimit-remaining": String(Math.max(0, PER_HOUR - used)),
    "x-ratelimit-used": String(used),
    "x-ratelimit-reset": String(Math.ceil(call.now / 3_600_000) * 3600),
    "x-ratelimit-resource": "core",
    "x-github-media-type": "github.v3; format=json",
    "x-github-request-id": randomText(20).toUpperCase(),
    ...(token === undefined || token.value.startsWith("ghu_") ? {} : { "x-oauth-scopes": token.scopes.join(", ") }),
  }),
  routes: [
    open("GET", AUTH, "/.well-known/oauth-authorization-server/login/oauth", ({ call }) => json(metadata(call))),
    open("GET", AVATARS, "/u/:id", ({ params }) => png(picture(`github/${params["id"] ?? ""}`))),
    ...peopleRoutes,
    ...repositoryRoutes,
    ...issueRoutes,
    ...contentRoutes,
    ...gitRoutes,
    ...releaseRoutes,
    ...archiveRoutes,
    ...gistRoutes,
    ...searchRoutes,
    ...graphqlRoutes,
    ...grantRoutes(() => github),
  ],
};

function metadata(call: Call): object {
  const at = (path: string) => mapped(call, AUTH, path);
  return {
    issuer: at("/login/oauth"),
    authorization_endpoint: at("/login/oauth/authorize"),
    token_endpoint: at("/login/oauth/access_token"),
    response_types_supported: ["code"],
    grant_types_supported: ["authorization_code", "refresh_token"],
    code_challenge_methods_supported: ["S256"],
    authorization_response_iss_parameter_supported: true,
  };
}

function encode(call: Call, answer: Record<string, unknown>): Response {
  if (/\bjson\b/i.test(call.headers.get("accept") ?? "")) return json(answer);
  const pairs = Object.entries(answer).map(([name, value]): [string, string] => [name, String(value)]);
  return new Response(new URLSearchParams(pairs).toString(), {
    headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
  });
}

const ERROR_NAMES: Readonly<Partial<Record<Refusal["reason"], string>>> = {
  unknown_client: "incorrect_client_credentials",
  bad_secret: "incorrect_client_credentials",
  wrong_auth_method: "incorrect_client_credentials",
  redirect_mismatch: "redirect_uri_mismatch",
  unsupported_grant: "unsupported_grant_type",
};

/** Errors come under HTTP 200, and `bad_verification_code` covers whatever is wrong with a code. */
function refuseToken(call: Call, { code, reason, text }: Refusal): Response {
  const dead = reason.startsWith("refresh") || reason === "revoked" ? "bad_refresh_token" : undefined;
  const fallback = code === "invalid_grant" ? "bad_verification_code" : code;
  const error = ERROR_NAMES[reason] ?? dead ?? fallback;
  const uri = "https://docs.github.com/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/";
  return encode(call, { error, error_description: text, error_uri: uri });
}
