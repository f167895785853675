/** The OpenAPI 3.1 document, written from the declarations that requests are held to. */
import { readFileSync } from "node:fs";
import * as z from "zod";
import { ErrorBody } from "../src/api.ts";
import { ERROR_CODES, errorStatus, type ErrorCode } from "../src/errors.ts";
import { allRoutes } from "../src/routes/all.ts";
import type { Operation } from "../src/routes/operation.ts";
import { errorGuides, plain } from "./docs/error-guides.ts";
import { ORIGIN } from "./openapi/samples.ts";
import { Json, Schemas, type JsonObject } from "./openapi/schemas.ts";
import { webhooks } from "./openapi/webhooks.ts";
import { PARAMETERS, TAGS, WORDS, type Words } from "./openapi/words.ts";

/** What any route may answer: nobody has to write it down. */
const EVERYWHERE: readonly ErrorCode[] = ["invalid_request", "rate_limited", "internal"];
const WITH_BODY: readonly ErrorCode[] = ["unsupported_media_type", "body_too_large"];
const SIGNED_IN: readonly ErrorCode[] = ["invalid_session", "insufficient_scope", "outside_grant", "network_denied"];

const ONCE: readonly ErrorCode[] = ["request_under_way", "idempotency_key_reused"];

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
      ? "Which of the app's users the call is for; required with an app's key. What is not ASCII is written as RFC 8187 has it: `UTF-8''J%C3%BCrgen`."
      : "With an app's key: the one user the call is for. What is another's is not there.",
    schema: { type: "string" },
  };
  const connection = {
    name: "X-Latchkey-Connection",
    in: "header",
    required: false,
    description:
      "Which connection the call is about, by its id or label, where a user has several at the integration. Every answer says in the same header which it was.",
    schema: { type: "string", maxLength: 256 },
  };
  const key = {
    name: "Idempotency-Key",
    in: "header",
    required: false,
    description:
      "A key of the caller's own. For a day, the same request with the same key is answered as it was the first time, and carried out once.",
    schema: { type: "string", minLength: 1, maxLength: 255 },
  };
  const isAboutOne = isForUser && operation.path.includes("{integration}");
  return [
    ...inPath,
    ...inQuery,
    ...(named ? [user] : []),
    ...(isAboutOne ? [connection] : []),
    ...(operation.makes ? [key] : []),
  ];
}

function toParameters(schema: JsonObject, where: "path" | "query"): JsonObject[] {
  const { properties = {}, required = [] } = z
    .object({ properties: Json.optional(), required: z.array(z.string()).optional() })
    .parse(schema);
  return Object.entries(properties).map(([name, property]) => {
    const description = PARAMETERS[name];
    if (description === undefined)
      throw new TypeError(`nobody says what the parameter ${name} is: scripts/openapi/words.ts`);
    return { name, in: where, required: where === "path" || required.includes(name), description, schema: property };
  });
}

function security(operation: Operation): JsonObject[] {
  const { access } = operation;
  if (access === "anyone") return [];
  if (access === "admin") return [{ admin: [] }];
  if (access === "person") return [{ cookie: [] }];
  const bearer = { bearer: [] };
  if (access === "jobs") return [bearer, { cookie: [] }, { admin: [] }];
  if (access.as === "owner") return [bearer, { admin: [] }];
  return access.as === "app" ? [bearer] : [bearer, { cookie: [] }];
}

const header = (name: string): JsonObject => ({ $ref: `#/components/headers/${name}` });
const OK = { 200: "Done.", 201: "Made.", 202: "Under way.", 204: "Done; there is no body.", 303: "Sent on." } as const;

function answers(operation: Operation, { also = {}, answer: example }: Words, schemas: Schemas): JsonObject {
  const { answer, errors = [], body, access } = operation;
  const codes = [
    ...EVERYWHERE,
    ...(body ? WITH_BODY : []),
    ...(operation.makes ? ONCE : []),
    ...(access === "anyone" ? [] : access === "admin" ? (["invalid_admin_key"] as const) : SIGNED_IN),
    ...errors,
  ];
  const schema = schemas.of(ErrorBody, "output");
  const byStatus = Map.groupBy(new Set(codes), errorStatus);
  const failures = [...byStatus].map(([status, names]) => {
    const examples = Object.fromEntries(names.map((code) => [code, { $ref: `#/components/examples/${code}` }]));
    const headers = {
      "X-Request-Id": header("X-Request-Id"),
      "X-Latchkey-Error": header("X-Latchkey-Error"),
      ...(status === 429 || status === 503 ? { "Retry-After": header("Retry-After") } : {}),
    };
    const content = { "application/json": { schema, examples } };
    return [String(status), { description: names.join(", "), headers, content }];
  });
  const content = answer.schema && {
    "application/json": { schema: schemas.of(answer.schema, "output"), ...(example === undefined ? {} : { example }) },
  };
  const success = {
    description: OK[answer.status],
    headers: { "X-Request-Id": header("X-Request-Id") },
    ...(content ? { content } : {}),
  };
  const others = Object.entries(also).map(([status, description]) => [status, { description }]);
  return { [String(answer.status)]: success, ...Object.fromEntries(others), ...Object.fromEntries(failures) };
}

