import { randomText } from "../random.ts";
import type { AuthorizeQuestion, OAuthFacts, Part } from "../service.ts";

/** The scopes of one parameter as the single part of a grant. */
export function oneSetOfScopes(separator: RegExp = / +/): OAuthFacts["scopes"]["parts"] {
  return (question) => [{ name: "main", scopes: split(question.params["scope"], separator) }];
}

/** Scopes from a parameter. */
export function split(text: string | undefined, separator: RegExp): string[] {
  return (text ?? "").split(separator).filter((scope) => scope !== "");
}

/** A single part without scopes, for services which have none. */
export function noScopes(_question: AuthorizeQuestion): readonly Part[] {
  return [{ name: "main", scopes: [] }];
}

/** Tokens which are a prefix and random letters. */
export function prefixed(access: string, refresh: string, length: number): OAuthFacts["newToken"] {
  return (kind) => (kind === "access" ? access : refresh) + randomText(length);
}

/** For services which do not rotate refresh tokens. */
export const NO_ROTATION = { when: () => false, old: "stays", killsAccess: false, reuse: "is refused" } as const;
