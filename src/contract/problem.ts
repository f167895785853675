/** Errors of ours in the shape of a service whose SDKs read them: as data where no code says it. */
import type { Json, Problem, Provider } from "./provider.ts";

/** What stands for a part of an error of ours. */
const PARTS: readonly (keyof Problem)[] = ["code", "message", "status", "request_id"];
const PART = new RegExp(`\\{(${PARTS.join("|")})\\}`, "g");

/** Says an error of ours by a template: JSON with `{code}`, `{message}`, `{status}` and `{request_id}` in its texts. */
export function problemFrom(template: Members): NonNullable<Provider["api"]["toProblem"]> {
  return (problem) => ({ status: problem.status, body: filledMembers(template, problem) });
}

type Members = Readonly<Record<string, Json>>;

const filledMembers = (template: Members, problem: Problem): Members =>
  Object.fromEntries(Object.entries(template).map(([name, one]) => [name, filled(one, problem)]));

function filled(template: Json, problem: Problem): Json {
  if (typeof template === "string") return text(template, problem);
  if (typeof template !== "object" || template === null) return template;
  return isList(template) ? template.map((one) => filled(one, problem)) : filledMembers(template, problem);
}

const text = (template: string, problem: Problem): Json =>
  template === "{status}"
    ? problem.status
    : template.replaceAll(PART, (_, part: keyof Problem) => String(problem[part]));

const isList = (json: Json): json is readonly Json[] => Array.isArray(json);
