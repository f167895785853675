/** Checks a part of the request against a schema, and answers what is wrong with it in our own shape. */
import type { ValidationTargets } from "hono";
import { validator } from "hono/validator";
import type * as z from "zod";
import { AppError } from "../errors.ts";

/** @throws AppError `invalid_request`, naming the field */
export function valid<Target extends keyof ValidationTargets, Schema extends z.ZodType>(
  target: Target,
  schema: Schema,
) {
  return validator(target, (value: unknown): z.output<Schema> => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new AppError("invalid_request", `${issue?.path.join(".") || target}: ${issue?.message ?? "not valid"}.`);
  });
}
