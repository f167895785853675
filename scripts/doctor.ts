/**
 * `npm run doctor`: what is wrong with a configuration, and how to mend it, one line for each check.
 * Looks at `.dev.vars` and runs the Worker with it on this machine; with `-- --url https://latchkey.example.com` at a
 * deployment instead. Ends with 1 where anything is wrong. No secret is printed.
 */
import { parseArgs } from "node:util";
import { builtInProviders } from "../src/providers/index.ts";
import { secretValues } from "./deployment.ts";
import { checkConfig, checkNode, checkWrangler } from "./doctor-config.ts";
import { checkDeployment, type Started } from "./doctor-deployment.ts";
import { checkClock, probeAuthorization, probeToken } from "./doctor-endpoints.ts";
import { bad, doubtful, toLine, type Finding } from "./doctor-report.ts";
import { withLocalWorker } from "./local-worker.ts";
import { redacted } from "./wrangler.ts";

let isBad = false;
function tell(findings: readonly Finding[]): void {
  for (const finding of findings) {
    console.log(toLine(finding));
    isBad ||= finding.verdict === "bad";
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The authorization and token endpoint of each flow that was started, and the clock by whoever answers first. */
async function checkProviders(
  started: readonly Started[],
  tokenEndpoints: ReadonlyMap<string, string>,
  deploymentDate: string | undefined,
): Promise<void> {
  const probed = await Promise.all(
    started.flatMap(({ integration, name, authorization_url }) => {
      const token_endpoint = tokenEndpoints.get(integration);
      const client_id = authorization_url.searchParams.get("client_id") ?? "";
      return [
        probeAuthorization(name, authorization_url),
        ...(token_endpoint === undefined ? [] : [probeToken(name, token_endpoint, client_id)]),
      ];
    }),
  );
  tell(probed.map(({ finding }) => finding));
  const date = deploymentDate ?? probed.find((one) => one.date !== null)?.date;
  tell([
    date ? checkClock(date, Date.now()) : doubtful("The clock was not checked:", "no answer had the time with it."),
  ]);
}

/** A redirect URI elsewhere than here is one that people are sent to. */
function checkRedirects(url: string, started: readonly Started[]): readonly Finding[] {
  return started.flatMap(({ name, authorization_url }) => {
    const redirect = URL.parse(authorization_url.searchParams.get("redirect_uri") ?? "");
    return redirect === null || redirect.origin === new URL(url).origin
      ? []
      : [doubtful(`${name} sends people back to ${redirect.origin}.`, "That is PUBLIC_URL; open Latchkey there.")];
  });
}

/** That of the built-in provider, where the integration is at that provider and not one like it elsewhere. */
function knownTokenEndpoint({ integration, authorization_url }: Started): [string, string][] {
  const provider = builtInProviders.find(({ id }) => id === integration);
  const isThere = provider && new URL(provider.authorization_endpoint).origin === authorization_url.origin;
  return isThere ? [[integration, provider.token_endpoint]] : [];
}

async function checkUrl(url: string): Promise<void> {
  try {
    const { findings, started, date } = await checkDeployment(url);
    tell([...findings, ...checkRedirects(url, started)]);
    await checkProviders(started, new Map(started.flatMap(knownTokenEndpoint)), date);
  } catch (error) {
    tell([bad(`${url} was not reached: ${messageOf(error)}.`, "Check the address and this machine's network.")]);
  }
}

async function checkHere(): Promise<void> {
  tell([await checkWrangler()]);
  const { variables, providers, findings } = await checkConfig();
  tell(findings);
  if (isBad) {
    tell([doubtful("The Worker was not started.", "Mend what is marked ✗, then run this again.")]);
    return;
  }
  // Storage can only be tried with a flow, and a flow needs a client: one that is nobody's, where there is none.
  const anyClient = providers.length === 0 ? { GITHUB_CLIENT_ID: "doctor", GITHUB_CLIENT_SECRET: "doctor" } : {};
  try {
    const found = await withLocalWorker(anyClient, checkDeployment);
    tell(found.findings);
    const tokenEndpoints = new Map(providers.map(({ id, token_endpoint }) => [id, token_endpoint]));
    const configured = found.started.filter(({ integration }) => tokenEndpoints.has(integration));
    // This Worker's own address is registered nowhere.
    for (const { authorization_url } of configured) authorization_url.searchParams.delete("redirect_uri");
    await checkProviders(configured, tokenEndpoints, undefined);
  } catch (error) {
    const said = redacted(messageOf(error), secretValues(variables));
    tell([bad(`The Worker did not run here: ${said}`, "Run `npm ci`, then `npx wrangler dev` to see why.")]);
  }
}

/** The deployment to look at; null for the configuration of this machine. */
function readOrigin(): string | null {
  try {
    const { values } = parseArgs({ options: { url: { type: "string" } } });
    if (values.url === undefined) return null;
    const url = URL.parse(values.url);
    if (url?.protocol === "https:" || url?.protocol === "http:") return url.origin;
    throw new Error("--url: write a whole address.");
  } catch (error) {
    console.error(`${messageOf(error)}\n\nnpm run doctor -- [--url https://latchkey.example.com]`);
    process.exit(2);
  }
}

const origin = readOrigin();
tell([checkNode()]);
await (origin === null ? checkHere() : checkUrl(origin));
process.exitCode = isBad ? 1 : 0;
