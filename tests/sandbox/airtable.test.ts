/** The emulated Airtable keeps what is written, and refuses what Airtable refuses. */
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { control } from "../support/emulator.ts";
import { type Api, apiOf } from "../support/service-api.ts";

const HOST = "api.airtable.com";
const SCOPES = [
  "data.records:read",
  "data.records:write",
  "data.recordComments:read",
  "data.recordComments:write",
  "schema.bases:read",
  "schema.bases:write",
];

const Bases = z.object({ bases: z.array(z.object({ id: z.string(), permissionLevel: z.string() })) });
const Named = z.looseObject({ id: z.string(), name: z.string() });
const Tables = z.object({ tables: z.array(z.looseObject({ ...Named.shape, fields: z.array(Named) })) });
const Row = z.object({ id: z.string(), createdTime: z.string(), fields: z.record(z.string(), z.unknown()) });
const Rows = z.object({ records: z.array(Row), offset: z.string().optional() });

let api: Api;
let base: string;
let table: z.infer<typeof Tables>["tables"][number];
let rows: string;

beforeEach(async () => {
  await control("airtable").reset();
  api = await apiOf("airtable", SCOPES);
  base = Bases.parse((await api("GET", `${HOST}/v0/meta/bases`)).body).bases[0]?.id ?? "";
  const { tables } = Tables.parse((await api("GET", `${HOST}/v0/meta/bases/${base}/tables`)).body);
  table = z.object({ id: z.string(), name: z.string(), fields: z.array(Named) }).parse(tables[0]);
  rows = `${HOST}/v0/${base}/${encodeURIComponent(table.name)}`;
});

const create = async (fields: object) => Row.parse((await api("POST", rows, { body: { fields } })).body);
const read = (id: string) => api("GET", `${rows}/${id}`);
const list = async (query: string) => Rows.parse((await api("GET", `${rows}?${query}`)).body).records;

describe("a row", () => {
  it("is created with a slash at the end, as Airtable's client sends it", async () => {
    const made = await api("POST", `${rows}/`, { body: { records: [{ fields: { Name: "One" } }] } });
    const [record] = Rows.parse(made.body).records;
    expect((await read(record?.id ?? "")).body).toEqual(record);
  });

  it("keeps by PATCH the cells that are not named, and clears them by PUT", async () => {
    const { id } = await create({ Name: "Ferry", Budget: 12, Done: true });
    const patched = await api("PATCH", `${rows}/${id}`, { body: { fields: { Budget: 13, Done: false } } });
    expect(Row.parse(patched.body).fields).toEqual({ Name: "Ferry", Budget: 13 });
    await api("PUT", `${rows}/${id}`, { body: { fields: { Owner: "a@b.example" } } });
    expect(Row.parse((await read(id)).body).fields).toEqual({ Owner: "a@b.example" });
  });

  it("is gone once it is deleted, one of those that were there from the start too", async () => {
    const [seeded] = await list("pageSize=1");
    expect((await api("DELETE", `${rows}/${seeded?.id}`)).body).toEqual({ id: seeded?.id, deleted: true });
    expect((await read(seeded?.id ?? "")).status).toBe(404);
    expect((await list("pageSize=1"))[0]?.id).not.toBe(seeded?.id);
  });

  it("is one of ten in a request, all or none", async () => {
    const fields = { fields: { Name: "Many" } };
    expect(await api("POST", rows, { body: { records: Array.from({ length: 11 }, () => fields) } })).toMatchObject({
      status: 422,
    });
    const bad = await api("POST", rows, { body: { records: [fields, { fields: { Nome: "x" } }] } });
    expect(bad).toMatchObject({ status: 422, body: { error: { type: "UNKNOWN_FIELD_NAME" } } });
    expect(await list("filterByFormula=%7BName%7D%3D%22Many%22")).toEqual([]);
    const made = Rows.parse(
      (await api("POST", rows, { body: { records: Array.from({ length: 10 }, () => fields) } })).body,
    ).records;
    const ids = made.map(({ id }) => id);
    const changes = ids.map((id) => ({ id, fields: { Budget: 1 } }));
    await api("PATCH", rows, { body: { records: changes } });
    expect(await list("filterByFormula=%7BBudget%7D%3D1")).toHaveLength(10);
    const query = ids.map((id) => `records[]=${id}`).join("&");
    expect((await api("DELETE", `${rows}/?${query}`)).body).toEqual({
      records: ids.map((id) => ({ id, deleted: true })),
    });
    expect(await list("filterByFormula=%7BBudget%7D%3D1")).toEqual([]);
  });

  it("is found again by an upsert, and made where it is not there", async () => {
    const { id } = await create({ Name: "Known", Budget: 1 });
    const body = {
      performUpsert: { fieldsToMergeOn: ["Name"] },
      records: [{ fields: { Name: "Known", Budget: 2 } }, { fields: { Name: "New" } }],
    };
    const upserted = await api("PATCH", rows, { body });
    const { createdRecords } = z.object({ createdRecords: z.array(z.string()) }).parse(upserted.body);
    expect(upserted.body).toMatchObject({ updatedRecords: [id] });
    expect(createdRecords).toHaveLength(1);
    expect(Row.parse((await read(id)).body).fields["Budget"]).toBe(2);
  });

  it.each([
    ["a cell of another kind", { Budget: "much" }, "INVALID_VALUE_FOR_COLUMN"],
    ["a choice that is not there", { Stage: "Never" }, "INVALID_MULTIPLE_CHOICE_OPTIONS"],
    ["a column that is not there", { Colour: "red" }, "UNKNOWN_FIELD_NAME"],
  ])("is refused with %s", async (_, fields, type) => {
    expect(await api("POST", rows, { body: { fields } })).toMatchObject({ status: 422, body: { error: { type } } });
  });
});

