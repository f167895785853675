/**
 * Links in answers that would take a client, and the key it sends along, past the proxy: they come back through it.
 * Everything else stays byte for byte, so bodies are changed as text: numbers keep their digits, keys their order.
 */
import { placeInApi, resolveLink } from "../data/links.ts";
import type { Provider } from "../contract/provider.ts";
import type { Finder } from "./rewriting.ts";
import { toProxied } from "./target.ts";

/** What links are rewritten with. */
export interface LinkContext {
  readonly provider: Provider;
  /** The address of the integration's proxy, without a slash at its end. */
  readonly proxy: string;
  /** The token that was sent; providers that write it into links have it replaced. */
  readonly access_token: string;
  /** What stands for it there: the caller's key, or nothing where a cookie identifies the caller. */
  readonly key: string;
  /** Whether the token is the caller's own (a Facebook page's): then it stays, and the key is put beside it. */
  readonly isForeign: boolean;
  /** What no header of the answer may say; empty where the token is replaced. */
  readonly secrets: readonly string[];
  /** The address that was called at the provider: links may be relative to it. */
  readonly called: string;
}

/** Rewrites the links among an answer's headers (RFC 8288 and RFC 9110 10.2.2, 8.7). */
export function rewriteHeaders(headers: Headers, context: LinkContext): void {
  const link = headers.get("Link");
  if (link !== null) {
    headers.set(
      "Link",
      link.replace(/<([^<>]*)>/g, (_, target: string) => `<${rewriteLink(target, context)}>`),
    );
  }
  for (const name of ["Location", "Content-Location"]) {
    const target = headers.get(name);
    if (target !== null) headers.set(name, rewriteLink(target, context));
  }
  if (!context.provider.api.token_in_links) return;
  for (const [name, value] of Array.from(headers)) {
    const swapped = swapToken(value, context);
    if (swapped !== value) headers.set(name, swapped);
  }
}

/** Below the API it leads through the proxy; elsewhere to where it led, as a whole URL, because a relative one would lead to us. */
function rewriteLink(link: string, { provider, proxy, called }: LinkContext): string {
  const resolved = resolveLink(link, called);
  return resolved === undefined ? link : (toProxied(provider, proxy, resolved) ?? resolved);
}

/** Takes the token out of what a provider has written it into. */
function swapToken(text: string, context: LinkContext): string {
  const swap = tokenSwap(context);
  return swap === null ? text : text.replace(swap.pattern, swap.replace);
}

interface TokenSwap {
  readonly pattern: RegExp;
  /** What the pattern matches, as the token has it. */
  readonly written: string;
  readonly replace: (found: string) => string;
}

function tokenSwap({ provider, access_token, key, isForeign }: LinkContext): TokenSwap | null {
  if (!provider.api.token_in_links || (isForeign && key === "")) return null;
  if (!isForeign)
    return { pattern: new RegExp(spellings(access_token), "g"), written: access_token, replace: () => key };
  return {
    pattern: new RegExp(`access_token=${spellings(access_token)}`, "g"),
    written: `access_token=${access_token}`,
    replace: (found) => `${found}&access_token=${key}`,
  };
}

/** `\u002f` */
const LONGEST_SPELLING = 6;

/** A token as JSON and URLs may write it: what is no letter and no digit can be escaped there, character by character. */
function spellings(token: string): string {
  const characters = Array.from(token, (character) => {
    if (/[A-Za-z0-9]/.test(character)) return character;
    const code = character.charCodeAt(0).toString(16).padStart(2, "0");
    const digits = code.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
    return `(?:\\\\?\\${character}|%${digits}|\\\\u00${digits})`;
  });
  return characters.join("");
}

/** The same for one character in small letters, each way by itself. */
function waysToWrite(character: string): readonly string[] {
  if (/[a-z0-9]/.test(character)) return [character];
  const code = character.charCodeAt(0).toString(16).padStart(2, "0");
  return [character, `\\${character}`, `%${code}`, `\\u00${code}`];
}

/**
 * What is to be changed in a body, to be done in this order.
 * @param isJson whether the declared members are looked for
 */
export function bodyFinders(context: LinkContext, isJson: boolean): Finder[] {
  const swap = tokenSwap(context);
  const hasLinks = isJson && context.provider.api.link_fields.length > 0;
  return [...(hasLinks ? [linkFinder(context)] : []), ...(swap ? [tokenFinder(swap)] : [])];
}

/** Every place that the pattern matches; what may be the beginning of one is held. */
function tokenFinder({ pattern, written, replace }: TokenSwap): Finder {
  const ways = Array.from(written.toLowerCase(), waysToWrite);
  const longest = ways.length * LONGEST_SPELLING;
  return (text, from, isWhole) => {
    pattern.lastIndex = from;
    const found = pattern.exec(text);
    const known = isWhole ? text.length : beginningOf(ways, text, Math.max(from, text.length - longest + 1));
    if (found === null || found.index >= known) return known;
    return { from: found.index, to: pattern.lastIndex, by: replace(found[0]) };
  };
}

