/** Graph in the sandbox beside files: mail, calendar, contacts, batches, and what a personal account has not. */
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { clientOf } from "../support/client.ts";
import { control } from "../support/emulator.ts";
import { grantAt } from "../support/service-api.ts";

const ME = "/v1.0/me";
const WithId = z.looseObject({ id: z.string() });
const Listed = z.object({ value: z.array(WithId), "@odata.count": z.number().optional() });

beforeEach(() => control("microsoft").reset());

const graph = (scopes: readonly string[], account = 0) =>
  clientOf("microsoft", "graph.microsoft.com", ["offline_access", ...scopes], account);
const statusOf = async (answer: Promise<Response>): Promise<number> => (await answer).status;
const to = (address: string) => [{ emailAddress: { address } }];

describe("mail", () => {
  it("is sent, and lies among what was sent", async () => {
    const mail = await graph(["Mail.Read", "Mail.Send"]);
    const message = {
      subject: "Tide ✓",
      body: { contentType: "Text", content: "High at six." },
      toRecipients: to("b@example.com"),
    };
    const answer = await mail.call("POST", `${ME}/sendMail`, { json: { message } });
    expect([answer.status, await answer.text()]).toEqual([202, ""]);
    expect(await mail.json("GET", `${ME}/mailFolders/sentitems/messages?$top=1`)).toMatchObject({
      value: [{ subject: "Tide ✓", bodyPreview: "High at six.", isDraft: false, toRecipients: to("b@example.com") }],
    });
    expect(await statusOf(mail.call("POST", `${ME}/sendMail`, { json: { message: { subject: "x" } } }))).toBe(400);
  });

  it("is drafted, changed, sent and deleted in two steps", async () => {
    const mail = await graph(["Mail.ReadWrite", "Mail.Send"]);
    const { id } = WithId.parse(
      await mail.json("POST", `${ME}/messages`, { json: { subject: "Draft", toRecipients: to("b@example.com") } }),
    );
    const at = `${ME}/messages/${encodeURIComponent(id)}`;
    await mail.json("PATCH", at, { json: { subject: "Better", isRead: false } });
    expect(await statusOf(mail.call("POST", `${at}/send`))).toBe(202);
    expect(await mail.json("GET", at)).toMatchObject({ subject: "Better", isDraft: false });
    expect(await statusOf(mail.call("POST", `${at}/send`))).toBe(400);
    expect(await statusOf(mail.call("DELETE", at))).toBe(204);
    expect(await statusOf(mail.call("GET", at))).toBe(200);
    expect(await statusOf(mail.call("DELETE", at))).toBe(204);
    expect(await statusOf(mail.call("GET", at))).toBe(404);
  });

  it("is listed ten at a time, filtered and searched", async () => {
    const mail = await graph(["Mail.Read"]);
    const first = Listed.parse(await mail.json("GET", `${ME}/messages?$count=true`));
    expect([first.value.length, first["@odata.count"]]).toEqual([10, 122]);
    const unread = Listed.parse(await mail.json("GET", `${ME}/messages?$filter=isRead eq false&$top=200`)).value;
    expect(unread.length).toBeGreaterThan(0);
    expect(unread.filter((message) => message["isRead"] !== false)).toEqual([]);
    expect(await statusOf(mail.call("GET", `${ME}/messages?$search="ready"&$orderby=subject`))).toBe(400);
    expect(await statusOf(mail.call("POST", `${ME}/messages`, { json: {} }))).toBe(403);
  });
});

