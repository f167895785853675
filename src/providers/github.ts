import * as z from "zod/mini";
import { defineProvider } from "../contract/describe.ts";
import { toAccount, toItem } from "../contract/reading.ts";

const User = z.object({
  id: z.number(),
  login: z.string(),
  name: z.nullish(z.string()),
  email: z.nullish(z.string()),
  avatar_url: z.nullish(z.string()),
  html_url: z.nullish(z.string()),
});
const Emails = z.nullish(z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() })));

const Repository = z.object({
  id: z.number(),
  full_name: z.string(),
  html_url: z.string(),
  owner: z.object({ id: z.number(), login: z.string() }),
  created_at: z.nullish(z.string()),
  updated_at: z.nullish(z.string()),
  language: z.nullish(z.string()),
  visibility: z.nullish(z.string()),
});

/** Where a secondary limit points: GitHub has moved that page twice. */
const SECONDARY_LIMITS = [
  "https://docs.github.com/en/free-pro-team@latest/rest/overview/resources-in-the-rest-api#secondary-rate-limits",
  "https://docs.github.com/free-pro-team@latest/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
  "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
  "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits",
];

export const github = defineProvider({
  id: "github",
  name: "GitHub",
  category: "Development",
  docs: "https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps",
  issuer: "https://github.com/login/oauth",
  authorization_endpoint: "https://github.com/login/oauth/authorize",
  token_endpoint: "https://github.com/login/oauth/access_token",
  token_endpoint_auth_method: "client_secret_post",
  // https://docs.github.com/en/apps/oauth-apps/using-oauth-apps/reviewing-your-authorized-applications-oauth
  grants_page: "https://github.com/settings/applications",
  revocation: {
    endpoint: "https://api.github.com/applications/{client_id}/token",
    method: "DELETE",
    authentication: "client",
    body: { token: "access_token", parameter: "access_token", format: "json" },
    ends: "token",
  },
  scopes: ["read:user", "user:email", "read:org"],
  // https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps: "Normalized scopes".
  scope_implies: {
    repo: ["public_repo", "repo:status", "repo_deployment", "repo:invite", "security_events"],
    user: ["read:user", "user:email", "user:follow"],
    "admin:org": ["write:org"],
    "write:org": ["read:org"],
    "admin:repo_hook": ["write:repo_hook"],
    "write:repo_hook": ["read:repo_hook"],
    "admin:public_key": ["write:public_key"],
    "write:public_key": ["read:public_key"],
    "admin:gpg_key": ["write:gpg_key"],
    "write:gpg_key": ["read:gpg_key"],
    "write:discussion": ["read:discussion"],
    project: ["read:project"],
  },
  // A GitHub App's tokens; an OAuth app's have no end and no refresh token.
  refresh: { rotates: true, ends_old_access_token: true, idle_lifetime: 182 * 86_400 },
  api_base_url: "https://api.github.com",
  api: {
    hosts: { "uploads.github.com": "https://uploads.github.com" },
    denied: ["^/applications/", "^/login/"],
    // https://docs.github.com/graphql/guides/forming-calls-with-graphql, https://docs.github.com/rest/markdown/markdown
    calls: { graphql: ["/graphql"], reads: ["/markdown", "/markdown/raw"] },
    toProblem: ({ status, message }) => ({
      status,
      body: { message, documentation_url: "https://docs.github.com/rest", status: String(status) },
    }),
    headers: { Accept: "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28" },
    // https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps: one of the scopes that are accepted
    // is enough, and what a token does not reach is not found:
    // https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
    scope_refusal: {
      statuses: [403, 404],
      accepted_header: "X-Accepted-OAuth-Scopes",
      granted_header: "X-OAuth-Scopes",
      names: "any",
    },
    // A secondary limit can come as a 403 that says so nowhere else (https://github.com/hub4j/github-api/issues/2009).
    errors: {
      code: "documentation_url",
      in_success: false,
      token_rejected: [],
      rate_limited: SECONDARY_LIMITS,
      unavailable: [],
    },
  },
  profile: {
    requests: { user: { path: "/user" }, emails: { path: "/user/emails", optional: true } },
    account: z.pipe(
      z.object({ user: User, emails: Emails }),
      z.transform(({ user, emails }) =>
        toAccount({
          id: String(user.id),
          name: user.name || user.login,
          email: emails?.find(({ primary, verified }) => primary && verified)?.email ?? user.email,
          avatar_url: user.avatar_url,
          url: user.html_url,
        }),
      ),
    ),
  },
  resources: [
    {
      request: {
        path: "/user/repos",
        query: { sort: "updated", affiliation: "owner,collaborator,organization_member" },
      },
      paging: { style: "link", limit: "per_page", cursor: "page", max: 100 },
      page: z.pipe(
        z.array(Repository),
        z.transform((repositories) => ({
          items: repositories.map((repository) =>
            toItem({
              id: String(repository.id),
              type: "repository",
              name: repository.full_name,
              url: repository.html_url,
              parent_id: String(repository.owner.id),
              parent_name: repository.owner.login,
              created_at: repository.created_at ?? null,
              updated_at: repository.updated_at ?? null,
              details: { language: repository.language ?? null, visibility: repository.visibility ?? null },
            }),
          ),
          next: null,
        })),
      ),
    },
  ],
});
