/** Puts the configuration into a deployment as secrets, then deploys. */
import * as z from "zod";
import { catalogueIds, catalogueProvider } from "../src/catalogue/catalogue.ts";
import { clientVariables } from "../src/config.ts";
import { builtInProviders } from "../src/providers/index.ts";
import type { Variables } from "./dev-vars.ts";
import { redacted, runWrangler, type Outcome } from "./wrangler.ts";

/** What stopped a deployment, in a sentence that says what to do. */
export class DeploymentFailed extends Error {
  override readonly name = "DeploymentFailed";
}

/** The variables that the Worker reads. */
export const VARIABLES: readonly string[] = [
  "SEALING_KEYS",
  "ADMIN_KEY",
  "PUBLIC_URL",
  "FRONTEND_SUCCESS_URL",
  "CUSTOM_PROVIDERS",
  "CLIENT_KEYS",
  "KEY_SERVICES",
  ...builtInProviders.flatMap(({ id }) => clientVariables(id)),
];

/** The clients of services of the catalogue, which are no line of the example each. */
export const CATALOGUE_VARIABLES: readonly string[] = catalogueIds
  .filter((id) => catalogueProvider(id)?.credentials === "oauth2")
  .flatMap((id) => clientVariables(id));

/** The values that nobody may see: all but client ids and addresses. */
export function secretValues(variables: Variables): readonly string[] {
  return Object.entries(variables).flatMap(([name, value]) =>
    /_(?:CLIENT_ID|URL|SERVICES)$/.test(name) ? [] : [value],
  );
}

const Secrets = z.array(z.object({ name: z.string() }));

/**
 * `wrangler secret list`, `wrangler secret bulk`, `wrangler deploy`, in this order. A sealing key that the deployment has
 * already stays: everything stored there is sealed with it.
 * @returns the address wrangler named, null if it named none
 * @throws DeploymentFailed
 */
export async function deploy(variables: Variables, say: (line: string) => void): Promise<string | null> {
  const isLocal = (name: string, value: string): boolean => name.endsWith("_URL") && value.startsWith("http:");
  const chosen = [...VARIABLES, ...CATALOGUE_VARIABLES].flatMap((name) => {
    const value = variables[name];
    return value === undefined || isLocal(name, value) ? [] : [[name, value] as const];
  });
  const hide = (text: string): string => redacted(text, secretValues(variables));
  const failed = (step: string, { output }: Outcome, next: string): DeploymentFailed =>
    new DeploymentFailed(`\`wrangler ${step}\` failed. ${next}\n\n${hide(output.trim())}`);

  const listed = await runWrangler(["secret", "list", "--format", "json"]);
  const isNew = listed.code !== 0 && /Worker "[^"]*"[^\n]* not found/.test(listed.output);
  if (listed.code !== 0 && !isNew) {
    throw failed(
      "secret list",
      listed,
      "Nothing was changed. Sign in with `npx wrangler login`, or set CLOUDFLARE_API_TOKEN, and run this again:",
    );
  }
  const there = isNew ? [] : secretNames(listed.stdout);
  const sent = chosen.filter(([name]) => name !== "SEALING_KEYS" || !there.includes(name));
  if (sent.length < chosen.length) say("The deployment keeps the SEALING_KEYS it has.");

  if (sent.length > 0) {
    const put = await runWrangler(["secret", "bulk"], JSON.stringify(Object.fromEntries(sent)));
    if (put.code !== 0)
      throw failed("secret bulk", put, "Nothing was deployed. Mend what it says, and run this again:");
    say(`Put ${sent.length} secrets: ${sent.map(([name]) => name).join(", ")}.`);
  }

  const deployed = await runWrangler(["deploy"]);
  if (deployed.code !== 0)
    throw failed("deploy", deployed, "The secrets are there. Mend what it says, then: npx wrangler deploy");
  say(hide(deployed.output.trim()));
  return /https:\/\/[\w.-]+/.exec(deployed.stdout)?.[0] ?? null;
}

function secretNames(stdout: string): readonly string[] {
  try {
    return Secrets.parse(JSON.parse(stdout)).map(({ name }) => name);
  } catch {
    throw new DeploymentFailed(
      "`wrangler secret list` answered something else than a list, so nothing was changed. Run `npm ci` for the wrangler that belongs to this project.",
    );
  }
}
