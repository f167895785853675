/** What a user calls their connections at one integration, to tell them apart: a slug, which no id and no place can be. */
import type { Account } from "../api.ts";

const MAX_LENGTH = 40;
/** Where the account says nothing that makes a slug. */
const FALLBACK = "account";

/**
 * A label for a new connection, from what its account is called: `ada-lindqvist`, and `ada-lindqvist-2` beside that one.
 * @param taken those of the user's others there
 */
export function labelFor(account: Account | null, taken: readonly string[]): string {
  return freeLabel(toSlug(account?.name ?? "") || toSlug(account?.email ?? "") || FALLBACK, taken);
}

/** A label that nobody has taken: this one, or this one with a number. */
export function freeLabel(wanted: string, taken: readonly string[]): string {
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? "" : `-${number}`;
    const label = wanted.slice(0, MAX_LENGTH - suffix.length).replace(/-$/, "") + suffix;
    if (!taken.includes(label)) return label;
  }
}

/** Whether a label was given where nothing was known of the account. */
export const isFallback = (label: string): boolean => /^account(?:-\d+)?$/.test(label);

/** Without accents, in small letters; what is no letter and no digit becomes one hyphen. A mail address is its mailbox. */
const toSlug = (text: string): string =>
  text
    .replace(/^([^\s@]+)@[^\s@]+$/, "$1")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, MAX_LENGTH)
    .replace(/-$/, "");
