/** What an account holds at GitHub: seeded, with everything that was written since. */
import { sha1 } from "@oslojs/crypto/sha1";
import { encodeHexLowerCase } from "@oslojs/encoding";
import * as z from "zod";
import { githubFiles, githubIssues, githubRepositories, Issue, Repository } from "../data/github.ts";
import { hoursAgoShort, idOf } from "../data/words.ts";
import type { ApiContext, Route } from "../routes.ts";
import { api } from "../routes.ts";
import type { Shelf } from "../shelf.ts";
import { fromBase64, toBase64 } from "../bytes.ts";
import { GITHUB_API, githubErrors } from "./github-http.ts";

const Comment = z.object({
  id: z.number(),
  issue: z.number(),
  body: z.string(),
  author: z.string(),
  createdAt: z.string(),
});
export type Comment = z.infer<typeof Comment>;

/** A file on a branch, its bytes in base64. */
const File = z.object({ branch: z.string(), path: z.string(), base64: z.string() });
export type File = z.infer<typeof File>;

const Commit = z.object({
  sha: z.string(),
  branch: z.string(),
  message: z.string(),
  author: z.string(),
  createdAt: z.string(),
  parent: z.string().nullable(),
});
export type Commit = z.infer<typeof Commit>;

const Branch = z.object({ name: z.string(), sha: z.string() });
export type Branch = z.infer<typeof Branch>;

const Star = z.object({ name: z.string() });

type Whose = Pick<ApiContext, "account" | "store">;

/** Without the scope `repo` an OAuth App sees public repositories only; a GitHub App sees what it was installed on. */
export function seesPrivate({ token }: Pick<ApiContext, "token">): boolean {
  return token.value.startsWith("ghu_") || token.scopes.includes("repo");
}

export function repositoriesOf({ account, store }: Whose): Shelf<Repository> {
  const seeded = githubRepositories(account);
  return store.shelf({ account, kind: "repository", schema: Repository, seeded, idOf: ({ id }) => String(id) });
}

/** The repositories that this token shows. */
export function visible(context: ApiContext): Repository[] {
  return repositoriesOf(context)
    .newestFirst()
    .filter((repository) => seesPrivate(context) || !repository.private);
}

/** Names are compared without regard to case. */
export function findRepository(context: ApiContext, fullName: string): Repository | undefined {
  const wanted = fullName.toLowerCase();
  return visible(context).find(({ owner, name }) => `${owner}/${name}`.toLowerCase() === wanted);
}

export function issuesOf({ account, store }: Whose, repository: Repository): Shelf<Issue> {
  const seeded = isSeeded(account, repository) ? githubIssues(repository) : [];
  const kind = `issue/${repository.id}`;
  return store.shelf({ account, kind, schema: Issue, seeded, idOf: ({ number }) => String(number) });
}

export function openIssues(whose: Whose, repository: Repository): number {
  return issuesOf(whose, repository)
    .list()
    .filter(({ state }) => state === "open").length;
}

export function commentsOf({ account, store }: Whose, repository: Repository): Shelf<Comment> {
  const kind = `comment/${repository.id}`;
  return store.shelf({ account, kind, schema: Comment, seeded: [], idOf: ({ id }) => String(id) });
}

export function commentsOn(whose: Whose, repository: Repository, issue: number): Comment[] {
  return commentsOf(whose, repository)
    .list()
    .filter((comment) => comment.issue === issue);
}

export function filesOf({ account, store }: Whose, repository: Repository): Shelf<File> {
  const seeded = isSeeded(account, repository)
    ? Object.entries(githubFiles(repository)).map(([path, text]) => ({
        branch: repository.defaultBranch,
        path,
        base64: toBase64(new TextEncoder().encode(text)),
      }))
    : [];
  const kind = `file/${repository.id}`;
  return store.shelf({ account, kind, schema: File, seeded, idOf: ({ branch, path }) => `${branch}:${path}` });
}

export function commitsOf({ account, store }: Whose, repository: Repository): Shelf<Commit> {
  const seeded = isSeeded(account, repository)
    ? ["Begin", "Say what it is for", "Tide tables"].map((message, index) => ({
        sha: seededSha(repository, index),
        branch: repository.defaultBranch,
        message,
        author: repository.owner,
        createdAt: hoursAgoShort(900 - index * 20),
        parent: index === 0 ? null : seededSha(repository, index - 1),
      }))
    : [];
  const kind = `commit/${repository.id}`;
  return store.shelf({ account, kind, schema: Commit, seeded, idOf: ({ sha }) => sha });
}

export function branchesOf({ account, store }: Whose, repository: Repository): Shelf<Branch> {
  const seeded = isSeeded(account, repository)
    ? [{ name: repository.defaultBranch, sha: seededSha(repository, 2) }]
    : [];
  const kind = `branch/${repository.id}`;
  return store.shelf({ account, kind, schema: Branch, seeded, idOf: ({ name }) => name });
}

/** The full names of what an account has starred. */
export function starsOf({ account, store }: Whose): Shelf<z.infer<typeof Star>> {
  const seeded = githubRepositories(account).flatMap(({ owner, name, private: isPrivate }, index) =>
    index % 40 === 2 && !isPrivate ? [{ name: `${owner}/${name}` }] : [],
  );
  return store.shelf({ account, kind: "star", schema: Star, seeded, idOf: ({ name }) => name });
}

/** The branch that a branch name or the sha of a head stands for; the default one where nothing is named. */
export function branchAt(whose: Whose, repository: Repository, ref: string | null): Branch | undefined {
  const wanted = (ref ?? repository.defaultBranch).replace(/^refs\/heads\//, "");
  return branchesOf(whose, repository)
    .list()
    .find(({ name, sha }) => name === wanted || sha === wanted);
}

/** What git calls a file's bytes. */
export function blobSha(base64: string): string {
  const bytes = fromBase64(base64);
  const head = new TextEncoder().encode(`blob ${bytes.length}\0`);
  return encodeHexLowerCase(sha1(new Uint8Array([...head, ...bytes])));
}

/** A name for a commit or a tree: of git's form, made from what is in it. */
export function shaOf(text: string): string {
  return encodeHexLowerCase(sha1(new TextEncoder().encode(text)));
}

function seededSha({ id }: Repository, index: number): string {
  return idOf(`commit/${id}/${index}`, 40, "0123456789abcdef");
}

function isSeeded(account: number, { id }: Repository): boolean {
  return githubRepositories(account).some((repository) => repository.id === id);
}

/** Declares an endpoint of one repository: 404 where the token does not show it. */
export function ofRepository(
  methods: string,
  path: string,
  scopes: readonly string[],
  handle: (context: ApiContext, repository: Repository) => Response | Promise<Response>,
  host: string = GITHUB_API,
): Route {
  return api(methods, host, `/repos/:owner/:repo${path}`, scopes, (context) => {
    const { owner = "", repo = "" } = context.params;
    const found = findRepository(context, `${owner}/${repo}`);
    return found === undefined ? githubErrors.notFound(context.call) : handle(context, found);
  });
}
