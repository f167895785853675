import { githubRepositories } from "../../sandbox/data/github.ts";
import type { DescribedCall, Description } from "./description.ts";
import extract from "./extracts/github.json" with { type: "json" };
import { openApi } from "./openapi.ts";

const [repository] = githubRepositories(1).filter(({ ownerType }) => ownerType === "Organization");

const people: readonly DescribedCall[] = [
  { route: "GET /user" },
  { route: "GET /user/emails" },
  { route: "GET /users/{username}", with: { username: "ada-lindqvist" } },
  { route: "GET /user/orgs" },
  { route: "GET /orgs/{org}" },
  { route: "GET /rate_limit" },
  { route: "PUT /user/starred/{owner}/{repo}", status: 204 },
  { route: "GET /user/starred/{owner}/{repo}", status: 204 },
  { route: "GET /user/starred" },
  { route: "DELETE /user/starred/{owner}/{repo}", status: 204 },
  { route: "GET /user/starred/{owner}/{repo}", status: 404 },
];

const issues: readonly DescribedCall[] = [
  { route: "GET /user/repos", query: { per_page: "20" } },
  { route: "GET /repos/{owner}/{repo}" },
  { route: "GET /repos/{owner}/{repo}", with: { repo: "none-of-that-name" }, status: 404 },
  {
    route: "POST /repos/{owner}/{repo}/issues",
    body: { title: "Held against the description", labels: ["bug"], assignees: ["linxiaoyu"] },
    status: 201,
    keep: { issue_number: "/number" },
  },
  { route: "POST /repos/{owner}/{repo}/issues", body: { body: "has no title" }, status: 422 },
  { route: "GET /repos/{owner}/{repo}/issues" },
  { route: "GET /repos/{owner}/{repo}/issues/{issue_number}" },
  { route: "PATCH /repos/{owner}/{repo}/issues/{issue_number}", body: { state: "closed" } },
  {
    route: "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
    body: { body: "It is **done**." },
    status: 201,
    keep: { comment_id: "/id" },
  },
  { route: "GET /repos/{owner}/{repo}/issues/{issue_number}/comments" },
  { route: "DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}", status: 204 },
];

const files: readonly DescribedCall[] = [
  {
    route: "POST /user/repos",
    body: { name: "described", auto_init: true },
    status: 201,
    keep: { owner: "/owner/login" },
  },
  { route: "POST /user/repos", body: { name: "described" }, status: 422 },
  ...[
    { route: "PATCH /repos/{owner}/{repo}", body: { description: "Held against the description" } },
    { route: "GET /repos/{owner}/{repo}/readme", keep: { sha: "/sha" } },
    { route: "GET /repos/{owner}/{repo}/contents/{path}", with: { path: "README.md" } },
    {
      route: "PUT /repos/{owner}/{repo}/contents/{path}",
      body: { message: "Add a file", content: "QSBmaWxlCg==" },
      status: 201,
      keep: { sha: "/content/sha" },
    },
    {
      route: "PUT /repos/{owner}/{repo}/contents/{path}",
      body: { message: "Change it", content: "QW5vdGhlcgo=", sha: "{sha}" },
      keep: { sha: "/content/sha", commit: "/commit/sha" },
    },
    { route: "PUT /repos/{owner}/{repo}/contents/{path}", body: { message: "Unseen", content: "" }, status: 422 },
    { route: "GET /repos/{owner}/{repo}/contents/{path}", with: { path: "docs" } },
    { route: "DELETE /repos/{owner}/{repo}/contents/{path}", body: { message: "Remove it", sha: "{sha}" } },
    { route: "GET /repos/{owner}/{repo}/branches" },
    { route: "GET /repos/{owner}/{repo}/branches/{branch}" },
    { route: "GET /repos/{owner}/{repo}/commits" },
    { route: "GET /repos/{owner}/{repo}/commits/{ref}", with: { ref: "main" }, keep: { head: "/sha" } },
    { route: "GET /repos/{owner}/{repo}/git/ref/{ref}", with: { ref: "heads/main" } },
    {
      route: "POST /repos/{owner}/{repo}/git/refs",
      body: { ref: "refs/heads/another", sha: "{head}" },
      status: 201,
    },
    { route: "GET /repos/{owner}/{repo}/zipball/{ref}", with: { ref: "main" }, status: 302 },
    { route: "GET /repos/{owner}/{repo}/tarball/{ref}", with: { ref: "main" }, status: 302 },
    {
      route: "POST /repos/{owner}/{repo}/releases",
      body: { tag_name: "v1.0.0", name: "The first" },
      status: 201,
      keep: { release_id: "/id" },
    },
    { route: "GET /repos/{owner}/{repo}/releases" },
    { route: "GET /repos/{owner}/{repo}/releases/latest" },
    { route: "GET /repos/{owner}/{repo}/releases/{release_id}" },
    {
      route: "POST /repos/{owner}/{repo}/releases/{release_id}/assets",
      query: { name: "notes.txt" },
      headers: { "Content-Type": "application/octet-stream" },
      body: "the bytes of a file",
      status: 201,
      keep: { asset_id: "/id" },
    },
    { route: "GET /repos/{owner}/{repo}/releases/assets/{asset_id}" },
    {
      route: "GET /repos/{owner}/{repo}/releases/assets/{asset_id}",
      headers: { Accept: "application/octet-stream" },
      status: 302,
    },
    { route: "DELETE /repos/{owner}/{repo}", status: 204 },
  ].map((call) => ({ ...call, with: { repo: "described", ...call.with } })),
];

