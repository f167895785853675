/**
 * `npm run setup`: from nothing to a configuration. Asks at a terminal, or takes flags:
 *
 *   npm run setup -- --host https://latchkey.example.com --provider github --client-id github=Iv1.abc --deploy
 *
 * Says where to register each client and with which redirect URI, and writes `.dev.vars`: a sealing key is made where there
 * is none, every other line stays. A client secret comes from the prompt, from the environment (GITHUB_CLIENT_SECRET), or
 * with --stdin as NAME=value lines; never from a flag, which other users of the machine could read.
 */
import { randomBytes } from "node:crypto";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { among, catalogueIds } from "../src/catalogue/catalogue.ts";
import { searchCatalogue } from "../src/catalogue/search.ts";
import { Config, clientVariables } from "../src/config.ts";
import { AppError } from "../src/errors.ts";
import { builtInProviders } from "../src/providers/index.ts";
import type { Provider } from "../src/contract/provider.ts";
import { listEntries } from "./catalogue/entries.ts";
import { listingsOf } from "./catalogue/listings.ts";
import { deploy, DeploymentFailed } from "./deployment.ts";
import { parseVariables, readDevVars, readExample, setVariable, writeDevVars, type Variables } from "./dev-vars.ts";
import { openPrompt, type Prompt } from "./prompt.ts";
import { registrationOf } from "./registration.ts";

const LOCAL = "http://localhost:8787";
const USAGE = `npm run setup -- [FLAGS]
  --host URL               where people will reach Latchkey; default ${LOCAL}
  --provider ID            a service to use, any number of times
  --search WORD            the services of the catalogue that have this in their name, and nothing else
  --client-id ID=VALUE     its client id; the secret comes from the environment (GITHUB_CLIENT_SECRET) or --stdin
  --stdin                  read NAME=value lines from standard input
  --yes                    ask nothing
  --deploy                 put the secrets into the deployment, then deploy
Services: ${builtInProviders.map(({ id }) => id).join(", ")}, and ${catalogueIds.length} of the catalogue: --search`;

/** What was asked for cannot be done as it was written. */
class Misuse extends Error {
  override readonly name = "Misuse";
}

interface Wishes {
  readonly host: string;
  readonly providers: readonly Provider[];
  /** Variables given by flags, by the environment and by standard input. */
  readonly given: Variables;
}

function toOrigin(input: string): string {
  const url = URL.parse(input);
  const isLocal = url !== null && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (url === null || !(url.protocol === "https:" || (url.protocol === "http:" && isLocal)))
    throw new Misuse(`--host ${input}: write a whole origin, such as https://latchkey.example.com or ${LOCAL}.`);
  return url.origin;
}

function findProviders(ids: readonly string[]): Provider[] {
  return [...new Set(ids)].map((id) => {
    const provider = among(builtInProviders)(id);
    if (!provider) throw new Misuse(`There is no provider "${id}". --search WORD looks for one.`);
    return provider;
  });
}

/** `github=Iv1.abc`, taken apart. */
function toClientIds(flags: readonly string[]): readonly (readonly [id: string, value: string])[] {
  return flags.map((flag) => {
    const [, id, value] = /^([^=]+)=(.+)$/.exec(flag) ?? [];
    if (id === undefined || value === undefined) throw new Misuse("Write a client id as --client-id github=VALUE.");
    return [id, value];
  });
}

async function askWishes(prompt: Prompt, wishes: Wishes): Promise<Wishes> {
  const host = toOrigin((await prompt.ask(`Where will people reach Latchkey? [${wishes.host}] `)) || wishes.host);
  if (wishes.providers.length > 0) return { ...wishes, host };
  console.log(
    `Services: ${builtInProviders.map(({ id }) => id).join(", ")}, and ${catalogueIds.length} of the catalogue`,
  );
  const named = await prompt.ask("Which ones will you use? (comma-separated; none yet: Enter) ");
  return { ...wishes, host, providers: findProviders(named.split(/[\s,]+/).filter(Boolean)) };
}

/** What the catalogue has under a word, the best match first. */
async function tellFound(search: string): Promise<void> {
  const found = searchCatalogue(listingsOf(await listEntries()), { search });
  for (const { id, name, kind } of found) console.log(`${id}: ${name}, ${kind === "key" ? "by a key" : "by OAuth"}`);
  if (found.length === 0) console.log(`Nothing in the catalogue is called ${search}.`);
}

async function tellRegistration(provider: Provider, host: string): Promise<void> {
  const { url, redirect_uri, notes } = await registrationOf(provider, host);
  console.log(
    provider.credentials === "fields"
      ? `\n${provider.name}\n  People make their keys at: ${url}`
      : `\n${provider.name}\n  Register at:  ${url}\n  Redirect URI: ${redirect_uri}`,
  );
  if (provider.scopes.length > 0) console.log(`  Scopes:       ${provider.scopes.join(" ")}`);
  for (const note of notes) console.log(`  ${note}`);
}

