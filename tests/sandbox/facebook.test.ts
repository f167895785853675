/** Facebook's pages in the sandbox: what is written is kept, and takes the page's own token. */
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { facebookPages, facebookPosts } from "../../sandbox/data/facebook.ts";
import { control } from "../support/emulator.ts";
import { ask, consentTo, jsonOf, redeem } from "../support/sandbox.ts";

const SCOPE = "pages_show_list,pages_read_engagement,pages_manage_posts,pages_manage_engagement,read_insights";
const [first, second] = facebookPages(0);
const page = first?.id ?? "";

type Said = Readonly<Record<string, string>>;

async function tokenFor(scope: string): Promise<string> {
  const back = await consentTo("facebook", "https://www.facebook.com/v25.0/dialog/oauth", { scope });
  const issued = await redeem("facebook", "https://graph.facebook.com/v25.0/oauth/access_token", back.get("code"));
  return z.string().parse(issued["access_token"]);
}

/** One call; arguments go into the query of a GET and into the form of anything else. */
async function call(token: string, method: string, path: string, args: Said = {}) {
  const headers = { Authorization: `Bearer ${token}` };
  const params = new URLSearchParams(args);
  const query = method === "GET" ? `?${params.toString()}` : "";
  const init = method === "POST" ? { method, headers, body: params } : { method, headers };
  return ask("facebook", `https://graph.facebook.com${path}${query}`, init);
}

const Id = z.object({ id: z.string() });
const List = z.object({
  data: z.array(z.looseObject({ id: z.string() })),
  paging: z.looseObject({ next: z.string().optional() }).optional(),
});
const Failure = z.object({ error: z.looseObject({ code: z.number(), error_subcode: z.number().optional() }) });

let person: string;
let own: string;
beforeEach(async () => {
  await control("facebook").reset();
  person = await tokenFor(SCOPE);
  const { data } = z
    .object({ data: z.array(z.object({ id: z.string(), access_token: z.string() })) })
    .parse(await (await call(person, "GET", "/v25.0/me/accounts", { fields: "access_token" })).json());
  own = data.find(({ id }) => id === page)?.access_token ?? "";
});

const listOf = async (path: string, args: Said = {}) => List.parse(await (await call(own, "GET", path, args)).json());
const failureOf = async (answer: Response) => ({ status: answer.status, ...Failure.parse(await answer.json()).error });

describe("a post", () => {
  it("is made, read, changed, answered and deleted", async () => {
    const { id } = Id.parse(await (await call(own, "POST", `/v25.0/${page}/feed`, { message: "Open today" })).json());
    expect((await listOf(`/v25.0/${page}/feed`, { limit: "1" })).data).toMatchObject([{ id, message: "Open today" }]);
    expect(await jsonOf(await call(own, "POST", `/${id}`, { message: "Closed today" }))).toEqual({ success: true });
    expect(await jsonOf(await call(own, "GET", `/v26.0/${id}`, { fields: "message" }))).toEqual({
      id,
      message: "Closed today",
    });
    const said = Id.parse(await (await call(own, "POST", `/v24.0/${id}/comments`, { message: "Sorry" })).json());
    expect((await listOf(`/v24.0/${id}/comments`)).data).toMatchObject([{ id: said.id, message: "Sorry" }]);
    expect(await jsonOf(await call(own, "DELETE", `/v25.0/${id}`))).toEqual({ success: true });
    expect(await failureOf(await call(own, "GET", `/v25.0/${id}`))).toMatchObject({
      status: 400,
      code: 100,
      error_subcode: 33,
    });
  });

  it("takes the page's token, the permission, and something to say", async () => {
    expect(await failureOf(await call(person, "POST", `/v25.0/${page}/feed`, { message: "x" }))).toMatchObject({
      status: 403,
      code: 200,
    });
    expect(await failureOf(await call(own, "POST", `/v25.0/${second?.id}/feed`, { message: "x" }))).toMatchObject({
      code: 200,
    });
    expect(await failureOf(await call(own, "POST", `/v25.0/me/feed`, {}))).toMatchObject({ code: 100 });
    await control("facebook").reset();
    const reader = await tokenFor("pages_show_list");
    expect(await failureOf(await call(reader, "GET", `/v25.0/${page}/feed`))).toMatchObject({ code: 200 });
  });

  it("is listed once, by the addresses that each page of the list gives", async () => {
    const seen: string[] = [];
    let { data, paging } = await listOf(`/v25.0/${page}/feed`);
    for (;;) {
      seen.push(...data.map(({ id }) => id));
      if (paging?.next === undefined) break;
      const next = new URL(paging.next);
      ({ data, paging } = await listOf(
        next.pathname.replace("/facebook/graph.facebook.com", ""),
        Object.fromEntries(next.searchParams),
      ));
    }
    expect(seen).toEqual(facebookPosts(0, page).map(({ id }) => id));
  });
});

