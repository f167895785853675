/** A key's grant in words, a sentence for each thing that it says. */
import type { Grant } from "./api.ts";

type Rule = Grant["rules"][number];

/** What a grant speaks of, as people call it; undefined: they know nothing of that name. */
export type NameOf = (kind: "integration" | "connection", id: string) => string | undefined;

/** The sentences, the rules first. */
export function grantInWords({ rules, calls_per_hour, networks }: Grant, nameOf: NameOf): string[] {
  return [
    ...rules.map((rule) => `${ruleInWords(rule, nameOf)}.`),
    ...(calls_per_hour === undefined ? [] : [`At most ${calls_per_hour.toLocaleString("en")} calls an hour.`]),
    ...(networks === undefined ? [] : [`Only from ${list(networks)}.`]),
  ];
}

const ASKING = "; changes only what you allow, each time";

function ruleInWords({ integrations, connections, methods, paths, writes }: Rule, nameOf: NameOf): string {
  const what = paths ? list(paths) : "everything";
  const names = [
    ...(integrations ?? []).map((id) => nameOf("integration", id) ?? id),
    ...(connections ?? []).map((id) => nameOf("connection", id) ?? "an account that is gone"),
  ];
  const where = names.length > 0 ? ` at ${list(names)}` : "";
  const how = methods ? `, by ${list(methods)} alone` : "";
  return `${writes === "allow" ? "Reads and changes" : "Reads"} ${what}${where}${how}${writes === "ask" ? ASKING : ""}`;
}

/** "a", "a and b", "a, b and c". */
function list(parts: readonly string[]): string {
  const before = parts.slice(0, -1).join(", ");
  const last = parts.at(-1) ?? "";
  return before === "" ? last : `${before} and ${last}`;
}
