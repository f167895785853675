/** Holds a part of the request against its schema, and answers what is wrong with it in our own shape. */
import type * as z from "zod/mini";
import { AppError } from "../errors.ts";

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
  throw new AppError("invalid_request", `${toField(issue) || part}: ${issue ? toReason(issue) : "not valid"}.`);
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

/** A name of our own; one that the caller has made up is not repeated. */
function toField(issue: Issue | undefined): string {
  if (issue?.code === "unrecognized_keys" || issue?.code === "invalid_key") return "";
  return (issue?.path ?? [])
    .map(String)
    .filter((name) => /^[\w-]{1,40}$/.test(name))
    .join(".");
}

const toReason = (issue: Issue): string =>
  issue.code === "unrecognized_keys" ? "has a field that is not known here" : issue.message;
