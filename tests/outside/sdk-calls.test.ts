/** Ten SDKs through the proxy, each unmodified and with nothing but its base URL and a key set; Microsoft's older one is in a file of its own. */
import { inspect } from "node:util";
import { ApiException } from "@hubspot/api-client/lib/codegen/crm/contacts/index.js";
import { APIErrorCode, APIResponseError, iteratePaginatedAPI, type SearchParameters } from "@notionhq/client";
import { Octokit } from "@octokit/rest";
import { WebAPIPlatformError } from "@slack/web-api";
import { Common } from "googleapis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { githubRepositories } from "../../sandbox/data/github.ts";
import { driveFiles } from "../../sandbox/data/google.ts";
import { crmObjects } from "../../sandbox/data/hubspot.ts";
import { notionItems } from "../../sandbox/data/notion.ts";
import { slackChannels } from "../../sandbox/data/slack.ts";
import { toDrive } from "../sdks/google.ts";
import { toHubSpot } from "../sdks/hubspot.ts";
import { SDKS } from "../sdks/index.ts";
import { toNotion } from "../sdks/notion.ts";
import { proxied, type Sdk } from "../sdks/sdk.ts";
import { toSlack } from "../sdks/slack.ts";
import {
  BAD_KEY,
  benchOf,
  everythingSent,
  failureOf,
  makeKeys,
  outcomeOf,
  startWithWrites,
  watchSockets,
  writesOf,
  type Bench,
  type Keys,
  type Sockets,
} from "./sdk-support.ts";
import type { Running } from "../browser/support.ts";

const SERVICES = [...new Set(SDKS.map(({ service }) => service))];
/** The octokit that people had before: the same, without its retries. */
const toOctokit = ({ api, key }: { api: string; key: string }) => new Octokit({ baseUrl: api, auth: key });

let latchkey: Running;
let sockets: Sockets;
let keys: Keys;

beforeAll(async () => {
  latchkey = await startWithWrites("http");
  sockets = watchSockets();
  keys = await makeKeys(latchkey, SERVICES);
});
afterAll(() => latchkey?.stop());

const idsOf = (list: readonly { readonly id: string | number }[]) => list.map(({ id }) => String(id)).toSorted();
const notConnected = "No account is connected here. Connect one and try again.";

describe("@octokit/rest", () => {
  let bench: Bench;
  beforeAll(() => {
    bench = benchOf(latchkey, "github");
  });

  it("reads", async () => {
    const { data } = await toOctokit({ api: bench.api, key: keys.key }).rest.users.getAuthenticated();
    expect(data).toMatchObject({ login: "ada-lindqvist", name: "Ada Lindqvist" });
  });

  it("lists every item once with its own paginator", async () => {
    const octokit = toOctokit({ api: bench.api, key: keys.key });
    const listed: { id: number }[] = [];
    const asked = await bench.control.during(async () => {
      listed.push(...(await octokit.paginate(octokit.rest.repos.listForAuthenticatedUser, { per_page: 100 })));
    });
    expect(asked.length).toBeGreaterThanOrEqual(3);
    expect(idsOf(listed)).toEqual(idsOf(githubRepositories(0).filter((repository) => !repository.private)));
  });

  it("writes", async () => {
    const { rest } = toOctokit({ api: bench.writes, key: keys.key });
    const [repository] = githubRepositories(1);
    const at = { owner: repository?.owner ?? "", repo: repository?.name ?? "" };
    const made = await rest.issues.create({ ...at, title: "Made by an SDK" });
    expect(made.status).toBe(201);
    expect(made.headers.location).toContain(bench.writes);
    const { data } = await rest.issues.listForRepo(at);
    expect(data.filter(({ title }) => title === "Made by an SDK")).toHaveLength(1);
  });

  it("is told of a rate limit as by the service itself, having no retry of its own", async () => {
    await bench.control.limitOnce();
    const error = await failureOf(() => toOctokit({ api: bench.api, key: keys.key }).rest.users.getAuthenticated());
    expect(error).toMatchObject({ name: "HttpError", status: 429, response: { headers: { "retry-after": "1" } } });
  });

  it.each([
    ["where the account is not connected", () => keys.stranger, notConnected],
    ["with a bad key", () => BAD_KEY, "This key is not known here"],
  ])("fails at once, in words that help, %s", async (_, key, words) => {
    const error = await failureOf(() => toOctokit({ api: bench.api, key: key() }).rest.users.getAuthenticated());
    expect(error).toMatchObject({ name: "HttpError", status: 401 });
    expect(error).toHaveProperty("message", expect.stringContaining(words));
  });
});

