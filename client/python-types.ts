/** The OpenAPI document as Python's types: a TypedDict for each shape, and what each route takes and answers. */
import * as z from "zod";

const Schema = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  const: z.union([z.string(), z.boolean()]).optional(),
  enum: z.array(z.string()).optional(),
  get anyOf() {
    return z.array(Schema).optional();
  },
  get items() {
    return Schema.optional();
  },
  get properties() {
    return z.record(z.string(), Schema).optional();
  },
  get additionalProperties() {
    return z.union([z.boolean(), Schema]).optional();
  },
  required: z.array(z.string()).optional(),
});
type Schema = z.output<typeof Schema>;

const Content = z.object({ "application/json": z.object({ schema: Schema }) });
const Operation = z.object({
  operationId: z.string(),
  parameters: z.array(z.object({ name: z.string(), in: z.string(), required: z.boolean(), schema: Schema })),
  requestBody: z.object({ content: Content }).optional(),
  responses: z.record(z.string(), z.object({ content: Content.optional() })),
});
type Operation = z.output<typeof Operation>;
const Document = z.object({
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.object({ schemas: z.record(z.string(), Schema) }),
});

const PRIMITIVES: Readonly<Record<string, string>> = {
  string: "str",
  integer: "int",
  number: "float",
  boolean: "bool",
  null: "None",
};

const capital = (name: string): string =>
  name
    .split(/[^a-zA-Z0-9]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
const quote = (text: string): string => JSON.stringify(text);

/** Declarations in the order that they are made in: each before what is made of it. */
class Declarations {
  readonly lines: string[] = [];

  /** @param name what an object is called that has no name of its own */
  typeOf(schema: Schema, name: string): string {
    if (schema.$ref !== undefined) return quote(schema.$ref.replace("#/components/schemas/", ""));
    if (schema.const !== undefined)
      return `Literal[${schema.const === true ? "True" : schema.const === false ? "False" : quote(schema.const)}]`;
    if (schema.enum) return `Literal[${schema.enum.map(quote).join(", ")}]`;
    if (schema.anyOf)
      return `Union[${schema.anyOf.map((each, index) => this.typeOf(each, `${name}${index + 1}`)).join(", ")}]`;
    if (schema.type === "array") return `List[${this.typeOf(schema.items ?? {}, `${name}Item`)}]`;
    if (schema.properties) return this.#object(schema, name);
    if (schema.type === "object") {
      const { additionalProperties: values = true } = schema;
      return `Dict[str, ${typeof values === "object" ? this.typeOf(values, `${name}Value`) : "Any"}]`;
    }
    const types = [schema.type ?? []].flat().map((type) => PRIMITIVES[type] ?? "Any");
    if (types.length > 1) return `Union[${types.join(", ")}]`;
    return types[0] ?? "Any";
  }

  /** One of the document's own shapes. */
  named(name: string, schema: Schema): void {
    if (schema.properties) this.#object(schema, name);
    else this.lines.push("", `${name} = ${this.typeOf(schema, `${name}Value`)}`);
  }

  /** What may be left out is declared apart: Python knows how to say so of one key since 3.11 only. */
  #object({ properties = {}, required = [] }: Schema, name: string): string {
    // What Python has no way to write as a key of a class is for editors alone (`$schema`).
    const nameable = Object.entries(properties).filter(([key]) => /^[A-Za-z_]\w*$/.test(key));
    const fields = nameable.map(([key, value]) => ({
      line: `    ${key}: ${this.typeOf(value, name + capital(key))}`,
      isRequired: required.includes(key),
    }));
    const [always, sometimes] = [true, false].map((is) =>
      fields.filter(({ isRequired }) => isRequired === is).map(({ line }) => line),
    );
    if (sometimes?.length === 0) this.lines.push("", "", `class ${name}(TypedDict):`, ...orNothing(always));
    else if (always?.length === 0)
      this.lines.push("", "", `class ${name}(TypedDict, total=False):`, ...orNothing(sometimes));
    else {
      this.lines.push("", "", `class _${name}(TypedDict):`, ...orNothing(always));
      this.lines.push("", "", `class ${name}(_${name}, total=False):`, ...orNothing(sometimes));
    }
    return quote(name);
  }
}

const orNothing = (lines: readonly string[] = []): readonly string[] => (lines.length === 0 ? ["    pass"] : lines);

const HEAD = `"""Generated out of the OpenAPI document. Nothing here exists but for whoever checks types."""

from __future__ import annotations
`;

