/** The emulated Notion keeps what is written, in the shape of each of its versions. */
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { control } from "../support/emulator.ts";
import { type Api, apiOf, ask } from "../support/service-api.ts";

const V1 = "api.notion.com/v1";
const Thing = z.looseObject({ id: z.string(), object: z.string() });
const List = z.object({ results: z.array(Thing), next_cursor: z.string().nullable(), has_more: z.boolean() });
const text = (content: string) => [{ text: { content } }];

let api: Api;
const at = (version: string) => ({ headers: { "Notion-Version": version } });
beforeEach(async () => {
  await control("notion").reset();
  api = await apiOf("notion", [], at("2025-09-03"));
});

const get = async (path: string, version?: string) =>
  Thing.parse((await api("GET", `${V1}/${path}`, version === undefined ? {} : at(version))).body);
const list = async (method: "GET" | "POST" | "PATCH", path: string, body?: object) =>
  List.parse((await api(method, `${V1}/${path}`, body === undefined ? {} : { body })).body);
const make = async (path: string, body: object) => Thing.parse((await api("POST", `${V1}/${path}`, { body })).body);
const change = (path: string, body: object) => api("PATCH", `${V1}/${path}`, { body });
const firstSource = async () => {
  const [found] = (await list("POST", "search", { filter: { property: "object", value: "data_source" } })).results;
  return z.looseObject({ id: z.string(), parent: z.object({ database_id: z.string() }) }).parse(found);
};
const newPage = (body: object = {}) => make("pages", { parent: { workspace: true }, ...body });

describe("a page", () => {
  it("has the properties of its data source, and takes no others", async () => {
    const { id } = await firstSource();
    const properties = { Name: { title: text("Boat") }, Status: { select: { name: "Open" } }, Estimate: { number: 3 } };
    const page = await make("pages", { parent: { data_source_id: id }, properties });
    expect((await get(`pages/${page.id}`))["properties"]).toMatchObject({
      Status: { select: { name: "Open", color: "red" } },
      Estimate: { number: 3 },
      Checked: { checkbox: false },
      Tags: { multi_select: [] },
    });
    const wrong = { Nome: { title: text("x") } };
    expect(
      await api("POST", `${V1}/pages`, { body: { parent: { data_source_id: id }, properties: wrong } }),
    ).toMatchObject({
      status: 400,
      body: { code: "validation_error", message: "Nome is not a property that exists." },
    });
    expect(await change(`pages/${page.id}`, { properties: { Estimate: { select: null } } })).toMatchObject({
      status: 400,
      body: { message: "Estimate is expected to be number." },
    });
  });

  it("in a data source says so since 2025-09-03, and names its database before", async () => {
    const { id, parent } = await firstSource();
    const page = await make("pages", { parent: { data_source_id: id } });
    const path = `pages/${page.id}`;
    const both = { type: "data_source_id", data_source_id: id, database_id: parent.database_id };
    expect((await get(path))["parent"]).toEqual(both);
    expect((await get(path, "2026-03-11"))["parent"]).toEqual(both);
    expect((await get(path, "2022-06-28"))["parent"]).toEqual({ type: "database_id", database_id: parent.database_id });
  });

  it("goes to the trash and comes back, in the words of each version", async () => {
    const { id } = await newPage();
    expect((await change(`pages/${id}`, { archived: true })).body).toMatchObject({ archived: true, in_trash: true });
    const edit = await change(`pages/${id}`, { icon: { emoji: "🧭" } });
    expect(edit).toMatchObject({ status: 400, body: { code: "validation_error" } });
    expect(await get(`pages/${id}`, "2026-03-11")).not.toHaveProperty("archived");
    expect((await list("POST", "search")).results.map((found) => found.id)).not.toContain(id);
    await change(`pages/${id}`, { in_trash: false });
    expect((await list("POST", "search")).results[0]?.id).toBe(id);
  });

  it("has its properties one by one: titles and texts are lists", async () => {
    const { id } = await newPage({ properties: { title: { title: text("One by one") } } });
    expect((await api("GET", `${V1}/pages/${id}/properties/title`)).body).toMatchObject({
      object: "list",
      type: "property_item",
      results: [{ object: "property_item", title: { plain_text: "One by one" } }],
      property_item: { type: "title", next_url: null },
    });
    const source = await firstSource();
    const row = await make("pages", {
      parent: { data_source_id: source.id },
      properties: { Due: { date: { start: "2026-11-26" } } },
    });
    expect(await get(`pages/${row.id}/properties/%3AUPp`)).toMatchObject({
      object: "property_item",
      date: { start: "2026-11-26", end: null },
    });
  });

  it("asked for in part has that part", async () => {
    const source = await firstSource();
    const row = await make("pages", { parent: { data_source_id: source.id } });
    expect(Object.keys(Object((await get(`pages/${row.id}?filter_properties=title`))["properties"]))).toEqual(["Name"]);
  });

  it("is not made in what is not there", async () => {
    const body = { parent: { page_id: crypto.randomUUID() } };
    expect(await api("POST", `${V1}/pages`, { body })).toMatchObject({
      status: 404,
      body: { code: "object_not_found" },
    });
  });
});

