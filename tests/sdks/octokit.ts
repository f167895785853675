import { sdks } from "latchkey-client/sdks";
import { Octokit } from "octokit";
import { githubRepositories } from "../../sandbox/data/github.ts";
import { AWKWARD, type At, type Sdk } from "./sdk.ts";

// octokit, http://localhost:8787/proxy/github
export const toOctokit = ({ api, key }: Pick<At, "api" | "key">) => new Octokit(sdks.octokit({ api, key }));

const [repository] = githubRepositories(1).filter((found) => !found.private && !found.archived);
const at = { owner: repository?.owner ?? "", repo: repository?.name ?? "" };
const path = "notes/a b/ü ✓ #1.md";
const toBase64 = (text: string) => Buffer.from(text).toString("base64");

export const octokit: Sdk = {
  name: "octokit",
  service: "github",
  needsHttps: false,
  calls: ({ api, host, key }) => {
    const client = toOctokit({ api, key });
    const { rest } = client;
    let issue_number = 0;
    let comment_id = 0;
    let release_id = 0;
    let sha = "";
    return {
      "reads who it is": () => rest.users.getAuthenticated(),
      "lists a page": () => rest.repos.listForAuthenticatedUser({ per_page: 2, page: 2, sort: "updated" }),
      "lists every page": () => client.paginate(rest.repos.listForAuthenticatedUser, { per_page: 30 }),
      "reads a repository": () => rest.repos.get(at),
      "creates an issue": async () => {
        const { data } = await rest.issues.create({ ...at, title: AWKWARD, body: `${AWKWARD}\r\n` });
        issue_number = data.number;
      },
      "reads an issue": () => rest.issues.get({ ...at, issue_number }),
      "updates an issue": () => rest.issues.update({ ...at, issue_number, state: "closed", title: `${AWKWARD}!` }),
      "comments on an issue": async () => {
        const { data } = await rest.issues.createComment({ ...at, issue_number, body: AWKWARD });
        comment_id = data.id;
      },
      "deletes a comment": () => rest.issues.deleteComment({ ...at, comment_id }),
      "writes a file": async () => {
        const content = toBase64(AWKWARD);
        const { data } = await rest.repos.createOrUpdateFileContents({ ...at, path, message: AWKWARD, content });
        sha = data.content?.sha ?? "";
      },
      "reads a file": () => rest.repos.getContent({ ...at, path }),
      "downloads a file": () => rest.repos.getContent({ ...at, path, mediaType: { format: "raw" } }),
      "deletes a file, with a body": () => rest.repos.deleteFile({ ...at, path, message: "gone", sha }),
      searches: () => rest.search.issuesAndPullRequests({ q: `repo:${at.owner}/${at.repo} "a b" is:issue` }),
      "asks GraphQL": () =>
        client.graphql("query ($n: Int!) { viewer { login repositories(first: $n) { totalCount } } }", { n: 1 }),
      releases: async () => {
        const { data } = await rest.repos.createRelease({ ...at, tag_name: "v1.0", name: AWKWARD });
        release_id = data.id;
      },
      "uploads an asset to another host": () =>
        rest.repos.uploadReleaseAsset({
          ...at,
          baseUrl: host("uploads.github.com"),
          release_id,
          name: "a b ü.txt",
          data: AWKWARD,
        }),
    };
  },
};
