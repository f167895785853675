/** Google's other APIs in the sandbox: mail, calendars, spreadsheets, contacts, and who somebody is. */
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { control } from "../support/emulator.ts";
import { clientOf } from "../support/client.ts";

const AUTH = "https://www.googleapis.com/auth";
const WithId = z.looseObject({ id: z.string() });

beforeEach(() => control("google").reset());

const statusOf = async (answer: Promise<Response>): Promise<number> => (await answer).status;

describe("Gmail", () => {
  const MAIL = "/gmail/v1/users/me";
  const Listed = z.object({
    messages: z.array(z.object({ id: z.string(), threadId: z.string() })).optional(),
    nextPageToken: z.string().optional(),
    resultSizeEstimate: z.number(),
  });
  const gmail = (scope: string, account = 0) =>
    clientOf("google", "gmail.googleapis.com", [`${AUTH}/gmail.${scope}`], account);
  const raw = (lines: readonly string[]) =>
    btoa(String.fromCharCode(...new TextEncoder().encode(lines.join("\r\n"))))
      .replaceAll("+", "-")
      .replaceAll("/", "_");

  it("lists every message once, page by page", async () => {
    const mail = await gmail("readonly");
    const seen: string[] = [];
    let token = "";
    do {
      const page = Listed.parse(await mail.json("GET", `${MAIL}/messages?maxResults=50${token}`));
      seen.push(...(page.messages ?? []).map(({ id }) => id));
      token = page.nextPageToken === undefined ? "" : `&pageToken=${page.nextPageToken}`;
    } while (token !== "");
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe(137);
  });

  it("leaves the list out where it is empty", async () => {
    const mail = await gmail("readonly", 2);
    expect(await mail.json("GET", `${MAIL}/messages`)).toEqual({ resultSizeEstimate: 0 });
  });

  it("sends a message, which then is in SENT and reads as it was sent", async () => {
    const mail = await gmail("modify");
    const sent = WithId.parse(
      await mail.json("POST", `${MAIL}/messages/send`, {
        json: { raw: raw(["To: b@example.com", "Subject: =?UTF-8?B?4pyT?=", "", "Grüße"]) },
      }),
    );
    expect(await mail.json("GET", `${MAIL}/messages?labelIds=SENT`)).toMatchObject({ messages: [{ id: sent.id }] });
    const full = await mail.json("GET", `${MAIL}/messages/${sent.id}`);
    expect(full).toMatchObject({
      snippet: "Grüße",
      payload: { mimeType: "text/plain", body: { size: 7, data: "R3LDvMOfZQ" } },
    });
    expect(full).toHaveProperty("payload.headers", expect.arrayContaining([{ name: "Subject", value: "✓" }]));
  });

  it.each([
    ["without a body", {}],
    ["to nobody", { raw: raw(["Subject: x", "", "y"]) }],
    ["that is no base64", { raw: "***" }],
  ])("sends no message %s", async (_, json) => {
    expect(await statusOf((await gmail("send")).call("POST", `${MAIL}/messages/send`, { json }))).toBe(400);
  });

  it("files a message under labels of one's own", async () => {
    const mail = await gmail("modify");
    const label = WithId.parse(await mail.json("POST", `${MAIL}/labels`, { json: { name: "Later" } }));
    const [first] = Listed.parse(await mail.json("GET", `${MAIL}/messages?maxResults=1`)).messages ?? [];
    await mail.json("POST", `${MAIL}/messages/${first?.id}/modify`, {
      json: { addLabelIds: [label.id], removeLabelIds: ["INBOX"] },
    });
    expect(await mail.json("GET", `${MAIL}/labels/${label.id}`)).toMatchObject({ messagesTotal: 1, type: "user" });
    await mail.json("POST", `${MAIL}/messages/${first?.id}/trash`);
    const left = Listed.parse(await mail.json("GET", `${MAIL}/messages?labelIds=${label.id}`));
    expect(left.messages).toBeUndefined();
  });

  it("lets a scope do what it is for and no more", async () => {
    const [reader, sender, sorter] = [await gmail("readonly"), await gmail("send"), await gmail("metadata")];
    const [first] = Listed.parse(await reader.json("GET", `${MAIL}/messages?maxResults=1`)).messages ?? [];
    expect(await statusOf(sender.call("GET", `${MAIL}/messages`))).toBe(403);
    expect(await statusOf(reader.call("POST", `${MAIL}/messages/${first?.id}/trash`))).toBe(403);
    expect(await statusOf(sorter.call("GET", `${MAIL}/messages/${first?.id}`))).toBe(403);
    expect(await statusOf(sorter.call("GET", `${MAIL}/messages/${first?.id}?format=metadata`))).toBe(200);
    expect(await statusOf(reader.call("GET", "/gmail/v1/users/somebody@example.com/messages"))).toBe(403);
  });
});