describe("blocks", () => {
  it("are appended, within each other too, placed, changed and deleted", async () => {
    const page = await newPage({ children: [{ paragraph: { rich_text: text("first") } }] });
    const inner = [{ to_do: { rich_text: text("inner"), checked: true } }];
    const children = [{ toggle: { rich_text: text("last"), children: inner } }];
    const [toggle] = (await list("PATCH", `blocks/${page.id}/children`, { children })).results;
    expect(toggle).toMatchObject({ type: "toggle", has_children: true });
    expect((await list("GET", `blocks/${toggle?.id}/children`)).results).toMatchObject([{ to_do: { checked: true } }]);
    const [first] = (await list("GET", `blocks/${page.id}/children`)).results;
    const between = { children: [{ divider: {} }], after: first?.id };
    await list("PATCH", `blocks/${page.id}/children`, between);
    const types = async () => (await list("GET", `blocks/${page.id}/children`)).results.map((block) => block["type"]);
    expect(await types()).toEqual(["paragraph", "divider", "toggle"]);
    const changed = await change(`blocks/${first?.id}`, { paragraph: { rich_text: text("second") } });
    expect(JSON.stringify(changed.body)).toContain('"plain_text":"second"');
    expect((await change(`blocks/${first?.id}`, { quote: { rich_text: [] } })).status).toBe(400);
    expect((await api("DELETE", `${V1}/blocks/${first?.id}`)).body).toMatchObject({ in_trash: true });
    expect(await types()).toEqual(["divider", "toggle"]);
    expect(await get(`blocks/${page.id}`)).toMatchObject({ type: "child_page", has_children: true });
  });

  it("come a hundred at a time", async () => {
    const lists = await Promise.all(
      (await list("POST", "search", { filter: { property: "object", value: "page" } })).results.map(({ id }) =>
        list("GET", `blocks/${id}/children`),
      ),
    );
    const long = lists.find(({ has_more }) => has_more);
    expect(long?.results).toHaveLength(100);
    const many = { children: Array.from({ length: 101 }, () => ({ divider: {} })) };
    const page = await newPage();
    expect((await api("PATCH", `${V1}/blocks/${page.id}/children`, { body: many })).status).toBe(400);
  });
});

