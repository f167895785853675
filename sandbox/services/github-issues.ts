import * as z from "zod";
import { githubUser, type Issue, type Repository } from "../data/github.ts";
import { inOrder } from "../data/words.ts";
import { json } from "../http.ts";
import type { ApiContext, Route } from "../routes.ts";
import { bodyOf, githubErrors, paged, timeOf } from "./github-http.ts";
import { WRITE } from "./github-repositories.ts";
import { nodeId, repositoryUrl, shownIssue, shownUser } from "./github-shapes.ts";
import { type Comment, commentsOf, commentsOn, issuesOf, ofRepository } from "./github-state.ts";

const names = z.array(z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]));
const titleSchema = z.union([z.string().min(1), z.number().transform(String)]);
const NewIssue = z.object({
  title: titleSchema,
  body: z.string().nullable().default(null),
  labels: names.default([]),
  assignees: z.array(z.string()).default([]),
});
const IssueChanges = z.object({
  title: titleSchema.optional(),
  body: z.string().nullable().optional(),
  state: z.enum(["open", "closed"]).optional(),
  state_reason: z.enum(["completed", "not_planned", "reopened"]).nullable().optional(),
  labels: names.optional(),
  assignees: z.array(z.string()).optional(),
});
const NewComment = z.object({ body: z.string().min(1) });

/** Issues and their comments: https://docs.github.com/en/rest/issues */
export const issueRoutes: readonly Route[] = [
  ofRepository("GET", "/issues", [], listIssues),
  ofRepository("POST", "/issues", WRITE, (context, repository) => {
    const wanted = bodyOf(context.call, "Issue", NewIssue);
    if (wanted instanceof Response) return wanted;
    const body = show(context, repository, addIssue(context, repository, wanted));
    return json(body, 201, { location: body.url });
  }),
  ofIssue("GET", "", [], (context, repository, issue) => json(show(context, repository, issue))),
  ofIssue("PATCH", "", WRITE, (context, repository, issue) => {
    const wanted = bodyOf(context.call, "Issue", IssueChanges);
    if (wanted instanceof Response) return wanted;
    return json(show(context, repository, changeIssue(context, repository, issue, wanted)));
  }),
  ofIssue("GET", "/comments", [], (context, repository, issue) =>
    paged(context, commentsOn(context, repository, issue.number), (comment) =>
      shownComment(context, repository, comment),
    ),
  ),
  ofIssue("POST", "/comments", WRITE, (context, repository, issue) => {
    const wanted = bodyOf(context.call, "IssueComment", NewComment);
    if (wanted instanceof Response) return wanted;
    const body = shownComment(context, repository, addComment(context, repository, issue.number, wanted.body));
    return json(body, 201, { location: body.url });
  }),
  // https://docs.github.com/en/rest/issues/comments#delete-an-issue-comment
  ofRepository("DELETE", "/issues/comments/:id", WRITE, (context, repository) => {
    const shelf = commentsOf(context, repository);
    const comment = shelf.find(context.params["id"] ?? "");
    if (comment === undefined) return githubErrors.notFound(context.call);
    shelf.remove(String(comment.id));
    return new Response(null, { status: 204 });
  }),
];

function ofIssue(
  methods: string,
  path: string,
  scopes: readonly string[],
  handle: (context: ApiContext, repository: Repository, issue: Issue) => Response,
): Route {
  return ofRepository(methods, `/issues/:number${path}`, scopes, (context, repository) => {
    const issue = issuesOf(context, repository).find(context.params["number"] ?? "");
    return issue === undefined ? githubErrors.notFound(context.call) : handle(context, repository, issue);
  });
}

/** The newest first; open ones unless `state` says otherwise. */
function listIssues(context: ApiContext, repository: Repository): Response {
  const { query } = context.call;
  const state = query.get("state") ?? "open";
  const labels = (query.get("labels") ?? "").split(",").filter((label) => label !== "");
  const listed = issuesOf(context, repository)
    .list()
    .filter((issue) => state === "all" || issue.state === state)
    .filter((issue) => labels.every((label) => issue.labels.includes(label)))
    .filter((issue) => issue.updatedAt >= (query.get("since") ?? ""))
    .toSorted((left, right) => right.number - left.number);
  const isUpdated = query.get("sort") === "updated";
  if (isUpdated) listed.sort((left, right) => inOrder(right.updatedAt, left.updatedAt));
  if (query.get("direction") === "asc") listed.reverse();
  return paged(context, listed, (issue) => show(context, repository, issue));
}

function show(context: ApiContext, repository: Repository, issue: Issue) {
  return shownIssue(context.call, repository, issue, commentsOn(context, repository, issue.number).length);
}

/** Opens an issue. */
export function addIssue(context: ApiContext, repository: Repository, wanted: z.output<typeof NewIssue>): Issue {
  const shelf = issuesOf(context, repository);
  const now = timeOf(context.call);
  const issue: Issue = {
    number: Math.max(0, ...shelf.list().map(({ number }) => number)) + 1,
    ...wanted,
    author: githubUser(context.account).login,
    state: "open",
    stateReason: null,
    createdAt: now,
    updatedAt: now,
    closedAt: null,
  };
  shelf.put(issue);
  return issue;
}

function changeIssue(
  context: ApiContext,
  repository: Repository,
  issue: Issue,
  { title, body, state = issue.state, state_reason, labels, assignees }: z.output<typeof IssueChanges>,
): Issue {
  const now = timeOf(context.call);
  const isTurned = state !== issue.state;
  const turned = isTurned
    ? {
        closedAt: state === "closed" ? now : null,
        stateReason: state === "closed" ? ("completed" as const) : ("reopened" as const),
      }
    : {};
  const changed: Issue = {
    ...issue,
    title: title ?? issue.title,
    body: body === undefined ? issue.body : body,
    labels: labels ?? issue.labels,
    assignees: assignees ?? issue.assignees,
    state,
    ...turned,
    ...(state_reason === undefined || state_reason === null ? {} : { stateReason: state_reason }),
    updatedAt: now,
  };
  issuesOf(context, repository).put(changed);
  return changed;
}

/** Comments on an issue. */
export function addComment(context: ApiContext, repository: Repository, issue: number, body: string): Comment {
  const shelf = commentsOf(context, repository);
  const id = repository.id * 1000 + shelf.list().length + 1;
  const comment = { id, issue, body, author: githubUser(context.account).login, createdAt: timeOf(context.call) };
  shelf.put(comment);
  return comment;
}

function shownComment({ call }: ApiContext, repository: Repository, comment: Comment) {
  const home = repositoryUrl(call, repository);
  const page = `https://github.com/${repository.owner}/${repository.name}/issues/${comment.issue}`;
  return {
    url: `${home}/issues/comments/${comment.id}`,
    html_url: `${page}#issuecomment-${comment.id}`,
    issue_url: `${home}/issues/${comment.issue}`,
    id: comment.id,
    node_id: nodeId("IssueComment", comment.id),
    user: shownUser(call, comment.author),
    created_at: comment.createdAt,
    updated_at: comment.createdAt,
    body: comment.body,
    author_association: "MEMBER",
  };
}
