/**
 * Takes the operations that the tests use out of a service's OpenAPI description, which is too large to keep whole:
 *
 *     node scripts/extract-description.ts --to tests/descriptions/extracts/github.json --from api.github.com.json \
 *       --source '@octokit/openapi (npm), generated/api.github.com.json' --licence MIT --version 23.0.2 'GET /user' ...
 *
 * What the extract had before stays in it. Schemas come out as JSON Schema: without prose, `nullable` as a type.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import * as z from "zod";

const Json = z.record(z.string(), z.unknown());
type Json = z.infer<typeof Json>;
const Document = z.looseObject({
  servers: z.array(z.object({ url: z.string() })).default([]),
  paths: z.record(z.string(), Json),
});
const Servers = z.array(z.looseObject({ url: z.string() })).min(1);
const Parameters = z.array(
  z.looseObject({ name: z.string(), in: z.string(), required: z.boolean().default(false), schema: Json.default({}) }),
);
const Content = z.record(z.string(), z.looseObject({ schema: Json.default({}) }));
const Body = z.looseObject({ required: z.boolean().default(false), content: Content });
const Before = z.object({ operations: Json }).catch({ operations: {} });

/** Keys of a schema that say nothing about what fits it. */
const PROSE = new Set([
  "description",
  "title",
  "example",
  "examples",
  "externalDocs",
  "default",
  "deprecated",
  "xml",
  "discriminator",
  "nullable",
  "readOnly",
  "writeOnly",
]);
/** Keys of a schema under which names stand, not keywords. */
const NAMES = new Set(["properties", "patternProperties", "definitions"]);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    from: { type: "string", multiple: true, default: [] },
    to: { type: "string", default: "" },
    source: { type: "string", default: "" },
    licence: { type: "string", default: "" },
    version: { type: "string", default: "" },
  },
});
const { from, to, ...facts } = values;
if (from.length === 0 || to === "" || Object.values(facts).includes("")) {
  console.error("Write --from, --to, --source, --licence and --version: see the head of this script.");
  process.exit(2);
}
const schemas: Json = {};

/** Reads the operations of one document; those it lacks are another's. */
function extractFrom(path: string, wanted: readonly string[]): Json {
  const whole = Json.parse(parse(readFileSync(path, "utf8")));
  const document = Document.parse(whole);

  const at = (reference: string): unknown => {
    const names = reference.slice(2).split("/");
    const plain = names.map((name) => decodeURIComponent(name).replaceAll("~1", "/").replaceAll("~0", "~"));
    return plain.reduce<unknown>((found, name) => Json.parse(found)[name], whole);
  };
  const resolved = (value: unknown): unknown => {
    const reference = Json.safeParse(value).data?.["$ref"];
    return typeof reference === "string" ? resolved(at(reference)) : value;
  };
  /** A schema as JSON Schema; what it refers to lands in `schemas`. */
  const toSchema = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(toSchema);
    const parsed = Json.safeParse(value);
    if (!parsed.success) return value;
    const reference = parsed.data["$ref"];
    if (typeof reference === "string") {
      const name = reference.split("/").at(-1) ?? "";
      if (!Object.hasOwn(schemas, name)) {
        schemas[name] = true;
        schemas[name] = toSchema(at(reference));
      }
      return { $ref: `#/schemas/${name}` };
    }
    const kept = Object.entries(parsed.data).filter(([key]) => !PROSE.has(key) && !key.startsWith("x-"));
    const schema = Object.fromEntries(
      kept.map(([key, inner]) => [key, NAMES.has(key) ? mapValues(inner, toSchema) : toSchema(inner)]),
    );
    return parsed.data["nullable"] === true ? orNull(schema) : schema;
  };

  return Object.fromEntries(
    wanted.flatMap((route) => {
      const [method = "", template = ""] = route.split(" ");
      const item = document.paths[template];
      const found = Json.safeParse(item?.[method.toLowerCase()]).data;
      if (item === undefined || found === undefined) return [];
      const parameters = Parameters.parse(
        [item["parameters"], found["parameters"]]
          .flatMap((list) => z.array(z.unknown()).catch([]).parse(list))
          .map(resolved),
      );
      const body = found["requestBody"] === undefined ? null : Body.parse(resolved(found["requestBody"]));
      const [server] = Servers.parse(found["servers"] ?? item["servers"] ?? document.servers);
      const contents = (content: unknown) =>
        mapValues(Content.catch({}).parse(content), (each) => toSchema(Json.parse(each)["schema"]));
      const responses = mapValues(found["responses"], (response) =>
        contents(Json.parse(resolved(response))["content"]),
      );
      const operation = {
        server: server?.url,
        parameters: parameters.map(({ name, in: where, required, schema }) => ({
          name,
          in: where,
          required,
          schema: toSchema(schema),
        })),
        body: body && { required: body.required, content: contents(body.content) },
        responses,
      };
      return [[route, operation]];
    }),
  );
}

function mapValues(value: unknown, change: (inner: unknown) => unknown): Json {
  return Object.fromEntries(Object.entries(Json.catch({}).parse(value)).map(([name, inner]) => [name, change(inner)]));
}

/** OpenAPI 3.0's `nullable` in JSON Schema's words. */
function orNull({ type, ...rest }: Json): Json {
  const choices = z.array(z.unknown()).safeParse(rest["enum"]);
  const named = choices.success ? { enum: [...new Set([...choices.data, null])] } : {};
  if (typeof type === "string") return { type: [type, "null"], ...rest, ...named };
  return Object.keys(rest).length === 0 ? rest : { anyOf: [rest, { type: "null" }] };
}

const before = existsSync(to) ? Before.parse(JSON.parse(readFileSync(to, "utf8"))) : { operations: {} };
const wanted = [...new Set([...Object.keys(before.operations), ...positionals])];
const operations = Object.assign({}, ...from.map((path) => extractFrom(path, wanted)));
const lacking = wanted.filter((route) => !Object.hasOwn(operations, route));
if (lacking.length > 0) {
  console.error(`Not in ${from.join(", ")}: ${lacking.join(", ")}`);
  process.exit(1);
}
/** One line for each operation and schema, in the order of their names. */
const lines = (part: Json) =>
  Object.keys(part)
    .toSorted()
    .map((name) => `    ${JSON.stringify(name)}: ${JSON.stringify(part[name])}`)
    .join(",\n");
const head = Object.entries(facts).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)},\n`);
writeFileSync(
  to,
  `{\n${head.join("")}  "operations": {\n${lines(operations)}\n  },\n  "schemas": {\n${lines(schemas)}\n  }\n}\n`,
);
console.log(`${to}: ${wanted.length} operations, ${Object.keys(schemas).length} schemas`);
