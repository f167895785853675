/** Branches, commits and refs: https://docs.github.com/en/rest/branches, /rest/commits, /rest/git/refs */
import * as z from "zod";
import type { Repository } from "../data/github.ts";
import { type Call, json } from "../http.ts";
import type { ApiContext, Route } from "../routes.ts";
import { bodyOf, failure, githubErrors, paged } from "./github-http.ts";
import { WRITE } from "./github-repositories.ts";
import { nodeId, repositoryUrl, shownUser } from "./github-shapes.ts";
import {
  branchAt,
  type Branch,
  branchesOf,
  type Commit,
  commitsOf,
  filesOf,
  ofRepository,
  shaOf,
} from "./github-state.ts";

const NewRef = z.object({ ref: z.string().regex(/^refs\/heads\/.+$/), sha: z.string() });

export const gitRoutes: readonly Route[] = [
  ofRepository("GET", "/branches", [], (context, repository) =>
    paged(context, branchesOf(context, repository).list(), (branch) => shortBranch(context.call, repository, branch)),
  ),
  ofRepository("GET", "/branches/*branch", [], (context, repository) => {
    const branch = branchesOf(context, repository).find(context.params["branch"] ?? "");
    const commit = branch && commitsOf(context, repository).find(branch.sha);
    if (branch === undefined || commit === undefined) return failure(404, "Branch not found");
    const self = `${repositoryUrl(context.call, repository)}/branches/${branch.name}`;
    return json({
      name: branch.name,
      commit: shownCommit(context.call, repository, commit),
      _links: { self, html: `https://github.com/${repository.owner}/${repository.name}/tree/${branch.name}` },
      protected: false,
      protection: { enabled: false, required_status_checks: { enforcement_level: "off", contexts: [], checks: [] } },
      protection_url: `${self}/protection`,
    });
  }),
  ofRepository("GET", "/commits", [], (context, repository) => {
    const branch = branchAt(context, repository, context.call.query.get("sha"));
    if (branch === undefined) return failure(409, "Git Repository is empty.");
    return paged(context, historyOf(context, repository, branch), (commit) =>
      shownCommit(context.call, repository, commit),
    );
  }),
  ofRepository("GET", "/commits/*ref", [], (context, repository) => {
    const ref = context.params["ref"] ?? "";
    const commits = commitsOf(context, repository);
    const commit = commits.find(branchAt(context, repository, ref)?.sha ?? ref);
    if (commit === undefined) return failure(422, `No commit found for SHA: ${ref}`);
    const stats = { total: 1, additions: 1, deletions: 0 };
    return json({ ...shownCommit(context.call, repository, commit), stats, files: [] });
  }),
  ofRepository("GET", "/git/ref/*ref", [], (context, repository) => {
    const branch = branchesOf(context, repository).find((context.params["ref"] ?? "").replace(/^heads\//, ""));
    return branch === undefined
      ? githubErrors.notFound(context.call)
      : json(shownRef(context.call, repository, branch));
  }),
  ofRepository("POST", "/git/refs", WRITE, createRef),
];

/** A new branch begins with the files of the one whose head it is made from. */
function createRef(context: ApiContext, repository: Repository): Response {
  const wanted = bodyOf(context.call, "Reference", NewRef);
  if (wanted instanceof Response) return wanted;
  const branches = branchesOf(context, repository);
  const name = wanted.ref.replace(/^refs\/heads\//, "");
  if (branches.find(name) !== undefined) return failure(422, "Reference already exists");
  const from = branches.list().find(({ sha }) => sha === wanted.sha);
  if (from === undefined) return failure(422, "Object does not exist");
  const files = filesOf(context, repository);
  for (const file of files.list()) if (file.branch === from.name) files.put({ ...file, branch: name });
  const branch = { name, sha: wanted.sha };
  branches.put(branch);
  const body = shownRef(context.call, repository, branch);
  return json(body, 201, { location: body.url });
}

/** From a branch's head back to the first. */
function historyOf(context: ApiContext, repository: Repository, branch: Branch): Commit[] {
  const commits = new Map(
    commitsOf(context, repository)
      .list()
      .map((commit) => [commit.sha, commit]),
  );
  const history: Commit[] = [];
  for (let next = commits.get(branch.sha); next !== undefined; next = commits.get(next.parent ?? ""))
    history.push(next);
  return history;
}

function shortBranch(call: Call, repository: Repository, { name, sha }: Branch): object {
  const url = `${repositoryUrl(call, repository)}/commits/${sha}`;
  return { name, commit: { sha, url }, protected: false };
}

function shownRef(call: Call, repository: Repository, { name, sha }: Branch) {
  const home = repositoryUrl(call, repository);
  return {
    ref: `refs/heads/${name}`,
    node_id: nodeId("Ref", `${repository.id}:${shaOf(name)}`),
    url: `${home}/git/refs/heads/${name}`,
    object: { sha, type: "commit", url: `${home}/git/commits/${sha}` },
  };
}

const UNSIGNED = { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null };

function signed({ author, createdAt }: Commit) {
  return { name: author, email: `${author}@users.noreply.github.com`, date: createdAt };
}

function parentsOf(home: string, page: string, { parent }: Commit, path: string) {
  return parent === null
    ? []
    : [{ sha: parent, url: `${home}${path}/${parent}`, html_url: `${page}/commit/${parent}` }];
}

/** A commit as a list of them has it: `commit`. */
export function shownCommit(call: Call, repository: Repository, commit: Commit) {
  const home = repositoryUrl(call, repository);
  const page = `https://github.com/${repository.owner}/${repository.name}`;
  const person = shownUser(call, commit.author);
  const tree = shaOf(`tree/${commit.sha}`);
  return {
    url: `${home}/commits/${commit.sha}`,
    sha: commit.sha,
    node_id: nodeId("Commit", `${repository.id}:${commit.sha}`),
    html_url: `${page}/commit/${commit.sha}`,
    comments_url: `${home}/commits/${commit.sha}/comments`,
    commit: {
      url: `${home}/git/commits/${commit.sha}`,
      author: signed(commit),
      committer: signed(commit),
      message: commit.message,
      comment_count: 0,
      tree: { sha: tree, url: `${home}/git/trees/${tree}` },
      verification: UNSIGNED,
    },
    author: person,
    committer: person,
    parents: parentsOf(home, page, commit, "/commits"),
  };
}

/** A commit as git has it, which is how a write to a file shows it. */
export function shownGitCommit(call: Call, repository: Repository, commit: Commit) {
  const home = repositoryUrl(call, repository);
  const page = `https://github.com/${repository.owner}/${repository.name}`;
  const tree = shaOf(`tree/${commit.sha}`);
  return {
    sha: commit.sha,
    node_id: nodeId("Commit", `${repository.id}:${commit.sha}`),
    url: `${home}/git/commits/${commit.sha}`,
    html_url: `${page}/commit/${commit.sha}`,
    author: signed(commit),
    committer: signed(commit),
    tree: { sha: tree, url: `${home}/git/trees/${tree}` },
    message: commit.message,
    parents: parentsOf(home, page, commit, "/git/commits"),
    verification: UNSIGNED,
  };
}
