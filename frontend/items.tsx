import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Integration, Item } from "./api.ts";
import { toLabel } from "./format.ts";
import type { PagedItems } from "./load.ts";
import { plural } from "./messages.ts";
import { ExternalLink, Failure, NoValue, RetryButton, Time, Unseen } from "./parts.tsx";

/** What the connected account holds: a filter by type, the table, and more pages on request. */
export function ItemList({ integration, list }: { integration: Integration; list: PagedItems }): JSX.Element {
  const { items, pages, more, busy, error, loadNext } = list;
  const [type, setType] = useState<string | null>(null);
  const count = useRef<HTMLParagraphElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const hadFocus = useRef(false);
  const shown = type === null ? items : items.filter((item) => item.type === type);

  // The button leaves with the last page; focus must not be lost with it.
  useEffect(() => {
    if (hadFocus.current && !more) count.current?.focus();
    hadFocus.current = false;
  }, [pages]);
  const loadMore = () => {
    hadFocus.current = document.activeElement === button.current;
    loadNext();
  };

  // So does the button that tries again, with the message it stands in.
  const retry = () => {
    count.current?.focus();
    loadNext();
  };

  return (
    <section aria-labelledby="items-title" aria-busy={busy}>
      <div class="items-head">
        <h2 id="items-title">Items</h2>
        <p class="quiet" aria-live="polite" ref={count} tabIndex={-1}>
          {pages > 0 && countText(shown.length, items.length, more)}
        </p>
      </div>
      <TypeFilter items={items} chosen={type} onChoose={setType} />
      {shown.length > 0 && <ItemTable name={integration.name} items={shown} />}
      {pages > 0 && items.length === 0 && !more && <EmptyItems name={integration.name} />}
      {pages === 0 && busy && <ItemsSkeleton />}
      {error !== null && <Failure error={error} action={<RetryButton onClick={retry} />} />}
      {more && error === null && (
        <p class="more">
          <button type="button" class="button" ref={button} aria-disabled={busy} onClick={loadMore}>
            {busy ? "Loading…" : "Load more"}
          </button>
        </p>
      )}
    </section>
  );
}

function countText(shown: number, loaded: number, more: boolean): string {
  const all = more ? `${plural(loaded, "item")} so far` : plural(loaded, "item");
  return shown === loaded ? all : `${shown} of ${all}`;
}

function TypeFilter(props: { items: readonly Item[]; chosen: string | null; onChoose: (type: string | null) => void }) {
  const types = [...new Set(props.items.map((item) => item.type))].toSorted();
  if (types.length < 2) return null;
  const choices: readonly (string | null)[] = [null, ...types];
  return (
    <div class="filter" role="group" aria-label="Show one type of item">
      {choices.map((type) => (
        <button
          type="button"
          key={type ?? ""}
          aria-pressed={props.chosen === type}
          onClick={() => props.onChoose(type)}
        >
          {type === null ? "All" : toLabel(type)}
        </button>
      ))}
    </div>
  );
}

function ItemTable({ name, items }: { name: string; items: readonly Item[] }): JSX.Element {
  return (
    <div class="table-frame">
      <table>
        <caption class="unseen">Items in {name}</caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Type</th>
            <th scope="col" class="wide">
              In
            </th>
            <th scope="col" class="wide">
              Updated
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <ItemRow key={`${item.type} ${item.parent_id} ${item.id}`} item={item} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Narrow pages fold the last two columns under the name; only one of the two places is ever rendered. */
function ItemRow({ item }: { item: Item }): JSX.Element {
  return (
    <tr>
      <th scope="row">
        <ExternalLink url={item.url}>{item.name.trim() === "" ? "Untitled" : item.name}</ExternalLink>
        <p class="narrow quiet small">
          {item.parent_name !== null && <span>{item.parent_name}</span>}
          {item.updated_at !== null && <Time iso={item.updated_at} />}
        </p>
      </th>
      <td title={item.mime_type ?? undefined}>{toLabel(item.type)}</td>
      <td class="wide">{item.parent_name ?? <NoValue />}</td>
      <td class="wide">
        <Time iso={item.updated_at} />
      </td>
    </tr>
  );
}

function EmptyItems({ name }: { name: string }): JSX.Element {
  return (
    <div class="panel empty">
      <p>
        <strong>Nothing here yet</strong>
      </p>
      <p class="quiet">What you add in {name}, or share with Latchkey there, appears here.</p>
    </div>
  );
}

function ItemsSkeleton(): JSX.Element {
  return (
    <div class="table-frame">
      <Unseen>Loading items</Unseen>
      {Array.from({ length: 8 }, (_, index) => (
        <div class="bone-row" key={index} aria-hidden="true">
          <span class="bone" data-width={index % 3 === 0 ? "long" : "middle"} />
          <span class="bone" data-width="short" />
        </div>
      ))}
    </div>
  );
}
