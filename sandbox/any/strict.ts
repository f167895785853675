/** Holding a request against what an entry says of it: whatever is not said is refused, by name. */
import { type Call, jsonBody, mediaType, singleValued } from "../http.ts";
import type { Refusal } from "../service.ts";
import { refusal } from "../oauth/client-auth.ts";
import type { Values } from "./templates.ts";

/** One request as it has to be. */
export interface Wanted {
  readonly method: string;
  readonly format: "form" | "json" | "none";
  /** Headers that it must have, as they are here. */
  readonly headers: Values;
  /** The whole Authorization header; null: there must be none. */
  readonly authorization: string | null;
  /** Parameters that it must have; null: any text, which is looked at later. */
  readonly parameters: Readonly<Record<string, string | null>>;
  /** Those among them that authenticate the client. */
  readonly ofClient?: readonly string[];
}

/** The parameters of a request that is what it has to be. */
export function readStrictly(call: Call, wanted: Wanted): { readonly params: Values } | Refusal {
  const malformed = (text: string) => refusal("invalid_request", "malformed", text);
  if (call.method !== wanted.method) return malformed(`The method has to be ${wanted.method}.`);
  const isQuery = wanted.method === "GET";
  const type = wanted.format === "json" ? "application/json" : "application/x-www-form-urlencoded";
  if (isQuery || wanted.format === "none") {
    if (call.text !== "") return malformed("There may be no body.");
  } else if (mediaType(call) !== type)
    return refusal("invalid_request", "bad_media_type", `The body has to be ${type}.`);
  if (!isQuery && call.search !== "") return malformed("There may be no query.");
  for (const [name, value] of Object.entries(wanted.headers)) {
    if (call.headers.get(name) !== value) return malformed(`The header ${name} is not what it has to be.`);
  }
  const given = readParams(call, isQuery ? "query" : wanted.format);
  if (given === undefined) return malformed("The parameters are malformed.");
  const { ofClient = [] } = wanted;
  if (call.headers.get("authorization") !== wanted.authorization) return wrongClient("The Authorization header");
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(wanted.parameters, name)) continue;
    return /client_?(?:id|secret|key)/.test(name) ? wrongClient(name) : malformed(`${name} is not asked for.`);
  }
  for (const [name, value] of Object.entries(wanted.parameters)) {
    const isThere = given[name] !== undefined && (value === null || given[name] === value);
    if (!isThere) return ofClient.includes(name) ? wrongClient(name) : malformed(`${name} is not what it has to be.`);
  }
  return { params: given };
}

const wrongClient = (what: string) =>
  refusal("invalid_client", "wrong_auth_method", `${what} is not what it has to be for this client.`);

function readParams(call: Call, format: "query" | Wanted["format"]): Record<string, string> | undefined {
  if (format === "query") return singleValued(call.query);
  if (format === "form") return singleValued(new URLSearchParams(call.text));
  if (format === "none") return {};
  const entries = Object.entries(jsonBody(call) ?? { "": null });
  const texts = entries.filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return texts.length === entries.length ? Object.fromEntries(texts) : undefined;
}

const utf8 = new TextEncoder();

/** HTTP Basic (RFC 7617), in UTF-8. */
export const basicHeader = (user: string, password: string): string =>
  `Basic ${btoa(String.fromCharCode(...utf8.encode(`${user}:${password}`)))}`;