describe("a list", () => {
  it("is sorted, filtered and narrowed as asked, in the query or in a body", async () => {
    await create({ Name: "Zz top", Budget: 5, Stage: "Idea" });
    await create({ Name: "Zz end", Budget: 7, Stage: "Idea" });
    const formula = "AND(FIND('Zz', {Name}), {Budget} > 1, NOT({Done}))";
    const query = `filterByFormula=${encodeURIComponent(formula)}&sort[0][field]=Budget&sort[0][direction]=desc&fields[]=Name`;
    const found = (await list(query)).map(({ fields }) => fields);
    expect(found).toEqual([{ Name: "Zz end" }, { Name: "Zz top" }]);
    const body = { filterByFormula: formula, sort: [{ field: "Budget", direction: "desc" }], fields: ["Name"] };
    const posted = Rows.parse((await api("POST", `${rows}/listRecords`, { body })).body);
    expect(posted.records.map(({ fields }) => fields)).toEqual(found);
  });

  it.each([
    ["filterByFormula=%7BNome%7D%3D1", "INVALID_FILTER_BY_FORMULA"],
    ["filterByFormula=AND(", "INVALID_FILTER_BY_FORMULA"],
    ["view=Nowhere", "VIEW_NAME_NOT_FOUND"],
    ["sort[0][field]=Nome", "UNKNOWN_FIELD_NAME"],
    ["offset=made-up", "LIST_RECORDS_ITERATOR_NOT_AVAILABLE"],
  ])("asked for by %s is refused", async (query, type) => {
    expect(await api("GET", `${rows}?${query}`)).toMatchObject({ status: 422, body: { error: { type } } });
  });
});

describe("beside rows", () => {
  it("tables and columns are made, and rows go into them", async () => {
    const fields = [{ name: "Title", type: "singleLineText" }];
    const made = await api("POST", `${HOST}/v0/meta/bases/${base}/tables`, { body: { name: "Fresh", fields } });
    const { id } = Named.parse(made.body);
    await api("POST", `${HOST}/v0/meta/bases/${base}/tables/${id}/fields`, { body: { name: "Size", type: "number" } });
    const row = await api("POST", `${HOST}/v0/${base}/${id}`, { body: { fields: { Title: "a", Size: 3 } } });
    expect(row).toMatchObject({ status: 200, body: { fields: { Title: "a", Size: 3 } } });
    expect(Rows.parse((await api("GET", `${HOST}/v0/${base}/Fresh`)).body).records).toHaveLength(1);
  });

  it("comments are written, changed and taken away", async () => {
    const { id } = await create({ Name: "Talked about" });
    const comments = `${rows}/${id}/comments`;
    const { id: comment } = z
      .looseObject({ id: z.string() })
      .parse((await api("POST", comments, { body: { text: "Hm" } })).body);
    await api("PATCH", `${comments}/${comment}`, { body: { text: "Well" } });
    expect((await api("GET", comments)).body).toMatchObject({
      comments: [{ id: comment, text: "Well" }],
      offset: null,
    });
    await api("DELETE", `${comments}/${comment}`);
    expect((await api("GET", comments)).body).toEqual({ comments: [], offset: null });
  });

  it("a file goes into a cell by the host for content", async () => {
    const { id } = await create({ Name: "With a file" });
    const body = { contentType: "text/plain", filename: "a.txt", file: btoa("hello") };
    const sent = await api("POST", `content.airtable.com/v0/${base}/${id}/Files/uploadAttachment`, { body });
    expect(sent.status).toBe(200);
    expect((await read(id)).body).toMatchObject({
      fields: { Files: [{ filename: "a.txt", size: 5, type: "text/plain" }] },
    });
  });
});

describe("what is not allowed", () => {
  it("is refused: a base that may only be read, a scope that was not granted", async () => {
    const { bases } = Bases.parse((await api("GET", `${HOST}/v0/meta/bases`)).body);
    const closed = bases.find(({ permissionLevel }) => permissionLevel === "read")?.id;
    const { tables } = Tables.parse((await api("GET", `${HOST}/v0/meta/bases/${closed}/tables`)).body);
    const write = { body: { fields: { Name: "x" } } };
    expect((await api("POST", `${HOST}/v0/${closed}/${tables[0]?.id}`, write)).status).toBe(403);
    const reader = await apiOf("airtable", ["data.records:read"]);
    expect((await reader("POST", rows, write)).status).toBe(403);
    expect((await reader("GET", rows)).status).toBe(200);
  });

  it("does not say when to come back", async () => {
    await control("airtable").fault({ endpoint: "api", fault: "rate_limited", retry_after: 5 });
    const { status, headers } = await api("GET", rows);
    expect([status, headers.get("retry-after")]).toEqual([429, null]);
  });
});
