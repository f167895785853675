/** Holds Facebook's answers against the fields that its own SDK knows of each kind of node. It has no types of their values. */
import { Comment, InsightsResult, Page, PagePost, Photo, User } from "facebook-nodejs-business-sdk";
import * as z from "zod";
import type { Checker, DescribedCall, Description } from "./description.ts";
import { routeOf } from "./openapi.ts";

interface Shape {
  readonly server: string;
  /** The fields of the node; null: its answer is none. */
  readonly fields: Readonly<Record<string, string>> | null;
  readonly isList?: true;
}

const server = "https://graph.facebook.com";
const node = (fields: Shape["fields"]): Shape => ({ server, fields });
const list = (fields: Shape["fields"]): Shape => ({ server, fields, isList: true });
/** https://developers.facebook.com/docs/graph-api/reference/post: what a write answers is no node. */
const WRITTEN = node({ id: "id", post_id: "post_id", success: "success" });

/** An edge that can be asked for as a field: https://developers.facebook.com/docs/graph-api/reference/user/picture */
const PICTURE = { picture: "picture" };

const routes: Readonly<Record<string, Shape>> = {
  "GET /me": node({ ...User.Fields, ...PICTURE }),
  // Which tasks a person has at a page is known of the edge alone: https://developers.facebook.com/docs/graph-api/reference/user/accounts
  "GET /me/accounts": list({ ...Page.Fields, tasks: "tasks" }),
  "GET /{node}": node({ ...Page.Fields, ...PICTURE }),
  "GET /{node}/feed": list(PagePost.Fields),
  "POST /{node}/feed": WRITTEN,
  "GET /{node}/posts": list(PagePost.Fields),
  "GET /{node}/photos": list(Photo.Fields),
  "GET /{post}/comments": list(Comment.Fields),
  "POST /{post}/comments": WRITTEN,
  "GET /{node}/insights": list({ ...InsightsResult.Fields, values: "values" }),
  "POST /{post}": WRITTEN,
  "DELETE /{comment}": WRITTEN,
  "GET /v25.0/me": node({ ...User.Fields, ...PICTURE }),
  "GET /v25.0/me/accounts": list(Page.Fields),
};

const Node = z.record(z.string(), z.unknown());
const Listed = z.object({ data: z.array(Node), paging: z.looseObject({}).optional() });

/** Names that a node of this kind does not have. */
const strange = (fields: Readonly<Record<string, string>>, found: Readonly<Record<string, unknown>>): string[] =>
  Object.keys(found)
    .filter((name) => !Object.values(fields).includes(name))
    .map((name) => `${name} is no field of it`);

const checker: Checker = {
  source: "facebook-nodejs-business-sdk",
  licence: "Platform License",
  version: "24.0.1",
  serverOf: () => server,
  answer: ({ route }, { body }) => {
    const shape = routes[route];
    if (shape === undefined) throw new Error(`${route} is not described.`);
    const { fields, isList } = shape;
    if (fields === null) return [];
    const read = isList ? Listed.safeParse(body).data?.data : Node.safeParse(body).data;
    if (read === undefined) return ["the answer is not of the shape that the SDK reads"];
    return (Array.isArray(read) ? read : [read]).flatMap((each) => strange(fields, each));
  },
  request: (sent) => {
    const route = routeOf(routes, sent);
    const fields = route === undefined ? undefined : routes[route]?.fields;
    if (route === undefined || !fields) return undefined;
    const asked = new URLSearchParams(sent.query).get("fields")?.replaceAll(/\.\w+\([^)]*\)|\{[^}]*\}/g, "") ?? "";
    const named = Object.fromEntries(asked.split(",").flatMap((name) => (name === "" ? [] : [[name, null]])));
    return { route, complaints: strange(fields, named) };
  },
};

const own = { access_token: "{token}" };
const calls: readonly DescribedCall[] = [
  { route: "GET /me", query: { fields: "id,name,first_name,last_name,email,picture" } },
  { route: "GET /me/accounts", keep: { node: "/data/0/id", token: "/data/0/access_token" } },
  { route: "GET /{node}", query: { fields: "id,name,category,link,picture" } },
  {
    route: "GET /{node}/feed",
    query: { fields: "id,message,created_time,updated_time,from,permalink_url,is_published" },
  },
  { route: "GET /{node}/posts" },
  { route: "POST /{node}/feed", query: { ...own, message: "Described" }, keep: { post: "/id" } },
  { route: "POST /{post}/comments", query: { ...own, message: "So it is" }, keep: { comment: "/id" } },
  { route: "GET /{post}/comments", query: { fields: "id,message,from,created_time" } },
  { route: "POST /{post}", query: { ...own, message: "Described anew" } },
  { route: "DELETE /{comment}", query: own },
  { route: "GET /{node}/photos" },
  { route: "GET /{node}/insights", query: { ...own, metric: "page_impressions" } },
];

const NONE = "no node: the SDK has no fields for it";

export const facebook: Description = {
  service: "facebook",
  checker,
  calls,
  described: calls.length,
  product: ["GET /v25.0/me", "GET /v25.0/me/accounts"],
  undescribed: {
    "GET platform-lookaside.fbsbx.com/platform/profilepic/{}": "a picture",
    "GET graph.facebook.com/debug_token": NONE,
    "GET graph.facebook.com/me/permissions": NONE,
    "DELETE graph.facebook.com/me/permissions": "the proxy refuses it",
    "DELETE graph.facebook.com/me/permissions/{}": "the proxy refuses it",
    "GET graph.facebook.com/v25.0/me/permissions": NONE,
    "DELETE graph.facebook.com/v25.0/me/permissions": NONE,
    "POST graph.facebook.com/v25.0/oauth/access_token": NONE,
    "GET graph.facebook.com/pages/search": "takes a review that the sandbox's app has not had",
    "GET graph.facebook.com/": "several nodes at once, each as it is alone",
    "POST graph.facebook.com/": "several calls at once, each as it is alone",
    "POST graph.facebook.com/{}/photos": "takes a file, which tests/sandbox sends",
  },
};
