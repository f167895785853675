/**
 * `npm run catalogue:check`: holds every entry of the catalogue against the schema, against itself and against what it says of
 * where its facts were found, and counts them. Another folder may be given: `npm run catalogue:check -- my-entries`.
 */
import { readdir, readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { flawOfEntry } from "../../src/contract/entry.ts";
import { isOfFields } from "../../src/contract/checks.ts";
import { InvalidProvider, toProvider } from "../../src/contract/custom.ts";
import { toService } from "../../src/catalogue/catalogue.ts";
import { EntryFile, confidenceOf, untold, type Confidence } from "./entry.ts";
import { CATALOGUE, readSources, type Sources } from "./sources.ts";

/** A client for what checks a service together with one. */
export const someClient = (service: { readonly token_endpoint_auth_method?: string }) => ({
  client_id: "client",
  ...(["none", "private_key_jwt"].includes(service.token_endpoint_auth_method ?? "")
    ? {}
    : { client_secret: "secret" }),
});

/** What is wrong with a file, in sentences; none where nothing is. */
export function problemsOf(file: string, text: string, sources: Sources): string[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return ["is not JSON"];
  }
  const parsed = EntryFile.safeParse(json);
  if (!parsed.success)
    return parsed.error.issues.map(
      ({ path, message, ...issue }) =>
        `${[...path, ...("keys" in issue ? [String(issue.keys)] : [])].join(".")}: ${message}`,
    );
  const entry = parsed.data;
  const service = toService(entry);
  const whole = isOfFields(service) ? service : { ...service, ...someClient(service) };
  const flaw = flawOfEntry(whole);
  return [
    ...(file === `${entry.id}.json` ? [] : [`id: the file of ${entry.id} is called ${entry.id}.json`]),
    ...(flaw === null ? invalid(() => toProvider(whole, () => undefined, false)) : [`${flaw.field}: ${flaw.reason}`]),
    ...untold(entry, sources),
  ];
}

function invalid(make: () => unknown): string[] {
  try {
    make();
    return [];
  } catch (error) {
    if (error instanceof InvalidProvider) return [error.message];
    throw error;
  }
}

/** The files of a folder, by name. */
export async function readEntries(folder: URL): Promise<Map<string, string>> {
  const files = (await readdir(folder)).filter(
    (file) => file.endsWith(".json") && !/^(?:sources|entry\.schema)\.json$/.test(file),
  );
  return new Map(
    await Promise.all(
      files.toSorted().map(async (file) => [file, await readFile(new URL(file, folder), "utf8")] as const),
    ),
  );
}

async function main([given]: readonly string[]): Promise<void> {
  const folder = given === undefined ? CATALOGUE : pathToFileURL(`${given.replace(/(?<!\/)\/+$/, "")}/`);
  const sources = await readSources();
  const counts = new Map<string, number>();
  for (const [file, text] of await readEntries(folder)) {
    const problems = problemsOf(file, text, sources);
    for (const problem of problems) console.error(`${file}: ${problem}`);
    if (problems.length > 0) process.exitCode = 1;
    else {
      const entry = EntryFile.parse(JSON.parse(text));
      const kind = isOfFields(entry) ? "key" : "OAuth";
      const sure: Confidence = confidenceOf(entry);
      counts.set(`${kind}, ${sure}`, (counts.get(`${kind}, ${sure}`) ?? 0) + 1);
    }
  }
  for (const [name, count] of [...counts].toSorted(([one], [other]) => one.localeCompare(other)))
    console.log(`${name}: ${count}`);
}

if (import.meta.main) await main(process.argv.slice(2));
