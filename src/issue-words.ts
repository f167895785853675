/** What is wrong with a value, in words of its reader's: those of the library are for who knows its types. */
import type * as z from "zod/mini";

const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
  null: "null",
};

/** What a text or a list is counted in; of a number it is the value itself that is bounded. */
const UNITS: Readonly<Record<string, string>> = { string: "character", array: "entry" };

/** A sentence about a field, without its name and its full stop. */
export function wordsFor(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return "is required";
      return `has to be ${KINDS[issue.expected] ?? "of another kind"}`;
    case "too_big":
      return bounded("at most", Number(issue.maximum), issue.origin);
    case "too_small":
      return bounded("at least", Number(issue.minimum), issue.origin);
    case "invalid_value":
      if (issue.input === undefined) return "is required";
      return `has to be ${issue.values.map((value) => JSON.stringify(value)).join(" or ")}`;
    case "invalid_format":
      return issue.format === "url" ? "has to be an address" : "is not in the form that it has to have";
    case "not_multiple_of":
      return `has to be a multiple of ${issue.divisor}`;
    case "unrecognized_keys":
      return "has a field that is not known here";
    case "invalid_union":
      return issue.input === undefined ? "is required" : "has none of the forms that it may have";
    case "custom":
    case "invalid_element":
    case "invalid_key":
      return "is not valid";
  }
}

function bounded(how: "at most" | "at least", bound: number, origin: string): string {
  const unit = UNITS[origin];
  if (unit === undefined) return `has to be ${how} ${bound}`;
  if (bound === 1 && how === "at least") return "must not be empty";
  const units = bound === 1 ? unit : `${unit === "entry" ? "entrie" : unit}s`;
  return `has to have ${how} ${bound} ${units}`;
}
