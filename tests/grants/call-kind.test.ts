/** Whether a call reads or changes something: as each service declares it, and never a read where it could be something else. */
import { describe, expect, it } from "vitest";
import { Method } from "../../src/api-grants.ts";
import { placeOf } from "../../src/contract/path-patterns.ts";
import type { Provider } from "../../src/contract/provider.ts";
import { isToldByBody, tell } from "../../src/grants/call-kind.ts";
import { builtInProviders } from "../../src/providers/index.ts";
import { readApiPath } from "../../src/proxy/target.ts";

const providerOf = (id: string): Provider => {
  const provider = builtInProviders.find((one) => one.id === id);
  if (!provider) throw new Error(id);
  return provider;
};

interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string | null;
}

/** @param call a method and a path as the proxy is asked for it */
function kind(id: string, call: string, { headers = {}, text }: Sent = {}): string {
  const [method, address = ""] = call.split(" ");
  const [path = "", query] = address.split(/\?(.*)/s);
  const provider = providerOf(id);
  const { host, rest } = readApiPath(provider.api, path);
  const place = placeOf(host, rest, query === undefined ? "" : `?${query}`);
  return tell(provider, { method: Method.parse(method), place, headers: new Headers(headers), text }).kind;
}

const JSON_TYPE = { "Content-Type": "application/json; charset=utf-8" };
const FORM = { "Content-Type": "application/x-www-form-urlencoded" };
const graphql = (query: string): Sent => ({ headers: JSON_TYPE, text: JSON.stringify({ query }) });

describe("a read is", () => {
  it.for<[string, string, Sent?]>([
    ["github", "GET /user"],
    ["github", "HEAD /user"],
    ["github", "OPTIONS /user"],
    ["github", "POST /markdown"],
    ["github", "POST /graphql", graphql("{ viewer { login } }")],
    ["notion", "POST /v1/search"],
    ["notion", "POST /v1/data_sources/a1/query"],
    ["notion", "POST /v1/databases/a1/query"],
    ["google", "POST /calendar/v3/freeBusy"],
    ["google", "GET /~gmail.googleapis.com/gmail/v1/users/me/messages"],
    ["google", "POST /~sheets.googleapis.com/v4/spreadsheets/a1:getByDataFilter"],
    ["microsoft", "POST /v1.0/search/query"],
    ["microsoft", "POST /beta/me/findMeetingTimes"],
    ["hubspot", "POST /crm/v3/objects/contacts/search"],
    ["hubspot", "POST /crm/v3/objects/contacts/batch/read"],
    ["airtable", "POST /v0/app1/tbl1/listRecords"],
    ["facebook", "GET /me"],
    ["facebook", "GET /?ids=1,2"],
    ["spotify", "GET /v1/me"],
    ["slack", "POST /conversations.history", { headers: FORM, text: "channel=C1" }],
    ["slack", "GET /api/users.list"],
  ])("%s: %s", ([id, call, sent]) => {
    expect(kind(id, call, sent)).toBe("read");
  });
});

describe("a change is", () => {
  it.for<[string, string, Sent?]>([
    ["github", "POST /user/repos"],
    ["github", "DELETE /repos/a/b"],
    ["github", "PUT /markdown"],
    ["github", "POST /Markdown"],
    ["github", "POST /%6darkdown"],
    ["github", "POST /graphql", graphql("mutation { a }")],
    ["github", "POST /graphql", { headers: JSON_TYPE }],
    ["github", "POST /graphql", { headers: JSON_TYPE, text: null }],
    ["github", "POST /graphql", { ...graphql("{ a }"), headers: { "Content-Type": "text/plain" } }],
    [
      "github",
      "POST /graphql",
      { ...graphql("{ a }"), headers: { "Content-Type": "application/json; charset=utf-16" } },
    ],
    ["github", "POST /graphql", { ...graphql("{ a }"), headers: { ...JSON_TYPE, "Content-Encoding": "gzip" } }],
    ["github", "GET /graphql?query=mutation{a}"],
    ["github", "GET /graphql/?query=mutation{a}"],
    ["github", "GET /GraphQL?query=mutation{a}"],
    ["github", "GET /%67raphql?query=mutation{a}"],
    ["github", "GET /~uploads.github.com/graphql?query=mutation{a}"],
    ["github", "POST /graphql?query=mutation%7Ba%7D", graphql("{ a }")],
    ["github", "POST /graphql", { headers: JSON_TYPE, text: '{"query":"{ a }","documentId":"1"}' }],
    ["github", "POST /graphql", { headers: JSON_TYPE, text: '{"query":"{ a }","extensions":{"persistedQuery":{}}}' }],
    ["notion", "POST /v1/pages"],
    ["notion", "PATCH /v1/search"],
    ["notion", "POST /v1/databases/a%2Fb/query"],
    ["notion", "POST /v1/databases/a/../query"],
    ["hubspot", "POST /crm/v3/objects/contacts/batch/create"],
    ["microsoft", "POST /v1.0/me/sendMail"],
    ["slack", "GET /chat.postMessage?channel=C1&text=hello"],
    ["slack", "POST /chat.postMessage"],
    ["slack", "POST /files.getUploadURLExternal"],
  ])("%s: %s", ([id, call, sent]) => {
    expect(kind(id, call, sent)).toBe("write");
  });
});

