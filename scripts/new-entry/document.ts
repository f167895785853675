/** A document that describes a service: a file, or what an address answers; JSON or YAML. */
import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { isLoopback } from "../../src/contract/hosts.ts";
import { Json, type JsonObject } from "../openapi/schemas.ts";

/** What was given cannot be used. The message says what would be right. */
export class Refused extends Error {
  override readonly name = "Refused";
}

export interface Document {
  readonly content: JsonObject;
  /** Where it was answered; null for a file. */
  readonly at: URL | null;
}

/** What a document says of a service, and what a person should know of how it was read. */
export interface Found {
  readonly service: JsonObject;
  readonly notes: readonly string[];
}

export const NOTHING_FOUND: Found = { service: {}, notes: [] };

/** Of an answer: descriptions are some ten or hundred kilobytes. */
const MAX_BYTES = 1_000_000;
const TIMEOUT_MS = 10_000;
const MAX_REDIRECTS = 5;

/** @throws Refused */
export async function readDocument(where: string): Promise<Document> {
  const isAddress = /^[a-z][a-z0-9+.-]*:\/\//i.test(where);
  const { text, at } = isAddress ? await fetchText(where) : { text: await readText(where), at: null };
  const content = Json.safeParse(parsed(where, text));
  if (!content.success) throw new Refused(`${where} is no description: there is no object in it.`);
  return { content: content.data, at };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    throw new Refused(`${path} cannot be read. Name a file that is there, or an https address.`);
  }
}

function parsed(where: string, text: string): unknown {
  try {
    return /^\s*[[{]/.test(text) ? JSON.parse(text) : parse(text);
  } catch {
    throw new Refused(`${where} is neither JSON nor YAML.`);
  }
}

/** One deadline for all of it, redirects too. */
async function fetchText(where: string): Promise<{ text: string; at: URL }> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  let at = allowed(where, null, where);
  try {
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const response = await fetch(at, { redirect: "manual", signal, headers: { Accept: "application/json, */*" } });
      const location = response.headers.get("location");
      if (response.status >= 300 && response.status < 400 && location !== null) {
        await response.body?.cancel();
        at = allowed(new URL(location, at).href, at, where);
        continue;
      }
      if (!response.ok)
        throw new Refused(`${where} answers ${response.status}. Name the address of the document itself.`);
      return { text: await limited(response, where), at };
    }
  } catch (error) {
    if (error instanceof Refused) throw error;
    if (signal.aborted) throw new Refused(`${where} has not answered within ${TIMEOUT_MS / 1000} seconds.`);
    throw new Refused(`${where} cannot be reached. Download the document, and name the file.`);
  }
  throw new Refused(`${where} leads on more than ${MAX_REDIRECTS} times.`);
}

/** Also http on this machine, as endpoints may be; but nothing leads from one to the other. */
function allowed(address: string, from: URL | null, where: string): URL {
  const url = URL.parse(address);
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
  if (!url || !isSafe) throw new Refused(`${where} ${from ? "leads to" : "is"} no https address. Name one, or a file.`);
  if (from && from.protocol !== url.protocol)
    throw new Refused(`${where} leads from ${from.protocol} to ${url.protocol}.`);
  return url;
}

async function limited(response: Response, where: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BYTES) throw new Refused(`${where} is longer than 1 MB. Download it, and name the file.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The fields that have a value. */
export const known = (fields: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
