/** The document's schemas, out of the shapes that requests are held to and answers are made to. */
import * as z from "zod";
import * as mini from "zod/mini";
import * as shapes from "../../src/api.ts";
import * as shapesOfApps from "../../src/api-apps.ts";
import { RecordedCall, RecordedCalls } from "../../src/api-calls.ts";
import * as shapesOfCatalogue from "../../src/api-catalogue.ts";
import * as shapesOfConnecting from "../../src/api-connect.ts";
import * as shapesOfConnections from "../../src/api-connections.ts";
import * as shapesOfApprovals from "../../src/api-approvals.ts";
import * as shapesOfEvents from "../../src/api-events.ts";
import * as shapesOfJobs from "../../src/api-jobs.ts";
import * as shapesOfPasskeys from "../../src/api-passkeys.ts";
import * as shapesOfRequests from "../../src/api-requests.ts";
import { IntegrationSettings } from "../../src/apps/client-vault.ts";
import { ProviderFields } from "../../src/contract/entry.ts";
import { Service } from "../../src/contract/service.ts";
import * as shapesOfServices from "../../src/contract/service-parts.ts";
import { docComments } from "./comments.ts";

export type JsonObject = Record<string, unknown>;
export const Json = z.record(z.string(), z.unknown());

const SOURCES = [
  "api",
  "api-approvals",
  "api-apps",
  "api-calls",
  "api-catalogue",
  "api-connect",
  "api-connections",
  "api-events",
  "api-grants",
  "api-jobs",
  "api-passkeys",
  "api-requests",
  "contract/entry",
  "contract/service",
  "contract/service-parts",
  "contract/texts",
  "apps/client-vault",
];
const comments = new Map(SOURCES.flatMap((name) => [...docComments(new URL(`../../src/${name}.ts`, import.meta.url))]));

/** Of what a service is described with, the groups of fields; texts are shown where they stand. */
const groups = Object.fromEntries(
  Object.entries(shapesOfServices).filter(([, shape]) => shape instanceof mini.ZodMiniObject),
);

const SHAPES = {
  ...shapes,
  ...shapesOfApprovals,
  ...shapesOfApps,
  ...shapesOfCatalogue,
  ...shapesOfConnecting,
  ...shapesOfConnections,
  ...shapesOfEvents,
  ...shapesOfJobs,
  ...shapesOfPasskeys,
  RecordedCall,
  RecordedCalls,
  LoggedRequest: shapesOfRequests.LoggedRequest,
  LoggedRequests: shapesOfRequests.LoggedRequests,
  IntegrationSettings,
  ...groups,
  ProviderFields,
};

/** A shape goes by the name that it is exported under; a query is no object of its own in a document. */
const namedShapes = z.registry<{ id: string }>();
for (const [id, shape] of Object.entries(SHAPES)) {
  if (shape instanceof z.core.$ZodType && !id.endsWith("Query")) namedShapes.add(shape, { id });
}

const fieldsOf = (shape: unknown): [string, z.core.$ZodType][] =>
  shape instanceof mini.ZodMiniObject ? Object.entries(shape.shape) : [];

/** Comments by the very field, for shapes that extend or pick from the one where the comment stands. */
const inherited = new Map<z.core.$ZodType, Map<string, string>>();
for (const [name, shape] of Object.entries({ ...SHAPES, Service })) {
  for (const [field, schema] of fieldsOf(shape)) {
    const comment = comments.get(`${name}.${field}`);
    if (comment !== undefined) inherited.set(schema, (inherited.get(schema) ?? new Map()).set(field, comment));
  }
}

/** What the field of a named shape means. @param path of fields: `data.label` */
function meaning(name: string, path: string): string | undefined {
  const own = comments.get(`${name}.${path}`);
  if (own !== undefined) return own;
  const [, schema] = fieldsOf(Object.entries(SHAPES).find(([id]) => id === name)?.[1]).find(([f]) => f === path) ?? [];
  return schema && inherited.get(schema)?.get(path);
}

/** The schema of a named shape, or of a field in it, with what the comments say of it and of all that is in it. */
function described(name: string, schema: JsonObject, path = ""): JsonObject {
  const description = path === "" ? comments.get(name) : meaning(name, path);
  return { ...(description === undefined ? {} : { description }), ...withFields(name, schema, path) };
}

/** Of those that compile patterns most do without the flag, and would refuse what is right: such a pattern stays ours to check. */
const needsUnicode = (pattern: string): boolean => pattern.includes(String.raw`\p{`);

/** Lists and choices have no name of their own: their fields are those of what they stand in. */
function withFields(name: string, schema: JsonObject, path: string): JsonObject {
  const inside = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(inside) : withFields(name, Json.parse(value), path);
  const said = Object.entries(schema).filter(([key, value]) => !(key === "pattern" && needsUnicode(String(value))));
  const changed = said.map(([key, value]) => {
    if (key === "items" || key === "anyOf") return [key, inside(value)];
    // Nothing is both: one word for choices is enough for whoever reads them.
    if (key === "oneOf") return ["anyOf", inside(value)];
    if (key !== "properties") return [key, value];
    const fields = Object.entries(Json.parse(value)).map(([field, of]) => {
      return [field, described(name, Json.parse(of), path === "" ? field : `${path}.${field}`)];
    });
    return [key, Object.fromEntries(fields)];
  });
  return Object.fromEntries(changed);
}

/** Each named shape once, and pointers to it wherever it stands. */
export class Schemas {
  readonly named: JsonObject = {};

  /** @throws TypeError where one name would have to mean two things */
  of(shape: z.core.$ZodType, io: "input" | "output"): JsonObject {
    const written = JSON.stringify(z.toJSONSchema(shape, { io, unrepresentable: "any", metadata: namedShapes }));
    const {
      $schema: _,
      $defs,
      ...schema
    } = Json.parse(JSON.parse(written.replaceAll("#/$defs/", "#/components/schemas/")));
    for (const [name, definition] of Object.entries(Json.parse($defs ?? {}))) {
      const meant = described(name, Json.parse(definition));
      const before = this.named[name];
      if (before && JSON.stringify(before) !== JSON.stringify(meant)) throw new TypeError(`two shapes named ${name}`);
      this.named[name] = meant;
    }
    return schema;
  }
}