describe("what may be another call than it looks like", () => {
  it.for<[string, string, Sent?]>([
    ["github", "GET /user", { headers: { "X-HTTP-Method-Override": "DELETE" } }],
    ["github", "GET /user", { headers: { "x-http-method": "DELETE" } }],
    ["github", "GET /user", { headers: { "X-Method-Override": "DELETE" } }],
    ["github", "GET /user", { headers: { "X-Original-URL": "/admin" } }],
    ["github", "GET /user", { headers: { "X-Rewrite-URL": "/admin" } }],
    ["github", "GET /user?_method=delete"],
    ["github", "GET /user?%5Fmethod=delete"],
    ["github", "GET /user?a=b;_Method=delete"],
    ["github", "GET /user?_method[]=delete"],
    ["github", "POST /user", { headers: FORM, text: "a=b&_method=delete" }],
    ["github", "GET /user?[_method]=delete"],
    ["github", "GET /user?_method]=delete"],
    ["github", `GET /user?${"[".repeat(100)}_method]=delete`],
    ["github", "GET /user?%20[]+[_method]=delete"],
    ["github", "GET /user?method=DELETE"],
    ["github", "POST /user", { text: "_method=delete" }],
    ["github", "POST /user", { headers: { "Content-Type": "" }, text: "_method=delete" }],
    ["github", "POST /user", { headers: JSON_TYPE, text: '{"_method":"delete"}' }],
    ["github", "POST /user", { headers: FORM, text: "method=delete" }],
    ["google", "GET /drive/v3/files?$httpMethod=DELETE"],
    ["google", "POST /batch/drive/v3"],
    ["google", "POST /~gmail.googleapis.com/batch/gmail/v1"],
    ["microsoft", "POST /v1.0/$batch"],
    ["microsoft", "POST /v1.0/%24batch"],
    ["microsoft", "POST /v1.0/$Batch"],
    ["microsoft", "POST /v1.0//$batch"],
    ["microsoft", "POST /v1.0/%2524batch"],
    ["microsoft", "POST /v1.0/$batch;a=b"],
    ["microsoft", "POST /v1.0./$batch"],
    ["microsoft", "POST /v1.0/$batch."],
    ["microsoft", `POST /v1.0/$batch${".%20".repeat(50)}`],
    ["microsoft", "POST /v1.0/$batch%20"],
    ["google", "POST /batch/drive/v3."],
    ["google", "POST /batch/drive%zz"],
    ["facebook", "POST /v25.0./"],
    ["facebook", "POST /"],
    ["facebook", "POST /v25.0"],
    ["facebook", "GET /me?method=delete"],
    ["facebook", "GET /me?batch=[]"],
    ["facebook", "POST /me/feed", { headers: FORM, text: "message=a&METHOD=delete" }],
    ["facebook", "POST /me/feed", { headers: JSON_TYPE, text: '{"message":"a","m\\u0065thod":"delete"}' }],
    ["facebook", "POST /me/feed", { headers: { "Content-Type": "multipart/form-data; boundary=a" }, text: "--a" }],
    ["facebook", "POST /me/feed", { text: null }],
  ])("%s: %s", ([id, call, sent]) => {
    expect(kind(id, call, sent)).toBe("hidden");
  });

  it.for<[string, Sent]>([
    ["an upload, whose parts may name a method", { headers: { "Content-Type": "multipart/form-data; boundary=a" } }],
    ["a form that is too long", { headers: FORM, text: null }],
    ["JSON that is too long", { headers: JSON_TYPE, text: null }],
    ["a packed form", { headers: { ...FORM, "Content-Encoding": "gzip" }, text: "a=b" }],
    [
      "a form in other letters",
      { headers: { "Content-Type": `${FORM["Content-Type"]}; charset=utf-16be` }, text: "a=b" },
    ],
    ["a form of two types", { headers: { "Content-Type": `${FORM["Content-Type"]}, x` }, text: "a=b" }],
    ["a body of no type that can be told", { headers: { "Content-Type": "form" }, text: "a=b" }],
  ])("is %s", ([, sent]) => {
    expect(kind("github", "POST /user", sent)).toBe("any method");
  });

  it("is not a body that nobody looks into for a method", () => {
    expect(kind("github", "POST /user", { headers: { "Content-Type": "image/png" } })).toBe("write");
  });
});