/** Where a text that ends there may have begun with something that is written in these ways; its length where it has not. */
function beginningOf(ways: readonly (readonly string[])[], text: string, from: number): number {
  const end = text.slice(from).toLowerCase();
  let at = 0;
  while (at < end.length && !endsWithin(ways, end, at)) at += 1;
  return from + at;
}

/** Whether a text ends before it is known if that is what stands there. Some of the ways begin with others: all are followed. */
function endsWithin(ways: readonly (readonly string[])[], text: string, from: number): boolean {
  let places = new Set([from]);
  for (const each of ways) {
    const next = new Set<number>();
    for (const place of places) {
      for (const way of each) {
        const piece = text.slice(place, place + way.length);
        if (piece === way) next.add(place + way.length);
        else if (way.startsWith(piece)) return true;
      }
    }
    if (next.size === 0) return false;
    places = next;
  }
  return false;
}

/** A longer string is no link: nobody takes an address of that length. */
const LINK_LENGTH = 16 * 1024;
/** White space on each side of a colon in JSON (RFC 8259 2); what is written with more is left as it is. */
const SPACE = "[ \\t\\n\\r]{0,64}";
const AFTER_NAME = new RegExp(`^${SPACE}(?::${SPACE})?$`);
const AFTER_NAME_LENGTH = 2 * 64 + 1;

/**
 * The part of a link that leads to the provider, where it is the value of a declared member, at any depth. What follows that
 * part stays as it is written.
 */
function linkFinder({ provider, proxy }: LinkContext): Finder {
  const names = provider.api.link_fields;
  const beginning = beginningOfMember(names);
  const alternatives = names.map((name) => name.replace(/[^A-Za-z0-9_]/g, "\\$&")).join("|");
  // Inside a string the quotes around a name would be escaped.
  const member = new RegExp(`"(?:${alternatives})"${SPACE}:${SPACE}"`, "g");
  return (text, from, isWhole) => {
    let at = from;
    for (;;) {
      member.lastIndex = at;
      const found = member.exec(text);
      if (found === null) return isWhole ? text.length : beginning(text, at);
      const start = member.lastIndex;
      const end = endOfString(text, start);
      if (end === undefined && !isWhole && text.length - start < LINK_LENGTH) return found.index;
      at = end ?? start;
      const prefix = end === undefined ? undefined : toProxiedPrefix(provider, proxy, text.slice(start, end));
      if (prefix !== undefined) return { from: start, to: start + prefix.length, by: prefix.by };
    }
  };
}

/** Where a text that ends there may have begun with a member of one of these names; its length where it has not. */
function beginningOfMember(names: readonly string[]): (text: string, from: number) => number {
  const quoted = names.map((name) => `"${name}"`);
  const longest = Math.max(...quoted.map(({ length }) => length)) + AFTER_NAME_LENGTH;
  const isBeginning = (rest: string): boolean =>
    quoted.some((name) => name.startsWith(rest) || (rest.startsWith(name) && AFTER_NAME.test(rest.slice(name.length))));
  return (text, from) => {
    let at = text.indexOf('"', Math.max(from, text.length - longest));
    while (at !== -1 && !isBeginning(text.slice(at))) at = text.indexOf('"', at + 1);
    return at === -1 ? text.length : at;
  };
}

/** Where the quotation mark stands that ends a string of JSON; undefined where it is too far away, or not there. */
function endOfString(text: string, start: number): number | undefined {
  const limit = Math.min(text.length, start + LINK_LENGTH);
  for (let at = start; at < limit; at += 1) {
    if (text[at] === '"') return at;
    if (text[at] === "\\") at += 1;
  }
  return undefined;
}

/** What one character of a string can be written as in JSON. */
const WRITTEN_CHARACTER = /\\u[0-9a-fA-F]{4}|\\.|[^\\]/gs;

/** What the beginning of a link becomes, and how much of what is written it is; undefined for one that leads elsewhere. */
function toProxiedPrefix(
  provider: Provider,
  proxy: string,
  written: string,
): { readonly by: string; readonly length: number } | undefined {
  const link = unescapeString(written);
  const rest = placeInApi(provider, link)?.rest;
  const proxied = toProxied(provider, proxy, link);
  if (rest === undefined || proxied === undefined) return undefined;
  const characters = written.match(WRITTEN_CHARACTER) ?? [];
  const { length } = characters.slice(0, characters.length - rest.length).join("");
  const by = proxied.slice(0, proxied.length - rest.length);
  return { by: written.includes("\\/") ? by.replaceAll("/", "\\/") : by, length };
}

function unescapeString(written: string): string {
  try {
    return String(JSON.parse(`"${written}"`));
  } catch {
    return "";
  }
}
