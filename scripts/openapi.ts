/** The OpenAPI 3.1 document, written from the declarations that requests are held to. */
import * as z from "zod";
import * as shapes from "../src/api.ts";
import * as shapesOfApps from "../src/api-apps.ts";
import * as shapesOfConnections from "../src/api-connections.ts";
import * as shapesOfEvents from "../src/api-events.ts";
import { errorStatus, type ErrorCode } from "../src/errors.ts";
import { allRoutes } from "../src/routes/all.ts";
import type { Operation } from "../src/routes/operation.ts";

/** What any route may answer: nobody has to write it down. */
const EVERYWHERE: readonly ErrorCode[] = ["invalid_request", "rate_limited", "internal"];
const WITH_BODY: readonly ErrorCode[] = ["unsupported_media_type", "body_too_large"];
const SIGNED_IN: readonly ErrorCode[] = ["invalid_session", "insufficient_scope"];

type JsonObject = Record<string, unknown>;

/** A shape goes by the name that it is exported under; a query is no object of its own in a document. */
const namedShapes = z.registry<{ id: string }>();
for (const [id, shape] of Object.entries({ ...shapes, ...shapesOfApps, ...shapesOfConnections, ...shapesOfEvents })) {
  if (!id.endsWith("Query")) namedShapes.add(shape, { id });
}

const Json = z.record(z.string(), z.unknown());

/** The document's schemas: each named shape once, and pointers to it wherever it stands. */
class Schemas {
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
      const before = this.named[name];
      if (before && JSON.stringify(before) !== JSON.stringify(definition))
        throw new TypeError(`two shapes named ${name}`);
      this.named[name] = definition;
    }
    return schema;
  }
}

function parameters(operation: Operation, schemas: Schemas): JsonObject[] {
  const inPath = operation.params ? toParameters(schemas.of(operation.params, "input"), "path") : [];
  const inQuery = operation.query ? toParameters(schemas.of(operation.query, "input"), "query") : [];
  const { access } = operation;
  const isForUser = typeof access === "object" && (access.as === "user" || access.as === "reader");
  const named = typeof access === "object" && access.as !== "owner";
  const user = {
    name: "X-Latchkey-User",
    in: "header",
    required: false,
    description: isForUser
      ? "Which of the app's users the call is for; required with an app's key."
      : "With an app's key: the one user the call is for. What is another's is not there.",
    schema: { type: "string", maxLength: 255 },
  };
  return [...inPath, ...inQuery, ...(named ? [user] : [])];
}

function toParameters(schema: JsonObject, where: "path" | "query"): JsonObject[] {
  const { properties = {}, required = [] } = z
    .object({ properties: Json.optional(), required: z.array(z.string()).optional() })
    .parse(schema);
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: where,
    required: where === "path" || required.includes(name),
    schema: property,
  }));
}

function security(operation: Operation): JsonObject[] {
  const { access } = operation;
  if (access === "anyone") return [];
  if (access === "admin") return [{ admin: [] }];
  if (access === "person") return [{ cookie: [] }];
  const bearer = { bearer: [] };
  if (access.as === "owner") return [bearer, { admin: [] }];
  return access.as === "app" ? [bearer] : [bearer, { cookie: [] }];
}

function answers(operation: Operation, schemas: Schemas): JsonObject {
  const { answer, errors = [], body, access } = operation;
  const codes = [
    ...EVERYWHERE,
    ...(body ? WITH_BODY : []),
    ...(access === "anyone" ? [] : access === "admin" ? (["invalid_admin_key"] as const) : SIGNED_IN),
    ...errors,
  ];
  const failure = schemas.of(shapes.ErrorBody, "output");
  const byStatus = Map.groupBy(new Set(codes), errorStatus);
  const failures = [...byStatus].map(([status, names]) => [
    String(status),
    {
      description: names.join(", "),
      content: { "application/json": { schema: failure } },
    },
  ]);
  const success = {
    description: "Done",
    ...(answer.schema ? { content: { "application/json": { schema: schemas.of(answer.schema, "output") } } } : {}),
  };
  return { [String(answer.status)]: success, ...Object.fromEntries(failures) };
}

const operationId = ({ method, path }: Operation): string =>
  method + path.replaceAll(/[{}]/g, "").replaceAll(/[/-](\w)/g, (_, letter: string) => letter.toUpperCase());

/** The whole document. */
export function openApiDocument(): JsonObject {
  const schemas = new Schemas();
  const paths: Record<string, JsonObject> = {};
  for (const operation of allRoutes.flatMap(({ operations }) => operations)) {
    const { method, path, tag, summary, description, access, body } = operation;
    const scope = typeof access === "object" ? `Scope: \`${access.scope}\`.` : "";
    paths[path] = {
      ...paths[path],
      [method]: {
        operationId: operationId(operation),
        tags: [tag],
        summary,
        description: [description, scope].filter(Boolean).join(" "),
        security: security(operation),
        parameters: parameters(operation, schemas),
        ...(body
          ? { requestBody: { required: true, content: { "application/json": { schema: schemas.of(body, "input") } } } }
          : {}),
        responses: answers(operation, schemas),
      },
    };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Latchkey",
      version: "0.1.0",
      description: "OAuth integrations at the edge.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    paths,
    components: {
      schemas: schemas.named,
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "An app's key, a user's key or a user's session." },
        admin: { type: "http", scheme: "bearer", description: "The deployment's ADMIN_KEY." },
        cookie: {
          type: "apiKey",
          in: "cookie",
          name: "__Host-session",
          description: "The page's own; a change takes the header X-CSRF: 1 as well.",
        },
      },
    },
  };
}
