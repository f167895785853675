import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Entry } from "./entry.ts";

const MOST = 12;

/** Entries that have every word of the query, those first that have them in their title. */
export function found(entries: readonly Entry[], query: string): Entry[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const rank = ({ title, detail, words: more }: Entry): number => {
    const [name, second] = [title.toLowerCase(), detail.toLowerCase()];
    const ranks = words.map((word) => {
      if (name === word) return 0;
      if (` ${name}`.includes(` ${word}`)) return 1;
      if (name.includes(word)) return 2;
      if (second.includes(word)) return 3;
      return more.includes(word) ? 6 : Number.POSITIVE_INFINITY;
    });
    return ranks.reduce((sum, each) => sum + each, 0);
  };
  return entries
    .map((entry) => ({ entry, rank: rank(entry) }))
    .filter((each) => Number.isFinite(each.rank))
    .toSorted((one, other) => one.rank - other.rank)
    .slice(0, MOST)
    .map(({ entry }) => entry);
}

/** Searches operations, guides and errors. `/` leads here from anywhere, arrows choose, Enter goes, Escape leaves. */
export function Search(): JSX.Element {
  const [entries, setEntries] = useState<readonly Entry[] | null>(null);
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const results = found(entries ?? [], query);
  const chosen = results[Math.min(at, results.length - 1)];
  useSlash(input);

  const load = () => {
    if (entries !== null) return;
    fetch("/docs/search.json")
      .then(async (answer): Promise<readonly Entry[]> => answer.json())
      .then(setEntries, () => {});
  };
  const leave = () => {
    setOpen(false);
    setQuery("");
    setAt(0);
  };
  const go = ({ href }: Entry) => {
    leave();
    input.current?.blur();
    location.assign(href);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && results.length > 0) {
      event.preventDefault();
      setAt((Math.min(at, results.length - 1) + step + results.length) % results.length);
    } else if (event.key === "Enter" && chosen) {
      event.preventDefault();
      go(chosen);
    } else if (event.key === "Escape") {
      leave();
    }
  };
  const isShown = isOpen && query.trim() !== "";
  return (
    <div class="finder" onFocusOut={(event) => !isInside(event) && setOpen(false)}>
      <input
        ref={input}
        type="search"
        role="combobox"
        aria-label="Search the documentation"
        aria-expanded={isShown}
        aria-controls="found"
        aria-autocomplete="list"
        aria-activedescendant={isShown && chosen ? idOf(chosen) : undefined}
        placeholder="Search"
        autocomplete="off"
        spellcheck={false}
        value={query}
        onFocus={() => {
          load();
          setOpen(true);
        }}
        onInput={(event) => {
          setQuery(event.currentTarget.value);
          setAt(0);
          setOpen(true);
        }}
        onKeyDown={onKeyDown}
      />
      <kbd aria-hidden="true">/</kbd>
      <ul id="found" role="listbox" aria-label="Found" hidden={!isShown || results.length === 0}>
        {results.map((entry) => (
          <li
            key={entry.href}
            id={idOf(entry)}
            role="option"
            aria-selected={entry === chosen}
            // Before the field loses the focus, and the list with it goes.
            onMouseDown={(event) => {
              event.preventDefault();
              go(entry);
            }}
          >
            <b>{entry.title}</b> <span class="kind">{entry.kind}</span>
            <small>{entry.detail}</small>
          </li>
        ))}
      </ul>
      <p class="nothing" role="status" hidden={!isShown || entries === null || results.length > 0}>
        Nothing is called that. Try fewer words.
      </p>
    </div>
  );
}

const idOf = ({ href }: Entry): string => `found-${href.replaceAll(/\W/g, "-")}`;

function isInside({ currentTarget, relatedTarget }: FocusEvent): boolean {
  return currentTarget instanceof Node && relatedTarget instanceof Node && currentTarget.contains(relatedTarget);
}

/** `/` leads to the search, but where something is being typed. */
function useSlash(input: { readonly current: HTMLInputElement | null }): void {
  // As soon as the field is there, and not a frame later.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof Element && event.target.closest("input, textarea, select") !== null;
      if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      input.current?.focus();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}