it("takes a photo as a file, and shows it among the page's", async () => {
  const body = new FormData();
  body.append("caption", "The harbour");
  body.append("source", new File([new Uint8Array([137, 80, 78, 71])], "a.png", { type: "image/png" }));
  const sent = await ask("facebook", `https://graph.facebook.com/v25.0/${page}/photos`, {
    method: "POST",
    headers: { Authorization: `Bearer ${own}` },
    body,
  });
  const { id, post_id } = z.object({ id: z.string(), post_id: z.string() }).parse(await sent.json());
  expect(await jsonOf(await call(own, "GET", `/v25.0/${id}`, { fields: "name" }))).toEqual({ id, name: "The harbour" });
  expect((await listOf(`/v25.0/${page}/photos`)).data.map((photo) => photo.id)).toEqual([id]);
  expect((await listOf(`/v25.0/${page}/feed`, { limit: "1" })).data[0]?.id).toBe(post_id);
});

it("answers many calls in one, errors among them", async () => {
  const batch = JSON.stringify([
    { method: "GET", relative_url: "v25.0/me?fields=id" },
    { method: "POST", relative_url: `${page}/feed`, body: "message=From+a+batch" },
    { method: "GET", relative_url: "123456" },
  ]);
  for (const path of ["/", "/v25.0/", "/v25.0"]) {
    const answers = z
      .array(
        z.object({
          code: z.number(),
          body: z.string(),
          headers: z.array(z.object({ name: z.string(), value: z.string() })),
        }),
      )
      .parse(await (await call(own, "POST", path, { batch })).json());
    expect(answers.map(({ code }) => code)).toEqual([200, 200, 400]);
    expect(JSON.parse(answers[0]?.body ?? "")).toEqual({ id: page });
    expect(Failure.parse(JSON.parse(answers[2]?.body ?? "")).error.code).toBe(100);
  }
});

it("reads several nodes at once, or none of them", async () => {
  const ids = `${page},${second?.id}`;
  expect(await jsonOf(await call(person, "GET", "/v25.0/", { ids, fields: "name" }))).toEqual({
    [page]: { id: page, name: first?.name },
    [second?.id ?? ""]: { id: second?.id, name: second?.name },
  });
  expect((await call(person, "GET", "/v25.0/", { ids: `${page},1` })).status).toBe(400);
});

it("has numbers for a page's own token, and no search for an app that was not reviewed", async () => {
  const numbers = await jsonOf(await call(own, "GET", `/v25.0/${page}/insights`, { metric: "page_impressions" }));
  expect(numbers).toMatchObject({ data: [{ name: "page_impressions", values: [{}, {}] }] });
  expect(await failureOf(await call(own, "GET", `/v25.0/${page}/insights`))).toMatchObject({ code: 100 });
  expect(await failureOf(await call(person, "GET", "/v25.0/pages/search", { q: "x" }))).toMatchObject({ code: 10 });
});

it.each(["v99.0", "v25.1", "v0.0"])("knows no version %s", async (version) => {
  expect(await failureOf(await call(person, "GET", `/${version}/me`))).toMatchObject({ status: 400, code: 2500 });
});
