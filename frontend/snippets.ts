/** A call as code for elsewhere. The key is always a placeholder: a real one never comes here. */
import { bodyOf, callUrl, type Call } from "./call.ts";

export const KEY_PLACEHOLDER = "$LATCHKEY_KEY";
const KEY = `"${KEY_PLACEHOLDER}"`;

export interface Snippet {
  readonly label: string;
  readonly code: string;
}

/** Every way the call can be written; empty while its path leads nowhere. */
export function snippets(call: Call): readonly Snippet[] {
  const url = callUrl(call);
  if (url === null) return [];
  const sdk = SDKS.get(call.integration);
  const common = [
    { label: "curl", code: toCurl(call, url) },
    { label: "fetch", code: toFetch(call, url) },
  ];
  return sdk ? [...common, { label: "SDK", code: sdk(`${location.origin}/proxy/${call.address}`) }] : common;
}

function toCurl(call: Call, { href }: URL): string {
  const body = bodyOf(call);
  const { method } = call;
  const parts = [`curl ${quote(href)}`, `-H "Authorization: Bearer ${KEY_PLACEHOLDER}"`];
  if (method === "HEAD") parts.push("--head");
  // curl sends a POST by itself where there is a body.
  else if (method !== "GET" && !(method === "POST" && body !== null)) parts.push(`-X ${method}`);
  if (/[[\]{}]/.test(href)) parts.push("--globoff");
  if (body !== null) parts.push("-H 'Content-Type: application/json'", `--data-raw ${quote(body)}`);
  return parts.join(" \\\n  ");
}

/** One word for a shell, whatever is in it. */
function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function toFetch(call: Call, { href }: URL): string {
  const body = bodyOf(call);
  const lines = [
    ...(call.method === "GET" ? [] : [`method: "${call.method}",`]),
    body === null
      ? `headers: { Authorization: "Bearer ${KEY_PLACEHOLDER}" },`
      : `headers: { Authorization: "Bearer ${KEY_PLACEHOLDER}", "Content-Type": "application/json" },`,
    ...(body === null ? [] : [`body: JSON.stringify(${body.trim()}),`]),
  ];
  return [`const response = await fetch(${JSON.stringify(href)}, {`, ...lines.map((line) => `  ${line}`), "});"].join(
    "\n",
  );
}

/** What each service's own SDK takes to call through Latchkey, given the address of the proxy. */
const SDKS: ReadonlyMap<string, (proxy: string) => string> = new Map([
  [
    "github",
    (proxy: string) => `import { Octokit } from "@octokit/rest";
const octokit = new Octokit({ baseUrl: "${proxy}", auth: ${KEY} });`,
  ],
  [
    "google",
    (proxy: string) => `auth.setCredentials({ access_token: ${KEY} }); // auth = new google.auth.OAuth2()
await google.drive({ version: "v3", auth }).files.list({}, { rootUrl: "${proxy}/" });`,
  ],
  [
    "hubspot",
    (proxy: string) => `import { Client } from "@hubspot/api-client";
const hubspot = new Client({ basePath: "${proxy}", accessToken: ${KEY} });`,
  ],
  [
    "microsoft",
    (proxy: string) => `import { Client } from "@microsoft/microsoft-graph-client";
const graph = Client.init({ baseUrl: "${proxy}/", customHosts: new Set(["${location.hostname}"]), authProvider: (done) => done(null, ${KEY}) });`,
  ],
  [
    "notion",
    (proxy: string) => `import { Client } from "@notionhq/client";
const notion = new Client({ baseUrl: "${proxy}", auth: ${KEY} });`,
  ],
  [
    "slack",
    (proxy: string) => `import { WebClient } from "@slack/web-api";
const slack = new WebClient(${KEY}, { slackApiUrl: "${proxy}/api/" });`,
  ],
]);
