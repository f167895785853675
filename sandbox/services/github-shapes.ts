/** People, repositories and issues as GitHub shows them, whole: https://docs.github.com/en/rest */
import { githubIdOf, type Issue, type Repository } from "../data/github.ts";
import { type Call, mapped } from "../http.ts";
import { fingerprint } from "../random.ts";
import { GITHUB_API } from "./github-http.ts";

export const AVATARS = "avatars.githubusercontent.com";

/** What stands behind a repository's address for each of its `..._url`. */
const REPOSITORY_URLS = {
  archive_url: "/{archive_format}{/ref}",
  assignees_url: "/assignees{/user}",
  blobs_url: "/git/blobs{/sha}",
  branches_url: "/branches{/branch}",
  collaborators_url: "/collaborators{/collaborator}",
  comments_url: "/comments{/number}",
  commits_url: "/commits{/sha}",
  compare_url: "/compare/{base}...{head}",
  contents_url: "/contents/{+path}",
  contributors_url: "/contributors",
  deployments_url: "/deployments",
  downloads_url: "/downloads",
  events_url: "/events",
  forks_url: "/forks",
  git_commits_url: "/git/commits{/sha}",
  git_refs_url: "/git/refs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  hooks_url: "/hooks",
  issue_comment_url: "/issues/comments{/number}",
  issue_events_url: "/issues/events{/number}",
  issues_url: "/issues{/number}",
  keys_url: "/keys{/key_id}",
  labels_url: "/labels{/name}",
  languages_url: "/languages",
  merges_url: "/merges",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  pulls_url: "/pulls{/number}",
  releases_url: "/releases{/id}",
  stargazers_url: "/stargazers",
  statuses_url: "/statuses/{sha}",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  tags_url: "/tags",
  teams_url: "/teams",
  trees_url: "/git/trees{/sha}",
} as const;

const USER_URLS = {
  followers_url: "/followers",
  following_url: "/following{/other_user}",
  gists_url: "/gists{/gist_id}",
  starred_url: "/starred{/owner}{/repo}",
  subscriptions_url: "/subscriptions",
  organizations_url: "/orgs",
  repos_url: "/repos",
  events_url: "/events{/privacy}",
  received_events_url: "/received_events",
} as const;

function under(base: string, suffixes: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(suffixes).map(([name, suffix]) => [name, base + suffix]));
}

/** A person or organization as it stands inside other things: the description's `simple-user`. */
export function shownUser(call: Call, login: string, type: "User" | "Organization" = "User") {
  const id = githubIdOf(login);
  const url = mapped(call, GITHUB_API, `/users/${login}`);
  return {
    login,
    id,
    node_id: nodeId(type, id),
    avatar_url: mapped(call, AVATARS, `/u/${id}?v=4`),
    gravatar_id: "",
    url,
    html_url: `https://github.com/${login}`,
    ...under(url, USER_URLS),
    type,
    user_view_type: "public",
    site_admin: false,
  };
}

/** An organization as lists show it: `organization-simple`. */
export function shownOrganization(call: Call, login: string) {
  const id = githubIdOf(login);
  const url = mapped(call, GITHUB_API, `/orgs/${login}`);
  return {
    login,
    id,
    node_id: nodeId("Organization", id),
    url,
    ...under(url, {
      repos_url: "/repos",
      events_url: "/events",
      hooks_url: "/hooks",
      issues_url: "/issues",
      members_url: "/members{/member}",
      public_members_url: "/public_members{/member}",
    }),
    avatar_url: mapped(call, AVATARS, `/u/${id}?v=4`),
    description: `The people of ${login}`,
  };
}

/** Where a repository's own address is. */
export function repositoryUrl(call: Call, { owner, name }: Repository): string {
  return mapped(call, GITHUB_API, `/repos/${owner}/${name}`);
}

/** A repository as lists show it: `repository`. */
export function shownRepository(call: Call, repository: Repository, openIssues: number) {
  const { owner, name, stars } = repository;
  const full_name = `${owner}/${name}`;
  const url = repositoryUrl(call, repository);
  return {
    id: repository.id,
    node_id: nodeId("Repository", repository.id),
    name,
    full_name,
    private: repository.private,
    owner: shownUser(call, owner, repository.ownerType),
    html_url: `https://github.com/${full_name}`,
    description: repository.description,
    fork: repository.fork,
    url,
    ...under(url, REPOSITORY_URLS),
    created_at: repository.createdAt,
    updated_at: repository.updatedAt,
    pushed_at: repository.pushedAt,
    git_url: `git://github.com/${full_name}.git`,
    ssh_url: `git@github.com:${full_name}.git`,
    clone_url: `https://github.com/${full_name}.git`,
    svn_url: `https://github.com/${full_name}`,
    homepage: repository.homepage,
    size: fingerprint(full_name) % 9000,
    stargazers_count: stars,
    watchers_count: stars,
    language: repository.language,
    has_issues: true,
    has_projects: true,
    has_downloads: true,
    has_wiki: false,
    has_pages: false,
    has_discussions: false,
    forks_count: stars % 7,
    mirror_url: null,
    archived: repository.archived,
    disabled: false,
    open_issues_count: openIssues,
    license: null,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: repository.topics,
    visibility: repository.private ? "private" : "public",
    forks: stars % 7,
    open_issues: openIssues,
    watchers: stars,
    default_branch: repository.defaultBranch,
    permissions: { admin: true, maintain: true, push: true, triage: true, pull: true },
  };
}

/** An issue: `issue`. */
export function shownIssue(call: Call, repository: Repository, issue: Issue, comments: number) {
  const home = repositoryUrl(call, repository);
  const url = `${home}/issues/${issue.number}`;
  const assignees = issue.assignees.map((login) => shownUser(call, login));
  return {
    url,
    repository_url: home,
    ...under(url, { labels_url: "/labels{/name}", comments_url: "/comments", events_url: "/events" }),
    html_url: `https://github.com/${repository.owner}/${repository.name}/issues/${issue.number}`,
    id: repository.id * 1000 + issue.number,
    node_id: nodeId("Issue", repository.id * 1000 + issue.number),
    number: issue.number,
    title: issue.title,
    user: shownUser(call, issue.author),
    labels: issue.labels.map((name) => shownLabel(home, name)),
    state: issue.state,
    locked: false,
    assignee: assignees[0] ?? null,
    assignees,
    milestone: null,
    comments,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    author_association: issue.author === repository.owner ? "OWNER" : "MEMBER",
    body: issue.body,
    state_reason: issue.stateReason,
  };
}

function shownLabel(home: string, name: string) {
  const id = fingerprint(`${home}/${name}`);
  const colour = (id % 0xffffff).toString(16).padStart(6, "0");
  return {
    id,
    node_id: nodeId("Label", id),
    url: `${home}/labels/${encodeURIComponent(name)}`,
    name,
    color: colour,
    default: name === "bug",
    description: null,
  };
}

/** The id that GraphQL knows a thing by, in the older of GitHub's two forms. */
export function nodeId(type: string, id: number | string): string {
  return btoa(`0${type.length}:${type}${id}`);
}
