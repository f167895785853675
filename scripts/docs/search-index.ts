/** What the search of the documentation finds: operations, guides by their sections, errors, and services of the catalogue. */
import type { Entry } from "../../frontend/docs/entry.ts";
import { plain, type ErrorGuide } from "./error-guides.ts";
import type { ServiceGuide } from "./service-guides.ts";
import { addressOf, operations, type Guide } from "./navigation.ts";

/** Enough of a section to be found by. */
const MOST_WORDS = 1200;

const wordsOf = (text: string): string => plain(text).toLowerCase().slice(0, MOST_WORDS);

/** @param toAnchor the place of a heading in its page */
export function searchIndex(
  guides: readonly Guide[],
  errors: readonly ErrorGuide[],
  services: readonly ServiceGuide[],
  toAnchor: (heading: string) => string,
): Entry[] {
  const ofApi = operations().map((operation) => {
    const { summary, method, path, description } = operation;
    const detail = method === "event" ? path : `${method.toUpperCase()} ${path}`;
    return { kind: "API", title: summary, detail, href: addressOf(operation), words: wordsOf(description) } as const;
  });
  const ofGuides = guides.flatMap(({ name, title, source }) => {
    const [intro = "", ...sections] = source.split(/^## /m);
    const whole = { kind: "Guide", title, detail: "Guide", href: `/docs/${name}`, words: wordsOf(intro) } as const;
    // Each error has an entry of its own.
    const parts = name === "errors" ? [] : sections;
    return [
      whole,
      ...parts.map((section) => {
        const [heading = "", ...lines] = section.split("\n");
        const href = `/docs/${name}#${toAnchor(heading)}`;
        return { kind: "Guide", title: plain(heading), detail: title, href, words: wordsOf(lines.join(" ")) } as const;
      }),
    ];
  });
  const ofErrors = errors.map(({ code, status, text }) => {
    const detail = `${status}: ${plain(text).slice(0, 90)}`;
    return { kind: "Error", title: code, detail, href: `/docs/errors/${code}`, words: wordsOf(text) } as const;
  });
  const ofServices = services.map(({ id, name, words }) => {
    return { kind: "Service", title: name, detail: id, href: `/docs/catalogue/${id}`, words } as const;
  });
  return [...ofApi, ...ofGuides, ...ofErrors, ...ofServices];
}
