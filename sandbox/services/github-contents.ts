/** Files: https://docs.github.com/en/rest/repos/contents */
import * as z from "zod";
import { fromBase64 } from "../bytes.ts";
import { githubUser, type Repository } from "../data/github.ts";
import { json, mapped } from "../http.ts";
import type { ApiContext, Route } from "../routes.ts";
import { bodyOf, failure, timeOf } from "./github-http.ts";
import { shownGitCommit } from "./github-git.ts";
import { WRITE } from "./github-repositories.ts";
import { repositoryUrl } from "./github-shapes.ts";
import {
  blobSha,
  type Branch,
  branchAt,
  branchesOf,
  type Commit,
  commitsOf,
  type File,
  filesOf,
  ofRepository,
  shaOf,
} from "./github-state.ts";

const RAW = "raw.githubusercontent.com";
const Written = z.object({
  message: z.string(),
  content: z.string(),
  sha: z.string().optional(),
  branch: z.string().optional(),
});
const Removed = Written.omit({ content: true }).required({ sha: true });

export const contentRoutes: readonly Route[] = [
  ofRepository("GET", "/contents", [], read),
  ofRepository("GET", "/contents/*path", [], read),
  ofRepository("GET", "/readme", [], (context, repository) => readAt(context, repository, "README.md")),
  ofRepository("PUT", "/contents/*path", WRITE, write),
  ofRepository("DELETE", "/contents/*path", WRITE, remove),
];

function read(context: ApiContext, repository: Repository): Response {
  return readAt(context, repository, (context.params["path"] ?? "").replace(/\/$/, ""));
}

function readAt(context: ApiContext, repository: Repository, path: string): Response {
  const { call } = context;
  const branch = branchAt(context, repository, call.query.get("ref"));
  if (branch === undefined) return failure(404, `No commit found for the ref ${call.query.get("ref") ?? ""}`);
  const files = filesOf(context, repository)
    .list()
    .filter((file) => file.branch === branch.name);
  const file = files.find((each) => each.path === path);
  if (file === undefined) {
    const entries = directory(context, repository, branch, files, path);
    return entries.length === 0 && path !== "" ? failure(404, "Not Found") : json(entries);
  }
  const bytes = fromBase64(file.base64);
  const isRaw = /\.raw(?:\+json)?\b/.test(call.headers.get("accept") ?? "");
  if (isRaw)
    return new Response(bytes, { headers: { "content-type": "application/vnd.github.raw+json; charset=utf-8" } });
  // Lines of sixty, as MIME has them.
  const content = file.base64.replaceAll(/.{1,60}/g, "$&\n");
  return json({ ...entry(context, repository, branch, path, "file", file), content, encoding: "base64" });
}

/** What lies directly in a folder. */
function directory(
  context: ApiContext,
  repository: Repository,
  branch: Branch,
  files: readonly File[],
  path: string,
): object[] {
  const prefix = path === "" ? "" : `${path}/`;
  const inside = files.filter((file) => file.path.startsWith(prefix));
  const names = Map.groupBy(inside, (file) => file.path.slice(prefix.length).split("/")[0] ?? "");
  return [...names].map(([name, found]) => {
    const file = found.find((each) => each.path === prefix + name);
    return entry(context, repository, branch, prefix + name, file === undefined ? "dir" : "file", file);
  });
}

function entry(
  { call }: ApiContext,
  repository: Repository,
  branch: Branch,
  path: string,
  type: "file" | "dir",
  file?: File,
) {
  const home = repositoryUrl(call, repository);
  const fullName = `${repository.owner}/${repository.name}`;
  const at = path.split("/").map(encodeURIComponent).join("/");
  const sha = file === undefined ? shaOf(`tree/${repository.id}/${branch.name}/${path}`) : blobSha(file.base64);
  const url = `${home}/contents/${at}?ref=${encodeURIComponent(branch.name)}`;
  const kind = type === "file" ? "blob" : "tree";
  const html_url = `https://github.com/${fullName}/${kind}/${branch.name}/${at}`;
  const git_url = `${home}/git/${kind}s/${sha}`;
  const download_url = type === "file" ? mapped(call, RAW, `/${fullName}/${branch.name}/${at}`) : null;
  return {
    name: path.split("/").at(-1) ?? "",
    path,
    sha,
    size: file === undefined ? 0 : fromBase64(file.base64).length,
    url,
    html_url,
    git_url,
    download_url,
    type,
    _links: { self: url, git: git_url, html: html_url },
  };
}