/** The client of each provider, where one is known or answered. */
async function collectClients(wishes: Wishes, prompt: Prompt | null, there: Variables): Promise<Variables> {
  const found: Record<string, string> = {};
  for (const provider of wishes.providers) {
    await tellRegistration(provider, wishes.host);
    if (provider.credentials === "fields") continue;
    const [idName, secretName] = clientVariables(provider.id);
    for (const name of [idName, secretName]) {
      const question = `  ${name}${there[name] === undefined ? " (later: Enter)" : " (Enter keeps it)"}: `;
      const answer =
        wishes.given[name] ?? (prompt && (await prompt[name === secretName ? "askSecret" : "ask"](question)));
      if (answer) found[name] = answer;
    }
  }
  const keys = wishes.providers.filter(({ credentials }) => credentials === "fields").map(({ id }) => id);
  const before = new Config(there).keyServices();
  if (keys.length > 0) found["KEY_SERVICES"] = [...new Set([...before, ...keys])].join(",");
  return found;
}

/** What of a provider's client is missing. @throws AppError for a value that cannot be one, without repeating it */
function missingOf(variables: Variables, providers: readonly Provider[]): readonly string[] {
  const config = new Config(variables);
  const clients = providers.filter(({ credentials }) => credentials === "oauth2");
  return clients.flatMap(({ id, token_endpoint_auth_method }) => {
    const answer = config.client(id, token_endpoint_auth_method === "none");
    return "missing" in answer ? answer.missing : [];
  });
}

/** Writes `.dev.vars` and says what became of each variable. */
async function save(before: string | null, clients: Variables): Promise<Variables> {
  const there = before === null ? {} : parseVariables(before);
  const made = { SEALING_KEYS: `${new Date().toISOString().slice(0, 10)}:${randomBytes(32).toString("base64url")}` };
  const wanted: Variables = { ...(there["SEALING_KEYS"] === undefined ? made : {}), ...clients };
  const changed = Object.entries(wanted).filter(([name, value]) => there[name] !== value);
  const start = before ?? (await readExample());
  const after = changed.reduce((file, [name, value]) => setVariable(file, name, value), start);
  const variables = parseVariables(after);
  new Config(variables).keyRing();
  missingOf(variables, builtInProviders);
  await writeDevVars(after);
  console.log(
    `\n${before === null ? "Wrote .dev.vars" : "Updated .dev.vars"}, which only you can read.` +
      changed.map(([name]) => `\n  ${name}: ${there[name] === undefined ? "set" : "replaced"}`).join(""),
  );
  if (!("SEALING_KEYS" in wanted)) console.log("  SEALING_KEYS: left as it was");
  return variables;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      host: { type: "string", default: LOCAL },
      provider: { type: "string", multiple: true, default: [] },
      "client-id": { type: "string", multiple: true, default: [] },
      stdin: { type: "boolean", default: false },
      search: { type: "string" },
      yes: { type: "boolean", default: false },
      deploy: { type: "boolean", default: false },
    },
  });
  if (values.search !== undefined) {
    await tellFound(values.search);
    return;
  }
  const clientIds = toClientIds(values["client-id"]);
  const piped = values.stdin ? parseVariables(await text(process.stdin)) : {};
  const byFlag = clientIds.map(([id, value]) => [clientVariables(id)[0], value] as const);
  const flagged = { ...process.env, ...piped, ...Object.fromEntries(byFlag) };
  const given = Object.fromEntries(Object.entries(flagged).flatMap(([name, value]) => (value ? [[name, value]] : [])));
  const wishes = {
    host: toOrigin(values.host),
    providers: findProviders([...values.provider, ...clientIds.map(([id]) => id)]),
    given,
  };

  const before = await readDevVars();
  const there = before === null ? {} : parseVariables(before);
  const prompt = process.stdin.isTTY && !values.yes && !values.stdin ? openPrompt() : null;
  let host: string;
  let variables: Variables;
  let missing: readonly string[];
  try {
    const chosen = prompt ? await askWishes(prompt, wishes) : wishes;
    const clients = await collectClients(chosen, prompt, there);
    host = chosen.host;
    variables = await save(before, clients);
    missing = missingOf(variables, chosen.providers);
  } finally {
    prompt?.close();
  }
  if (missing.length > 0) console.log(`\nStill to be filled in, in .dev.vars: ${missing.join(", ")}`);
  if (!values.deploy) {
    console.log("\nNext: npm run doctor checks it, npx wrangler dev runs it, npm run setup -- --deploy deploys it.");
    return;
  }
  if (missing.length > 0) throw new DeploymentFailed("Nothing was deployed: the clients above are not complete.");
  const isPublic = host.startsWith("https:");
  const address = await deploy(isPublic ? { ...variables, PUBLIC_URL: host } : variables, console.log);
  if (!isPublic && address) {
    console.log(`\nTo register for ${address}:`);
    for (const provider of findProviders(configured(variables)))
      console.log(`  ${(await registrationOf(provider, address)).redirect_uri}`);
  }
}

const configured = (variables: Variables): string[] =>
  [...builtInProviders.map(({ id }) => id), ...catalogueIds].filter(
    (id) => variables[clientVariables(id)[0]] !== undefined,
  );

try {
  await main();
} catch (error) {
  if (!(error instanceof Error)) throw error;
  const isMisuse = error instanceof Misuse || ("code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"));
  if (isMisuse) console.error(`${error.message}\n\n${USAGE}`);
  else if (error.name === "AbortError") console.error("\nStopped. Nothing was written.");
  else if (error instanceof AppError || error instanceof DeploymentFailed) console.error(error.message);
  else console.error(`Setup stopped: ${error.message}`);
  process.exitCode = isMisuse ? 2 : 1;
}
