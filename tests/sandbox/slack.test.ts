/** Slack in the sandbox: what is written is kept, arguments come as Slack takes them, and scopes are held to. */
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { slackChannels, slackColleagues } from "../../sandbox/data/slack.ts";
import { SCOPE_WORDS } from "../../frontend/scope-words.ts";
import { control, PROVIDERS } from "../support/emulator.ts";
import { ask, consentTo, redeem } from "../support/sandbox.ts";

const Tokens = z.object({ authed_user: z.object({ access_token: z.string() }) });
const Answer = z.looseObject({ ok: z.boolean(), error: z.string().optional() });
type Answer = z.infer<typeof Answer>;

/** A person's token with some scopes, and the calls made with it. */
async function signIn(scopes: readonly string[], account = 0) {
  const dialog = "https://slack.com/oauth/v2/authorize";
  const back = await consentTo("slack", dialog, { user_scope: scopes.join(",") }, { account });
  const issued = await redeem("slack", "https://slack.com/api/oauth.v2.access", back.get("code"));
  const Authorization = `Bearer ${Tokens.parse(issued).authed_user.access_token}`;
  const send = async (
    method: string,
    { type, ...init }: RequestInit & { type?: string },
    query = "",
  ): Promise<Answer> =>
    Answer.parse(
      await (
        await ask("slack", `https://slack.com/api/${method}${query}`, {
          method: "POST",
          ...init,
          headers: { Authorization, ...(type === undefined ? {} : { "Content-Type": type }) },
        })
      ).json(),
    );
  return {
    Authorization,
    form: (method: string, args: Record<string, string> = {}) => send(method, { body: new URLSearchParams(args) }),
    json: (method: string, args: object, type = "application/json; charset=utf-8") =>
      send(method, { body: JSON.stringify(args), type }),
    query: (method: string, args: Record<string, string>) =>
      send(method, { method: "GET" }, `?${new URLSearchParams(args).toString()}`),
  };
}

const EVERYTHING = Object.keys(SCOPE_WORDS.slack);
const channel = slackChannels(0)[3]?.id ?? "";
const busy = slackChannels(0)[0]?.id ?? "";
const colleague = slackColleagues(0)[1]?.id ?? "";
const at = <T>(schema: z.ZodType<T>, answer: unknown): T => schema.parse(answer);

let slack: Awaited<ReturnType<typeof signIn>>;
beforeEach(async () => {
  await control("slack").reset();
  slack = await signIn(EVERYTHING);
});

const Posted = z.object({ ts: z.string(), channel: z.string() });
const History = z.object({
  messages: z.array(z.looseObject({ ts: z.string(), text: z.string(), thread_ts: z.string().optional() })),
  has_more: z.boolean(),
  response_metadata: z.object({ next_cursor: z.string() }).optional(),
});

