/** What a call would send, as people can read it. What is sent stands beside it, as it is. */
import type { ApprovalWhole } from "../api.ts";
import { layOut } from "./json-layout.ts";

type Body = NonNullable<ApprovalWhole["body"]>;
export type Pair = readonly [name: string, value: string];

/** What is read: text as it is, JSON over several lines, or the fields of a form. */
export type Reading =
  | { readonly kind: "text" }
  | { readonly kind: "json"; readonly text: string; readonly doubled: readonly string[] }
  | { readonly kind: "form"; readonly pairs: readonly Pair[] };

const TEXT: Reading = { kind: "text" };
/** More fields than that are read as text. */
const MOST_PAIRS = 1000;

/** How a body is read. Of one that is cut off nobody can tell what its end would make of it. */
export function readBody({ type, text, is_text, is_whole }: Body): Reading {
  if (!is_text || !is_whole) return TEXT;
  if (/^application\/x-www-form-urlencoded\b/i.test(type ?? "")) {
    const pairs = pairsOf(text);
    return pairs.length > MOST_PAIRS ? TEXT : { kind: "form", pairs };
  }
  const laidOut = /^\s*[[{]/.test(text) || /[/+]json\b/i.test(type ?? "") ? layOut(text) : null;
  return laidOut === null ? TEXT : { kind: "json", ...laidOut };
}

/** The names and values of a query or a form, decoded, in their order. https://url.spec.whatwg.org/#concept-urlencoded-parser */
export function pairsOf(text: string): readonly Pair[] {
  return text
    .split("&")
    .filter((part) => part !== "")
    .map((part) => {
      const at = part.indexOf("=");
      return at === -1 ? [decoded(part), ""] : [decoded(part.slice(0, at)), decoded(part.slice(at + 1))];
    });
}

/** As it is written where it cannot be decoded. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