describe("Calendar", () => {
  const EVENTS = "/calendar/v3/calendars/primary/events";
  const calendar = (scope: string) => clientOf("google", "www.googleapis.com", [`${AUTH}/calendar${scope}`]);
  const start = { dateTime: "2031-05-01T10:00:00+02:00" };
  const end = { dateTime: "2031-05-01T11:00:00+02:00" };

  it("keeps an event, changes it, and strikes it out", async () => {
    const events = await calendar(".events");
    const made = WithId.parse(await events.json("POST", EVENTS, { json: { summary: "Tide", start, end } }));
    const between = "timeMin=2031-01-01T00:00:00Z&timeMax=2032-01-01T00:00:00Z&singleEvents=true&orderBy=startTime";
    expect(await events.json("GET", `${EVENTS}?${between}`)).toMatchObject({
      items: [{ id: made.id, summary: "Tide" }],
    });
    const moved = await events.json("PATCH", `${EVENTS}/${made.id}`, { json: { location: "Pier 3" } });
    expect(moved).toMatchObject({ summary: "Tide", location: "Pier 3", sequence: 1 });
    expect(await statusOf(events.call("DELETE", `${EVENTS}/${made.id}`))).toBe(204);
    expect(await statusOf(events.call("DELETE", `${EVENTS}/${made.id}`))).toBe(410);
    expect(await events.json("GET", `${EVENTS}?${between}`)).toMatchObject({ items: [] });
  });

  it.each([
    ["an event that ends before it begins", "POST", "", { start: end, end: start }],
    ["an event without an end", "POST", "", { start }],
    ["a time without an offset", "GET", "?timeMin=2031-01-01T00:00:00", undefined],
    ["an order that takes single events", "GET", "?orderBy=startTime", undefined],
  ])("takes not %s", async (_, method, query, json) => {
    const events = await calendar(".events");
    expect(await statusOf(events.call(method, EVENTS + query, json === undefined ? {} : { json }))).toBe(400);
  });

  it("is only read with the scope for reading", async () => {
    const reader = await calendar(".readonly");
    expect(await statusOf(reader.call("GET", "/calendar/v3/users/me/calendarList"))).toBe(200);
    expect(await statusOf(reader.call("POST", EVENTS, { json: { start, end } }))).toBe(403);
  });
});

describe("Sheets", () => {
  const sheets = (scope = "spreadsheets") => clientOf("google", "sheets.googleapis.com", [`${AUTH}/${scope}`]);
  const Made = z.looseObject({ spreadsheetId: z.string() });

  it("writes cells, reads them back and adds below them", async () => {
    const api = await sheets();
    const { spreadsheetId } = Made.parse(
      await api.json("POST", "/v4/spreadsheets", { json: { properties: { title: "Tides" } } }),
    );
    const values = `/v4/spreadsheets/${spreadsheetId}/values`;
    const written = await api.json("PUT", `${values}/Sheet1!B2:C3?valueInputOption=RAW`, {
      json: {
        values: [
          ["a", 1],
          ["b", true],
        ],
      },
    });
    expect(written).toMatchObject({ updatedRange: "Sheet1!B2:C3", updatedCells: 4 });
    await api.json("POST", `${values}/Sheet1!B2:append?valueInputOption=RAW`, { json: { values: [["c", 3]] } });
    expect(await api.json("GET", `${values}/Sheet1!B2:C`)).toEqual({
      range: "Sheet1!B2:C1000",
      majorDimension: "ROWS",
      values: [
        ["a", "1"],
        ["b", "TRUE"],
        ["c", "3"],
      ],
    });
    await api.json("POST", `${values}/Sheet1!B2:C2:clear`, { json: {} });
    expect(await api.json("GET", `${values}:batchGet?ranges=B2:C2&ranges=B3`)).toMatchObject({
      valueRanges: [{ range: "Sheet1!B2:C2" }, { values: [["b"]] }],
    });
  });

  it("says no to what Sheets says no to", async () => {
    const api = await sheets();
    const { spreadsheetId } = Made.parse(await api.json("POST", "/v4/spreadsheets", { json: {} }));
    const at = `/v4/spreadsheets/${spreadsheetId}/values`;
    expect(await statusOf(api.call("PUT", `${at}/A1`, { json: { values: [[1]] } }))).toBe(400);
    expect(await statusOf(api.call("GET", `${at}/Elsewhere!A1`))).toBe(400);
    expect(await statusOf(api.call("GET", "/v4/spreadsheets/none/values/A1"))).toBe(404);
    const reader = await sheets("spreadsheets.readonly");
    expect(await statusOf(reader.call("PUT", `${at}/A1?valueInputOption=RAW`, { json: { values: [[1]] } }))).toBe(403);
  });
});

describe("People", () => {
  it("lists contacts with the fields that were asked for, and takes new ones", async () => {
    const people = await clientOf("google", "people.googleapis.com", [`${AUTH}/contacts`]);
    expect(await statusOf(people.call("GET", "/v1/people/me/connections"))).toBe(400);
    await people.json("POST", "/v1/people:createContact", {
      json: { names: [{ givenName: "Pia", familyName: "Roth" }] },
    });
    expect(await people.json("GET", "/v1/people/me/connections?personFields=names&pageSize=1")).toMatchObject({
      connections: [{ names: [{ displayName: "Pia Roth" }] }],
      totalItems: 122,
    });
  });
});

describe("who somebody is", () => {
  it.each([
    ["openidconnect.googleapis.com", "/v1/userinfo", { sub: expect.any(String), email_verified: true }],
    ["www.googleapis.com", "/oauth2/v3/userinfo", { sub: expect.any(String), email_verified: true }],
    ["www.googleapis.com", "/oauth2/v2/userinfo", { id: expect.any(String), verified_email: true }],
  ])("%s%s", async (host, path, expected) => {
    const me = await clientOf("google", host, ["openid", "email"]);
    const said = await me.json("GET", path);
    expect(said).toEqual({ ...expected, email: "ada@northwind.example" });
  });
});
