/** What the form of a service says, in the languages of the hosted pages. */
import type { Problem } from "../words.ts";
import { de } from "./languages/de.ts";
import { en } from "./languages/en.ts";
import { es } from "./languages/es.ts";
import { fr } from "./languages/fr.ts";
import { ja } from "./languages/ja.ts";
import { pt } from "./languages/pt.ts";

/** A language: one file each, with every sentence of the form. `app`: null at Latchkey's own page. */
export interface FormWords {
  readonly language: string;
  readonly title: (service: string, app: string | null) => string;
  readonly kept: (service: string) => string;
  readonly optional: string;
  readonly help: string;
  readonly newTab: string;
  readonly show: (title: string) => string;
  readonly hidden: (lines: number) => string;
  readonly choose: string;
  readonly none: string;
  readonly fixed: string;
  readonly connect: string;
  readonly checking: (service: string) => string;
  readonly required: string;
  readonly unlike: (example: string | null) => string;
  readonly refused: (service: string) => string;
  readonly unreachable: string;
  readonly unasked: (service: string) => string;
  readonly done: (service: string) => Problem;
}

export const FORM_LANGUAGES: readonly FormWords[] = [en, de, fr, es, pt, ja];

/** @param language of the page's other words */
export const formWordsFor = (language: string): FormWords =>
  FORM_LANGUAGES.find((words) => words.language === language) ?? en;
