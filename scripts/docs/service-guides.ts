/** What the documentation says of each service of the catalogue: how it is set up, what it asks for, and where that was found. */
import { isOfFields } from "../../src/contract/checks.ts";
import { listEntries } from "../catalogue/entries.ts";
import { confidenceOf, type EntryFile } from "../catalogue/entry.ts";
import { listingsOf } from "../catalogue/listings.ts";
import { readSources, type Sources } from "../catalogue/sources.ts";

/** The page of a service, as Markdown. */
export interface ServiceGuide {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly text: string;
  /** What it is looked for by, in small letters. */
  readonly words: string;
}

/** One for each service of the catalogue. */
export async function serviceGuides(): Promise<ServiceGuide[]> {
  const [entries, sources] = await Promise.all([listEntries(), readSources()]);
  const listings = new Map(listingsOf(entries).map((listing) => [listing.id, listing]));
  return entries.map((entry) => {
    const { id, name } = entry;
    const kind = isOfFields(entry) ? "a key" : "OAuth 2";
    return {
      id,
      name,
      description: `How ${name} is connected with Latchkey, by ${kind}: where to register, what to set, and how it is called.`,
      text: [
        `# ${name}`,
        `By ${kind}. ${SURE[confidenceOf(entry)]} The service's own words: [${entry.docs}](${entry.docs}).`,
        "## Set it up",
        steps(entry, listings.get(id)?.variables ?? []),
        otherWays(
          entry,
          entries.filter(
            (each) => each.alternative_to === (entry.alternative_to ?? id) || each.id === entry.alternative_to,
          ),
        ),
        "## Call it",
        `What stands behind \`/proxy/${id}\` is put behind \`${entry.api_base_url}\`, with the credential stamped on: [the proxy](proxy.md).`,
        has(entry),
        "## What is said of it, and where that was found",
        table(entry, sources),
        `Something is wrong? [Mend it](catalogue.md#mending-and-adding-one): it is one file, \`src/providers/catalogue/${id}.json\`.`,
      ]
        .filter((part) => part !== "")
        .join("\n\n"),
      words: [name, id, ...(entry.aliases ?? []), entry.category].join(" ").toLowerCase(),
    };
  });
}

const FILES = "../src/providers/catalogue";

const SURE = {
  confirmed: "Every fact is from a page of its own.",
  attested: "Some facts are not from a page of its own, but from two independent open sources that agree.",
};

function steps(entry: EntryFile, variables: readonly string[]): string {
  const { id, registration, scopes = [], fields = {}, docs } = entry;
  const url = registration?.url ?? docs;
  const ways = isOfFields(entry)
    ? [
        `People make their credential at [${url}](${url}) and type: ${Object.values(fields)
          .map(({ title }) => title)
          .join(", ")}.`,
        `An app names it: \`PUT /apps/{app}/integrations\` with \`{"provider": "${id}"}\`. For the page's users: \`KEY_SERVICES=${id}\`.`,
      ]
    : [
        `Register a client at [${url}](${url}), with the redirect URI \`https://latchkey.example.com/callback/${id}\` of your host. An app's integration has one of its own, which is in the answer.`,
        ...(scopes.length > 0
          ? [`Scopes that are asked for: ${scopes.map((scope) => `\`${scope}\``).join(", ")}.`]
          : []),
        ...(Object.keys(fields).length > 0
          ? [
              `People type: ${Object.values(fields)
                .map(({ title }) => title)
                .join(", ")}.`,
            ]
          : []),
        `An app names it: \`PUT /apps/{app}/integrations\` with \`{"provider": "${id}", "client_id": "...", "client_secret": "..."}\`. For the page's users: ${variables.map((variable) => `\`${variable}\``).join(" and ")}.`,
      ];
  const notes = registration?.notes ?? [];
  return [...ways.map((way) => `- ${way}`), ...notes.map((note) => `- ${note}`)].join("\n");
}

/** The same service with another kind of credential. */
const otherWays = ({ id }: EntryFile, others: readonly EntryFile[]): string =>
  others
    .filter((other) => other.id !== id)
    .map((other) => `There is another way to the same service: [${other.name}](${FILES}/${other.id}.json).`)
    .join(" ");

function has({ id, verify, userinfo_endpoint, items = [] }: EntryFile): string {
  const account = (verify ?? userinfo_endpoint) ? [`\`GET /data/${id}\` tells whose account it is.`] : [];
  const kinds = items.map(({ type }) => type).join(", ");
  return [...account, ...(kinds === "" ? [] : [`\`GET /integrations/${id}/load\` lists what it has: ${kinds}.`])].join(
    " ",
  );
}

function table({ provenance: { read, fields } }: EntryFile, sources: Sources): string {
  const rows = Object.entries(fields).map(
    ([field, found]) => `| \`${field}\` | ${found.map((at) => linkTo(at, sources)).join(", ")} |`,
  );
  return [`Read on ${read}.`, "", "| field | found at |", "| --- | --- |", ...rows].join("\n");
}

function linkTo(at: string, sources: Sources): string {
  if (at.startsWith("https://")) return `[${at.slice("https://".length)}](${at})`;
  const [source = "", ...path] = at.split(":");
  const known = sources[source];
  return known ? `[${at}](https://github.com/${known.repository}/blob/${known.commit}/${path.join(":")})` : at;
}