describe("a data source", () => {
  const rows = async (body: object) => {
    const { id } = await firstSource();
    for (const [name, estimate, state] of [
      ["Ada", 1, "Open"],
      ["Bo", 2, "Done"],
      ["Cy", 3, "Open"],
    ] as const) {
      const due = { date: { start: `2030-01-0${estimate}` } };
      const properties = {
        Name: text(name),
        Estimate: { number: estimate },
        Status: { select: { name: state } },
        Due: due,
      };
      await make("pages", { parent: { data_source_id: id }, properties });
    }
    const recent = { property: "Due", date: { on_or_after: "2030-01-01" } };
    const filter = "filter" in body ? { and: [recent, body.filter] } : recent;
    const { results } = await list("POST", `data_sources/${id}/query`, { ...body, filter });
    return results.map((page) => /"plain_text":"(\w+)"/.exec(JSON.stringify(page["properties"]))?.[1]);
  };

  it.each([
    ["a text", { property: "Name", title: { contains: "y" } }, ["Cy"]],
    ["a number", { property: "Estimate", number: { greater_than: 1 } }, ["Bo", "Cy"]],
    ["a choice", { property: "Status", select: { equals: "Open" } }, ["Ada", "Cy"]],
    ["a date", { property: "%3AUPp", date: { before: "2030-01-03" } }, ["Ada", "Bo"]],
    ["a tick", { property: "Checked", checkbox: { equals: true } }, []],
    ["nothing", { property: "Notes", rich_text: { is_empty: true } }, ["Ada", "Bo", "Cy"]],
    ["a time", { timestamp: "created_time", created_time: { after: "2001-01-01" } }, ["Ada", "Bo", "Cy"]],
    [
      "one or the other",
      {
        or: [
          { property: "Name", title: { equals: "Ada" } },
          { property: "Estimate", number: { equals: 3 } },
        ],
      },
      ["Ada", "Cy"],
    ],
  ])("is filtered by %s", async (_, filter, names) => {
    expect(await rows({ filter, sorts: [{ property: "Name", direction: "ascending" }] })).toEqual(names);
  });

  it("is sorted by what was asked for", async () => {
    expect(await rows({ sorts: [{ property: "Estimate", direction: "descending" }] })).toEqual(["Cy", "Bo", "Ada"]);
    await control("notion").reset();
    api = await apiOf("notion", [], at("2025-09-03"));
    const sorts = [
      { property: "Status", direction: "ascending" },
      { property: "Estimate", direction: "descending" },
    ];
    expect(await rows({ sorts })).toEqual(["Bo", "Cy", "Ada"]);
  });

  it.each([
    [{ filter: { property: "Nome", title: { equals: "x" } } }],
    [{ filter: { property: "Name", title: { like: "x" } } }],
    [{ filter: { property: "Name", number: { equals: 1 } } }],
    [{ sorts: [{ property: "Nome", direction: "ascending" }] }],
    [{ page_size: 101 }],
    [{ start_cursor: "made up" }],
  ])("asked with %j is refused", async (body) => {
    const { id } = await firstSource();
    const answer = await api("POST", `${V1}/data_sources/${id}/query`, { body });
    expect(answer).toMatchObject({ status: 400, body: { code: "validation_error" } });
  });

  it("is made with a database, changed, and joined by another", async () => {
    const properties = { Title: { title: {} }, Size: { number: {} } };
    const database = await make("databases", {
      parent: { workspace: true },
      title: text("Boats"),
      initial_data_source: { properties },
    });
    const Sources = z.looseObject({ data_sources: z.array(z.object({ id: z.string(), name: z.string() })) });
    const [own] = Sources.parse(database).data_sources;
    expect(own?.name).toBe("Boats");
    const changes = { properties: { Size: { name: "Length" }, Kind: { select: { options: [{ name: "Sail" }] } } } };
    expect((await change(`data_sources/${own?.id}`, changes)).body).toMatchObject({
      properties: {
        Title: { id: "title" },
        Length: { type: "number" },
        Kind: { select: { options: [{ name: "Sail" }] } },
      },
    });
    const old = await get(`databases/${database.id}`, "2022-06-28");
    expect(Object.keys(Object(old["properties"]))).toEqual(["Title", "Length", "Kind"]);
    await make("data_sources", { parent: { database_id: database.id }, properties: { Name: { title: {} } } });
    expect(Sources.parse(await get(`databases/${database.id}`)).data_sources).toHaveLength(2);
    const several = await api("GET", `${V1}/databases/${database.id}`, at("2022-06-28"));
    expect(several).toMatchObject({ status: 400, body: { code: "validation_error" } });
    const none = { parent: { database_id: database.id }, properties: { Size: { number: {} } } };
    expect((await api("POST", `${V1}/data_sources`, { body: none })).status).toBe(400);
  });

  it("is not known to calls of before, which ask the database", async () => {
    const database = await make("databases", { parent: { workspace: true }, title: text("Old") });
    const [own] = z.array(Thing.partial({ object: true })).parse(database["data_sources"]);
    const query = (path: string) => api("POST", `${V1}/${path}/query`, { ...at("2022-06-28"), body: {} });
    expect((await query(`databases/${database.id}`)).body).toMatchObject({ object: "list", results: [] });
    expect(await query(`data_sources/${own?.id}`)).toMatchObject({
      status: 400,
      body: { code: "invalid_request_url" },
    });
    expect((await api("POST", `${V1}/databases/${database.id}/query`, { body: {} })).status).toBe(400);
  });
});

