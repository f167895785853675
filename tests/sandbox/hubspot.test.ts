/** The emulated HubSpot keeps what is written, and refuses what HubSpot refuses. */
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { control } from "../support/emulator.ts";
import { type Api, apiOf, ask, askForToken, grantAt } from "../support/service-api.ts";

const HOST = "api.hubapi.com";
const SCOPES = [
  "oauth",
  "crm.objects.contacts.read",
  "crm.objects.contacts.write",
  "crm.objects.companies.read",
  "crm.objects.companies.write",
  "crm.objects.deals.read",
  "crm.objects.deals.write",
  "crm.objects.owners.read",
  "files",
];

const Thing = z.looseObject({ id: z.string(), properties: z.record(z.string(), z.string().nullable()) });
const Things = z.looseObject({ results: z.array(Thing) });
const Ids = z.object({ results: z.array(z.looseObject({ id: z.string() })) });

let api: Api;
beforeEach(async () => {
  await control("hubspot").reset();
  api = await apiOf("hubspot", SCOPES);
});

const create = async (at: string, properties: object) =>
  Thing.parse((await api("POST", `${HOST}/${at}`, { body: { properties } })).body);

describe.each(["crm/v3/objects/contacts", "crm/objects/2026-03/contacts"])("contacts at %s", (at) => {
  const one = (id: string) => `${HOST}/${at}/${id}`;

  it("are created, changed and archived, and read as they are", async () => {
    const { id } = await create(at, { email: "new@tidepool.example", firstname: "New" });
    expect((await api("PATCH", one(id), { body: { properties: { firstname: "Newer" } } })).status).toBe(200);
    const read = Thing.parse((await api("GET", `${one(id)}?properties=firstname,phone,made_up`)).body);
    expect(read.properties).toMatchObject({ firstname: "Newer", phone: null, hs_object_id: id });
    expect(read.properties).not.toHaveProperty("made_up");
    const byEmail = await api("GET", `${HOST}/${at}/new@tidepool.example?idProperty=email`);
    expect(byEmail.body).toMatchObject({ id });
    expect((await api("DELETE", one(id))).status).toBe(204);
    expect((await api("GET", one(id))).status).toBe(404);
    expect((await api("GET", `${one(id)}?archived=true`)).body).toMatchObject({ id, archived: true });
  });

  it("go through batches: what is not there is told beside what is", async () => {
    const inputs = [{ properties: { email: "a@b.example" } }, { properties: { email: "c@d.example" } }];
    const made = await api("POST", `${HOST}/${at}/batch/create`, { body: { inputs } });
    expect(made).toMatchObject({ status: 201, body: { status: "COMPLETE" } });
    const ids = Things.parse(made.body).results.map(({ id }) => ({ id }));
    const changes = ids.map(({ id }) => ({ id, properties: { phone: "1" } }));
    expect((await api("POST", `${HOST}/${at}/batch/update`, { body: { inputs: changes } })).status).toBe(200);
    const asked = { inputs: [...ids, { id: "1" }], properties: ["phone"] };
    const read = await api("POST", `${HOST}/${at}/batch/read`, { body: asked });
    expect(read).toMatchObject({ status: 207, body: { numErrors: 1, errors: [{ context: { ids: ["1"] } }] } });
    expect(Things.parse(read.body).results.map(({ properties }) => properties["phone"])).toEqual(["1", "1"]);
    expect((await api("POST", `${HOST}/${at}/batch/archive`, { body: { inputs: ids } })).status).toBe(204);
    expect((await api("GET", one(ids[0]?.id ?? ""))).status).toBe(404);
    const many = Array.from({ length: 101 }, () => ({ id: "1" }));
    expect((await api("POST", `${HOST}/${at}/batch/read`, { body: { inputs: many } })).status).toBe(400);
  });

  it("are upserted by what no two share", async () => {
    const inputs = [{ idProperty: "email", id: "up@b.example", properties: { firstname: "Up" } }];
    const upsert = () => api("POST", `${HOST}/${at}/batch/upsert`, { body: { inputs } });
    expect((await upsert()).body).toMatchObject({ results: [{ new: true }] });
    expect((await upsert()).body).toMatchObject({ results: [{ new: false, properties: { email: "up@b.example" } }] });
  });

  it.each([
    [{ email: "nobody" }, 400, "INVALID_EMAIL"],
    [{ colour: "red" }, 400, "PROPERTY_DOESNT_EXIST"],
    [{ hs_object_id: "5" }, 400, "READ_ONLY_VALUE"],
    [{ lifecyclestage: "asleep" }, 400, "INVALID_OPTION"],
  ])("are refused with %j", async (properties, status, error) => {
    const refused = await api("POST", `${HOST}/${at}`, { body: { properties } });
    expect(refused).toMatchObject({ status, body: { category: "VALIDATION_ERROR", errors: [{ code: error }] } });
  });

  it("have an address each", async () => {
    const { id } = await create(at, { email: "once@b.example" });
    const again = await api("POST", `${HOST}/${at}`, { body: { properties: { email: "once@b.example" } } });
    expect(again).toMatchObject({ status: 409, body: { category: "CONFLICT" } });
    expect(JSON.stringify(again.body)).toContain(`Existing ID: ${id}`);
  });

  it.each([
    ["EQ", { value: "Zacharias" }, ["Zacharias"]],
    ["IN", { values: ["zacharias", "Zenobia"] }, ["Zacharias", "Zenobia"]],
    ["CONTAINS_TOKEN", { value: "Zach*" }, ["Zacharias"]],
    ["BETWEEN", { value: "Zd", highValue: "Zf" }, ["Zenobia"]],
  ])("are searched by %s", async (operator, values, names) => {
    for (const firstname of ["Zacharias", "Zenobia"]) await create(at, { firstname });
    const filters = [
      { propertyName: "firstname", operator, ...values },
      { propertyName: "email", operator: "NOT_HAS_PROPERTY" },
      { propertyName: "firstname", operator: "HAS_PROPERTY" },
      { propertyName: "lifecyclestage", operator: "NEQ", value: "lead" },
    ];
    const sorts = [{ propertyName: "firstname", direction: "ASCENDING" }];
    const body = { filterGroups: [{ filters }], sorts, properties: ["firstname"] };
    const { results } = Things.parse((await api("POST", `${HOST}/${at}/search`, { body })).body);
    expect(results.map(({ properties }) => properties["firstname"])).toEqual(names);
  });
});

