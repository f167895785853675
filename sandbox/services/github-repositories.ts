import * as z from "zod";
import { githubIssues, githubRepositories, githubUser, type Issue, type Repository } from "../data/github.ts";
import { inOrder } from "../data/words.ts";
import { type Call, json, jsonBody, mapped, wholeNumber } from "../http.ts";
import { fingerprint } from "../random.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { pageSize } from "../settings.ts";
import { failure, GITHUB_API, githubErrors } from "./github-http.ts";

const WRITE = ["repo", "public_repo"];
const SORTS = ["created", "updated", "pushed", "full_name"] as const;

const issueSchema = z.object({
  number: z.number(),
  title: z.string(),
  body: z.string().nullable(),
  author: z.string(),
  createdAt: z.string(),
});
const newIssue = z.object({ title: z.string().min(1), body: z.string().nullable().default(null) });

/** Repositories and their issues. */
export const repositoryRoutes: readonly Route[] = [
  api("GET", GITHUB_API, "/user/repos", [], listRepositories),
  api("GET", GITHUB_API, "/repos/:owner/:repo", [], (context) => {
    const found = findRepository(context);
    return found === undefined ? githubErrors.notFound(context.call) : json(shown(context, found));
  }),
  api("GET", GITHUB_API, "/repos/:owner/:repo/issues", [], (context) => {
    const found = findRepository(context);
    if (found === undefined) return githubErrors.notFound(context.call);
    return paged(
      context,
      issues(context, found)
        .toReversed()
        .map((issue) => shownIssue(context, found, issue)),
    );
  }),
  api("POST", GITHUB_API, "/repos/:owner/:repo/issues", WRITE, createIssue),
];

/** Without the scope `repo` an OAuth App sees public repositories only; a GitHub App sees what it was installed on. */
function visible({ account, token }: ApiContext): Repository[] {
  const seesPrivate = token.value.startsWith("ghu_") || token.scopes.includes("repo");
  return githubRepositories(account).filter((repository) => seesPrivate || !repository.private);
}

function listRepositories(context: ApiContext): Response {
  const { query } = context.call;
  const sort = SORTS.find((name) => name === (query.get("sort") ?? "full_name"));
  if (sort === undefined) return githubErrors.badRequest(context.call, "Validation Failed");
  const isDescending = (query.get("direction") ?? (sort === "full_name" ? "asc" : "desc")) === "desc";
  const affiliations = (query.get("affiliation") ?? "owner,collaborator,organization_member").split(",");
  const { login } = githubUser(context.account);
  const listed = visible(context)
    .filter((repository) => affiliations.includes(affiliationOf(repository, login)))
    .toSorted((left, right) => inOrder(sortKey(left, sort), sortKey(right, sort)) * (isDescending ? -1 : 1));
  return paged(
    context,
    listed.map((repository) => shown(context, repository)),
  );
}

function affiliationOf(repository: Repository, login: string): string {
  if (repository.owner === login) return "owner";
  return repository.ownerType === "Organization" ? "organization_member" : "collaborator";
}

function sortKey(repository: Repository, sort: (typeof SORTS)[number]): string {
  if (sort === "created") return repository.createdAt;
  if (sort === "updated") return repository.updatedAt;
  return sort === "pushed" ? repository.pushedAt : `${repository.owner}/${repository.name}`;
}

