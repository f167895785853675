/** The published schema of a service: what it takes is what the product takes, and it says what each field means. */
import { readFile } from "node:fs/promises";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { withTables } from "../../scripts/service-fields.ts";
import { serviceSchema } from "../../scripts/service-schema.ts";
import { IntegrationSettings } from "../../src/apps/client-vault.ts";
import { ProviderFields, flawOfEntry } from "../../src/contract/entry.ts";

const schema = serviceSchema();
const ajv = new Ajv2020({ allErrors: true, strict: false });
formats.default(ajv);
const isEntry = ajv.compile(schema);

const Node = z.record(z.string(), z.unknown());

/** Every property of the schema that nobody says anything of. */
function silent(node: unknown, path = ""): string[] {
  if (Array.isArray(node)) return node.flatMap((one) => silent(one, path));
  const parsed = Node.safeParse(node);
  if (!parsed.success) return [];
  const { properties, ...rest } = parsed.data;
  const own = Object.entries(Node.parse(properties ?? {})).flatMap(([name, of]) => [
    ...("description" in Node.parse(of) ? [] : [`${path}.${name}`]),
    ...silent(of, `${path}.${name}`),
  ]);
  return [...own, ...Object.entries(rest).flatMap(([name, of]) => silent(of, name === "$defs" ? path : path))];
}

it("says what each of its fields means, those inside others as well", () => {
  expect(silent(schema)).toEqual([]);
});

it("is what an editor is given at a deployment", async () => {
  const built: unknown = JSON.parse(
    await readFile(new URL("../../dist/frontend/service.schema.json", import.meta.url), "utf8"),
  );
  expect(built).toEqual(schema);
});

/** The examples of the guide: what stands there in JSON is a service, or a list of them. */
const guide = await readFile(new URL("../../docs/custom-services.md", import.meta.url), "utf8");
const examples = [...guide.matchAll(/```json\n(.*?)```/gs)].map(([, text = ""]): unknown => JSON.parse(text));

it("is explained field by field, as it is now", async () => {
  expect(await withTables(guide)).toBe(guide);
});

describe("the examples of the guide", () => {
  it("are there for every kind", () => {
    expect(examples.length).toBeGreaterThanOrEqual(6);
  });

  it.each(examples.map((example) => [z.object({ slug: z.string() }).parse(example).slug, example] as const))(
    "%s is taken by the schema, and by the product",
    (_, example) => {
      const { slug, ...service } = z.looseObject({ slug: z.string() }).parse(example);
      const entry = { id: slug, ...service };
      for (const form of [example, entry, [entry]]) expect(isEntry(form), ajv.errorsText(isEntry.errors)).toBe(true);
      expect(IntegrationSettings.safeParse(example).error).toBeUndefined();
      expect(flawOfEntry(ProviderFields.parse(entry))).toBeNull();
    },
  );

  it("are taken where the variable is explained: a list of entries", async () => {
    const page = await readFile(new URL("../../docs/providers.md", import.meta.url), "utf8");
    const [, list = ""] = /```json\n(\[.*?)```/s.exec(page) ?? [];
    expect(isEntry(JSON.parse(list)), ajv.errorsText(isEntry.errors)).toBe(true);
    for (const entry of z.array(z.unknown()).parse(JSON.parse(list)))
      expect(flawOfEntry(ProviderFields.parse(entry))).toBeNull();
  });
});

describe("what is wrong is refused by both", () => {
  const good = {
    id: "acme",
    name: "Acme",
    fields: { api_key: { title: "API key", secret: true } },
    api_base_url: "https://api.acme.com",
    api: { stamp: { headers: { "X-Api-Key": "{api_key}" } } },
    verify: { path: "/me" },
  };

  it("and what is right by none", () => {
    expect(isEntry(good)).toBe(true);
    expect(ProviderFields.safeParse(good).success).toBe(true);
  });

  it.each<[string, object]>([
    ["an unknown field", { ...good, api_kye: 1 }],
    ["one inside another", { ...good, api: { stamps: {} } }],
    ["an id with a slash", { ...good, id: "a/b" }],
    ["a field without a title", { ...good, fields: { api_key: { secret: true } } }],
    ["a name of a field in capitals", { ...good, fields: { "API-Key": { title: "API key" } } }],
    ["a method that is none", { ...good, verify: { path: "/me", method: "BREW" } }],
    ["a text for a list", { ...good, scopes: "read" }],
    ["a header with a line break", { ...good, api: { headers: { "X-A": "a\r\nb" } } }],
  ])("%s", (_, entry) => {
    const { id, ...service } = z.looseObject({ id: z.string() }).parse(entry);
    for (const form of [entry, [good, entry], { slug: id, ...service }]) expect(isEntry(form)).toBe(false);
    expect(ProviderFields.safeParse(entry).success).toBe(false);
    expect(IntegrationSettings.safeParse({ slug: id, ...service }).success).toBe(false);
  });

  it.each<[string, unknown]>([
    ["what is no service", "acme"],
    ["an app's that is an entry too", { ...good, slug: "acme" }],
    ["an app's that extends another: it says provider", { slug: "acme", extends: "github" }],
  ])("%s", (_, value) => {
    expect(isEntry(value)).toBe(false);
    expect(ProviderFields.safeParse(value).success || IntegrationSettings.safeParse(value).success).toBe(false);
  });
});
