/**
 * `npm run catalogue:check`: holds every entry of the catalogue against the schema, against itself and against what it says of
 * where its facts were found, counts them and says how old they are. `--live` asks the servers that publish what they are, and
 * says what differs. Another folder may be given: `npm run catalogue:check -- my-entries`.
 */
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { flawOfEntry } from "../../src/contract/entry.ts";
import { isOfFields } from "../../src/contract/checks.ts";
import { InvalidProvider, toProvider } from "../../src/contract/custom.ts";
import { toService } from "../../src/catalogue/catalogue.ts";
import { readEntries } from "./entries.ts";
import { EntryFile, untold } from "./entry.ts";
import { ageOf, differences, readMetadata } from "./live.ts";
import { countsBySource, countsOf } from "./page.ts";
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

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args, options: { live: { type: "boolean" } }, allowPositionals: true });
  const [given] = positionals;
  const folder = given === undefined ? CATALOGUE : pathToFileURL(`${given.replace(/(?<!\/)\/+$/, "")}/`);
  const sources = await readSources();
  const good: EntryFile[] = [];
  for (const [file, text] of await readEntries(folder)) {
    const problems = problemsOf(file, text, sources);
    for (const problem of problems) console.error(`${file}: ${problem}`);
    if (problems.length > 0) process.exitCode = 1;
    else good.push(EntryFile.parse(JSON.parse(text)));
  }
  const { oauth2, key } = countsOf(good);
  for (const [kind, { confirmed, attested }] of Object.entries({ "OAuth 2": oauth2, "a key": key })) {
    console.log(`${kind}: ${confirmed} confirmed, ${attested} attested`);
  }
  const attesting = countsBySource(good).map(([source, count]) => `${source} ${count}`);
  console.log(`Attested by: ${attesting.join(", ")}`);
  const ages = good.map((entry) => ageOf(entry, Date.now()));
  console.log(`The oldest was read ${Math.max(0, ...ages)} days ago.`);
  if (values.live) await checkLive(good);
}

/** Says what servers say otherwise; that one is not reached is no fault of its entry. */
async function checkLive(entries: readonly EntryFile[]): Promise<void> {
  for (const entry of entries) {
    const { id, issuer } = entry;
    if (issuer === undefined || issuer.includes("{")) continue;
    const metadata = await readMetadata(issuer);
    if (metadata === null) console.log(`${id}: ${issuer} was not reached, or publishes nothing`);
    else for (const difference of differences(entry, metadata)) console.log(`${id}: ${difference}`);
  }
}

if (import.meta.main) await main(process.argv.slice(2));