/** A page by `page` and `per_page`, with the Link header which is the only way to know of others. */
function paged({ call, settings }: ApiContext, list: readonly object[]): Response {
  const size = pageSize(settings, wholeNumber(call.query.get("per_page"), 30, 1, 100));
  const page = wholeNumber(call.query.get("page"), 1, 1, 1_000_000);
  const last = Math.max(1, Math.ceil(list.length / size));
  const at = (number: number, relation: string) => {
    const query = new URLSearchParams(call.query);
    query.set("page", String(number));
    return `<${mapped(call, GITHUB_API, `${call.path}?${query.toString()}`)}>; rel="${relation}"`;
  };
  const back = page > 1 ? [at(Math.min(page - 1, last), "prev"), at(1, "first")] : [];
  const onward = page < last ? [at(page + 1, "next"), at(last, "last")] : [];
  const link = [...back, ...onward].join(", ");
  const body = list.slice((page - 1) * size, page * size);
  const etag = `"${fingerprint(JSON.stringify(body)).toString(16).padStart(8, "0")}"`;
  const headers = { etag, ...(link === "" ? {} : { link }) };
  const isUnchanged = [etag, `W/${etag}`].includes(call.headers.get("if-none-match") ?? "");
  return isUnchanged ? new Response(null, { status: 304, headers }) : json(body, 200, headers);
}

function findRepository(context: ApiContext): Repository | undefined {
  const { owner = "", repo = "" } = context.params;
  const wanted = `${owner}/${repo}`.toLowerCase();
  return visible(context).find((repository) => `${repository.owner}/${repository.name}`.toLowerCase() === wanted);
}

function shown({ call }: ApiContext, repository: Repository): object {
  const fullName = `${repository.owner}/${repository.name}`;
  const self = mapped(call, GITHUB_API, `/repos/${fullName}`);
  return {
    id: repository.id,
    node_id: btoa(`010:Repository${repository.id}`),
    name: repository.name,
    full_name: fullName,
    private: repository.private,
    owner: shownOwner(call, repository.owner, repository.ownerType),
    html_url: `https://github.com/${fullName}`,
    description: repository.description,
    fork: repository.fork,
    url: self,
    issues_url: `${self}/issues{/number}`,
    created_at: repository.createdAt,
    updated_at: repository.updatedAt,
    pushed_at: repository.pushedAt,
    homepage: null,
    stargazers_count: repository.stars,
    language: repository.language,
    archived: repository.archived,
    disabled: false,
    license: null,
    topics: [],
    visibility: repository.private ? "private" : "public",
    default_branch: repository.defaultBranch,
    permissions: { admin: true, maintain: true, push: true, triage: true, pull: true },
  };
}

function shownOwner(call: Call, login: string, type: string): object {
  const id = fingerprint(login) % 10_000_000;
  return {
    login,
    id,
    avatar_url: mapped(call, "avatars.githubusercontent.com", `/u/${id}?v=4`),
    url: mapped(call, GITHUB_API, `/users/${login}`),
    html_url: `https://github.com/${login}`,
    type,
  };
}

function issues({ account, store }: ApiContext, repository: Repository): Issue[] {
  const created = store.objects(account, `issue:${repository.id}`, issueSchema).toReversed();
  return [...githubIssues(repository), ...created];
}

function shownIssue({ call }: ApiContext, repository: Repository, issue: Issue): object {
  const fullName = `${repository.owner}/${repository.name}`;
  return {
    id: repository.id * 1000 + issue.number,
    number: issue.number,
    title: issue.title,
    body: issue.body,
    state: "open",
    user: shownOwner(call, issue.author, "User"),
    url: mapped(call, GITHUB_API, `/repos/${fullName}/issues/${issue.number}`),
    html_url: `https://github.com/${fullName}/issues/${issue.number}`,
    labels: [],
    comments: 0,
    created_at: issue.createdAt,
    updated_at: issue.createdAt,
  };
}

function createIssue(context: ApiContext): Response {
  const repository = findRepository(context);
  if (repository === undefined) return githubErrors.notFound(context.call);
  const wanted = newIssue.safeParse(jsonBody(context.call));
  if (!wanted.success) return failure(422, "Validation Failed");
  const number = issues(context, repository).length + 1;
  const createdAt = new Date(context.call.now).toISOString();
  const issue = { number, ...wanted.data, author: githubUser(context.account).login, createdAt };
  context.store.addObject(context.account, `issue:${repository.id}`, issue);
  const body = shownIssue(context, repository, issue);
  return json(body, 201, { location: mapped(context.call, GITHUB_API, `${context.call.path}/${number}`) });
}
