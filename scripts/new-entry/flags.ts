/** What is told by flags, and what by the documents that they name. */
import { resolve } from "node:path";
import type { parseArgs } from "node:util";
import { NOTHING_FOUND, readDocument, type Found } from "./document.ts";
import { fromMetadata } from "./metadata.ts";
import { fromOpenApi } from "./from-openapi.ts";

export const ENTRY_USAGE = `A service as data, for CUSTOM_PROVIDERS or an app, out of what it says of itself; without flags it is asked for:
  npm run --silent new-provider -- --id desk --openapi FILE|URL
  --openapi FILE|URL           OpenAPI 3: the address of the API, and how people connect
  [--scheme NAME]...           which of its security schemes
  --metadata FILE|URL          RFC 8414 or OpenID Connect Discovery: endpoints and scopes
  [--entry FILE]               where it is written; left out, it is printed
  [--slug SLUG]                in the place of --id: for PUT /apps/{app}/integrations
  [--stamp TEMPLATE]...        where a key stands: "X-Api-Key: {api_key}", "?key={api_key}"
  [--basic]                    a user name and a password, HTTP Basic
  [--verify PATH]              a GET that tells whose account it is
  [--userinfo-endpoint URL]    OpenID Connect Core 5.3
  [--deployment ORIGIN]        whose schema an editor is told of; default http://localhost:8787
  and --id, --name, --category, --docs, --api, --scope, --auth-method and the endpoints, as above`;

const text = { type: "string" } as const;
const texts = { type: "string", multiple: true } as const;

export const OPTIONS = {
  id: text,
  name: text,
  category: text,
  docs: text,
  "authorization-endpoint": text,
  "token-endpoint": text,
  "auth-method": text,
  "revocation-endpoint": text,
  "userinfo-endpoint": text,
  scope: texts,
  api: text,
  openapi: text,
  scheme: texts,
  metadata: text,
  entry: text,
  slug: text,
  stamp: texts,
  basic: { type: "boolean" },
  verify: text,
  deployment: text,
} as const;

export type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"];

/** What somebody has said, and what the documents say. */
export interface Given {
  readonly values: Values;
  readonly found: Found;
}

/** A path as the person means it, whom npm has taken from there to the project. */
export const fromWhereTheyAre = (path: string): string => resolve(process.env["INIT_CWD"] ?? ".", path);

const located = (where: string): string => (where.includes("://") ? where : fromWhereTheyAre(where));

/**
 * What the documents say. Of endpoints the server's own metadata is believed before a description of its API.
 * @throws Refused
 */
export async function foundIn(values: Values): Promise<Found> {
  const { openapi, metadata, scheme, stamp, basic } = values;
  const server = metadata === undefined ? NOTHING_FOUND : fromMetadata(await readDocument(located(metadata)));
  const isSaid = Boolean(metadata ?? stamp ?? basic ?? values["authorization-endpoint"]);
  const schemes = scheme ?? (isSaid ? null : []);
  const api = openapi === undefined ? NOTHING_FOUND : fromOpenApi(await readDocument(located(openapi)), schemes);
  return { service: { ...api.service, ...server.service }, notes: [...api.notes, ...server.notes] };
}
