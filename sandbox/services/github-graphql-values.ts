/** What GitHub's GraphQL fields hold: objects whose fields carry the schema's names, those with arguments as functions. */
import * as z from "zod";
import { githubOrganizations, githubUser, type Issue, type Repository } from "../data/github.ts";
import { HOLDERS } from "../data/people.ts";
import { inOrder } from "../data/words.ts";
import { toCursor } from "../paging.ts";
import type { ApiContext } from "../routes.ts";
import { connection, type PageArguments, problem } from "./github-graphql-pages.ts";
import { addComment, addIssue } from "./github-issues.ts";
import { WRITE } from "./github-repositories.ts";
import { nodeId, shownUser } from "./github-shapes.ts";
import { type Comment, commentsOn, findRepository, issuesOf, starsOf, visible } from "./github-state.ts";

const PER_HOUR = 5000;

interface RepositoriesArguments extends PageArguments {
  readonly isArchived?: boolean;
  readonly isFork?: boolean;
  readonly privacy?: "PRIVATE" | "PUBLIC";
  readonly ownerAffiliations: readonly string[];
  readonly orderBy?: { readonly field: string; readonly direction: "ASC" | "DESC" };
}

interface IssuesArguments extends PageArguments {
  readonly states?: readonly string[];
  readonly labels?: readonly string[];
  readonly orderBy?: { readonly field: string; readonly direction: "ASC" | "DESC" };
}

const REPOSITORY_KEYS: Readonly<Record<string, (repository: Repository) => string>> = {
  CREATED_AT: ({ createdAt }) => createdAt,
  UPDATED_AT: ({ updatedAt }) => updatedAt,
  PUSHED_AT: ({ pushedAt }) => pushedAt,
  NAME: ({ name }) => name,
  STARGAZERS: ({ stars }) => String(stars).padStart(9, "0"),
};