it("keeps an event, shows it in its days, changes and deletes it", async () => {
  const calendar = await graph(["Calendars.ReadWrite"]);
  const at = (hour: string) => ({ dateTime: `2031-05-01T${hour}:00:00`, timeZone: "UTC" });
  const event = { subject: "Tide", start: at("10"), end: at("11"), location: { displayName: "Pier 3" } };
  const { id } = WithId.parse(await calendar.json("POST", `${ME}/events`, { json: event }));
  const view = `${ME}/calendarView?startDateTime=2031-05-01T00:00:00Z&endDateTime=2031-05-02T00:00:00Z`;
  expect(await calendar.json("GET", view)).toMatchObject({
    value: [{ id, subject: "Tide", start: { dateTime: "2031-05-01T10:00:00.0000000", timeZone: "UTC" } }],
  });
  const path = `${ME}/events/${encodeURIComponent(id)}`;
  expect(await calendar.json("PATCH", path, { json: { subject: "Ebb" } })).toMatchObject({
    subject: "Ebb",
    location: { displayName: "Pier 3" },
  });
  expect(await statusOf(calendar.call("PATCH", path, { json: { end: at("09") } }))).toBe(400);
  expect(await statusOf(calendar.call("DELETE", path))).toBe(204);
  expect(await calendar.json("GET", view)).toMatchObject({ value: [] });
  expect(await statusOf(calendar.call("GET", `${ME}/calendarView`))).toBe(400);
});

it("keeps a contact", async () => {
  const contacts = await graph(["Contacts.ReadWrite"]);
  const { id } = WithId.parse(
    await contacts.json("POST", `${ME}/contacts`, { json: { givenName: "Pia", surname: "Roth" } }),
  );
  const path = `${ME}/contacts/${encodeURIComponent(id)}`;
  await contacts.json("PATCH", path, { json: { businessPhones: ["+47 1"] } });
  expect(await contacts.json("GET", path)).toMatchObject({ displayName: "Pia Roth", businessPhones: ["+47 1"] });
  expect(await statusOf(contacts.call("DELETE", path))).toBe(204);
  expect(await statusOf(contacts.call("GET", path))).toBe(404);
});

describe("a batch", () => {
  const Answers = z.object({
    responses: z.array(z.looseObject({ id: z.string(), status: z.number(), body: z.unknown() })),
  });

  it("answers each call as if it had come by itself, and holds back what waits for one that failed", async () => {
    const api = await graph(["User.Read", "Files.ReadWrite"]);
    const { responses } = Answers.parse(
      await api.json("POST", "/v1.0/$batch", {
        json: {
          requests: [
            { id: "1", method: "GET", url: "/me" },
            { id: "2", method: "GET", url: "/me/messages" },
            {
              id: "3",
              method: "POST",
              url: "/me/drive/root/children",
              body: { name: "Batch", folder: {} },
              headers: { "Content-Type": "application/json" },
            },
            { id: "4", method: "GET", url: "/me/drive/root:/Batch", dependsOn: ["3"] },
            { id: "5", method: "GET", url: "/me/photo/$value", dependsOn: ["2"] },
            { id: "6", method: "GET", url: "/me/photo/$value" },
          ],
        },
      }),
    );
    const by = Object.fromEntries(responses.map(({ id, status }) => [id, status]));
    expect(by).toEqual({ 1: 200, 2: 403, 3: 201, 4: 200, 5: 424, 6: 200 });
    expect(responses.find(({ id }) => id === "4")?.body).toMatchObject({ name: "Batch" });
    expect(responses.find(({ id }) => id === "6")?.body).toMatch(/^iVBOR/);
  });

  it("of more than twenty is none", async () => {
    const api = await graph(["User.Read"]);
    const requests = Array.from({ length: 21 }, (_, index) => ({ id: String(index), method: "GET", url: "/me" }));
    expect(await statusOf(api.call("POST", "/v1.0/$batch", { json: { requests } }))).toBe(400);
  });
});

describe("a personal account", () => {
  it("is granted everything that was asked but Teams, without a word", async () => {
    const granted = await grantAt("microsoft", ["offline_access", "User.Read", "Team.ReadBasic.All"], 2);
    expect(granted["scope"]).toBe("User.Read");
    const work = await grantAt("microsoft", ["offline_access", "User.Read", "Team.ReadBasic.All"], 0);
    expect(work["scope"]).toBe("User.Read Team.ReadBasic.All");
  });

  it("has a drive of its own kind", async () => {
    const api = await graph(["Files.Read"], 2);
    expect(await api.json("GET", `${ME}/drive`)).toMatchObject({ driveType: "personal" });
  });
});
