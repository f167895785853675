import { putContent } from "../contents.ts";
import { facebookPages, facebookUser } from "../data/facebook.ts";
import { applyMask } from "../fields.ts";
import { formOf, looseParams, mapped } from "../http.ts";
import { idOf } from "../data/words.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { failure, GRAPH, graphJson } from "./facebook-http.ts";
import { edge, masked, PICTURES, withId } from "./facebook-shapes.ts";
import { type Comment, commentsOf, type Photo, photosOf, type Post, postsOf } from "./facebook-state.ts";

const READS = ["pages_read_engagement"];
const POSTS = ["pages_manage_posts"];
const ANSWERS = ["pages_manage_engagement"];

/** What pages post. https://developers.facebook.com/docs/pages-api/posts */
export const pageRoutes: readonly Route[] = [
  api("GET", GRAPH, "/:node/feed", READS, feed),
  api("GET", GRAPH, "/:node/posts", READS, feed),
  api("POST", GRAPH, "/:node/feed", POSTS, post),
  api("GET", GRAPH, "/:node/photos", READS, photos),
  api("POST", GRAPH, "/:node/photos", POSTS, addPhoto),
  api("GET", GRAPH, "/:node/comments", READS, comments),
  api("POST", GRAPH, "/:node/comments", ANSWERS, comment),
  api("GET", GRAPH, "/:node/insights", ["read_insights"], insights),
  api("POST", GRAPH, "/:node", [...POSTS, ...ANSWERS], update),
  api("DELETE", GRAPH, "/:node", [...POSTS, ...ANSWERS], remove),
];

/** The page whose token this is; undefined for a person's. */
export function ownPage({ store, token }: ApiContext): string | undefined {
  const page = store.value(`page-of:${token.value}`);
  return typeof page === "string" ? page : undefined;
}

/** An object that is not there, or that this token may not know of: both are said in the same words. */
export function noSuchObject(id: string, verb = "get"): Response {
  const why = "does not exist, cannot be loaded due to missing permissions, or does not support this operation";
  return failure(400, 100, `Unsupported ${verb} request. Object with ID '${id}' ${why}.`, 33);
}

/** The page a path names, `me` with a page's token; writing takes that page's own token. */
function pageAt(context: ApiContext, isWriting = false): string | Response {
  const { account, params } = context;
  const own = ownPage(context);
  const { node = "" } = params;
  const id = node === "me" ? own : node;
  if (id === undefined || !facebookPages(account).some((page) => page.id === id)) {
    return noSuchObject(node, isWriting ? "post" : "get");
  }
  if (isWriting && own !== id) {
    return failure(
      403,
      200,
      "(#200) The permission(s) publish_actions are not available. It has been deprecated. If you want to provide a way for your app users to share content to Facebook, use a Page access token.",
    );
  }
  return id;
}

const isoTime = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, "+0000");

/** An id as the Graph API makes them: digits. */
const newDigits = (): string => idOf(crypto.randomUUID(), 15, "123456789");

function shownPost({ account }: ApiContext, found: Post): object {
  const page = facebookPages(account).find(({ id }) => id === found.page);
  return {
    created_time: isoTime(found.created),
    updated_time: isoTime(found.updated),
    ...(found.message === "" ? {} : { message: found.message }),
    id: found.id,
    from: { name: page?.name, id: found.page },
    is_published: found.published,
    permalink_url: `https://www.facebook.com/${found.id.replace("_", "/posts/")}`,
    status_type: found.link === null ? "mobile_status_update" : "shared_story",
  };
}

function feed(context: ApiContext): Response {
  const page = pageAt(context);
  if (page instanceof Response) return page;
  const found = postsOf(context, page)
    .newestFirst()
    .filter(({ published }) => published);
  return edge(context, "feed", found, "created_time,message,id", (each) => shownPost(context, each));
}

function post(context: ApiContext): Response {
  const page = pageAt(context, true);
  if (page instanceof Response) return page;
  const { message = "", link = null, published } = looseParams(context.call);
  if (message === "" && link === null)
    return failure(400, 100, "(#100) The status you are trying to publish is empty.");
  const { now } = context.call;
  const made: Post = {
    id: `${page}_${newDigits()}`,
    page,
    message,
    link,
    created: now,
    updated: now,
    published: published !== "false",
  };
  postsOf(context, page).put(made);
  return graphJson({ id: made.id });
}

async function addPhoto(context: ApiContext): Promise<Response> {
  const page = pageAt(context, true);
  if (page instanceof Response) return page;
  const { call, store, account } = context;
  const form = await formOf(call);
  const source = form?.get("source");
  const { url, caption } = looseParams(call);
  const isFile = source !== null && source !== undefined && typeof source !== "string";
  if (!isFile && url === undefined) return failure(400, 324, "(#324) Requires upload file");
  const said = form?.get("caption");
  const id = newDigits();
  const made = { id, page, caption: typeof said === "string" ? said : (caption ?? ""), created: call.now };
  photosOf(context).put(made);
  if (isFile) putContent({ store, account }, id, new Uint8Array(await source.arrayBuffer()));
  const shared: Post = {
    id: `${page}_${id}`,
    page,
    message: made.caption,
    link: null,
    created: call.now,
    updated: call.now,
    published: true,
  };
  postsOf(context, page).put(shared);
  return graphJson({ id, post_id: shared.id });
}

