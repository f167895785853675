/** docs/catalogue.md: its counts and tables, out of the entries. */
import { format, resolveConfig } from "prettier";
import { isOfFields } from "../../src/contract/checks.ts";
import { confidenceOf, sourcesOf, type EntryFile } from "./entry.ts";

export const PAGE = new URL("../../docs/catalogue.md", import.meta.url);
export const README = new URL("../../README.md", import.meta.url);
const BEGIN = "<!-- services: npm run catalogue -->";
const END = "<!-- /services -->";

/** How many entries there are of each kind, and how sure. */
export function countsOf(entries: readonly EntryFile[]) {
  const count = (kind: boolean, sure?: "confirmed" | "attested") =>
    entries.filter((entry) => isOfFields(entry) === kind && (sure === undefined || confidenceOf(entry) === sure))
      .length;
  const of = (kind: boolean) => ({
    all: count(kind),
    confirmed: count(kind, "confirmed"),
    attested: count(kind, "attested"),
  });
  return { all: entries.length, oauth2: of(false), key: of(true) };
}

/** How many entries rest on each open source in something, those of the most first. */
export function countsBySource(entries: readonly EntryFile[]): (readonly [source: string, count: number])[] {
  const named = entries.flatMap((entry) => [...new Set(sourcesOf(entry))]);
  return [...Map.groupBy(named, (source) => source)]
    .map(([source, { length }]) => [source, length] as const)
    .toSorted(([one, many], [other, few]) => few - many || one.localeCompare(other));
}

/** The page with its tables as the entries have them now. @param entries in the order in which they are listed */
export async function withServices(page: string, entries: readonly EntryFile[]): Promise<string> {
  const { oauth2, key } = countsOf(entries);
  const counts = [
    "| | services | confirmed | attested |",
    "|---|---|---|---|",
    ...Object.entries({ "OAuth 2": oauth2, "a key": key }).map(
      ([name, { all, confirmed, attested }]) => `| ${name} | ${all} | ${confirmed} | ${attested} |`,
    ),
  ];
  const attesting = [
    "| source of what is attested | services |",
    "|---|---|",
    ...countsBySource(entries).map(([source, count]) => `| ${source} | ${count} |`),
  ];
  const rows = entries.map((entry) => {
    const { id, name, category } = entry;
    return `| [${name}](../src/providers/catalogue/${id}.json) | \`${id}\` | ${isOfFields(entry) ? "a key" : "OAuth 2"} | ${category} | ${confidenceOf(entry)} |`;
  });
  const services = ["| service | id | takes | category | facts |", "|---|---|---|---|---|", ...rows];
  const [before = "", rest = ""] = page.split(BEGIN);
  const [, after = ""] = rest.split(END);
  const text = [
    before,
    BEGIN,
    "\n\n",
    counts.join("\n"),
    "\n\n",
    attesting.join("\n"),
    "\n\n",
    services.join("\n"),
    "\n\n",
    END,
    after,
  ].join("");
  return format(text, { ...(await resolveConfig(PAGE)), parser: "markdown" });
}

/** The README with the number of services. */
export const withCount = (readme: string, entries: readonly EntryFile[]): string =>
  readme.replace(/\d+ services of the \[catalogue\]\(docs\/catalogue\.md\) \([^)]*\)/, () => {
    const { oauth2, key } = countsOf(entries);
    const confirmed = oauth2.confirmed + key.confirmed;
    return `${entries.length} services of the [catalogue](docs/catalogue.md) (${oauth2.all} by OAuth 2, ${key.all} by a key; ${confirmed} confirmed by their own pages)`;
  });
