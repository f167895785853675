/** A line of `/docs/search.json`, which the build writes and the search reads. */
export interface Entry {
  readonly kind: "API" | "Guide" | "Error" | "Service";
  readonly title: string;
  readonly detail: string;
  readonly href: string;
  /** More words to be found by, in small letters. */
  readonly words: string;
}