describe("beside pages", () => {
  it("people and the bot are listed and read", async () => {
    const { results } = await list("GET", "users");
    expect(results.map((user) => user["type"])).toEqual(expect.arrayContaining(["person", "bot"]));
    expect(await get(`users/${results[1]?.id}`)).toMatchObject({ id: results[1]?.id });
  });

  it("comments are made, in discussions, changed and deleted", async () => {
    const page = await newPage();
    const comment = await make("comments", { parent: { page_id: page.id }, rich_text: text("Hm") });
    await make("comments", { discussion_id: comment["discussion_id"], rich_text: text("Well") });
    await change(`comments/${comment.id}`, { rich_text: text("Aha") });
    const found = await list("GET", `comments?block_id=${page.id}`);
    expect(found.results.map((each) => each["discussion_id"])).toEqual(Array(2).fill(comment["discussion_id"]));
    expect(JSON.stringify(found.results[0])).toContain("Aha");
    await api("DELETE", `${V1}/comments/${comment.id}`);
    expect((await list("GET", `comments?block_id=${page.id}`)).results).toHaveLength(1);
  });

  it("a file is announced, sent, and used", async () => {
    const upload = await make("file_uploads", { filename: "a.png", content_type: "image/png" });
    const icon = { file_upload: { id: upload.id } };
    expect((await api("POST", `${V1}/pages`, { body: { parent: { workspace: true }, icon } })).status).toBe(400);
    const send = (type: string) => {
      const form = new FormData();
      form.set("file", new File(["bytes"], "a.png", { type }));
      return api("POST", z.string().parse(upload["upload_url"]).split("/notion/")[1] ?? "", { body: form });
    };
    expect((await send("text/plain")).status).toBe(400);
    expect((await send("image/png")).body).toMatchObject({ status: "uploaded", content_length: 5 });
    expect((await send("image/png")).status).toBe(400);
    expect(await get(`file_uploads/${upload.id}`)).toMatchObject({ status: "uploaded", filename: "a.png" });
    const page = await newPage({ icon });
    const { file } = z.object({ file: z.object({ url: z.string() }) }).parse(page["icon"]);
    const stored = await ask("notion", "GET", file.url.split("/notion/")[1] ?? "");
    expect(await stored.text()).toBe("bytes");
  });

  it("a file in parts is whole when all of them were sent", async () => {
    const upload = await make("file_uploads", { mode: "multi_part", filename: "a.txt", number_of_parts: 2 });
    const there = `${V1}/file_uploads/${upload.id}`;
    for (const [number, part] of ["one ", "two"].entries()) {
      expect((await api("POST", `${there}/complete`)).status).toBe(400);
      const form = new FormData();
      form.set("file", new File([part], "a.txt", { type: "text/plain" }));
      form.set("part_number", String(number + 1));
      await api("POST", `${there}/send`, { body: form });
    }
    expect((await api("POST", `${there}/complete`)).body).toMatchObject({ status: "uploaded", content_length: 7 });
  });
});

it.each([
  ["none", {}, "missing_version"],
  ["a made-up one", { "Notion-Version": "2020-01-01" }, "validation_error"],
])("with %s for a version nothing is answered", async (_, headers, code) => {
  const plain = await apiOf("notion", []);
  expect(await plain("GET", `${V1}/users/me`, { headers })).toMatchObject({ status: 400, body: { code } });
});
