/** OneDrive in the sandbox: what is written is kept, by id and by path, and lists are followed by their links alone. */
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { microsoftDrive, microsoftItems, rootId } from "../../sandbox/data/microsoft-drive.ts";
import { askAt, clientOf, type Client } from "../support/client.ts";
import { control } from "../support/emulator.ts";

const GRAPH = "graph.microsoft.com";
const DRIVE = "/v1.0/me/drive";
const Item = z.looseObject({ id: z.string(), name: z.string(), size: z.number(), eTag: z.string() });
const Page = z.looseObject({
  value: z.array(z.looseObject({ id: z.string() })),
  "@odata.nextLink": z.string().optional(),
  "@odata.deltaLink": z.string().optional(),
});
const Session = z.object({
  uploadUrl: z.string(),
  nextExpectedRanges: z.array(z.string()),
  expirationDateTime: z.string(),
});

let graph: Client;
beforeEach(async () => {
  await control("microsoft").reset();
  graph = await clientOf("microsoft", GRAPH, ["offline_access", "User.Read", "Files.ReadWrite"]);
});

const itemAt = async (path: string) => Item.parse(await graph.json("GET", path));
const putText = (path: string, body: string) =>
  graph.call("PUT", path, { body, headers: { "Content-Type": "text/plain" } });
const folder = async (name: string) =>
  Item.parse(await graph.json("POST", `${DRIVE}/root/children`, { json: { name, folder: {} } }));
const codeOf = async (answer: Response) =>
  z.object({ error: z.object({ code: z.string() }) }).parse(await answer.json()).error.code;
const contentOf = async (path: string): Promise<string> => {
  const answer = await graph.call("GET", path);
  expect(answer.status).toBe(302);
  return (await askAt(answer.headers.get("Location") ?? "")).text();
};

describe("content", () => {
  it("goes up by path, comes down by path and by id, without a token where it was sent on to", async () => {
    const made = await putText(`${DRIVE}/root:/a%20b%20✓.txt:/content`, "one");
    expect(made.status).toBe(201);
    const { id, name, size } = Item.parse(await made.json());
    expect([name, size]).toEqual(["a b ✓.txt", 3]);
    expect((await putText(`${DRIVE}/items/${id}/content`, "another")).status).toBe(200);
    for (const path of [`${DRIVE}/root:/A%20B%20✓.TXT:/content`, `${DRIVE}/items/${id}/content`]) {
      expect(await contentOf(path)).toBe("another");
    }
    expect(await itemAt(`${DRIVE}/root:/a%20b%20✓.txt`)).toMatchObject({
      id,
      size: 7,
      file: { mimeType: "text/plain" },
    });
  });

  it("goes up into a folder by the folder's id and a name", async () => {
    const { id } = await folder("Inside");
    const made = Item.parse(await (await putText(`${DRIVE}/items/${id}:/deep.txt:/content`, "deep")).json());
    expect(await itemAt(`${DRIVE}/root:/Inside/deep.txt`)).toMatchObject({
      id: made.id,
      parentReference: { id, name: "Inside", path: "/drive/root:/Inside", driveType: "business" },
    });
    expect(await graph.json("GET", `${DRIVE}/items/${id}/children`)).toMatchObject({ value: [{ id: made.id }] });
    expect((await putText(`${DRIVE}/root:/Nowhere/x.txt:/content`, "x")).status).toBe(404);
  });

  it("does not go over what is there where it was told not to", async () => {
    const at = (behavior: string) => `${DRIVE}/root:/x.txt:/content?@microsoft.graph.conflictBehavior=${behavior}`;
    await putText(at("fail"), "1");
    expect((await putText(at("fail"), "2")).status).toBe(409);
    const renamed = Item.parse(await (await putText(at("rename"), "3")).json());
    expect([renamed.name, await contentOf(`${DRIVE}/root:/x.txt:/content`)]).toEqual(["x 1.txt", "1"]);
  });

  it("goes up in ranges, without a token, and the session says where it is", async () => {
    const step = 320 * 1024;
    const whole = "0123456789abcdef".repeat((2 * step + 160) / 16);
    const session = Session.parse(
      await graph.json("POST", `${DRIVE}/root:/long.txt:/createUploadSession`, { json: { item: {} } }),
    );
    expect(session.nextExpectedRanges).toEqual(["0-"]);
    const put = (start: number, end: number, headers: Record<string, string> = {}) =>
      askAt(session.uploadUrl, {
        method: "PUT",
        body: whole.slice(start, end),
        headers: { "Content-Range": `bytes ${start}-${end - 1}/${whole.length}`, ...headers },
      });
    expect((await put(0, step, { Authorization: "Bearer x" })).status).toBe(401);
    expect((await put(0, 100)).status).toBe(400);
    const first = await put(0, step);
    expect([first.status, await first.json()]).toMatchObject([202, { nextExpectedRanges: [`${step}-`] }]);
    expect((await put(0, step)).status).toBe(416);
    expect(await (await askAt(session.uploadUrl)).json()).toMatchObject({ nextExpectedRanges: [`${step}-`] });
    expect((await put(step, 2 * step)).status).toBe(202);
    const last = await put(2 * step, whole.length);
    expect([last.status, await last.json()]).toMatchObject([201, { name: "long.txt", size: whole.length }]);
    expect(await contentOf(`${DRIVE}/root:/long.txt:/content`)).toBe(whole);
    expect((await askAt(session.uploadUrl)).status).toBe(404);
  });
});

