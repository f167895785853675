/** The machine and `.dev.vars`, held to the same schemas as the Worker's environment. */
import { readFile, stat } from "node:fs/promises";
import * as z from "zod";
import { Config, clientVariables } from "../src/config.ts";
import { AppError } from "../src/errors.ts";
import { InvalidProvider, toProvider } from "../src/contract/custom.ts";
import { among, catalogueIds, catalogueProvider } from "../src/catalogue/catalogue.ts";
import { builtInProviders } from "../src/providers/index.ts";
import type { Provider } from "../src/contract/provider.ts";
import { CATALOGUE_VARIABLES, VARIABLES } from "./deployment.ts";
import { DEV_VARS, parseVariables, readDevVars, type Variables } from "./dev-vars.ts";
import { bad, doubtful, good, type Finding } from "./doctor-report.ts";

const OLDEST_NODE = [22, 12] as const;
const Package = z.object({ version: z.string() });
const Manifest = z.object({ devDependencies: z.record(z.string(), z.string()) });

export function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const isOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  return isOld
    ? bad(
        `Node ${process.versions.node} is too old for wrangler.`,
        "Run it as `npm run doctor`: npm takes the project's Node.",
      )
    : good(`Node ${process.versions.node}`);
}

export async function checkWrangler(): Promise<Finding> {
  const read = async (path: string): Promise<unknown> =>
    JSON.parse(await readFile(new URL(`../${path}`, import.meta.url), "utf8"));
  const wanted = Manifest.parse(await read("package.json")).devDependencies["wrangler"];
  try {
    const { version } = Package.parse(await read("node_modules/wrangler/package.json"));
    return version === wanted
      ? good(`wrangler ${version}`)
      : doubtful(`wrangler is ${version}, and the project is tested with ${wanted}.`, "Run `npm ci`.");
  } catch {
    return bad("wrangler is not installed.", "Run `npm ci`.");
  }
}

export interface LocalConfig {
  readonly variables: Variables;
  /** The providers whose client is there, built-in and custom. */
  readonly providers: readonly Provider[];
  readonly findings: readonly Finding[];
}

/** Everything that can be said of `.dev.vars` without running it. No value is repeated. */
export async function checkConfig(): Promise<LocalConfig> {
  const file = await readDevVars();
  if (file === null) {
    const missing = bad("There is no .dev.vars, so nothing can be stored.", "Run `npm run setup`.");
    return { variables: {}, providers: [], findings: [missing] };
  }
  const variables = parseVariables(file);
  const config = new Config(variables);
  const findings = [await checkMode(), ...checkNames(variables)];
  const attempt = (read: () => Finding | null): void => {
    try {
      const finding = read();
      if (finding) findings.push(finding);
    } catch (error) {
      if (!(error instanceof AppError || error instanceof InvalidProvider)) throw error;
      const reason = error instanceof InvalidProvider ? `CUSTOM_PROVIDERS: ${error.message}.` : error.message;
      findings.push(bad(reason, "Mend it in .dev.vars."));
    }
  };
  attempt(() => {
    const { active, keys } = config.keyRing();
    return good(
      `SEALING_KEYS has ${keys.size === 1 ? "one key" : `${keys.size} keys`} of 32 bytes; "${active}" seals.`,
    );
  });
  for (const read of [() => config.publicOrigin("http://localhost"), () => config.frontendSuccessUrl()]) {
    attempt(() => {
      read();
      return null;
    });
  }
  attempt(() => (config.adminKey() === null ? null : good("ADMIN_KEY is set: the operator's routes are open.")));

  const providers: Provider[] = [];
  for (const provider of [...builtInProviders, ...namedIn(variables)])
    attempt(() => checkClient(config, provider, providers));
  attempt(() => {
    for (const read of config.customProviders()) {
      attempt(() => {
        if ("problem" in read) throw read.problem;
        const { entry } = read;
        providers.push(toProvider(entry, among(builtInProviders), true));
        return good(`${entry.name ?? entry.id} is described in CUSTOM_PROVIDERS.`);
      });
    }
    return null;
  });
  for (const id of config.keyServices()) {
    attempt(() => {
      const provider = catalogueProvider(id);
      if (provider?.credentials !== "fields") {
        return bad(
          `KEY_SERVICES: ${id} is no service that takes a key.`,
          "`npm run setup -- --search WORD` finds one.",
        );
      }
      providers.push(provider);
      return good(`${provider.name} is switched on in KEY_SERVICES.`);
    });
  }
  if (providers.length === 0) {
    findings.push(
      doubtful("No provider is configured.", "Run `npm run setup -- --provider github`, or try `npm start`."),
    );
  }
  return { variables, providers, findings };
}

/** Services of the catalogue that have a client, whole or not. */
const namedIn = (variables: Variables): Provider[] =>
  catalogueIds
    .filter((id) => clientVariables(id).some((name) => variables[name]))
    .flatMap((id) => catalogueProvider(id) ?? [])
    .filter(({ credentials }) => credentials === "oauth2");

async function checkMode(): Promise<Finding> {
  // Windows has no such bits.
  const isOpen = process.platform !== "win32" && ((await stat(DEV_VARS)).mode & 0o077) !== 0;
  return isOpen
    ? doubtful(".dev.vars can be read by other users of this machine.", "Run `chmod 600 .dev.vars`.")
    : good(".dev.vars can be read.");
}

function checkNames(variables: Variables): Finding[] {
  return Object.keys(variables)
    .filter((name) => !VARIABLES.includes(name) && !CATALOGUE_VARIABLES.includes(name))
    .map((name) => doubtful(`${name} is read by nothing.`, "Look for a slip of the pen, or take it out of .dev.vars."));
}

/** Nothing to say of a provider without a client: it is not used. */
function checkClient(config: Config, provider: Provider, configured: Provider[]): Finding | null {
  const isPublic = provider.token_endpoint_auth_method === "none";
  const answer = config.client(provider.id, isPublic);
  if ("client" in answer) {
    configured.push(provider);
    return good(`${provider.name} has its client.`);
  }
  const isUnused = answer.missing.length === (isPublic ? 1 : 2);
  return isUnused
    ? null
    : bad(`${answer.missing.join(", ")} is not set.`, `Run \`npm run setup -- --provider ${provider.id}\`.`);
}
