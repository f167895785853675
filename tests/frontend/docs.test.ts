/** The reference: schemas as people read them, calls as code, and the search. */
import { describe, expect, it } from "vitest";
import { openApiDocument } from "../../scripts/openapi.ts";
import type { Schema } from "../../frontend/docs/document.ts";
import type { Entry } from "../../frontend/docs/entry.ts";
import { fieldsOf, shapesOf, typeOf } from "../../frontend/docs/fields.ts";
import { samplesOf, type Filled } from "../../frontend/docs/samples.ts";
import { found } from "../../frontend/docs/search.tsx";
import type { Route } from "../../frontend/docs/document.ts";

const SCHEMAS: Readonly<Record<string, Schema>> = {
  Name: { type: "string", description: "What it is called." },
  Thing: { type: "object", properties: { name: { $ref: "#/components/schemas/Name" } }, required: ["name"] },
};

describe("a schema", () => {
  const types: readonly (readonly [string, Schema])[] = [
    ["string", { $ref: "#/components/schemas/Name" }],
    ["string or null", { type: ["string", "null"] }],
    ["object or null", { anyOf: [{ $ref: "#/components/schemas/Thing" }, { type: "null" }] }],
    ['"page" or "popup"', { enum: ["page", "popup"] }],
    ["list of strings", { type: "array", items: { type: "string" } }],
    ["object of numbers", { type: "object", additionalProperties: { type: "number" } }],
    ["any JSON", {}],
    ['"ok"', { const: "ok" }],
  ];
  it.each(types)("is said to be %s", (words, schema) => {
    expect(typeOf(schema, SCHEMAS)).toBe(words);
  });

  it("has fields with what is said of them, their bounds, and what is inside", () => {
    const schema: Schema = {
      type: "object",
      properties: {
        limit: { type: "integer", description: "How many.", minimum: 1, maximum: 100, default: 50 },
        things: { type: "array", items: { $ref: "#/components/schemas/Thing" } },
      },
      required: ["limit"],
    };
    const name = { name: "name", type: "string", isRequired: true, meaning: "What it is called.", fields: [] };
    expect(fieldsOf(schema, SCHEMAS)).toEqual([
      { name: "limit", type: "integer", isRequired: true, meaning: "How many. 1 to 100. Default: 50.", fields: [] },
      { name: "things", type: "list of objects", isRequired: false, meaning: "", fields: [name] },
    ]);
  });

  it("that may be one of several objects is told as each of them", () => {
    const thing: Schema = { $ref: "#/components/schemas/Thing" };
    expect(shapesOf({ anyOf: [thing, { type: "object", properties: {} }] }, SCHEMAS)).toHaveLength(2);
    expect(shapesOf({ anyOf: [thing, { type: "null" }] }, SCHEMAS)).toHaveLength(1);
  });
});

const route: Route = {
  method: "patch",
  path: "/connections/{connection}",
  isWebhook: false,
  operation: {
    operationId: "patchConnectionsConnection",
    tags: ["Connections"],
    summary: "",
    description: "",
    security: [{ bearer: [] }],
    parameters: [
      { name: "connection", in: "path", required: true, description: "", schema: { type: "string" } },
      { name: "limit", in: "query", required: false, description: "", schema: { type: "integer" } },
      { name: "X-Latchkey-User", in: "header", required: false, description: "", schema: { type: "string" } },
    ],
    responses: { "200": { description: "Done.", content: { "application/json": { schema: {} } } } },
  },
};
const filled: Filled = {
  origin: "https://connect.example.com",
  key: "lk_it's",
  user: "u-1",
  values: { connection: "con_a/b", limit: "5" },
  body: '{\n  "label": "true", "default": true\n}',
};
const codeOf = (label: string, given: Filled): string =>
  samplesOf(route, given).find((sample) => sample.label === label)?.code ?? "";

describe("a call as code", () => {
  it("has what is filled in, as each language writes it", () => {
    const [curl, typescript, python] = ["curl", "TypeScript", "Python"].map((label) => codeOf(label, filled));
    expect(curl).toContain("'https://connect.example.com/connections/con_a%2Fb?limit=5'");
    expect(curl).toContain(String.raw`-H 'Authorization: Bearer lk_it'\''s'`);
    expect(curl).toContain("-H 'X-Latchkey-User: u-1'");
    expect(typescript).toContain('key: "lk_it\'s", user: "u-1"');
    expect(typescript).toContain('path: { connection: "con_a/b" }, query: { limit: 5 }');
    expect(python).toContain('body={\n      "label": "true", "default": True\n    }');
    expect(python).toContain('query={"limit":5}');
  });

  it("has placeholders for what is not", () => {
    const curl = codeOf("curl", { ...filled, key: "", user: "", values: {}, body: "" });
    expect(curl).toContain("/connections/{connection}'");
    expect(curl).toContain("Bearer lk_...");
    expect(curl).not.toContain("X-Latchkey-User");
  });
});

describe("the search", () => {
  const entry = (title: string, detail: string, words = ""): Entry => ({
    kind: "API",
    title,
    detail,
    href: `/docs#${title}`,
    words,
  });
  const entries = [
    entry("Set the webhook", "PUT /apps/{app}/webhook"),
    entry("Make a connect link", "POST /connect-sessions", "for a person"),
    entry("List connections", "GET /connections", "webhook"),
  ];
  const titles = (query: string): string[] => found(entries, query).map(({ title }) => title);

  it("finds by every word, those first that have it in their title", () => {
    expect(titles("webhook")).toEqual(["Set the webhook", "List connections"]);
    expect(titles("CONNECT link")).toEqual(["Make a connect link"]);
    expect(titles("/connect-sessions")).toEqual(["Make a connect link"]);
    expect(titles("connect nothing")).toEqual([]);
    expect(titles("  ")).toEqual([]);
  });
});

it("the document has no body whose fields could not be told", () => {
  const document = JSON.stringify(openApiDocument());
  // What the reference reads of a schema is what there is in ours.
  for (const keyword of ["oneOf", "allOf", "patternProperties", "prefixItems", "if", "not"]) {
    expect(document).not.toContain(`"${keyword}":`);
  }
});
