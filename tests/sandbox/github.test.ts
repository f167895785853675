/** The emulated GitHub keeps what is written, and refuses what GitHub refuses. */
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { githubRepositories } from "../../sandbox/data/github.ts";
import { fromBase64 } from "../../sandbox/bytes.ts";
import { control, PROVIDERS } from "../support/emulator.ts";
import { ask, consentTo } from "../support/sandbox.ts";

const AUTHORIZE = "https://github.com/login/oauth/authorize";
const TOKEN = "https://github.com/login/oauth/access_token";
const ALL = "repo gist delete_repo read:org read:user user:email";
const [repository] = githubRepositories(0).filter(({ private: isPrivate }) => !isPrivate);
const HOME = `/repos/${repository?.owner ?? ""}/${repository?.name ?? ""}`;

const Body = z.looseObject({});
type Call = (method: string, path: string, body?: object, headers?: Record<string, string>) => Promise<Response>;

beforeEach(() => control("github").reset());

/** Connects, and calls as an OAuth app with these scopes. */
async function connected(scope: string): Promise<Call> {
  const code = (await consentTo("github", AUTHORIZE, { scope })).get("code");
  const answer = await ask("github", TOKEN, {
    method: "POST",
    headers: { accept: "application/json" },
    body: new URLSearchParams({
      code: code ?? "",
      client_id: "sandbox-github-client",
      client_secret: "sandbox-github-secret-opens-nothing",
    }),
  });
  const { access_token } = z.object({ access_token: z.string() }).parse(await answer.json());
  return (method, path, body, headers = {}) =>
    ask("github", path.startsWith("/") ? `https://api.github.com${path}` : path, {
      method,
      redirect: "manual",
      headers: { authorization: `Bearer ${access_token}`, "user-agent": "tests", ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
}

const read = async (answer: Promise<Response>) => Body.parse(await (await answer).json());

describe("issues", () => {
  it("are opened, changed, closed and commented on, and stay so", async () => {
    const call = await connected(ALL);
    const { number } = await read(call("POST", `${HOME}/issues`, { title: "Leaks", labels: ["bug"] }));
    const at = `${HOME}/issues/${String(number)}`;
    await call("PATCH", at, { state: "closed", state_reason: "not_planned", title: "Leaked" });
    await call("POST", `${at}/comments`, { body: "Fixed." });
    expect(await read(call("GET", at))).toMatchObject({
      title: "Leaked",
      state: "closed",
      state_reason: "not_planned",
      closed_at: expect.any(String),
      comments: 1,
      labels: [{ name: "bug" }],
    });
    const open = z.array(Body).parse(await (await call("GET", `${HOME}/issues`)).json());
    expect(open.map((issue) => issue["number"])).not.toContain(number);
  });

  it.each([
    ["without a title", { body: "x" }, 422, "missing_field"],
    ["with a title that is none", { title: "" }, 422, "invalid"],
  ])("are refused %s in GitHub's words", async (_, body, status, code) => {
    const answer = await (await connected(ALL))("POST", `${HOME}/issues`, body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({
      message: "Validation Failed",
      errors: [{ resource: "Issue", field: "title", code }],
    });
  });
});

describe("files", () => {
  it("are written, read back, changed only by who has seen them, and removed", async () => {
    const call = await connected(ALL);
    const at = `${HOME}/contents/docs/tide%20table.md`;
    const made = await call("PUT", at, { message: "Add", content: btoa("high\n") });
    expect(made.status).toBe(201);
    const { content } = z.object({ content: z.object({ sha: z.string() }) }).parse(await made.json());
    // git's own name for these bytes.
    expect(content.sha).toBe("ea431b0f3ccb6f818b7d9c3370225fb7f7941762");
    expect((await call("PUT", at, { message: "Again", content: "" })).status).toBe(422);
    expect((await call("PUT", at, { message: "Again", content: "", sha: "0".repeat(40) })).status).toBe(409);
    expect((await call("PUT", at, { message: "Again", content: btoa("low\n"), sha: content.sha })).status).toBe(200);
    const { content: base64, sha } = z
      .object({ content: z.string(), sha: z.string() })
      .parse(await read(call("GET", at)));
    expect(new TextDecoder().decode(fromBase64(base64))).toBe("low\n");
    expect(await (await call("GET", at, undefined, { accept: "application/vnd.github.raw+json" })).text()).toBe(
      "low\n",
    );
    expect((await call("DELETE", at, { message: "Away", sha })).status).toBe(200);
    expect((await call("GET", at)).status).toBe(404);
    const commits = z
      .array(z.object({ commit: z.object({ message: z.string() }) }))
      .parse(await (await call("GET", `${HOME}/commits`)).json());
    expect(commits.slice(0, 3).map(({ commit }) => commit.message)).toEqual(["Away", "Again", "Add"]);
  });

  it("on a branch of their own leave the default branch as it is", async () => {
    const call = await connected(ALL);
    const { default_branch } = await read(call("GET", HOME));
    const { object } = z
      .object({ object: z.object({ sha: z.string() }) })
      .parse(await read(call("GET", `${HOME}/git/ref/heads/${String(default_branch)}`)));
    await call("POST", `${HOME}/git/refs`, { ref: "refs/heads/try/one", sha: object.sha });
    await call("PUT", `${HOME}/contents/new.txt`, { message: "Try", content: btoa("x"), branch: "try/one" });
    expect((await call("GET", `${HOME}/contents/new.txt?ref=try/one`)).status).toBe(200);
    expect((await call("GET", `${HOME}/contents/new.txt`)).status).toBe(404);
    expect((await call("GET", `${HOME}/contents/README.md?ref=try/one`)).status).toBe(200);
  });

  it.each([
    ["zipball", [0x50, 0x4b, 0x03, 0x04]],
    ["tarball", [0x1f, 0x8b]],
  ])("come as a %s from another host, for whoever has the address", async (kind, magic) => {
    const sent = await (await connected(ALL))("GET", `${HOME}/${kind}`);
    expect(sent.status).toBe(302);
    const location = sent.headers.get("location") ?? "";
    expect(location).toContain("/codeload.github.com/");
    const archive = await ask("github", location.replace(`${PROVIDERS}/github/`, "https://"));
    const bytes = new Uint8Array(await archive.arrayBuffer());
    expect(Array.from(bytes.subarray(0, magic.length))).toEqual(magic);
    if (kind === "zipball") expect(new TextDecoder().decode(bytes)).toContain("src/lib/tide.ts");
    const guessed = await ask(
      "github",
      location.replace(`${PROVIDERS}/github/`, "https://").replace(/token=.*/, "token=x"),
    );
    expect(guessed.status).toBe(404);
  });
});

it("gives a release's file back byte for byte, under the name it was sent with, once", async () => {
  const call = await connected(ALL);
  const { upload_url } = await read(call("POST", `${HOME}/releases`, { tag_name: "v1" }));
  const upload = String(upload_url).replace(`${PROVIDERS}/github/`, "https://").replace("{?name,label}", "?name=a.bin");
  expect(upload).toMatch(/^https:\/\/uploads\.github\.com\//);
  const asset = await read(call("POST", upload, { any: "bytes" }));
  expect(asset).toMatchObject({ name: "a.bin", size: 15, state: "uploaded" });
  expect((await call("POST", upload, { any: "bytes" })).status).toBe(422);
  const at = new URL(String(asset["url"])).pathname.replace("/github/api.github.com", "");
  const sent = await call("GET", at, undefined, { accept: "application/octet-stream" });
  expect(sent.status).toBe(302);
  const file = await ask("github", (sent.headers.get("location") ?? "").replace(`${PROVIDERS}/github/`, "https://"));
  expect(await file.text()).toBe('{"any":"bytes"}');
});

it("makes, renames and removes a repository", async () => {
  const call = await connected(ALL);
  expect((await call("POST", "/user/repos", { name: "tides", private: true })).status).toBe(201);
  expect((await call("POST", "/user/repos", { name: "Tides" })).status).toBe(422);
  expect((await call("PATCH", "/repos/ada-lindqvist/tides", { name: "ebb" })).status).toBe(200);
  expect(await read(call("GET", "/repos/ADA-Lindqvist/ebb"))).toMatchObject({ name: "ebb", private: true });
  expect((await call("DELETE", "/repos/ada-lindqvist/ebb")).status).toBe(204);
  expect((await call("GET", "/repos/ada-lindqvist/ebb")).status).toBe(404);
});

it("finds what is searched for", async () => {
  const call = await connected(ALL);
  await call("POST", `${HOME}/issues`, { title: "The quay is under water" });
  const issues = await read(call("GET", `/search/issues?q=${encodeURIComponent("is:open author:@me quay")}`));
  expect(issues).toMatchObject({ total_count: 1, items: [{ title: "The quay is under water" }] });
  const code = await read(call("GET", `/search/code?q=${encodeURIComponent(`tide repo:${HOME.slice(7)}`)}`));
  expect(JSON.stringify(code)).toContain("src/lib/tide.ts");
});

describe("scopes", () => {
  it.each([
    ["POST", `${HOME}/issues`, { title: "x" }],
    ["PUT", `/user/starred${HOME.slice(6)}`, undefined],
    ["POST", "/gists", { files: { a: { content: "x" } } }],
    ["GET", "/user/emails", undefined],
  ])("that are lacking make %s %s as good as not there", async (method, path, body) => {
    const answer = await (await connected("read:user"))(method, path, body);
    expect(answer.status).toBe(404);
    expect(answer.headers.get("x-oauth-scopes") ?? "").not.toContain("repo");
    expect(answer.headers.has("x-accepted-oauth-scopes")).toBe(true);
  });

  it.each([
    ["DELETE", HOME, "Must have admin rights to Repository."],
    ["GET", "/user/orgs", "You need at least read:org scope or user scope to list your organizations."],
  ])("are asked for by name: %s %s", async (method, path, message) => {
    const answer = await (await connected("repo"))(method, path);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ message });
  });
});

describe("GraphQL", () => {
  const query = async (scope: string, text: string, variables?: object) =>
    read((await connected(scope))("POST", "/graphql", { query: text, variables }));

  it("answers what is asked, by alias, variable and fragment", async () => {
    const asked = `query($n: Int!) { me: viewer { login ...Of } } fragment Of on User { repositories(first: $n) { totalCount nodes { nameWithOwner } pageInfo { hasNextPage } } }`;
    expect(await query(ALL, asked, { n: 2 })).toMatchObject({
      data: { me: { login: "ada-lindqvist", repositories: { nodes: [{}, {}], pageInfo: { hasNextPage: true } } } },
    });
  });

  it("opens an issue and comments on it, as REST then shows", async () => {
    const call = await connected(ALL);
    const { node_id } = await read(call("GET", HOME));
    const create = "mutation($input: CreateIssueInput!) { createIssue(input: $input) { issue { id number } } }";
    const made = await read(
      call("POST", "/graphql", { query: create, variables: { input: { repositoryId: node_id, title: "By GraphQL" } } }),
    );
    const { issue } = z
      .object({
        data: z.object({ createIssue: z.object({ issue: z.object({ id: z.string(), number: z.number() }) }) }),
      })
      .parse(made).data.createIssue;
    const comment =
      "mutation($input: AddCommentInput!) { addComment(input: $input) { commentEdge { node { body } } } }";
    await call("POST", "/graphql", { query: comment, variables: { input: { subjectId: issue.id, body: "Heard." } } });
    expect(await read(call("GET", `${HOME}/issues/${issue.number}`))).toMatchObject({
      title: "By GraphQL",
      comments: 1,
    });
  });

  it.each([
    [
      "a field that is not there",
      "{ viewer { shoeSize } }",
      { message: "Field 'shoeSize' doesn't exist on type 'User'", extensions: { code: "undefinedField" } },
    ],
    [
      "a repository that is not there",
      '{ repository(owner: "a", name: "b") { id } }',
      { type: "NOT_FOUND", path: ["repository"] },
    ],
    [
      "a list without a length",
      "{ viewer { repositories { totalCount } } }",
      { type: "MISSING_PAGINATION_BOUNDARIES" },
    ],
    ["nonsense", "{ viewer {", { message: expect.stringMatching(/^Parse error/) }],
  ])("says under 200 what is wrong with %s", async (_, text, error) => {
    expect(await query(ALL, text)).toMatchObject({ errors: [error] });
  });

  it("writes nothing without the scope", async () => {
    const asked = 'mutation { createIssue(input: { repositoryId: "x", title: "x" }) { issue { id } } }';
    expect(await query("read:user", asked)).toMatchObject({
      data: { createIssue: null },
      errors: [{ type: "INSUFFICIENT_SCOPES" }],
    });
  });
});