describe("@notionhq/client", () => {
  let bench: Bench;
  beforeAll(() => {
    bench = benchOf(latchkey, "notion");
  });

  it("reads", async () => {
    const me = await toNotion({ api: bench.api, key: keys.key }).users.me({});
    expect(me).toMatchObject({ object: "user", type: "bot" });
  });

  it("lists every item once with its own paginator", async () => {
    const notion = toNotion({ api: bench.api, key: keys.key });
    const listed: { id: string }[] = [];
    const asked = await bench.control.during(async () => {
      for await (const found of iteratePaginatedAPI((args: SearchParameters) => notion.search(args), {
        page_size: 40,
      })) {
        listed.push(found);
      }
    });
    expect(asked.length).toBeGreaterThanOrEqual(3);
    expect(idsOf(listed)).toEqual(idsOf(notionItems(0)));
  });

  it("writes", async () => {
    const notion = toNotion({ api: bench.writes, key: keys.key });
    const made = await notion.pages.create({
      parent: { type: "workspace", workspace: true },
      properties: { title: { title: [{ text: { content: "Made by an SDK" } }] } },
    });
    const read = await notion.pages.retrieve({ page_id: made.id });
    expect(JSON.stringify(read)).toContain("Made by an SDK");
  });

  it("waits and asks again by itself where the service limits the rate", async () => {
    await bench.control.limitOnce();
    const asked = await bench.control.during(() => toNotion({ api: bench.api, key: keys.key }).users.me({}));
    expect(asked.map(({ status }) => status)).toEqual([429, 200]);
  });

  it.each([
    ["where the account is not connected", () => keys.stranger, notConnected],
    ["with a bad key", () => BAD_KEY, "This key is not known here"],
  ])("fails at once, in words that help, %s", async (_, key, words) => {
    const error = await failureOf(() => toNotion({ api: bench.api, key: key() }).users.me({}));
    expect(error).toBeInstanceOf(APIResponseError);
    expect(error).toMatchObject({ status: 401, code: APIErrorCode.Unauthorized });
    expect(error).toHaveProperty("message", expect.stringContaining(words));
  });
});

describe("@hubspot/api-client", () => {
  let bench: Bench;
  beforeAll(() => {
    bench = benchOf(latchkey, "hubspot");
  });

  it("reads", async () => {
    const { results } = await toHubSpot({ api: bench.api, key: keys.key }).crm.contacts.basicApi.getPage(2);
    expect(idsOf(results)).toEqual(idsOf(crmObjects(0, "contacts").slice(0, 2)));
  });

  it("lists every item once with its own paginator", async () => {
    const listed: { id: string }[] = [];
    const asked = await bench.control.during(async () => {
      listed.push(...(await toHubSpot({ api: bench.api, key: keys.key }).crm.contacts.getAll()));
    });
    expect(asked.length).toBeGreaterThanOrEqual(3);
    expect(idsOf(listed)).toEqual(idsOf(crmObjects(0, "contacts")));
  });

  it("writes", async () => {
    const { basicApi } = toHubSpot({ api: bench.writes, key: keys.key }).crm.contacts;
    const properties = { email: "sdk@northwind.example", firstname: "Made by an SDK" };
    const made = await basicApi.create({ properties });
    expect((await basicApi.getById(made.id)).properties).toMatchObject(properties);
  });

  it("waits and asks again by itself where the service limits the rate", async () => {
    await bench.control.limitOnce();
    const asked = await bench.control.during(() =>
      toHubSpot({ api: bench.api, key: keys.key }).crm.contacts.basicApi.getPage(1),
    );
    expect(asked.map(({ status }) => status)).toEqual([429, 200]);
  });

  it.each([
    ["where the account is not connected", () => keys.stranger, "NOT_CONNECTED", notConnected],
    ["with a bad key", () => BAD_KEY, "INVALID_SESSION", "This key is not known here"],
  ])("fails at once, in words that help, %s", async (_, key, category, words) => {
    const error = await failureOf(() => toHubSpot({ api: bench.api, key: key() }).crm.contacts.basicApi.getPage(1));
    expect(error).toBeInstanceOf(ApiException);
    expect(error).toMatchObject({ code: 401, body: { category } });
    expect(error).toHaveProperty("message", expect.stringContaining(words));
  });
});

