/** What an answer says that a person has not granted, in whatever words its service says it. */
import type { ScopesRefused } from "../connections/scopes.ts";
import type { Provider } from "../contract/provider.ts";
import { at } from "../contract/reading.ts";
import { missingScopes } from "../connections/scopes.ts";

/** RFC 6750 3.1; some services leave the quotation marks out. */
const INSUFFICIENT = /[\s,]error="?insufficient_scope\b/i;
const NEEDED = /[\s,]scope="([^"]{1,4096})"/i;
const USUAL_STATUSES = [403];
/** RFC 6749 3.3, in a length that our own routes take. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/;
/** What names more than that says nothing of what is needed. */
const MOST_NAMED = 100;

/** Whether a body may say it: only such bodies are looked into. */
export function maySayScopes({ api: { scope_refusal } }: Provider, status: number): boolean {
  return scope_refusal?.code !== undefined && (scope_refusal.statuses ?? USUAL_STATUSES).includes(status);
}

/**
 * Reads a refusal for want of a scope.
 * @param body the answer's JSON; undefined where it has none, or was not looked into
 * @returns null where it says nothing of the kind
 */
export function readScopeRefusal(
  provider: Provider,
  status: number,
  headers: Headers,
  body: unknown,
): ScopesRefused | null {
  const { scope_refusal } = provider.api;
  const { names = "all", ambiguous = false, statuses = USUAL_STATUSES } = scope_refusal ?? {};
  if (status < 400 && !statuses.includes(status)) return null;
  const challenge = headers.get("WWW-Authenticate") ?? "";
  if (INSUFFICIENT.test(challenge)) {
    return { named: scopesIn(NEEDED.exec(challenge)?.[1]), names, ambiguous: false };
  }
  const { code = [], codes = [], scopes } = scope_refusal ?? {};
  if (!scope_refusal || !statuses.includes(status)) return null;
  const isSaid = code.some((path) => {
    const said = at(body, path);
    return (typeof said === "string" || typeof said === "number") && codes.includes(said);
  });
  if (isSaid) return { named: scopes === undefined ? [] : scopesIn(at(body, scopes)), names, ambiguous };
  const named = lackingByHeaders(provider, headers);
  return named.length === 0 ? null : { named, names, ambiguous };
}

/** The scopes of which any one would do, where the token has none of them. */
function lackingByHeaders(provider: Provider, headers: Headers): string[] {
  const { accepted_header, granted_header } = provider.api.scope_refusal ?? {};
  if (accepted_header === undefined || granted_header === undefined) return [];
  const granted = headers.get(granted_header);
  const accepted = scopesIn(headers.get(accepted_header));
  if (granted === null) return [];
  const held = scopesIn(granted);
  const lacking = held.length === 0 ? accepted : missingScopes(provider, accepted, held);
  return lacking.length < accepted.length ? [] : lacking;
}

/** What is no scope is left out, whoever has written it. */
function scopesIn(written: unknown): string[] {
  const words: unknown[] = typeof written === "string" ? written.split(/[\s,]/) : Array.isArray(written) ? written : [];
  const scopes = words.filter((word): word is string => typeof word === "string" && SCOPE.test(word));
  return [...new Set(scopes)].slice(0, MOST_NAMED);
}