describe("a message", () => {
  it("is posted, answered, changed, marked, linked to and deleted, and its channel shows each", async () => {
    const { ts } = at(Posted, await slack.json("chat.postMessage", { channel, text: "one" }));
    await slack.form("chat.postMessage", { channel, text: "an answer", thread_ts: ts });
    await slack.form("chat.update", { channel, ts, text: "two" });
    await slack.form("reactions.add", { channel, timestamp: ts, name: ":wave:" });
    expect(await slack.form("reactions.add", { channel, timestamp: ts, name: "wave" })).toMatchObject({
      ok: false,
      error: "already_reacted",
    });
    const [newest] = at(History, await slack.form("conversations.history", { channel, limit: "1" })).messages;
    expect(newest).toMatchObject({
      ts,
      text: "two",
      reply_count: 1,
      reactions: [{ name: "wave", count: 1 }],
      edited: {},
    });
    const { messages } = at(History, await slack.form("conversations.replies", { channel, ts }));
    expect(messages.map(({ text }) => text)).toEqual(["two", "an answer"]);
    expect(await slack.query("chat.getPermalink", { channel, message_ts: ts })).toMatchObject({
      permalink: `https://northwind-labs.slack.com/archives/${channel}/p${ts.replace(".", "")}`,
    });
    await slack.form("reactions.remove", { channel, timestamp: ts, name: "wave" });
    expect(await slack.form("chat.delete", { channel, ts })).toMatchObject({ ok: true, ts });
    expect(await slack.form("reactions.get", { channel, timestamp: ts })).toMatchObject({ error: "message_not_found" });
  });

  it("is found by its words, pinned, and planned for later", async () => {
    const { ts } = at(Posted, await slack.form("chat.postMessage", { channel, text: "a walrus in the harbour" }));
    expect(await slack.form("search.messages", { query: "Walrus harbour" })).toMatchObject({
      messages: { total: 1, matches: [{ ts, channel: { id: channel } }] },
    });
    await slack.form("pins.add", { channel, timestamp: ts });
    expect(await slack.form("pins.list", { channel })).toMatchObject({ items: [{ message: { ts } }] });
    expect(await slack.form("pins.remove", { channel, timestamp: ts })).toMatchObject({ ok: true });
    const post_at = String(Math.floor(Date.now() / 1000) + 3600);
    expect(await slack.form("chat.scheduleMessage", { channel, text: "later", post_at })).toMatchObject({ ok: true });
    expect(await slack.form("chat.scheduleMessage", { channel, text: "x", post_at: "1" })).toMatchObject({
      error: "time_in_past",
    });
  });

  it("of another's is neither changed nor deleted", async () => {
    const [found] = at(History, await slack.form("conversations.history", { channel: busy, limit: "1" })).messages;
    const ts = found?.ts ?? "";
    expect(await slack.form("chat.update", { channel: busy, ts, text: "x" })).toMatchObject({
      error: "cant_update_message",
    });
    expect(await slack.form("chat.delete", { channel: busy, ts })).toMatchObject({ error: "cant_delete_message" });
  });

  it("is listed once, however many pages that takes, and only the last page has no cursor", async () => {
    const seen: string[] = [];
    let cursor = "";
    do {
      const page = at(History, await slack.form("conversations.history", { channel: busy, limit: "90", cursor }));
      seen.push(...page.messages.map(({ ts }) => ts));
      cursor = page.response_metadata?.next_cursor ?? "";
      expect(page.has_more).toBe(cursor !== "");
    } while (cursor !== "");
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(seen.toSorted().toReversed());
    expect(seen.length).toBe(208);
  });
});

describe("a channel", () => {
  it("is made, filled, found and closed", async () => {
    const Made = z.object({ channel: z.object({ id: z.string(), updated: z.number() }) });
    const { id } = at(Made, await slack.json("conversations.create", { name: "harbour" })).channel;
    expect(await slack.form("conversations.create", { name: "harbour" })).toMatchObject({ error: "name_taken" });
    expect(await slack.form("conversations.create", { name: "Harbour" })).toMatchObject({
      error: "invalid_name_specials",
    });
    await slack.form("conversations.invite", { channel: id, users: colleague });
    const { members } = at(
      z.object({ members: z.array(z.string()) }),
      await slack.form("conversations.members", { channel: id }),
    );
    expect(members).toContain(colleague);
    expect(await slack.form("conversations.info", { channel: id, include_num_members: "true" })).toMatchObject({
      channel: { name: "harbour", num_members: 2 },
    });
    expect(await slack.form("conversations.archive", { channel: id })).toEqual({ ok: true });
    expect(await slack.form("chat.postMessage", { channel: id, text: "x" })).toMatchObject({ error: "is_archived" });
    expect(await slack.form("conversations.join", { channel: busy })).toMatchObject({ warning: "already_in_channel" });
  });

  it("of two people is opened once", async () => {
    const Opened = z.object({ channel: z.object({ id: z.string() }) });
    const first = at(Opened, await slack.form("conversations.open", { users: colleague }));
    expect(await slack.form("conversations.open", { users: colleague })).toMatchObject({
      already_open: true,
      channel: first.channel,
    });
    expect(await slack.form("chat.postMessage", { channel: colleague, text: "hello" })).toMatchObject({
      channel: first.channel.id,
    });
  });

  it("has bookmarks", async () => {
    const link = "https://example.com/plan";
    const Made = z.object({ bookmark: z.object({ id: z.string() }) });
    const added = await slack.form("bookmarks.add", { channel_id: channel, title: "Plan", type: "link", link });
    const bookmark_id = at(Made, added).bookmark.id;
    await slack.form("bookmarks.edit", { channel_id: channel, bookmark_id, title: "Plan B" });
    expect(await slack.form("bookmarks.list", { channel_id: channel })).toMatchObject({
      bookmarks: [{ title: "Plan B", link }],
    });
    expect(await slack.form("bookmarks.remove", { channel_id: channel, bookmark_id })).toEqual({ ok: true });
  });
});

