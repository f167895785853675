/** Search: https://docs.github.com/en/rest/search/search. Words and the qualifiers that are used most. */
import { githubUser, type Issue, type Repository } from "../data/github.ts";
import { inOrder } from "../data/words.ts";
import { json } from "../http.ts";
import { fromBase64 } from "../bytes.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { GITHUB_API, invalid, linksOf, pageAsked } from "./github-http.ts";
import { listedRepository } from "./github-repositories.ts";
import { repositoryUrl, shownIssue, shownRepository } from "./github-shapes.ts";
import { blobSha, commentsOn, filesOf, issuesOf, openIssues, visible } from "./github-state.ts";

/** No more than this can be paged through. */
const MOST_FOUND = 1000;

interface Wanted {
  readonly words: readonly string[];
  readonly qualifiers: readonly (readonly [name: string, value: string])[];
}

export const searchRoutes: readonly Route[] = [
  api("GET", GITHUB_API, "/search/repositories", [], (context) =>
    found(context, {}, (wanted) => {
      const fitting = visible(context).filter((repository) =>
        fits(context, repository, wanted, [repository.name, repository.description]),
      );
      if (context.call.query.get("sort") === "stars") fitting.sort((left, right) => right.stars - left.stars);
      return fitting.map((repository) => () => ({ ...listedRepository(context, repository), score: 1 }));
    }),
  ),
  api("GET", GITHUB_API, "/search/issues", [], (context) =>
    found(context, { search_type: "lexical" }, (wanted) =>
      visible(context)
        .flatMap((repository) =>
          issuesOf(context, repository)
            .list()
            .map((issue) => ({ repository, issue })),
        )
        .filter(({ repository, issue }) => fits(context, repository, wanted, [issue.title, issue.body], issue))
        .toSorted((left, right) => inOrder(right.issue.createdAt, left.issue.createdAt))
        .map(({ repository, issue }) => () => {
          const comments = commentsOn(context, repository, issue.number).length;
          const shown = shownIssue(context.call, repository, issue, comments);
          // Described as a string here, and only here.
          return { ...shown, body: issue.body ?? "", score: 1 };
        }),
    ),
  ),
  api("GET", GITHUB_API, "/search/code", [], (context) =>
    found(context, {}, (wanted) =>
      visible(context)
        .filter((repository) => fits(context, repository, { ...wanted, words: [] }, []))
        .flatMap((repository) => codeIn(context, repository, wanted.words)),
    ),
  ),
];

/** `q` is required, and there is nothing behind the first thousand. */
function found(context: ApiContext, more: object, find: (wanted: Wanted) => readonly (() => object)[]): Response {
  const q = context.call.query.get("q") ?? "";
  if (q.trim() === "") return invalid("Search", "missing_field", "q");
  const all = find(parse(q));
  const { size, page } = pageAsked(context);
  if ((page - 1) * size >= MOST_FOUND)
    return json({ message: "Only the first 1000 search results are available" }, 422);
  const items = all.slice((page - 1) * size, page * size).map((show) => show());
  return json(
    { total_count: all.length, incomplete_results: false, ...more, items },
    200,
    linksOf(context, Math.min(all.length, MOST_FOUND)),
  );
}

function parse(q: string): Wanted {
  const terms = q.match(/(?:[\w-]+:)?(?:"[^"]*"|\S+)/g) ?? [];
  const words: string[] = [];
  const qualifiers: [string, string][] = [];
  for (const term of terms) {
    const [, name, value] = /^([\w-]+):"?([^"]*)"?$/.exec(term) ?? [];
    if (name === undefined || value === undefined) words.push(term.replaceAll('"', "").toLowerCase());
    else qualifiers.push([name, value.toLowerCase()]);
  }
  return { words, qualifiers };
}

/** How each qualifier that is known is held against a repository and an issue; what is not known narrows nothing. */
const QUALIFIERS: Readonly<
  Record<string, (value: string, repository: Repository, issue: Issue | undefined, login: string) => boolean>
> = {
  repo: (value, { owner, name }) => `${owner}/${name}`.toLowerCase() === value,
  user: (value, { owner }, _issue, login) => owner.toLowerCase() === (value === "@me" ? login : value),
  org: (value, { owner }) => owner.toLowerCase() === value,
  language: (value, { language }) => language?.toLowerCase() === value,
  topic: (value, { topics }) => topics.includes(value),
  archived: (value, { archived }) => String(archived) === value,
  author: (value, _repository, issue, login) => issue?.author === (value === "@me" ? login : value),
  label: (value, _repository, issue) => issue?.labels.includes(value) === true,
  state: (value, _repository, issue) => issue?.state === value,
  is: (value, repository, issue) => {
    const answers: Readonly<Record<string, boolean>> = {
      public: !repository.private,
      private: repository.private,
      open: issue?.state === "open",
      closed: issue?.state === "closed",
      issue: issue !== undefined,
      pr: false,
    };
    return answers[value] ?? true;
  },
};

function fits(
  context: ApiContext,
  repository: Repository,
  { words, qualifiers }: Wanted,
  texts: readonly (string | null)[],
  issue?: Issue,
): boolean {
  const whole = texts.join(" ").toLowerCase();
  const { login } = githubUser(context.account);
  return (
    words.every((word) => whole.includes(word)) &&
    qualifiers.every(([name, value]) => QUALIFIERS[name]?.(value, repository, issue, login) ?? true)
  );
}

function codeIn(context: ApiContext, repository: Repository, words: readonly string[]): (() => object)[] {
  const { call } = context;
  const files = filesOf(context, repository)
    .list()
    .filter(({ branch, path, base64 }) => {
      const text = `${path}\n${new TextDecoder().decode(fromBase64(base64))}`.toLowerCase();
      return branch === repository.defaultBranch && words.every((word) => text.includes(word));
    });
  return files.map((file) => () => {
    const sha = blobSha(file.base64);
    const home = repositoryUrl(call, repository);
    return {
      name: file.path.split("/").at(-1) ?? "",
      path: file.path,
      sha,
      url: `${home}/contents/${file.path}?ref=${file.branch}`,
      git_url: `${home}/git/blobs/${sha}`,
      html_url: `https://github.com/${repository.owner}/${repository.name}/blob/${file.branch}/${file.path}`,
      repository: shownRepository(call, repository, openIssues(context, repository)),
      score: 1,
    };
  });
}
