/** What the hosted pages say, in the language that the person's browser asks for first. */
import { de } from "./languages/de.ts";
import { en } from "./languages/en.ts";
import { es } from "./languages/es.ts";
import { fr } from "./languages/fr.ts";
import { ja } from "./languages/ja.ts";
import { pt } from "./languages/pt.ts";

/** A page that has nothing more to offer: what it is, and what to do. */
export interface Problem {
  readonly title: string;
  readonly text: string;
}

/** Where a link leads nowhere, or the way back from a service does. `app`: what the app is called; null where nobody knows. */
export type ProblemKind =
  | "used"
  | "expired"
  | "elsewhere"
  | "cancelled"
  | "damaged"
  | "unavailable"
  | "other"
  | "full"
  | "busy"
  | "failed"
  | "missing";

/** A language: one file each, with every sentence that several of the pages say. */
export interface Words {
  /** As BCP 47 has it. */
  readonly language: string;
  readonly loading: string;
  readonly title: (app: string) => string;
  readonly person: (who: string) => string;
  readonly search: string;
  readonly found: (count: number) => string;
  readonly noneFound: string;
  readonly nothing: (app: string) => string;
  readonly asks: (app: string, service: string) => string;
  readonly may: string;
  readonly decides: (service: string) => string;
  readonly later: (service: string) => string;
  readonly goOn: (service: string) => string;
  /** Of a service that asks for a key: what the app will use, what comes next, and the button that leads there. */
  readonly uses: (app: string) => string;
  readonly entering: (service: string) => string;
  readonly toForm: string;
  readonly leaving: (service: string) => string;
  readonly cancel: string;
  readonly others: string;
  readonly again: string;
  readonly close: string;
  readonly problems: Readonly<Record<ProblemKind, (app: string | null) => Problem>>;
}

/** The first is spoken where the person's browser asks for none of them. */
export const LANGUAGES: readonly Words[] = [en, de, fr, es, pt, ja];

/** @param wanted tags of languages, the dearest first (RFC 9110 12.5.4) */
export function wordsFor(wanted: readonly string[]): Words {
  for (const tag of wanted) {
    const [primary] = tag.toLowerCase().split("-");
    const words = LANGUAGES.find(({ language }) => language === primary);
    if (words) return words;
  }
  return en;
}
