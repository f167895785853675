/** Links that a provider's answers hold: resolved against what was asked, and told apart by where they lead. */
import type { Provider } from "../contract/provider.ts";

/** A scheme in front (RFC 3986 3.1): then a link is whole as it stands. */
const WHOLE = /^[a-z][a-z0-9+.-]*:/i;

/**
 * A link as a whole URL (RFC 3986 5.2); undefined for what is none. One that is whole already stays letter for letter.
 * @param asked the address of the request that was answered with it
 */
export function resolveLink(link: string, asked: string): string | undefined {
  if (WHOLE.test(link)) return link;
  return URL.canParse(link, asked) ? new URL(link, asked).href : undefined;
}

/** Where a whole URL leads within a provider's API. */
export interface ApiPlace {
  /** The name of one of the provider's further hosts; null: the API's own. */
  readonly host: string | null;
  /** What follows the base address: empty, or from a slash, question mark or hash on. */
  readonly rest: string;
}

/** The place of a URL in the API; undefined where it leads elsewhere. */
export function placeInApi({ api }: Provider, url: string): ApiPlace | undefined {
  if (isUnder(url, api.base_url)) return { host: null, rest: url.slice(api.base_url.length) };
  for (const [host, base] of Object.entries(api.hosts)) {
    if (isUnder(url, base)) return { host, rest: url.slice(base.length) };
  }
  return undefined;
}

const isUnder = (url: string, base: string): boolean =>
  url.startsWith(base) && /^(?:$|[/?#])/.test(url.slice(base.length));

/** A link and its parameters (RFC 8288 3): what is quoted may hold any sign, and a quotation mark behind a backslash. */
const LINK = /<([^<>]*)>((?:\s*;\s*[^\s=;,]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?)*)/g;
const PARAMETER = /;\s*([^\s=;,]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/g;

/**
 * The target of the link to the next page (RFC 8288 3): `rel` may stand anywhere among the parameters, quoted or not, and may
 * hold several relations; a second one is ignored.
 */
export function nextInHeader(headers: Headers): string | null {
  for (const [, target = "", parameters = ""] of (headers.get("Link") ?? "").matchAll(LINK)) {
    const rel = [...parameters.matchAll(PARAMETER)].find(([, name]) => name?.toLowerCase() === "rel");
    const relations = (rel?.[2] ?? rel?.[3] ?? "").toLowerCase().split(/\s+/);
    if (relations.includes("next")) return target;
  }
  return null;
}
