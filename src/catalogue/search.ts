/** Looking for a service by its name and by what else people call it: for the API, for the page and for the command line. */

/** What is looked at. */
export interface Findable {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly kind: string;
  readonly aliases: readonly string[];
}

/** Whatever the case, the accents and the width of the letters. */
export const plain = (text: string): string => text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();

const WAYS: readonly ((word: string, sought: string) => boolean)[] = [
  (word, sought) => word === sought,
  (word, sought) => word.startsWith(sought),
  (word, sought) => word.split(/[\s-]/).some((part) => part.startsWith(sought)),
  (word, sought) => word.includes(sought),
];

/**
 * How far words are from what is sought; the least is the best. Infinity: they do not match.
 * @param sought as `plain` has it
 */
export function distance(words: readonly string[], sought: string): number {
  const way = WAYS.findIndex((fits) => words.some((word) => fits(plain(word), sought)));
  return way < 0 ? Infinity : way;
}

/** What is looked for; what is left out is no matter. */
export interface Wanted {
  readonly search?: string | undefined;
  readonly category?: string | undefined;
  readonly kind?: string | undefined;
}

/** The services that are wanted: the best match first, and among equals as they were. */
export function searchCatalogue<T extends Findable>(
  services: readonly T[],
  { search = "", category, kind }: Wanted,
): T[] {
  const sought = plain(search.trim());
  return services
    .filter((one) => (kind === undefined || one.kind === kind) && (category === undefined || one.category === category))
    .map((one) => ({ one, far: sought === "" ? 0 : distance([one.name, one.id, ...one.aliases], sought) }))
    .filter(({ far }) => far < Infinity)
    .toSorted((first, second) => first.far - second.far)
    .map(({ one }) => one);
}
