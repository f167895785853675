import * as z from "zod";
import { githubUser, type Repository } from "../data/github.ts";
import { inOrder } from "../data/words.ts";
import { json } from "../http.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { bodyOf, failure, GITHUB_API, githubErrors, invalid, paged, timeOf } from "./github-http.ts";
import { shownRepository, shownUser } from "./github-shapes.ts";
import {
  branchesOf,
  commitsOf,
  filesOf,
  ofRepository,
  openIssues,
  repositoriesOf,
  seesPrivate,
  shaOf,
  visible,
} from "./github-state.ts";
import { toBase64 } from "../bytes.ts";

/** What writes to public repositories at least: https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps */
export const WRITE = ["repo", "public_repo"];
const SORTS = ["created", "updated", "pushed", "full_name"] as const;
const NAME = /^[\w.-]{1,100}$/;

const Changes = z.object({
  name: z.string().regex(NAME),
  description: z.string().nullable(),
  homepage: z.string().nullable(),
  private: z.boolean(),
  default_branch: z.string(),
  archived: z.boolean(),
});
const NewRepository = Changes.partial()
  .required({ name: true })
  .extend({ auto_init: z.boolean().default(false) });

/** Repositories: https://docs.github.com/en/rest/repos/repos */
export const repositoryRoutes: readonly Route[] = [
  api("GET", GITHUB_API, "/user/repos", [], listRepositories),
  api("POST", GITHUB_API, "/user/repos", WRITE, createRepository),
  ofRepository("GET", "", [], (context, repository) => json(whole(context, repository))),
  ofRepository("PATCH", "", WRITE, changeRepository),
  ofRepository("DELETE", "", [], deleteRepository),
];

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
  return paged(context, listed, (repository) => listedRepository(context, repository));
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

/** As lists show it. */
export function listedRepository(context: ApiContext, repository: Repository) {
  return shownRepository(context.call, repository, openIssues(context, repository));
}

/** As it is shown alone: `full-repository`. */
function whole(context: ApiContext, repository: Repository) {
  const { ownerType, owner, stars } = repository;
  const organization = ownerType === "Organization" ? { organization: shownUser(context.call, owner, ownerType) } : {};
  const counts = { network_count: stars % 7, subscribers_count: 1 + (stars % 5) };
  return { ...listedRepository(context, repository), temp_clone_token: "", ...organization, ...counts };
}

function createRepository(context: ApiContext): Response {
  const { call, account } = context;
  const wanted = bodyOf(call, "Repository", NewRepository);
  if (wanted instanceof Response) return wanted;
  if (wanted.private === true && !seesPrivate(context))
    return githubErrors.forbidden(call, ["repo"], context.token.scopes);
  const { login } = githubUser(account);
  const shelf = repositoriesOf(context);
  const taken = shelf
    .list()
    .some(({ owner, name }) => owner === login && name.toLowerCase() === wanted.name.toLowerCase());
  if (taken) return invalid("Repository", "already_exists", "name");
  const now = timeOf(call);
  const repository: Repository = {
    id: Math.max(70_000_000, ...shelf.list().map(({ id }) => id)) + 1,
    owner: login,
    ownerType: "User",
    name: wanted.name,
    description: wanted.description ?? null,
    homepage: wanted.homepage ?? null,
    private: wanted.private ?? false,
    fork: false,
    archived: false,
    language: null,
    topics: [],
    stars: 0,
    defaultBranch: "main",
    createdAt: now,
    updatedAt: now,
    pushedAt: now,
  };
  shelf.put(repository);
  if (wanted.auto_init) begin(context, repository, login, now);
  return json(whole(context, repository), 201, {
    location: `${call.origin}/github/${GITHUB_API}/repos/${login}/${wanted.name}`,
  });
}

/** The first commit, with a README. */
function begin(context: ApiContext, repository: Repository, author: string, createdAt: string): void {
  const branch = repository.defaultBranch;
  const sha = shaOf(`commit/${repository.id}`);
  const base64 = toBase64(new TextEncoder().encode(`# ${repository.name}\n`));
  filesOf(context, repository).put({ branch, path: "README.md", base64 });
  commitsOf(context, repository).put({ sha, branch, message: "Initial commit", author, createdAt, parent: null });
  branchesOf(context, repository).put({ name: branch, sha });
}

function changeRepository(context: ApiContext, repository: Repository): Response {
  const wanted = bodyOf(context.call, "Repository", Changes.partial());
  if (wanted instanceof Response) return wanted;
  const { default_branch, ...changes } = wanted;
  const known = branchesOf(context, repository).list();
  if (default_branch !== undefined && !known.some(({ name }) => name === default_branch)) {
    return failure(422, `Validation Failed: The branch ${default_branch} was not found.`);
  }
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const defaultBranch = default_branch ?? repository.defaultBranch;
  const changed = { ...repository, ...given, defaultBranch, updatedAt: timeOf(context.call) };
  repositoriesOf(context).put(changed);
  return json(whole(context, changed));
}

/** `delete_repo` is asked for by name; without it GitHub says this, and not 404: https://docs.github.com/en/rest/repos/repos#delete-a-repository */
function deleteRepository(context: ApiContext, repository: Repository): Response {
  const { token } = context;
  if (!token.value.startsWith("ghu_") && !token.scopes.includes("delete_repo")) {
    return failure(403, "Must have admin rights to Repository.");
  }
  repositoriesOf(context).remove(String(repository.id));
  return new Response(null, { status: 204 });
}
