/** The examples of the guide to grants: each call passes or does not, as it says. */
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { GrantRule, Method } from "../../src/api-grants.ts";
import { placeOf } from "../../src/contract/path-patterns.ts";
import { tell } from "../../src/grants/call-kind.ts";
import { decide } from "../../src/grants/decide.ts";
import { builtInProviders } from "../../src/providers/index.ts";
import { readApiPath } from "../../src/proxy/target.ts";

const guide = await readFile(new URL("../../docs/grants.md", import.meta.url), "utf8");
const [, table = ""] = guide.split("## Examples");
const EXAMPLES = table
  .split("\n")
  .filter((line) => /^\| [a-z]+ +\| `/.test(line))
  .map((line) => {
    const [service = "", rule = "", passes = "", refused = ""] = line
      .split("|")
      .slice(1)
      .map((cell) => cell.trim());
    return { service, rule: rule.replaceAll("`", ""), passes: callsIn(passes), refused: callsIn(refused) };
  });

function callsIn(cell: string): string[] {
  return Array.from(cell.matchAll(/`([^`]+)`/g), ([, call = ""]) => call);
}

/** @param call a method, a path, and behind it a body, of JSON or of a form */
function isPassing(service: string, rule: string, call: string): boolean {
  const [, method, path = "", query = "", text] = /^([A-Z]+) ([^ ?]*)(\?[^ ]*)?(?: (.*))?$/.exec(call) ?? [];
  const provider = builtInProviders.find(({ id }) => id === service) ?? expect.fail(service);
  const { host, rest } = readApiPath(provider.api, path);
  const type = text?.startsWith("{") ? "application/json" : "application/x-www-form-urlencoded";
  const headers = new Headers(text === undefined ? {} : { "Content-Type": type });
  const seen = { method: Method.parse(method), place: placeOf(host, rest, query), headers, text };
  const { connections, ...held } = GrantRule.parse(JSON.parse(rule));
  // A guide knows of no connection.
  expect(connections).toBeUndefined();
  const grant = { rules: [held], counts: [] };
  return decide(grant, { ...seen, ...tell(provider, seen), integration: service, connection: null }).passes === true;
}

it("has at least twenty", () => {
  expect(EXAMPLES.length).toBeGreaterThanOrEqual(20);
});

it.each(EXAMPLES)("$service: $rule", ({ service, rule, passes: passing, refused }) => {
  expect(passing.filter((call) => !isPassing(service, rule, call))).toEqual([]);
  expect(refused.filter((call) => isPassing(service, rule, call))).toEqual([]);
});
