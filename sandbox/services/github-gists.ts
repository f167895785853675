/** Gists: https://docs.github.com/en/rest/gists/gists */
import * as z from "zod";
import { githubUser } from "../data/github.ts";
import { type Call, json, mapped } from "../http.ts";
import { randomText } from "../random.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import type { Shelf } from "../shelf.ts";
import { bodyOf, GITHUB_API, githubErrors, paged, timeOf } from "./github-http.ts";
import { nodeId, shownUser } from "./github-shapes.ts";
import { shaOf } from "./github-state.ts";

const SCOPE = ["gist"];

const Gist = z.object({
  id: z.string(),
  description: z.string().nullable(),
  public: z.boolean(),
  files: z.record(z.string(), z.string()),
  owner: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
type Gist = z.infer<typeof Gist>;

const NewGist = z.object({
  description: z.string().nullable().default(null),
  public: z
    .union([z.boolean(), z.literal("true").transform(() => true), z.literal("false").transform(() => false)])
    .default(false),
  files: z
    .record(z.string(), z.object({ content: z.string().min(1) }))
    .refine((files) => Object.keys(files).length > 0),
});
/** A file that is null goes; one with another `filename` is renamed. */
const GistChanges = z.object({
  description: z.string().nullable().optional(),
  files: z
    .record(
      z.string(),
      z.object({ content: z.string().optional(), filename: z.string().nullable().optional() }).nullable(),
    )
    .default({}),
});

function gistsOf({ account, store }: ApiContext): Shelf<Gist> {
  return store.shelf({ account, kind: "gist", schema: Gist, seeded: [], idOf: ({ id }) => id });
}

export const gistRoutes: readonly Route[] = [
  api("GET", GITHUB_API, "/gists", [], (context) => {
    const isOpen = (gist: Gist) =>
      gist.public || context.token.scopes.includes("gist") || context.token.value.startsWith("ghu_");
    return paged(context, gistsOf(context).newestFirst().filter(isOpen), (gist) => base(context.call, gist, false));
  }),
  api("POST", GITHUB_API, "/gists", SCOPE, (context) => {
    const wanted = bodyOf(context.call, "Gist", NewGist);
    if (wanted instanceof Response) return wanted;
    const now = timeOf(context.call);
    const gist = {
      id: shaOf(randomText(20)).slice(0, 32),
      description: wanted.description,
      public: wanted.public,
      files: Object.fromEntries(Object.entries(wanted.files).map(([name, { content }]) => [name, content])),
      owner: githubUser(context.account).login,
      createdAt: now,
      updatedAt: now,
    };
    gistsOf(context).put(gist);
    const body = whole(context.call, gist);
    return json(body, 201, { location: body.url });
  }),
  ofGist("GET", [], (context, gist) => json(whole(context.call, gist))),
  ofGist("PATCH", SCOPE, (context, gist) => {
    const wanted = bodyOf(context.call, "Gist", GistChanges);
    if (wanted instanceof Response) return wanted;
    const files = { ...gist.files };
    for (const [name, change] of Object.entries(wanted.files)) {
      const content = change?.content ?? files[name] ?? "";
      delete files[name];
      if (change !== null) files[change.filename ?? name] = content;
    }
    const description = wanted.description === undefined ? gist.description : wanted.description;
    const changed = { ...gist, description, files, updatedAt: timeOf(context.call) };
    gistsOf(context).put(changed);
    return json(whole(context.call, changed));
  }),
  ofGist("DELETE", SCOPE, (context, gist) => {
    gistsOf(context).remove(gist.id);
    return new Response(null, { status: 204 });
  }),
];

function ofGist(
  methods: string,
  scopes: readonly string[],
  handle: (context: ApiContext, gist: Gist) => Response,
): Route {
  return api(methods, GITHUB_API, "/gists/:gist", scopes, (context) => {
    const gist = gistsOf(context).find(context.params["gist"] ?? "");
    return gist === undefined ? githubErrors.notFound(context.call) : handle(context, gist);
  });
}

function base(call: Call, gist: Gist, withContent: boolean) {
  const url = mapped(call, GITHUB_API, `/gists/${gist.id}`);
  const git = `https://gist.github.com/${gist.id}.git`;
  const files = Object.entries(gist.files).map(([filename, content]) => {
    const raw_url = `https://gist.githubusercontent.com/${gist.owner}/${gist.id}/raw/${shaOf(content)}/${encodeURIComponent(filename)}`;
    const size = new TextEncoder().encode(content).length;
    const text = withContent ? { truncated: false, content, encoding: "utf-8" } : {};
    return [filename, { filename, type: "text/plain", language: "Text", raw_url, size, ...text }];
  });
  return {
    url,
    forks_url: `${url}/forks`,
    commits_url: `${url}/commits`,
    id: gist.id,
    node_id: nodeId("Gist", gist.id),
    git_pull_url: git,
    git_push_url: git,
    html_url: `https://gist.github.com/${gist.owner}/${gist.id}`,
    files: Object.fromEntries(files),
    public: gist.public,
    created_at: gist.createdAt,
    updated_at: gist.updatedAt,
    description: gist.description,
    comments: 0,
    comments_enabled: true,
    user: null,
    comments_url: `${url}/comments`,
    owner: shownUser(call, gist.owner),
    truncated: false,
  };
}

function whole(call: Call, gist: Gist) {
  return { ...base(call, gist, true), forks: [], history: [] };
}
