import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Integration, Item } from "../api.ts";
import { toLabel } from "../format.ts";
import { plural } from "../messages.ts";
import { NothingAllowed } from "../partial.tsx";
import { Empty, Unseen } from "../parts.tsx";
import { useQuery, writeQuery } from "../route.ts";
import { sortName, toSelection } from "./address.ts";
import { columnsFor } from "./columns.ts";
import { ExportButtons } from "./export-buttons.tsx";
import type { LoadedItems } from "./load-items.ts";
import { LoadProgress } from "./load-progress.tsx";
import { nextSort, select, type Selection } from "./selection.ts";
import { ItemTable } from "./table.tsx";
import { Toolbar } from "./toolbar.tsx";

/** What the connected account holds: searched, filtered and sorted by the address, loaded further and exported from here. */
export function Items({ integration, list }: { integration: Integration; list: LoadedItems }): JSX.Element {
  const { items, answered, more, busy } = list;
  const query = useQuery();
  const selection = useMemo(() => toSelection(query), [query]);
  const shown = useMemo(() => select(items, selection), [items, selection]);
  const ofType = useMemo(
    () => (selection.type === null ? items : items.filter(({ type }) => type === selection.type)),
    [items, selection.type],
  );
  const columns = useMemo(() => columnsFor(ofType), [ofType]);
  if (!answered && list.error === null) return <ItemsSkeleton />;
  return (
    <div class="items" aria-busy={busy !== null}>
      {items.length > 0 && (
        <>
          <Toolbar
            items={items}
            columns={columns}
            selection={selection}
            onSearch={(q) => writeQuery({ q }, "replace")}
            onType={(type) => writeQuery({ type }, "push")}
            onSort={(sort) => writeQuery({ sort }, "push")}
          />
          <div class="items-summary">
            <p class="quiet small" id="items-count" role="status" tabIndex={-1}>
              {countText(shown.length, list)}
            </p>
            <ExportButtons integration={integration.integration} items={shown} />
          </div>
        </>
      )}
      {shown.length > 0 && (
        <ItemTable
          integration={integration}
          items={shown}
          columns={columns}
          selection={selection}
          onSort={(column) => writeQuery({ sort: sortName(nextSort(column, selection.sort)) }, "push")}
        />
      )}
      {items.length > 0 && shown.length === 0 && <NothingFound selection={selection} items={items} more={more} />}
      {answered && items.length === 0 && !more && <NoItems name={integration.name} />}
      {list.error?.code === "scope_missing" ? (
        <NothingAllowed integration={integration} />
      ) : (
        <LoadProgress list={list} service={integration.name} />
      )}
    </div>
  );
}

function countText(shown: number, { items, more, busy }: LoadedItems): string {
  const loaded = plural(items.length, "item");
  const all = more || busy !== null ? `${loaded} so far` : loaded;
  return shown === items.length ? all : `${shown} of ${all}`;
}

function NothingFound(props: { selection: Selection; items: readonly Item[]; more: boolean }): JSX.Element {
  const { selection, items, more } = props;
  const what = selection.type === null ? "item" : toLabel(selection.type).toLowerCase();
  const where = selection.search === "" ? "" : ` with “${selection.search}”`;
  // The button leaves with what it stands in, so the focus moves on first.
  const showAll = () => {
    document.getElementById("items-count")?.focus();
    writeQuery({ q: null, type: null }, "push");
  };
  return (
    <Empty title={`No ${what}${where}`}>
      <p class="quiet">
        {more
          ? `Only ${plural(items.length, "item")} have been loaded yet; the rest may have what you look for.`
          : `None of the ${plural(items.length, "item")} fits.`}
      </p>
      <button type="button" class="button" onClick={showAll}>
        Show all
      </button>
    </Empty>
  );
}

function NoItems({ name }: { name: string }): JSX.Element {
  return (
    <Empty title="Nothing here yet">
      <p class="quiet">What you add in {name}, or share with Latchkey there, appears here.</p>
    </Empty>
  );
}

/** Keeps the place of the toolbar and the first rows. */
export function ItemsSkeleton(): JSX.Element {
  return (
    <div class="items" aria-busy="true">
      <div class="items-toolbar" aria-hidden="true">
        <span class="bone items-bone-search" />
      </div>
      <div class="items-summary">
        <Unseen>Loading items</Unseen>
        <span class="bone" data-width="short" aria-hidden="true" />
      </div>
      <div class="table-frame items-frame" aria-hidden="true">
        {Array.from({ length: 26 }, (_, index) => (
          <div class="bone-row" key={index}>
            <span class="bone" data-width={index % 3 === 0 ? "long" : "middle"} />
            <span class="bone" data-width="short" />
          </div>
        ))}
      </div>
    </div>
  );
}