it("looks into the bodies that tell, and into no other", () => {
  const told = (id: string, path: string, headers = {}): boolean =>
    isToldByBody(providerOf(id), { method: "POST", place: placeOf(null, path, ""), headers: new Headers(headers) });
  expect(told("github", "/graphql", JSON_TYPE)).toBe(true);
  expect(told("github", "/user/repos", JSON_TYPE)).toBe(true);
  expect(told("github", "/user/repos")).toBe(true);
  expect(told("github", "/user/repos", { "Content-Type": "image/png" })).toBe(false);
  expect(told("facebook", "/me/feed", { "Content-Type": "image/png" })).toBe(true);
  expect(told("github", "/user/repos", FORM)).toBe(true);
  expect(told("facebook", "/me/feed", JSON_TYPE)).toBe(true);
});

/** https://github.com/slackapi/slack-api-specs: those that it has by POST, and those by GET that change something all the same. */
const SLACK_CHANGES =
  "admin.apps.approve admin.conversations.archive admin.conversations.create admin.conversations.delete " +
  "admin.conversations.restrictAccess.addGroup admin.conversations.setTeams admin.emoji.add admin.inviteRequests.approve " +
  "admin.teams.create admin.teams.settings.setName admin.usergroups.addTeams admin.users.assign admin.users.invite " +
  "admin.users.remove admin.users.session.reset admin.users.setAdmin calls.add calls.end calls.participants.add calls.update " +
  "chat.delete chat.meMessage chat.postEphemeral chat.postMessage chat.scheduleMessage chat.unfurl chat.update " +
  "conversations.archive conversations.close conversations.create conversations.invite conversations.join conversations.kick " +
  "conversations.leave conversations.mark conversations.open conversations.rename conversations.setPurpose " +
  "conversations.setTopic conversations.unarchive dnd.endDnd dnd.setSnooze files.comments.delete files.delete " +
  "files.remote.add files.remote.remove files.remote.update files.revokePublicURL files.sharedPublicURL files.upload pins.add " +
  "pins.remove reactions.add reactions.remove reminders.add reminders.complete reminders.delete stars.add stars.remove " +
  "usergroups.create usergroups.disable usergroups.enable usergroups.update usergroups.users.update users.deletePhoto " +
  "users.profile.set users.setActive users.setPhoto users.setPresence apps.permissions.request apps.permissions.users.request " +
  "apps.uninstall auth.revoke dialog.open files.remote.share migration.exchange rtm.connect views.open views.publish views.push " +
  "views.update workflows.stepCompleted workflows.stepFailed workflows.updateStep";
const SLACK_READS =
  "admin.apps.approved.list admin.conversations.ekm.listOriginalConnectedChannelInfo admin.emoji.list admin.teams.list " +
  "admin.teams.settings.info api.test auth.test bots.info calls.info chat.getPermalink chat.scheduledMessages.list " +
  "conversations.history conversations.info conversations.list conversations.members conversations.replies dnd.info " +
  "dnd.teamInfo emoji.list files.info files.list files.remote.info files.remote.list pins.list reactions.get reactions.list " +
  "reminders.info reminders.list search.messages stars.list team.accessLogs team.billableInfo team.info team.integrationLogs " +
  "team.profile.get usergroups.list usergroups.users.list users.conversations users.getPresence users.identity users.info " +
  "users.list users.lookupByEmail users.profile.get";

it("takes no method of Slack's that changes something for a read, by GET or by POST", () => {
  const reads = SLACK_CHANGES.split(" ").flatMap((name) =>
    ["GET", "POST"]
      .filter((method) => kind("slack", `${method} /${name}`) === "read")
      .map((method) => `${method} ${name}`),
  );
  expect(reads).toEqual([]);
});

it("knows the reads of Slack", () => {
  const unknown = SLACK_READS.split(" ").filter((name) => kind("slack", `POST /${name}`) !== "read");
  // Of a whole workspace's administration, by a name of its own.
  expect(unknown).toEqual(["admin.conversations.ekm.listOriginalConnectedChannelInfo"]);
});