it.each([
  [
    "a property that is not there",
    { filterGroups: [{ filters: [{ propertyName: "nope", operator: "HAS_PROPERTY" }] }] },
  ],
  ["an operator that is not there", { filterGroups: [{ filters: [{ propertyName: "email", operator: "LIKE" }] }] }],
  ["a page beyond ten thousand", { after: "10000" }],
  ["more than 200 at once", { limit: 201 }],
])("a search with %s is refused", async (_, body) => {
  expect((await api("POST", `${HOST}/crm/v3/objects/contacts/search`, { body })).status).toBe(400);
});

describe.each([
  ["crm/v4/objects", "crm/v4/associations"],
  ["crm/objects/2026-03", "crm/associations/2026-03"],
])("associations at %s", (objects, batches) => {
  it("tie two objects in both directions, until they are taken away", async () => {
    const contact = await create("crm/v3/objects/contacts", { firstname: "Tied" });
    const company = await create("crm/v3/objects/companies", { name: "Tied" });
    const there = `${HOST}/${objects}/contacts/${contact.id}/associations/companies/${company.id}`;
    const types = [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 279 }];
    expect(await api("PUT", there, { body: types })).toMatchObject({ status: 201, body: { fromObjectTypeId: "0-1" } });
    const back = `${HOST}/${objects}/companies/${company.id}/associations/contacts`;
    expect((await api("GET", back)).body).toMatchObject({
      results: [{ toObjectId: contact.id, associationTypes: [{ typeId: 280 }] }],
    });
    const inputs = [{ id: contact.id }];
    const read = await api("POST", `${HOST}/${batches}/contacts/companies/batch/read`, { body: { inputs } });
    expect(read.body).toMatchObject({ results: [{ from: { id: contact.id }, to: [{ toObjectId: company.id }] }] });
    const full = await api("GET", `${HOST}/crm/v3/objects/contacts/${contact.id}?associations=companies`);
    expect(full.body).toMatchObject({
      associations: { companies: { results: [{ id: company.id, type: "contact_to_company" }] } },
    });
    expect((await api("DELETE", there)).status).toBe(204);
    expect((await api("GET", back)).body).toEqual({ results: [] });
    const byDefault = `${HOST}/${objects}/contacts/${contact.id}/associations/default/companies/${company.id}`;
    expect((await api("PUT", byDefault)).status).toBe(200);
    expect(Things.or(z.unknown()).parse((await api("GET", back)).body)).toMatchObject({ results: [{}] });
    const wrong = [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 1234 }];
    expect((await api("PUT", there, { body: wrong })).status).toBe(400);
  });
});