function shownPhoto({ call }: ApiContext, photo: Photo): object {
  const source = mapped(call, PICTURES, `/platform/profilepic/${photo.id}`);
  return {
    created_time: isoTime(photo.created),
    ...(photo.caption === "" ? {} : { name: photo.caption }),
    id: photo.id,
    link: `https://www.facebook.com/photo.php?fbid=${photo.id}`,
    images: [{ height: 200, width: 200, source }],
  };
}

function photos(context: ApiContext): Response {
  const page = pageAt(context);
  if (page instanceof Response) return page;
  const found = photosOf(context)
    .newestFirst()
    .filter((photo) => photo.page === page);
  return edge(context, "photos", found, "created_time,name,id", (photo) => shownPhoto(context, photo));
}

function findPost(context: ApiContext, id: string): Post | undefined {
  return postsOf(context, id.split("_")[0] ?? "").find(id);
}

function shownComment({ account }: ApiContext, found: Comment): object {
  const page = facebookPages(account).find(({ id }) => id === found.from);
  const name = page?.name ?? facebookUser(account).name;
  return { created_time: isoTime(found.created), from: { name, id: found.from }, message: found.message, id: found.id };
}

function comments(context: ApiContext): Response {
  const { node = "" } = context.params;
  if (findPost(context, node) === undefined && photosOf(context).find(node) === undefined) return noSuchObject(node);
  const found = commentsOf(context)
    .list()
    .filter(({ of }) => of === node);
  return edge(context, "comments", found, "created_time,from,message,id", (each) => shownComment(context, each));
}

function comment(context: ApiContext): Response {
  const { node = "" } = context.params;
  const { message = "" } = looseParams(context.call);
  const from = ownPage(context);
  const isThere = findPost(context, node) !== undefined || photosOf(context).find(node) !== undefined;
  if (from === undefined || !isThere) return noSuchObject(node, "post");
  if (message === "") return failure(400, 100, "(#100) The parameter message is required");
  const made = { id: `${node.split("_").at(-1)}_${newDigits()}`, of: node, message, from, created: context.call.now };
  commentsOf(context).put(made);
  return graphJson({ id: made.id });
}

/** A post, a photo or a comment by its id; undefined where there is none. */
export function thing(context: ApiContext, id: string): Response | undefined {
  const { call } = context;
  const found = findPost(context, id);
  const photo = photosOf(context).find(id);
  const said = commentsOf(context).find(id);
  const whole = found
    ? shownPost(context, found)
    : photo
      ? shownPhoto(context, photo)
      : said && shownComment(context, said);
  if (whole === undefined) return undefined;
  const isReadable = context.token.scopes.includes("pages_read_engagement");
  return isReadable
    ? masked(call, "created_time,message,name,id", (mask) => applyMask(whole, withId(mask)))
    : noSuchObject(id);
}

function update(context: ApiContext): Response {
  const { node = "" } = context.params;
  const { message } = looseParams(context.call);
  const found = findPost(context, node);
  const said = commentsOf(context).find(node);
  const owner = found?.page ?? said?.from;
  if (owner === undefined || owner !== ownPage(context)) return noSuchObject(node, "post");
  if (message === undefined) return failure(400, 100, "(#100) The parameter message is required");
  if (found !== undefined) postsOf(context, found.page).put({ ...found, message, updated: context.call.now });
  if (said !== undefined) commentsOf(context).put({ ...said, message });
  return graphJson({ success: true });
}

function remove(context: ApiContext): Response {
  const { node = "" } = context.params;
  const own = ownPage(context);
  const found = findPost(context, node);
  if (found !== undefined && found.page === own) postsOf(context, own).remove(node);
  else if (photosOf(context).find(node)?.page === own && own !== undefined) photosOf(context).remove(node);
  else if (commentsOf(context).find(node)?.from !== own || own === undefined) return noSuchObject(node, "delete");
  else commentsOf(context).remove(node);
  return graphJson({ success: true });
}

/** Two days of each number that was asked for. */
function insights(context: ApiContext): Response {
  const page = pageAt(context);
  if (page instanceof Response) return page;
  if (ownPage(context) !== page) return failure(400, 190, "(#190) This method must be called with a Page Access Token");
  const { metric = "", period = "day" } = looseParams(context.call);
  const names = metric.split(",").filter((name) => name !== "");
  if (names.length === 0) return failure(400, 100, "(#100) The parameter metric is required");
  if (names.some((name) => !name.startsWith("page_")))
    return failure(400, 100, "(#100) The value must be a valid insights metric");
  const data = names.map((name) => ({
    name,
    period,
    values: [1, 0].map((days) => ({
      value: name.length * (3 - days),
      end_time: isoTime(context.call.now - days * 86_400_000),
    })),
    title: name.replaceAll("_", " "),
    description: name.replaceAll("_", " "),
    id: `${page}/insights/${name}/${period}`,
  }));
  return graphJson({ data });
}