/** The root of every query and mutation of one caller. */
export function rootOf(context: ApiContext) {
  const { call, account } = context;
  const person = (login: string) => {
    const isPerson = !githubOrganizations(account).includes(login);
    const shown = shownUser(call, login, isPerson ? "User" : "Organization");
    const base = { id: shown.node_id, databaseId: shown.id, login, url: shown.html_url, avatarUrl: shown.avatar_url };
    return { __typename: shown.type, ...base };
  };
  const user = (index: number) => {
    const { login, name, email } = githubUser(index);
    return {
      ...person(login),
      name,
      email: index === account ? (email ?? "") : "",
      bio: null,
      company: index === 0 ? "Northwind Labs" : null,
      location: index === 1 ? "台北" : null,
      createdAt: "2016-03-01T08:15:00Z",
      updatedAt: "2026-11-02T10:00:00Z",
      isViewer: index === account,
      repositories: (asked: RepositoriesArguments) => {
        const isAsked = ({ owner, ownerType, fork, archived, private: isPrivate }: Repository) => {
          const affiliation =
            owner === login ? "OWNER" : ownerType === "Organization" ? "ORGANIZATION_MEMBER" : "COLLABORATOR";
          const privacy = isPrivate ? "PRIVATE" : "PUBLIC";
          return (
            asked.ownerAffiliations.includes(affiliation) &&
            (asked.isFork ?? fork) === fork &&
            (asked.isArchived ?? archived) === archived &&
            (asked.privacy ?? privacy) === privacy
          );
        };
        const all = index === account ? visible(context).filter(isAsked) : [];
        const key = REPOSITORY_KEYS[asked.orderBy?.field ?? ""];
        if (key !== undefined) all.sort((left, right) => inOrder(key(left), key(right)));
        if (asked.orderBy?.direction === "DESC") all.reverse();
        return connection("repositories", all, asked, repositoryNode);
      },
    };
  };

  const repositoryNode = (repository: Repository): object => {
    const { owner, name, language, defaultBranch } = repository;
    const nameWithOwner = `${owner}/${name}`;
    const issueAt = (number: number) => issuesOf(context, repository).find(String(number));
    return {
      __typename: "Repository",
      id: nodeId("Repository", repository.id),
      databaseId: repository.id,
      name,
      nameWithOwner,
      owner: person(owner),
      description: repository.description,
      url: `https://github.com/${nameWithOwner}`,
      homepageUrl: repository.homepage,
      isPrivate: repository.private,
      isFork: repository.fork,
      isArchived: repository.archived,
      visibility: repository.private ? "PRIVATE" : "PUBLIC",
      stargazerCount: repository.stars,
      forkCount: repository.stars % 7,
      viewerHasStarred: starsOf(context).find(nameWithOwner) !== undefined,
      primaryLanguage:
        language === null ? null : { id: nodeId("Language", language), name: language, color: "#3178c6" },
      defaultBranchRef: {
        id: nodeId("Ref", `${repository.id}:${defaultBranch}`),
        name: defaultBranch,
        prefix: "refs/heads/",
      },
      createdAt: repository.createdAt,
      updatedAt: repository.updatedAt,
      pushedAt: repository.pushedAt,
      issue: ({ number }: { number: number }) => {
        const issue = issueAt(number);
        if (issue !== undefined) return issueNode(repository, issue);
        throw problem("NOT_FOUND", `Could not resolve to an Issue with the number of ${number}.`);
      },
      issues: (asked: IssuesArguments) => {
        const all = issuesOf(context, repository)
          .list()
          .filter(({ state }) => asked.states?.includes(state.toUpperCase()) ?? true)
          .filter(({ labels }) => asked.labels?.some((label) => labels.includes(label)) ?? true);
        if (asked.orderBy?.direction === "DESC") all.reverse();
        return connection("issues", all, asked, (issue) => issueNode(repository, issue));
      },
    };
  };

  const issueNode = (repository: Repository, issue: Issue): object => ({
    __typename: "Issue",
    id: nodeId("Issue", repository.id * 1000 + issue.number),
    databaseId: repository.id * 1000 + issue.number,
    number: issue.number,
    title: issue.title,
    body: issue.body ?? "",
    state: issue.state.toUpperCase(),
    closed: issue.state === "closed",
    closedAt: issue.closedAt,
    url: `https://github.com/${repository.owner}/${repository.name}/issues/${issue.number}`,
    author: person(issue.author),
    createdAt: issue.createdAt,
    updatedAt: issue.updatedAt,
    repository: () => repositoryNode(repository),
    comments: (asked: PageArguments) =>
      connection("comments", commentsOn(context, repository, issue.number), asked, (comment) =>
        commentNode(repository, comment),
      ),
  });

  const commentNode = (repository: Repository, comment: Comment): object => ({
    __typename: "IssueComment",
    id: nodeId("IssueComment", comment.id),
    databaseId: comment.id,
    body: comment.body,
    author: person(comment.author),
    createdAt: comment.createdAt,
    updatedAt: comment.createdAt,
    url: `https://github.com/${repository.owner}/${repository.name}/issues/${comment.issue}#issuecomment-${comment.id}`,
  });

  const notFound = (type: string, id: string) =>
    problem("NOT_FOUND", `Could not resolve to a ${type} with the global id of '${id}'.`);
  const repositoryBy = (id: string) => visible(context).find((each) => nodeId("Repository", each.id) === id);
  const issueBy = (id: string) => {
    const [, number = ""] = /^05:Issue(\d+)$/.exec(decoded(id)) ?? [];
    const repository = visible(context).find((each) => String(each.id) === number.slice(0, -3));
    const issue = repository && issuesOf(context, repository).find(String(Number(number.slice(-3))));
    return repository === undefined || issue === undefined ? undefined : { repository, issue };
  };
  const writing =
    <Input, Payload>(field: string, write: (input: Input) => Payload) =>
    ({ input }: { input: Input }) => {
      const { token } = context;
      if (token.value.startsWith("ghu_") || WRITE.some((scope) => token.scopes.includes(scope))) return write(input);
      const granted = token.scopes.map((scope) => `'${scope}'`).join(", ");
      const words = `Your token has not been granted the required scopes to execute this query. The '${field}' field requires one of the following scopes: ['public_repo'], but your token has only been granted the: [${granted}] scopes. Please modify your token's scopes at: https://github.com/settings/tokens.`;
      throw problem("INSUFFICIENT_SCOPES", words);
    };

  return {
    viewer: () => user(account),
    user: ({ login }: { login: string }) => {
      const index = HOLDERS.findIndex((each) => each.login === login.toLowerCase());
      if (index !== -1) return user(index);
      throw problem("NOT_FOUND", `Could not resolve to a User with the login of '${login}'.`);
    },
    repository: ({ owner, name }: { owner: string; name: string }) => {
      const found = findRepository(context, `${owner}/${name}`);
      if (found !== undefined) return repositoryNode(found);
      throw problem("NOT_FOUND", `Could not resolve to a Repository with the name '${owner}/${name}'.`);
    },
    node: ({ id }: { id: string }) => {
      const repository = repositoryBy(id);
      const issue = issueBy(id);
      if (repository !== undefined) return repositoryNode(repository);
      if (issue !== undefined) return issueNode(issue.repository, issue.issue);
      throw problem("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'`);
    },
    rateLimit: () => {
      const resetAt = new Date(Math.ceil(call.now / 3_600_000) * 3_600_000).toISOString().replace(".000Z", "Z");
      return { limit: PER_HOUR, cost: 1, used: 1, remaining: PER_HOUR - 1, nodeCount: 0, resetAt };
    },
    createIssue: writing(
      "createIssue",
      (input: { repositoryId: string; title: string; body?: string; clientMutationId?: string }) => {
        const repository = repositoryBy(input.repositoryId);
        if (repository === undefined) throw notFound("node", input.repositoryId);
        const issue = addIssue(context, repository, {
          title: input.title,
          body: input.body ?? null,
          labels: [],
          assignees: [],
        });
        return { clientMutationId: input.clientMutationId, issue: issueNode(repository, issue) };
      },
    ),
    addComment: writing("addComment", (input: { subjectId: string; body: string; clientMutationId?: string }) => {
      const found = issueBy(input.subjectId);
      if (found === undefined) throw notFound("node", input.subjectId);
      const comment = addComment(context, found.repository, found.issue.number, input.body);
      const node = commentNode(found.repository, comment);
      const subject = issueNode(found.repository, found.issue);
      return {
        clientMutationId: input.clientMutationId,
        subject,
        commentEdge: { cursor: toCursor("comments", 1), node },
      };
    }),
  };
}

function decoded(id: string): string {
  return z
    .base64()
    .transform((text) => atob(text))
    .catch("")
    .parse(id);
}
