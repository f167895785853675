/** A schema as people read it: names, types and meanings instead of JSON Schema. */
import type { Schema } from "./document.ts";

type Schemas = Readonly<Record<string, Schema>>;

export interface Field {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly meaning: string;
  /** What is inside of it, where it has fields of its own. */
  readonly fields: readonly Field[];
}

/** What a pointer points to, with what was said of it where it stands. */
export function resolve(schema: Schema, schemas: Schemas): Schema {
  const name = schema.$ref?.split("/").at(-1);
  const found = name === undefined ? undefined : schemas[name];
  if (!found) return schema;
  const { $ref: _, ...own } = schema;
  return { ...resolve(found, schemas), ...own };
}

/** Fields of an object, of the objects in a list, or of each of several shapes that it may have. */
export function fieldsOf(schema: Schema, schemas: Schemas, depth = 0): Field[] {
  const { properties, items, anyOf, required = [], additionalProperties } = resolve(schema, schemas);
  // No shape of ours goes deeper; one that points to itself would have no end.
  if (depth > 6) return [];
  if (properties) {
    return Object.entries(properties).map(([name, field]) => ({
      name,
      type: typeOf(field, schemas),
      isRequired: required.includes(name),
      meaning: meaningOf(resolve(field, schemas)),
      fields: fieldsOf(field, schemas, depth + 1),
    }));
  }
  if (items) return fieldsOf(items, schemas, depth + 1);
  if (typeof additionalProperties === "object") return fieldsOf(additionalProperties, schemas, depth + 1);
  return (anyOf ?? []).flatMap((each) => fieldsOf(each, schemas, depth + 1));
}

/** The shapes that something may have: one, unless it says several of objects. */
export function shapesOf(schema: Schema, schemas: Schemas): Schema[] {
  const { anyOf } = resolve(schema, schemas);
  const objects = (anyOf ?? []).filter((each) => resolve(each, schemas).properties);
  return objects.length > 1 ? objects : [schema];
}

/** In words: `string`, `list of strings`, `"page" or "popup"`, `string or null`. */
export function typeOf(schema: Schema, schemas: Schemas): string {
  const { type, enum: values, anyOf, items, additionalProperties, ...rest } = resolve(schema, schemas);
  if ("const" in rest) return JSON.stringify(rest.const);
  if (values) return alternatives(values.map((value) => JSON.stringify(value)));
  if (anyOf) return alternatives(anyOf.map((each) => typeOf(each, schemas)));
  if (type === "array") return `list of ${plural(items ? typeOf(items, schemas) : "value")}`;
  if (type === "object" && typeof additionalProperties === "object") {
    return `object of ${plural(typeOf(additionalProperties, schemas))}`;
  }
  if (type === undefined) return "any JSON";
  return alternatives(typeof type === "string" ? [type] : type);
}

function alternatives(types: readonly string[]): string {
  const all = [...new Set(types)];
  const last = all.at(-1) ?? "";
  return all.length < 2 ? last : `${all.slice(0, -1).join(", ")} or ${last}`;
}

const plural = (type: string): string => (/^[a-z]+$/.test(type) ? `${type}s` : type);

/** What is said of it, and its bounds. Lists in comments become one line. */
function meaningOf({ description = "", minimum, maximum, maxLength, maxItems, ...rest }: Schema): string {
  const range =
    minimum !== undefined && maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER
      ? `${minimum} to ${maximum}.`
      : "";
  const length = maxLength === undefined ? "" : `At most ${maxLength} characters.`;
  const count = maxItems === undefined ? "" : `At most ${maxItems}.`;
  const fallback = "default" in rest ? `Default: ${JSON.stringify(rest.default)}.` : "";
  return [description.replaceAll("\n- ", " · "), range, length, count, fallback].filter(Boolean).join(" ");
}