describe("an item", () => {
  it("is renamed, moved, and not changed by who knows an older one", async () => {
    const { id } = await folder("There");
    const file = Item.parse(await (await putText(`${DRIVE}/root:/x.txt:/content`, "x")).json());
    const at = `${DRIVE}/items/${file.id}`;
    const moved = await graph.json("PATCH", at, { json: { name: "y.txt", parentReference: { id } } });
    expect(moved).toMatchObject({ name: "y.txt", parentReference: { path: "/drive/root:/There" } });
    const stale = await graph.call("DELETE", at, { headers: { "If-Match": file.eTag } });
    expect(stale.status).toBe(412);
    expect(
      await codeOf(await graph.call("POST", `${DRIVE}/root/children`, { json: { name: "there", folder: {} } })),
    ).toBe("nameAlreadyExists");
    expect((await graph.call("DELETE", `${DRIVE}/items/${id}`)).status).toBe(204);
    expect((await graph.call("GET", at)).status).toBe(404);
  });

  it("is copied in its own time, and the monitor says when", async () => {
    const file = Item.parse(await (await putText(`${DRIVE}/root:/x.txt:/content`, "x")).json());
    const answer = await graph.call("POST", `${DRIVE}/items/${file.id}/copy`, { json: { name: "copy.txt" } });
    expect([answer.status, await answer.text()]).toEqual([202, ""]);
    const monitor = answer.headers.get("Location") ?? "";
    expect(await (await askAt(monitor)).json()).toMatchObject({ status: "inProgress" });
    const { id } = await itemAt(`${DRIVE}/root:/copy.txt`);
    expect(await (await askAt(monitor)).json()).toMatchObject({ status: "completed", resourceId: id });
  });

  it("is reached through its drive by id, and through no other drive", async () => {
    const [first] = microsoftItems(0);
    const at = (drive: string) => graph.call("GET", `/v1.0/drives/${drive}/items/${first?.id}`);
    expect((await at(microsoftDrive(0).id)).status).toBe(200);
    expect((await at("b!other")).status).toBe(404);
  });

  it("takes a scope that writes", async () => {
    const reader = await clientOf("microsoft", GRAPH, ["offline_access", "Files.Read"]);
    expect((await reader.call("GET", `${DRIVE}/items/${rootId(0)}`)).status).toBe(200);
    expect((await reader.call("PUT", `${DRIVE}/root:/x.txt:/content`, { body: "x" })).status).toBe(403);
  });
});

describe("a list", () => {
  async function followed(path: string): Promise<{ ids: string[]; links: string[]; last: z.infer<typeof Page> }> {
    const links: string[] = [];
    let page = Page.parse(await graph.json("GET", path));
    const ids = page.value.map(({ id }) => id);
    while (page["@odata.nextLink"] !== undefined) {
      links.push(page["@odata.nextLink"]);
      page = Page.parse(await graph.json("GET", page["@odata.nextLink"]));
      ids.push(...page.value.map(({ id }) => id));
    }
    return { ids, links, last: page };
  }
  const all = microsoftItems(0)
    .map(({ id }) => id)
    .toSorted();

  it.each(["$skiptoken", "$skipToken", "$skip", "opaque"])("is whole by its links: %s", async (next_link) => {
    await control("microsoft").settings({ next_link });
    const { ids, links } = await followed(`${DRIVE}/root/children?$top=50&$select=id,name`);
    expect(ids.toSorted()).toEqual(all);
    const names = links.map((link) => [...new URL(link).searchParams.keys()]);
    expect(names.every((each) => each.includes(next_link) === (next_link !== "opaque"))).toBe(true);
  });

  it("is whole by its links, but for nobody who takes them apart", async () => {
    await control("microsoft").settings({ next_link: "varies" });
    const { ids, links } = await followed(`${DRIVE}/root/children?$top=20`);
    expect(ids.toSorted()).toEqual(all);
    const said = new Set(links.map((link) => [...new URL(link).searchParams.keys()].at(-1)));
    expect(said.size).toBeGreaterThanOrEqual(3);
  });

  it("is filtered and sorted, and says no to what is no filter", async () => {
    const query = "$filter=startswith(name,'quiet')&$orderby=lastModifiedDateTime desc&$top=200";
    const { value } = z
      .object({ value: z.array(Item) })
      .parse(await graph.json("GET", `${DRIVE}/root/children?${query}`));
    expect(value.length).toBeGreaterThan(0);
    expect(value.filter(({ name }) => !name.startsWith("quiet"))).toEqual([]);
    expect((await graph.call("GET", `${DRIVE}/root/children?$filter=name like 'x'`)).status).toBe(400);
  });

  it("is searched through every folder", async () => {
    const { ids } = await followed(`${DRIVE}/root/search(q='${encodeURIComponent("lantern")}')?$select=id`);
    const top = microsoftItems(0).filter(({ name }) => name.includes("lantern"));
    expect(ids.length).toBeGreaterThan(top.length);
  });

  it("is followed by what changed since", async () => {
    const first = await followed(`${DRIVE}/root/delta`);
    expect(first.ids).toContain(rootId(0));
    const made = Item.parse(await (await putText(`${DRIVE}/root:/new.txt:/content`, "x")).json());
    const link = first.last["@odata.deltaLink"] ?? "";
    expect(await graph.json("GET", link)).toMatchObject({ value: [{ id: made.id, name: "new.txt" }] });
    await graph.call("DELETE", `${DRIVE}/items/${made.id}`);
    expect(await graph.json("GET", link)).toMatchObject({ value: [{ id: made.id, deleted: {} }] });
    expect((await graph.call("GET", `${DRIVE}/root/delta(token='garbage')`)).status).toBe(410);
  });
});
