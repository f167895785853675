/** What built-in services are asked for, in the languages of the hosted pages. */
import { SCOPE_WORDS } from "../scope-words.ts";
import { de } from "./scopes/de.ts";
import { es } from "./scopes/es.ts";
import { fr } from "./scopes/fr.ts";
import { ja } from "./scopes/ja.ts";
import { pt } from "./scopes/pt.ts";

/** What scopes allow, by service; those that are not here are shown by their own names. */
export type ScopeWords = Readonly<Record<string, Readonly<Record<string, string>>>>;

const SCOPES = new Map<string, ScopeWords>(Object.entries({ en: SCOPE_WORDS, de, es, fr, ja, pt }));

/** @param language one that the pages speak */
export const scopesIn = (language: string): ScopeWords => SCOPES.get(language) ?? SCOPE_WORDS;
