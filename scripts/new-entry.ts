/**
 * `npm run new-provider -- --metadata FILE|URL` or `--openapi FILE|URL`: an entry of a service as data, for CUSTOM_PROVIDERS
 * or an app's integration, out of what the service says of itself. What that leaves open is asked, at a terminal, or said by
 * flags. Nothing is written that the product would refuse.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { flawOf } from "../src/contract/checks.ts";
import { Service } from "../src/contract/service.ts";
import { openPrompt } from "./prompt.ts";
import { fromMetadata, fromOpenApi, readDescription } from "./read-description.ts";

const text = { type: "string" } as const;

/** What may be said by flags, and is asked where it is missing. */
const ASKED = {
  id: "Its id, of a-z, 0-9 and -: ",
  name: "What people call it: ",
  api_base_url: "The address that its API is under: ",
  verify: "A path under it that tells whose account it is, such as /me: ",
} as const;

/** Whether these arguments are for this script. */
export const isForEntry = (args: readonly string[]): boolean =>
  args.some((arg) => /^--(?:metadata|openapi|entry)(?:=|$)/.test(arg));

/** @throws Error in words of its reader's */
export async function newEntry(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      metadata: text,
      openapi: text,
      entry: text,
      id: text,
      name: text,
      api: text,
      verify: text,
      scope: { type: "string", multiple: true },
    },
  });
  const { metadata, openapi } = values;
  const facts = {
    ...(metadata === undefined ? {} : fromMetadata(await readDescription(metadata))),
    ...(openapi === undefined ? {} : fromOpenApi(await readDescription(openapi))),
  };
  const said = {
    ...facts,
    ...(values.id === undefined ? {} : { id: values.id }),
    ...(values.name === undefined ? {} : { name: values.name }),
    ...(values.api === undefined ? {} : { api_base_url: values.api }),
    ...(values.scope === undefined ? {} : { scopes: values.scope }),
    ...(values.verify === undefined ? {} : { verify: { path: values.verify } }),
  };
  const entry = await completed(said);
  const written = `${JSON.stringify({ $schema: "https://YOUR-DEPLOYMENT/service.schema.json", ...entry }, null, 2)}\n`;
  if (values.entry === undefined) process.stdout.write(written);
  else await writeFile(values.entry, written);
}

/** What is not said is asked at a terminal. @throws Error naming the field that is missing or wrong */
async function completed(said: Partial<Service>): Promise<Service> {
  const isOfFields = said.authorization_endpoint === undefined && said.fields !== undefined;
  const missing = Object.keys(ASKED).filter(
    (name) => !(name in said) && (name !== "verify" || (isOfFields && !said.exchange)),
  );
  const answers: Record<string, unknown> = {};
  if (missing.length > 0 && process.stdin.isTTY) {
    const prompt = openPrompt();
    for (const [name, question] of Object.entries(ASKED)) {
      if (!missing.includes(name)) continue;
      const answer = await prompt.ask(question);
      answers[name] = name === "verify" ? { path: answer } : answer;
    }
    prompt.close();
  }
  const parsed = Service.safeParse({ ...said, ...answers });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`${issue?.path.join(".") || "the entry"}: ${issue?.message ?? "cannot be read"}`);
  }
  const flaw = flawOf(parsed.data);
  if (flaw) throw new Error(`${flaw.field}: ${flaw.reason}. Say it by a flag: --id, --name, --api, --scope, --verify.`);
  return parsed.data;
}