function write(context: ApiContext, repository: Repository): Response {
  const wanted = bodyOf(context.call, "Content", Written);
  if (wanted instanceof Response) return wanted;
  const path = context.params["path"] ?? "";
  const place = placeOf(context, repository, wanted.branch, path);
  if (place instanceof Response) return place;
  const { branch, file } = place;
  // Nothing is overwritten unseen: https://docs.github.com/en/rest/repos/contents#create-or-update-file-contents
  if (file !== undefined && wanted.sha === undefined)
    return failure(422, 'Invalid request.\n\n"sha" wasn\'t supplied.');
  if (wanted.sha !== undefined && (file === undefined || blobSha(file.base64) !== wanted.sha)) {
    return failure(409, `${path} does not match ${wanted.sha}`);
  }
  let base64: string;
  try {
    base64 = btoa(atob(wanted.content.replaceAll(/\s/g, "")));
  } catch {
    return failure(422, "content is not valid Base64");
  }
  const written = { branch: branch.name, path, base64 };
  filesOf(context, repository).put(written);
  const commit = addCommit(context, repository, branch, wanted.message);
  const content = entry(context, repository, branch, path, "file", written);
  return json({ content, commit: shownGitCommit(context.call, repository, commit) }, file === undefined ? 201 : 200);
}

function remove(context: ApiContext, repository: Repository): Response {
  const { call } = context;
  const wanted =
    call.text === "" ? Removed.safeParse(Object.fromEntries(call.query)).data : bodyOf(call, "Content", Removed);
  if (wanted === undefined) return failure(422, 'Invalid request.\n\n"sha" wasn\'t supplied.');
  if (wanted instanceof Response) return wanted;
  const path = context.params["path"] ?? "";
  const place = placeOf(context, repository, wanted.branch, path);
  if (place instanceof Response) return place;
  const { branch, file } = place;
  if (file === undefined) return failure(404, "Not Found");
  if (blobSha(file.base64) !== wanted.sha) return failure(409, `${path} does not match ${wanted.sha}`);
  filesOf(context, repository).remove(`${branch.name}:${path}`);
  const commit = addCommit(context, repository, branch, wanted.message);
  return json({ content: null, commit: shownGitCommit(call, repository, commit) });
}

/** The branch and the file there; the first file of an empty repository makes its branch. */
function placeOf(
  context: ApiContext,
  repository: Repository,
  name: string | undefined,
  path: string,
): { readonly branch: Branch; readonly file: File | undefined } | Response {
  const isEmpty = branchesOf(context, repository).list().length === 0;
  const first = isEmpty ? { name: repository.defaultBranch, sha: "" } : undefined;
  const branch = branchAt(context, repository, name ?? null) ?? first;
  if (branch === undefined) return failure(404, `Branch ${name ?? ""} not found`);
  return { branch, file: filesOf(context, repository).find(`${branch.name}:${path}`) };
}

function addCommit(context: ApiContext, repository: Repository, branch: Branch, message: string): Commit {
  const shelf = commitsOf(context, repository);
  const createdAt = timeOf(context.call);
  const author = githubUser(context.account).login;
  const sha = shaOf(JSON.stringify([branch, message, createdAt, shelf.list().length]));
  const commit = {
    sha,
    branch: branch.name,
    message,
    author,
    createdAt,
    parent: branch.sha === "" ? null : branch.sha,
  };
  shelf.put(commit);
  branchesOf(context, repository).put({ name: branch.name, sha });
  return commit;
}
