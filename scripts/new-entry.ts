/**
 * `npm run new-provider` for a service as data, for CUSTOM_PROVIDERS or an app's integration: out of what the service says of
 * itself, and what is said by flags or asked at a terminal. Nothing is written that the product would refuse.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { JsonObject } from "./openapi/schemas.ts";
import { toEntry } from "./new-entry/entry.ts";
import { foundIn, fromWhereTheyAre, OPTIONS, type Given, type Values } from "./new-entry/flags.ts";
import { Refused } from "./new-entry/document.ts";
import { askFacts } from "./new-entry/questions.ts";
import { openPrompt } from "./prompt.ts";

/** Whether these arguments are for this script: where there are none, somebody at a terminal is asked. */
export const isForEntry = (args: readonly string[]): boolean =>
  args.length === 0
    ? process.stdin.isTTY
    : args.some((arg) => /^--(?:metadata|openapi|entry|slug|stamp|basic)(?:=|$)/.test(arg));

/** @throws Refused in words of its reader's */
export async function newEntry(args: readonly string[]): Promise<void> {
  const { values, found } = await given(parseArgs({ args: [...args], options: OPTIONS }).values);
  try {
    await write(toEntry(values, found.service), values.entry);
  } catch (error) {
    if (!(error instanceof Refused) || found.notes.length === 0) throw error;
    // What helps stands behind what is wrong.
    throw new Refused([error.message, ...found.notes].join("\n"));
  }
  for (const note of found.notes) console.error(note);
}

/** What is not said is asked, where somebody is there. */
async function given(said: Values): Promise<Given> {
  if (!process.stdin.isTTY) return { values: said, found: await foundIn(said) };
  const prompt = openPrompt();
  try {
    return await askFacts(prompt, said);
  } finally {
    prompt.close();
  }
}

/** @param to a file that is not there yet; left out, it is printed */
async function write(entry: JsonObject, to: string | undefined): Promise<void> {
  const text = `${JSON.stringify(entry, null, 2)}\n`;
  if ("authorization_endpoint" in entry)
    console.error("Add its client: client_id, and client_secret where it has one.");
  if (to === undefined) return void process.stdout.write(text);
  const file = fromWhereTheyAre(to);
  try {
    await writeFile(file, text, { flag: "wx" });
  } catch {
    throw new Refused(`${file} is there already, or cannot be made. Name another file with --entry.`);
  }
  const use = "slug" in entry ? "PUT /apps/{app}/integrations takes it" : "an entry of CUSTOM_PROVIDERS";
  console.log(`${file}: ${use}. docs/custom-services.md explains each field.`);
}