describe("@slack/web-api", () => {
  const Channels = z.object({ channels: z.array(z.object({ id: z.string() })) });
  let bench: Bench;
  beforeAll(() => {
    bench = benchOf(latchkey, "slack");
  });

  it("reads", async () => {
    expect(await toSlack({ api: bench.api, key: keys.key }).auth.test()).toMatchObject({
      ok: true,
      user: "ada-lindqvist",
    });
  });

  it("lists every item once with its own paginator", async () => {
    const listed: { id: string }[] = [];
    const asked = await bench.control.during(async () => {
      for await (const page of toSlack({ api: bench.api, key: keys.key }).paginate("conversations.list", {
        limit: 100,
      })) {
        listed.push(...Channels.parse(page).channels);
      }
    });
    expect(asked.length).toBeGreaterThanOrEqual(3);
    expect(idsOf(listed)).toEqual(idsOf(slackChannels(0).filter((channel) => !channel.isPrivate)));
  });

  it("writes", async () => {
    const channel = slackChannels(1).find(({ isArchived }) => !isArchived)?.id ?? "";
    const text = "Made by an SDK";
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- Slack's method, not the window's
    const made = await toSlack({ api: bench.writes, key: keys.key }).chat.postMessage({ channel, text });
    expect(made).toMatchObject({ ok: true, channel, message: { text } });
  });

  it("waits and asks again by itself where the service limits the rate", async () => {
    await bench.control.limitOnce();
    const asked = await bench.control.during(() => toSlack({ api: bench.api, key: keys.key }).auth.test());
    expect(asked.map(({ status }) => status)).toEqual([429, 200]);
  });

  it.each([
    ["where the account is not connected", () => keys.stranger],
    ["with a bad key", () => BAD_KEY],
  ])("fails at once, as for a token that is not valid, %s", async (_, key) => {
    const error = await failureOf(() => toSlack({ api: bench.api, key: key() }).auth.test());
    expect(error).toBeInstanceOf(WebAPIPlatformError);
    expect(error).toMatchObject({ data: { ok: false, error: "invalid_auth" } });
  });
});

describe("googleapis", () => {
  let bench: Bench;
  beforeAll(() => {
    bench = benchOf(latchkey, "google");
  });

  it("reads", async () => {
    const { drive, at } = toDrive({ api: bench.api, key: keys.key });
    const [file] = driveFiles(0);
    const { data } = await drive.files.get({ fileId: file?.id ?? "" }, at);
    expect(data).toMatchObject({ id: file?.id, name: file?.name });
  });

  it("lists every item once, page by page", async () => {
    const { drive, at } = toDrive({ api: bench.api, key: keys.key });
    const listed: { id: string }[] = [];
    const asked = await bench.control.during(async () => {
      let pageToken: string | undefined;
      do {
        const everything = { pageSize: 100, supportsAllDrives: true, includeItemsFromAllDrives: true };
        const { data } = await drive.files.list({ ...everything, ...(pageToken ? { pageToken } : {}) }, at);
        listed.push(...(data.files ?? []).map(({ id }) => ({ id: id ?? "" })));
        pageToken = data.nextPageToken ?? undefined;
      } while (pageToken);
    });
    expect(asked.length).toBeGreaterThanOrEqual(3);
    expect(idsOf(listed)).toEqual(idsOf(driveFiles(0)));
  });

  it("writes", async () => {
    const { drive, at } = toDrive({ api: bench.writes, key: keys.key });
    const made = await drive.files.create({ requestBody: { name: "Made by an SDK", mimeType: "text/plain" } }, at);
    const { data } = await drive.files.get({ fileId: made.data.id ?? "" }, at);
    expect(data).toMatchObject({ name: "Made by an SDK", mimeType: "text/plain" });
  });

  it("uploads", async () => {
    const { drive, at } = toDrive({ api: bench.writes, key: keys.key });
    const body = "bytes ✓\n".repeat(1000);
    const made = await drive.files.create(
      { requestBody: { name: "Uploaded" }, media: { mimeType: "text/plain", body }, fields: "id,name,size" },
      at,
    );
    expect(made.data).toMatchObject({ name: "Uploaded" });
    const log = await bench.control.log();
    const upload = log.find(({ path }) => path === "/upload/drive/v3/files");
    expect(upload?.["body"]).toContain(body);
  });

  it("waits and asks again by itself where the service limits the rate", async () => {
    await bench.control.limitOnce();
    const { drive, at } = toDrive({ api: bench.api, key: keys.key });
    const asked = await bench.control.during(() => drive.files.list({ pageSize: 1 }, at));
    expect(asked.map(({ status }) => status)).toEqual([429, 200]);
  });

  it.each([
    ["where the account is not connected", () => keys.stranger, notConnected],
    ["with a bad key", () => BAD_KEY, "This key is not known here"],
  ])("fails at once, in words that help, %s", async (_, key, words) => {
    const { drive, at } = toDrive({ api: bench.api, key: key() });
    const error = await failureOf(() => drive.files.list({ pageSize: 1 }, at));
    expect(error).toBeInstanceOf(Common.GaxiosError);
    expect(error).toMatchObject({ status: 401 });
    expect(error).toHaveProperty("message", expect.stringContaining(words));
  });
});