/** Each error that the paths name, as it looks, by code; its message is what docs/errors.md says of it. */
function errorExamples(paths: JsonObject): JsonObject {
  const written = JSON.stringify(paths);
  const named = ERROR_CODES.filter((code) => written.includes(`"#/components/examples/${code}"`));
  const guides = errorGuides(readFileSync(new URL("../docs/errors.md", import.meta.url), "utf8"));
  const meanings = new Map(guides.map(({ code, text }) => [code, plain(text)]));
  const examples = named.map((error) => {
    const value = {
      error,
      message: meanings.get(error) ?? "",
      param: null,
      docs: `${ORIGIN}/docs/errors/${error}`,
      request_id: "8f4e1c62-0d0b-4f3a-9a39-1f2d7c1d4b5e",
    };
    return [error, { summary: `${errorStatus(error)} ${error}`, value }];
  });
  return Object.fromEntries(examples);
}

const operationId = ({ method, path }: Operation): string =>
  method + path.replaceAll(/[{}]/g, "").replaceAll(/[/.-]+(\w)/g, (_, letter: string) => letter.toUpperCase());

function describe(operation: Operation, schemas: Schemas): JsonObject {
  const { method, path, tag, access, body } = operation;
  const words = WORDS[`${method} ${path}`];
  if (!words) throw new TypeError(`nobody says what ${method} ${path} does: scripts/openapi/words.ts`);
  const { summary, description, request: example } = words;
  const needed = access === "jobs" ? "manage" : typeof access === "object" ? access.scope : null;
  const scope = needed === null ? "" : `Scope: \`${needed}\`.`;
  const content = body && {
    "application/json": { schema: schemas.of(body, "input"), ...(example === undefined ? {} : { example }) },
  };
  return {
    operationId: operationId(operation),
    tags: [tag],
    summary,
    description: [description, scope].filter(Boolean).join(" "),
    security: security(operation),
    parameters: parameters(operation, schemas),
    ...(content ? { requestBody: { required: true, content } } : {}),
    responses: answers(operation, words, schemas),
  };
}

/** Readers find routes in the order of their words. */
const placeOf = ({ method, path }: Operation): number => Object.keys(WORDS).indexOf(`${method} ${path}`);

const DESCRIPTION = `People connect their accounts; Latchkey keeps the tokens sealed and fresh, serves profile and items as JSON, and
passes any call through to the service's own API with the user's token stamped on.

Callers send a key as \`Authorization: Bearer lk_...\`; an app's key names the user of a call in \`X-Latchkey-User\`. Every error has
a stable code, a sentence that says what to do, and a page of its own.`;

/** The whole document. */
export function openApiDocument(): JsonObject {
  const schemas = new Schemas();
  const paths: Record<string, JsonObject> = {};
  const all = allRoutes.flatMap(({ operations }) => operations);
  for (const operation of all.toSorted((one, other) => placeOf(one) - placeOf(other))) {
    const { method, path } = operation;
    paths[path] = { ...paths[path], [method]: describe(operation, schemas) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Latchkey",
      version: "0.1.0",
      summary: "OAuth integrations at the edge.",
      description: DESCRIPTION.replaceAll(/(?<!\n)\n(?!\n)/g, " "),
      contact: { name: "Whoever runs this deployment" },
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/", description: "This deployment" }],
    tags: TAGS.map(({ name, title, description }) => ({ name, description, "x-displayName": title })),
    paths,
    webhooks: webhooks(schemas),
    components: {
      schemas: schemas.named,
      examples: errorExamples(paths),
      headers: HEADERS,
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}

const HEADERS = {
  "X-Request-Id": {
    description:
      "Names the request, here and in the log. A proxied answer has that of its service, where there is one.",
    schema: { type: "string" },
  },
  "X-Latchkey-Error": {
    description: "The error's code again: it tells an error of ours from one of the service.",
    schema: { type: "string" },
  },
  "Retry-After": {
    description: "Seconds until it is worth trying again, where that is known.",
    schema: { type: "integer" },
  },
} as const;

const SECURITY_SCHEMES = {
  bearer: { type: "http", scheme: "bearer", description: "An app's key, a user's key or a user's session." },
  admin: { type: "http", scheme: "bearer", description: "The deployment's ADMIN_KEY." },
  cookie: {
    type: "apiKey",
    in: "cookie",
    name: "__Host-session",
    description: "The page's own; a change takes the header X-CSRF: 1 as well.",
  },
} as const;