const found: readonly DescribedCall[] = [
  { route: "GET /search/repositories", query: { q: "user:@me", sort: "stars" } },
  { route: "GET /search/issues", query: { q: "is:issue author:@me" } },
  { route: "GET /search/code", query: { q: "tide" } },
  { route: "GET /search/code", status: 422 },
  {
    route: "POST /gists",
    body: { description: "One", public: false, files: { "a.txt": { content: "text" } } },
    status: 201,
    keep: { gist_id: "/id" },
  },
  { route: "GET /gists" },
  { route: "GET /gists/{gist_id}" },
  { route: "PATCH /gists/{gist_id}", body: { files: { "a.txt": null, "b.txt": { content: "more" } } } },
  { route: "DELETE /gists/{gist_id}", status: 204 },
  { route: "GET /gists/{gist_id}", status: 404 },
];

export const github: Description = {
  service: "github",
  checker: openApi(extract),
  values: {
    owner: repository?.owner ?? "",
    repo: repository?.name ?? "",
    org: repository?.owner ?? "",
    path: "docs/a file.md",
    branch: "main",
  },
  calls: [...people, ...issues, ...found, ...files],
  described: 48,
  product: ["GET /user", "GET /user/emails", "GET /user/repos", "DELETE /applications/{client_id}/token"],
  settings: { token_rotation: true },
  undescribed: {
    "POST github.com/login/oauth/access_token": "OAuth is not part of GitHub's description of its REST API",
    "GET github.com/.well-known/oauth-authorization-server/login/oauth": "nor is its metadata",
    "GET avatars.githubusercontent.com/u/{}": "pictures are not",
    "DELETE api.github.com/applications/{}/token": "takes the app's secret, which no caller of the proxy has",
    "DELETE api.github.com/applications/{}/grant": "the same",
    "POST api.github.com/applications/{}/token": "the same",
    "POST api.github.com/graphql": "GraphQL has a schema of its own: github-graphql.test.ts",
    "GET api.github.com/repos/{}/{}/contents": "the root of the files, described with a path",
    "GET api.github.com/repos/{}/{}/zipball": "the default branch, described with a ref",
    "GET api.github.com/repos/{}/{}/tarball": "the same",
    "GET codeload.github.com/{}/{}/{}/{}": "where the API redirects to",
    "GET release-assets.githubusercontent.com/github-production-release-asset/{}/{}": "the same",
  },
};
