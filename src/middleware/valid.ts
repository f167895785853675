/** Holds a part of the request against its schema, and answers what is wrong with it in our own shape. */
import type * as z from "zod/mini";
import { AppError, invalidField } from "../errors.ts";

/** What a schema makes of its input; nothing where there is no schema. */
export type Output<Schema> = Schema extends z.ZodMiniType ? z.output<Schema> : undefined;

/** @throws AppError `invalid_request`, naming the field and never its value */
export function parseInput<Schema extends z.ZodMiniType | undefined>(
  schema: Schema | undefined,
  part: "path" | "query" | "body",
  value: unknown,
): Output<Schema>;
export function parseInput(schema: z.ZodMiniType | undefined, part: string, value: unknown): unknown {
  if (!schema) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  const issue = first && toNearest(first);
  const field = toField(issue);
  const reason = `${issue ? toReason(issue) : "not valid"}.`;
  throw field === "" ? new AppError("invalid_request", `${part}: ${reason}`) : invalidField(field, reason);
}

type Issue = z.core.$ZodIssue;

/** Of the shapes that were possible, the one with the least wrong: what is wrong with that is said, where it is only one. */
function toNearest(issue: Issue): Issue {
  if (issue.code !== "invalid_union") return issue;
  const [nearest = [], next = []] = issue.errors.toSorted((one, other) => one.length - other.length);
  const [inner] = nearest;
  if (!inner || nearest.length === next.length) return issue;
  return toNearest({ ...inner, path: [...issue.path, ...inner.path] });
}

/**
 * The name of a field. One that the caller has made up is repeated where it is a mistaken name of ours, and not where it could
 * be a value, or a secret, in the place of a name: those have digits.
 */
function toField(issue: Issue | undefined): string {
  if (issue?.code === "invalid_key") return "";
  const unknown = issue?.code === "unrecognized_keys" ? issue.keys.slice(0, 1).filter(isMistaken) : [];
  return [...(issue?.path ?? []), ...unknown].map(String).filter(isNameable).join(".");
}

const isNameable = (name: string): boolean => /^[\w-]{1,40}$/.test(name);

const isMistaken = (name: string): boolean => /^[a-z_-]{1,30}$/i.test(name);

function toReason(issue: Issue): string {
  if (issue.code !== "unrecognized_keys") return issue.message;
  return issue.keys.slice(0, 1).every(isMistaken) ? "is not known here" : "has a field that is not known here";
}
