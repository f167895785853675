/**
 * Links in answers that would take a client, and the key it sends along, past the proxy: they come back through it.
 * Everything else stays byte for byte, so bodies are changed as text: numbers keep their digits, keys their order.
 */
import { resolveLink } from "../data/links.ts";
import type { Provider } from "../providers/provider.ts";
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
  /** The URL that was called at the provider: links may be relative to it. */
  readonly called: URL;
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
function swapToken(text: string, { provider, access_token, key, isForeign }: LinkContext): string {
  if (!provider.api.token_in_links) return text;
  if (!isForeign) return text.replace(spellings(access_token), key);
  if (key === "") return text;
  const written = new RegExp(`access_token=${spellings(access_token).source}`, "g");
  return text.replace(written, (found) => `${found}&access_token=${key}`);
}

/** A token as JSON and URLs may write it: what is no letter and no digit can be escaped there, character by character. */
function spellings(token: string): RegExp {
  const characters = Array.from(token, (character) => {
    if (/[A-Za-z0-9]/.test(character)) return character;
    const code = character.charCodeAt(0).toString(16).padStart(2, "0");
    const digits = code.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
    return `(?:\\\\?\\${character}|%${digits}|\\\\u00${digits})`;
  });
  return new RegExp(characters.join(""), "g");
}

/** Rewrites the declared fields of a JSON text, at any depth. @returns the same text where there are none */
export function rewriteBody(text: string, context: LinkContext, raw: boolean): string {
  const { provider, proxy } = context;
  const { link_fields } = provider.api;
  const withLinks =
    raw || link_fields.length === 0
      ? text
      : text.replace(fieldPattern(link_fields), (whole, head: string, literal: string) => {
          const proxied = toProxied(provider, proxy, unescapeString(literal));
          if (proxied === undefined) return whole;
          const escaped = JSON.stringify(proxied);
          return head + (literal.includes("\\/") ? escaped.replaceAll("/", "\\/") : escaped);
        });
  return swapToken(withLinks, context);
}

/** A member of one of these names whose value is a string, in JSON text. Inside a string its quotes would be escaped. */
function fieldPattern(names: readonly string[]): RegExp {
  const alternatives = names.map((name) => name.replace(/[^A-Za-z0-9_]/g, "\\$&")).join("|");
  return new RegExp(`("(?:${alternatives})"\\s*:\\s*)("(?:[^"\\\\]|\\\\.)*")`, "g");
}

function unescapeString(literal: string): string {
  try {
    return String(JSON.parse(literal));
  } catch {
    return "";
  }
}