const CLIENT = `
class Latchkey:
    def __init__(
        self,
        origin: str,
        *,
        key: Optional[str] = ...,
        user: Optional[str] = ...,
        timeout: float = ...,
        retries: int = ...,
        longest_wait: float = ...,
    ) -> None: ...
    def call(
        self,
        method: str,
        path: str,
        *,
        params: Optional[Mapping[str, str]] = ...,
        query: Optional[Mapping[str, Any]] = ...,
        body: Any = ...,
        headers: Optional[Mapping[str, str]] = ...,
        idempotency_key: Optional[str] = ...,
    ) -> Any: ...
`;

/** @returns the text of `shapes.py`, and of `client.pyi` */
export function pythonTypes(document: unknown): { readonly shapes: string; readonly client: string } {
  const { paths, components } = Document.parse(document);
  const made = new Declarations();
  for (const [name, schema] of Object.entries(components.schemas)) made.named(name, schema);
  const { ErrorBody, DeliveredEvent } = components.schemas;
  if (!ErrorBody?.properties?.["error"] || !DeliveredEvent?.anyOf) throw new TypeError("no errors, or no events");
  made.lines.push("", `ErrorCode = ${made.typeOf(ErrorBody.properties["error"], "ErrorCode")}`);
  made.named("WebhookEvent", { anyOf: DeliveredEvent.anyOf.map(toTold) });
  const overloads = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) =>
      overloadsOf(path, method, operation, made, components.schemas),
    ),
  );
  const methods = ["get", "post", "put", "patch", "delete", "each"].flatMap((name) =>
    overloads.filter((each) => each.name === name),
  );
  const shapes = [HEAD, "from typing import Any, Dict, List, Literal, TypedDict, Union", ...made.lines, ""].join("\n");
  const client = [
    HEAD,
    "from email.message import Message",
    "from typing import Any, Iterator, Literal, Mapping, Optional, Union, overload",
    "",
    "from .shapes import *",
    CLIENT,
    ...methods.map(({ text }) => text),
    "",
    "def retry_after_seconds(headers: Message) -> Optional[int]: ...",
    "",
  ].join("\n");
  return { shapes, client };
}

/** An event as a webhook is sent it: without how its delivery stands. */
function toTold({ properties: { id, type, timestamp, data } = {} }: Schema): Schema {
  const required = ["id", "type", "timestamp", "data"];
  return Schema.parse({ properties: { id, type, timestamp, data }, required });
}

interface Overload {
  readonly name: string;
  readonly text: string;
}

/** How a route is called; a list in pages can be gone through too. */
function overloadsOf(
  path: string,
  method: string,
  operation: Operation,
  made: Declarations,
  named: Readonly<Record<string, Schema>>,
): Overload[] {
  const name = capital(operation.operationId);
  const [answer] = Object.entries(operation.responses).flatMap(([status, { content }]) =>
    status.startsWith("2") && content ? [content["application/json"].schema] : [],
  );
  const takes = [
    ...argument(operation, "path", "params", name, made),
    ...argument(operation, "query", "query", name, made),
  ];
  const options = [...takes, "headers: Optional[Mapping[str, str]] = ..."];
  const body = operation.requestBody?.content["application/json"].schema;
  const all = [...(body ? [`body: ${made.typeOf(body, `${name}Body`)}`] : []), ...options];
  if (method === "post" || method === "patch") all.push("idempotency_key: Optional[str] = ...");
  const one = {
    name: method,
    text: overload(
      method,
      path,
      all,
      answer ? made.typeOf(answer, `${name}Answer`) : path.endsWith("/avatar") ? "bytes" : "None",
    ),
  };
  const page = answer?.$ref === undefined ? answer : named[answer.$ref.replace("#/components/schemas/", "")];
  const list =
    page?.properties && "next_cursor" in page.properties
      ? Object.values(page.properties).find(({ type }) => type === "array")
      : undefined;
  if (list?.items === undefined) return [one];
  return [
    one,
    { name: "each", text: overload("each", path, options, `Iterator[${made.typeOf(list.items, `${name}Item`)}]`) },
  ];
}

const overload = (name: string, path: string, options: readonly string[], answer: string): string =>
  `    @overload\n    def ${name}(self, path: Literal[${quote(path)}], *, ${options.join(", ")}) -> ${answer}: ...`;

function argument({ parameters }: Operation, where: string, as: string, name: string, made: Declarations): string[] {
  const found = parameters.filter((each) => each.in === where);
  if (found.length === 0) return [];
  const required = found.filter((each) => each.required).map((each) => each.name);
  const properties = Object.fromEntries(found.map((each) => [each.name, each.schema]));
  const type = made.typeOf({ properties, required }, name + capital(as));
  return [required.length === 0 ? `${as}: Optional[${type}] = ...` : `${as}: ${type}`];
}