describe("every SDK", () => {
  const sdks = SDKS.filter(({ needsHttps }) => !needsHttps);
  const firstCall = ({ service, calls }: Sdk, key: string) =>
    Object.values(calls(proxied(latchkey.origin, writesOf(service), key)))[0] ??
    (() => Promise.reject(new Error("no calls")));

  it.each(sdks)("$name fails at once with a bad key, as with a token that is none", async (sdk) => {
    const error = await failureOf(firstCall(sdk, BAD_KEY));
    expect(inspect(error)).toMatch(/401|invalid_auth|unauthorized|AUTHENTICATION_REQUIRED|re-authenticate/i);
  });

  // What each makes of it is its own affair: those with retries wait, the others tell their caller.
  it.each([
    { name: "octokit", statuses: [429, 200] },
    { name: "@microsoft/msgraph-sdk", statuses: [429, 200] },
    { name: "airtable", statuses: [429, 200] },
    { name: "@spotify/web-api-ts-sdk", statuses: [429] },
    { name: "spotify-web-api-node", statuses: [429] },
    { name: "facebook-nodejs-business-sdk", statuses: [400] },
  ])("$name meets a rate limit as at the service itself", async ({ name, statuses }) => {
    const sdk = sdks.find((one) => one.name === name);
    if (sdk === undefined) throw new Error(`There is no ${name}.`);
    const { control } = benchOf(latchkey, sdk.service);
    await control.limitOnce();
    const asked = await control.during(async () => {
      const ended = await outcomeOf(firstCall(sdk, keys.key));
      if (statuses.includes(200)) expect(ended).toBe("made");
      else expect(ended).not.toBe("made");
    });
    expect(asked.map(({ status }) => status)).toEqual(statuses);
  });
});

describe("calls that people make first", () => {
  const sdks = SDKS.filter(({ needsHttps }) => !needsHttps);
  const outcomes = new Map<string, string>();

  beforeAll(async () => {
    await Promise.all(
      sdks.map(async ({ name: sdk, service, calls }) => {
        for (const [name, call] of Object.entries(calls(proxied(latchkey.origin, writesOf(service), keys.key)))) {
          outcomes.set(`${sdk}: ${name}`, await outcomeOf(call));
        }
      }),
    );
  });

  it.each(
    sdks.flatMap(({ name: sdk, calls }) =>
      Object.keys(calls({ api: "http://localhost", host: () => "", key: "none" })).map((name) => `${sdk}: ${name}`),
    ),
  )("%s", (name) => {
    expect(outcomes.get(name)).toBe("made");
  });
});

it("opens no socket to any host but Latchkey's", () => {
  expect([...sockets.opened]).toEqual([new URL(latchkey.origin).host]);
  expect([...sockets.names]).toEqual(["localhost"]);
});

it("lets no key of Latchkey's reach a service", async () => {
  const sent = await everythingSent(latchkey);
  for (const path of ["/user/repos", "/v1/search", "/crm/v3/objects/contacts", "/api/auth.test", "/drive/v3/files"]) {
    expect(sent).toContain(path);
  }
  for (const key of [keys.key, keys.stranger, BAD_KEY]) expect(sent).not.toContain(key);
});
