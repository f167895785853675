/** Who the caller is, whom they belong to, what they starred. */
import { githubOrganizations, githubUser } from "../data/github.ts";
import { HOLDERS } from "../data/people.ts";
import { type Call, json } from "../http.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { failure, GITHUB_API, githubErrors, paged } from "./github-http.ts";
import { listedRepository } from "./github-repositories.ts";
import { shownOrganization, shownUser } from "./github-shapes.ts";
import { findRepository, repositoriesOf, starsOf } from "./github-state.ts";

const PROFILE = ["user", "read:user"];
const PER_HOUR = 5000;

export const peopleRoutes: readonly Route[] = [
  api("GET", GITHUB_API, "/user", [], ({ call, account, store, token }) => {
    const isFull = token.value.startsWith("ghu_") || PROFILE.some((scope) => token.scopes.includes(scope));
    const open = publicUser(call, account);
    const repositories = repositoriesOf({ account, store }).list();
    const ownPrivate = repositories.filter(({ owner, private: isPrivate }) => isPrivate && owner === open.login).length;
    return json(isFull ? { ...open, ...own(ownPrivate) } : open);
  }),
  api("GET", GITHUB_API, "/user/emails", ["user:email", "user"], ({ account }) => json(githubUser(account).addresses)),
  // https://docs.github.com/en/rest/orgs/orgs#list-organizations-for-the-authenticated-user: "insufficient scope will
  // receive a 403 Forbidden", where most others are 404.
  api("GET", GITHUB_API, "/user/orgs", [], (context) => {
    const { account, token } = context;
    const isAllowed =
      token.value.startsWith("ghu_") || ["user", "read:org"].some((scope) => token.scopes.includes(scope));
    if (!isAllowed) return failure(403, "You need at least read:org scope or user scope to list your organizations.");
    return paged(context, githubOrganizations(account), (login) => shownOrganization(context.call, login));
  }),
  api("GET", GITHUB_API, "/orgs/:org", [], ({ call, account, params }) => {
    const login = githubOrganizations(account).find((each) => each === params["org"]?.toLowerCase());
    return login === undefined ? githubErrors.notFound(call) : json(wholeOrganization(call, login));
  }),
  api("GET", GITHUB_API, "/users/:user", [], ({ call, account, params }) => {
    const wanted = params["user"]?.toLowerCase();
    const found = HOLDERS.findIndex(({ login }) => login === wanted);
    if (found !== -1) return json(publicUser(call, found));
    const organization = githubOrganizations(account).find((login) => login === wanted);
    return organization === undefined ? githubErrors.notFound(call) : json(organizationAsUser(call, organization));
  }),
  api("GET", GITHUB_API, "/rate_limit", [], ({ call }) => {
    const reset = Math.ceil(call.now / 3_600_000) * 3600;
    const core = { limit: PER_HOUR, used: 0, remaining: PER_HOUR, reset };
    const search = { limit: 30, used: 0, remaining: 30, reset };
    return json({ resources: { core, search, graphql: core }, rate: core });
  }),
  api("GET", GITHUB_API, "/user/starred", [], (context) => {
    const starred = starsOf(context)
      .newestFirst()
      .flatMap(({ name }) => findRepository(context, name) ?? []);
    return paged(context, starred, (repository) => listedRepository(context, repository));
  }),
  api("GET", GITHUB_API, "/user/starred/:owner/:repo", [], (context) =>
    starsOf(context).find(nameOf(context)) === undefined ? githubErrors.notFound(context.call) : done(),
  ),
  api("PUT", GITHUB_API, "/user/starred/:owner/:repo", ["public_repo", "repo"], (context) => {
    const found = findRepository(context, nameOf(context));
    if (found === undefined) return githubErrors.notFound(context.call);
    starsOf(context).put({ name: `${found.owner}/${found.name}` });
    return done();
  }),
  api("DELETE", GITHUB_API, "/user/starred/:owner/:repo", ["public_repo", "repo"], (context) =>
    starsOf(context).remove(nameOf(context)) ? done() : githubErrors.notFound(context.call),
  ),
];

function nameOf({ params }: ApiContext): string {
  return `${params["owner"] ?? ""}/${params["repo"] ?? ""}`;
}

function done(): Response {
  return new Response(null, { status: 204 });
}

const COUNTS = { public_repos: 12, public_gists: 0, followers: 7, following: 3 };
const SINCE = { created_at: "2016-03-01T08:15:00Z", updated_at: "2026-11-02T10:00:00Z" };

/** What anybody sees: `public-user`. */
function publicUser(call: Call, account: number) {
  const { login, name, email } = githubUser(account);
  return {
    ...shownUser(call, login),
    name,
    company: account === 0 ? "Northwind Labs" : null,
    blog: "",
    location: account === 1 ? "台北" : null,
    email,
    hireable: null,
    bio: null,
    twitter_username: null,
    notification_email: email,
    ...COUNTS,
    ...SINCE,
  };
}

/** What only the person sees: the rest of `private-user`. */
function own(privateRepositories: number) {
  return {
    private_gists: 0,
    total_private_repos: privateRepositories,
    owned_private_repos: privateRepositories,
    disk_usage: 4711,
    collaborators: 2,
    two_factor_authentication: true,
    plan: { name: "free", space: 976_562_499, collaborators: 0, private_repos: 10_000 },
  };
}

function organizationAsUser(call: Call, login: string) {
  const rest = { name: login, company: null, blog: "", location: null, email: null, hireable: null, bio: null };
  return { ...shownUser(call, login, "Organization"), ...rest, twitter_username: null, ...COUNTS, ...SINCE };
}

function wholeOrganization(call: Call, login: string) {
  return {
    ...shownOrganization(call, login),
    name: login,
    html_url: `https://github.com/${login}`,
    has_organization_projects: true,
    has_repository_projects: true,
    ...COUNTS,
    ...SINCE,
    archived_at: null,
    type: "Organization",
  };
}