describe("a file", () => {
  it("goes up in three steps, and comes down for a token alone", async () => {
    const bytes = new Uint8Array([0, 1, 2, 250, 251, 252, 10, 13]);
    const Upload = z.object({ upload_url: z.string(), file_id: z.string() });
    const asked = await slack.form("files.getUploadURLExternal", { filename: "a b.bin", length: String(bytes.length) });
    const { upload_url, file_id } = at(Upload, asked);
    const real = upload_url.replace(`${PROVIDERS}/slack/`, "https://");
    const body = new FormData();
    body.append("file", new File([bytes], "a b.bin", { type: "application/x-harbour" }));
    expect(await (await ask("slack", real, { method: "POST", body })).text()).toBe(`OK - ${bytes.length}`);
    const files = JSON.stringify([{ id: file_id, title: "Bytes" }]);
    await slack.form("files.completeUploadExternal", { files, channel_id: channel, initial_comment: "here" });
    const Info = z.object({ file: z.looseObject({ url_private: z.string(), size: z.number(), mimetype: z.string() }) });
    const { file } = at(Info, await slack.form("files.info", { file: file_id }));
    expect(file).toMatchObject({ size: bytes.length, mimetype: "application/x-harbour", channels: [channel] });
    const address = file.url_private.replace(`${PROVIDERS}/slack/`, "https://");
    const { Authorization } = slack;
    expect(new Uint8Array(await (await ask("slack", address, { headers: { Authorization } })).arrayBuffer())).toEqual(
      bytes,
    );
    const stranger = await ask("slack", address);
    expect([stranger.status, stranger.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(await slack.form("files.list", { channel })).toMatchObject({
      files: [{ id: file_id }],
      paging: { total: 1 },
    });
    expect(at(History, await slack.form("conversations.history", { channel, limit: "1" })).messages).toMatchObject([
      { text: "here", files: [{ id: file_id }] },
    ]);
    await slack.form("files.delete", { file: file_id });
    expect(await slack.form("files.info", { file: file_id })).toMatchObject({ error: "file_not_found" });
  });
});

describe("arguments", () => {
  it("are taken from query, form and parts by every method, and from JSON by those that write", async () => {
    const args = { channel: busy, limit: "1" };
    for (const send of [slack.query, slack.form]) {
      expect(await send("conversations.history", args)).toMatchObject({ ok: true });
    }
    expect(await slack.json("conversations.history", args)).toMatchObject({ ok: false, error: "channel_not_found" });
    expect(await slack.json("chat.postMessage", { channel, blocks: [{ type: "divider" }] })).toMatchObject({
      message: { blocks: [{ type: "divider" }] },
    });
  });

  it("as JSON without a charset are taken with a warning", async () => {
    expect(await slack.json("chat.postMessage", { channel, text: "x" }, "application/json")).toMatchObject({
      ok: true,
      warning: "missing_charset",
      response_metadata: { warnings: ["missing_charset"] },
    });
  });
});

it("holds each method to its scope, and each conversation to the scope of its kind", async () => {
  const reader = await signIn(["channels:read", "users:read"]);
  expect(await reader.form("chat.postMessage", { channel, text: "x" })).toEqual({
    ok: false,
    error: "missing_scope",
    needed: "chat:write",
    provided: "channels:read,users:read",
  });
  const hidden = slackChannels(0).find(({ isPrivate }) => isPrivate)?.id ?? "";
  expect(await reader.form("conversations.info", { channel: hidden })).toMatchObject({ error: "channel_not_found" });
  expect(await reader.form("users.list", { limit: "2" })).toMatchObject({ members: [{ profile: {} }, {}] });
  expect(JSON.stringify(await reader.form("users.list"))).not.toContain("@example.com");
  expect(await reader.form("team.info")).toMatchObject({ error: "missing_scope" });
  expect(await slack.form("team.info")).toMatchObject({ team: { email_domain: "northwind.example" } });
});