describe("beside objects", () => {
  it.each(["crm/v3/properties", "crm/properties/2026-03"])("properties are listed at %s", async (at) => {
    const listed = await api("GET", `${HOST}/${at}/contacts`);
    expect(JSON.stringify(listed.body)).toContain('"name":"email"');
    expect((await api("GET", `${HOST}/${at}/deals/amount`)).body).toMatchObject({ type: "number" });
  });

  it.each(["crm/v3/owners", "crm/v3/owners/", "crm/owners/2026-03"])("owners are at %s", async (at) => {
    const { results } = Ids.parse((await api("GET", `${HOST}/${at}`)).body);
    expect(results.length).toBeGreaterThan(1);
    expect(results[0]).toMatchObject({ createdAt: expect.any(String), updatedAt: expect.any(String) });
  });

  it.each(["files/v3/files", "files/2026-03/files"])(
    "files are uploaded at %s, with all that is needed",
    async (at) => {
      const form = new FormData();
      form.set("file", new File(["hello"], "note.txt", { type: "text/plain" }));
      form.set("folderPath", "/notes");
      expect((await api("POST", `${HOST}/${at}`, { body: form })).status).toBe(400);
      form.set("options", JSON.stringify({ access: "PRIVATE" }));
      const sent = await api("POST", `${HOST}/${at}`, { body: form });
      expect(sent).toMatchObject({
        status: 201,
        body: { name: "note", extension: "txt", size: 5, path: "/notes/note.txt" },
      });
      const { id } = z.looseObject({ id: z.string() }).parse(sent.body);
      expect((await api("GET", `${HOST}/${at}/${id}`)).body).toEqual(sent.body);
      expect((await api("DELETE", `${HOST}/${at}/${id}`)).status).toBe(204);
      expect((await api("GET", `${HOST}/${at}/${id}`)).status).toBe(404);
    },
  );

  it("what needs a scope is refused without it", async () => {
    const reader = await apiOf("hubspot", ["oauth", "crm.objects.contacts.read"]);
    const body = { properties: { firstname: "x" } };
    for (const [method, at] of [
      ["POST", "crm/v3/objects/contacts"],
      ["GET", "crm/v3/objects/companies"],
      ["GET", "crm/v4/objects/companies/1/associations/contacts"],
      ["GET", "crm/v3/owners"],
      ["GET", "files/v3/files/1"],
    ] as const) {
      const sending = method === "POST" ? { body } : {};
      expect(await reader(method, `${HOST}/${at}`, sending), at).toMatchObject({
        status: 403,
        body: { category: "MISSING_SCOPES" },
      });
    }
  });
});

describe("tokens", () => {
  it("come with what they are for, and are told about whole", async () => {
    const granted = await grantAt("hubspot", SCOPES);
    expect(granted).toMatchObject({ token_use: "access_token", expires_in: 1800 });
    // RFC 6749 section 5.1: without regard to its case, which the sandbox varies.
    expect(granted["token_type"]).toMatch(/^bearer$/i);
    const told = await api("GET", `${HOST}/oauth/v1/access-tokens/${encodeURIComponent(granted.access_token)}`);
    expect(told).toMatchObject({ status: 200, body: { token: granted.access_token, scopes: SCOPES } });
    await api("DELETE", `${HOST}/oauth/v1/refresh-tokens/${encodeURIComponent(granted.refresh_token)}`);
    const renewed = await askForToken("hubspot", { grant_type: "refresh_token", refresh_token: granted.refresh_token });
    expect(renewed.status).toBe(400);
    expect(await renewed.json()).toMatchObject({ status: "BAD_REFRESH_TOKEN", error: "invalid_grant" });
  });

  it("are refused where they are not known", async () => {
    const answer = await ask("hubspot", "GET", `${HOST}/oauth/v1/access-tokens/nobody`);
    expect(answer.status).toBe(404);
  });
});
