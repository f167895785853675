import type { JSX } from "preact";
import type { Item } from "../api.ts";
import { toLabel } from "../format.ts";
import { Unseen } from "../parts.tsx";
import { sortName } from "./address.ts";
import type { Column } from "./columns.ts";
import { countTypes, type Selection } from "./selection.ts";

interface Props {
  readonly items: readonly Item[];
  readonly columns: readonly Column[];
  readonly selection: Selection;
  readonly onSearch: (text: string) => void;
  readonly onType: (type: string | null) => void;
  readonly onSort: (name: string) => void;
}

/** Everything that narrows or orders the list. */
export function Toolbar({ items, columns, selection, onSearch, onType, onSort }: Props): JSX.Element {
  return (
    <div class="items-toolbar" role="search" aria-label="Items">
      <label class="field items-search">
        <Unseen>Search the loaded items</Unseen>
        <input
          type="search"
          placeholder="Search"
          value={selection.search}
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => onSearch(event.currentTarget.value)}
        />
      </label>
      <SortChoice columns={columns} selection={selection} onSort={onSort} />
      <TypeFilter items={items} chosen={selection.type} onType={onType} />
    </div>
  );
}

/** For narrow pages, where most headings have no room. */
function SortChoice({ columns, selection, onSort }: Pick<Props, "columns" | "selection" | "onSort">): JSX.Element {
  return (
    <label class="field items-sort">
      <Unseen>Sort by</Unseen>
      <select value={sortName(selection.sort) ?? ""} onChange={(event) => onSort(event.currentTarget.value)}>
        <option value="">Service’s order</option>
        {columns.map(({ id, label }) => (
          <>
            <option value={id}>{label} ↑</option>
            <option value={`-${id}`}>{label} ↓</option>
          </>
        ))}
      </select>
    </label>
  );
}

function TypeFilter(props: { items: readonly Item[]; chosen: string | null; onType: Props["onType"] }) {
  const counts = new Map(countTypes(props.items));
  // One that an address asks for, although none of it is loaded yet.
  if (props.chosen !== null && !counts.has(props.chosen)) counts.set(props.chosen, 0);
  if (counts.size < 2) return null;
  const choices: readonly (readonly [string | null, number])[] = [[null, props.items.length], ...counts];
  return (
    <div class="filter" role="group" aria-label="Show one type of item">
      {choices.map(([type, count]) => (
        <button type="button" key={type ?? ""} aria-pressed={props.chosen === type} onClick={() => props.onType(type)}>
          {type === null ? "All" : toLabel(type)} <span>{count}</span>
        </button>
      ))}
    </div>
  );
}
