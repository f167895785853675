import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Integration, Item } from "../api.ts";
import { toDate, toWebUrl } from "../format.ts";
import { NoValue, Time, Unseen } from "../parts.tsx";
import { iconOf, itemName, type Column, type ColumnId } from "./columns.ts";
import { itemKey } from "./load-items.ts";
import type { Selection, Sort } from "./selection.ts";

/** As many rows as are drawn at once; more follow as the page is scrolled, so that thousands cost no more than these. */
const ROWS_AT_ONCE = 40;

interface Props {
  readonly integration: Integration;
  readonly items: readonly Item[];
  readonly columns: readonly Column[];
  readonly selection: Selection;
  readonly onSort: (column: ColumnId) => void;
}

/** The items, a row each; headings are buttons that sort. On a narrow page a row is its name and a line on the rest. */
export function ItemTable({ integration, items, columns, selection, onSort }: Props): JSX.Element {
  const { rows, isCut, end } = useGrowing(items, selection);
  return (
    <div class="table-frame items-frame">
      <table class="items-table" aria-rowcount={items.length + 1}>
        <caption class="unseen">Items in {integration.name}</caption>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <Heading key={column.id} column={column} sort={selection.sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((chunk, index) => (
            <Rows key={index} items={chunk} first={index * ROWS_AT_ONCE} columns={columns} service={integration.name} />
          ))}
        </tbody>
      </table>
      {isCut && <div class="items-end" ref={end} aria-hidden="true" />}
    </div>
  );
}

/** The first rows, and the next ones each time their end comes near the screen; another selection begins anew. */
function useGrowing(items: readonly Item[], selection: Selection) {
  const chunks = useMemo(() => toChunks(items), [items]);
  const [grown, setGrown] = useState({ of: selection, size: 1 });
  const size = grown.of === selection ? grown.size : 1;
  const end = useRef<HTMLDivElement>(null);
  const isCut = chunks.length > size;
  useEffect(() => {
    if (!isCut || end.current === null) return;
    const grow = ([entry]: IntersectionObserverEntry[]) =>
      entry?.isIntersecting && setGrown({ of: selection, size: size + 1 });
    const observer = new IntersectionObserver(grow, { rootMargin: "800px" });
    observer.observe(end.current);
    return () => observer.disconnect();
    // A new one tells at once whether the end is still near.
  }, [isCut, size, selection]);
  return { rows: chunks.slice(0, size), isCut, end };
}

function toChunks(items: readonly Item[]): readonly (readonly Item[])[] {
  const count = Math.ceil(items.length / ROWS_AT_ONCE);
  return Array.from({ length: count }, (_, index) => items.slice(index * ROWS_AT_ONCE, (index + 1) * ROWS_AT_ONCE));
}

function Heading(props: { column: Column; sort: Sort | null; onSort: Props["onSort"] }): JSX.Element {
  const { column, sort, onSort } = props;
  const direction = sort?.column === column.id ? sort.direction : undefined;
  return (
    <th scope="col" data-column={column.id} aria-sort={direction}>
      <button type="button" onClick={() => onSort(column.id)}>
        {column.label}
        <svg viewBox="0 0 10 14" aria-hidden="true">
          <path d="M2 5.5 5 2.5l3 3" />
          <path d="M2 8.5l3 3 3-3" />
        </svg>
      </button>
    </th>
  );
}

interface RowsProps {
  readonly items: readonly Item[];
  /** The place of the first among all rows. */
  readonly first: number;
  readonly columns: readonly Column[];
  readonly service: string;
}

/** Some rows, drawn once: what is scrolled to later does not draw them again. */
function Rows({ items, first, columns, service }: RowsProps): JSX.Element {
  return useMemo(
    () => (
      <>
        {items.map((item, index) => (
          <ItemRow key={itemKey(item)} index={first + index} item={item} columns={columns} service={service} />
        ))}
      </>
    ),
    [items, columns],
  );
}

function ItemRow(props: { item: Item; index: number; columns: readonly Column[]; service: string }): JSX.Element {
  const { item, index, columns, service } = props;
  const [, ...rest] = columns;
  const told = rest.filter(({ value }) => value(item) !== null);
  return (
    <tr aria-rowindex={index + 2}>
      <th scope="row">
        <div class="item-name">
          <ItemIcon item={item} />
          <div>
            <ItemLink item={item} service={service} />
            {/* Only one of the two places is ever rendered. */}
            <p class="item-line">
              {told.map((column) => (
                <span key={column.id}>
                  <Value column={column} item={item} />
                </span>
              ))}
            </p>
          </div>
        </div>
      </th>
      {rest.map((column) => (
        <td key={column.id} data-column={column.id}>
          <Value column={column} item={item} />
        </td>
      ))}
    </tr>
  );
}

function Value({ column, item }: { column: Column; item: Item }): JSX.Element {
  const value = column.value(item);
  if (value === null || value === "") return <NoValue />;
  if (typeof value === "string" && toDate(value) !== null && column.id === "updated") return <Time iso={value} />;
  return <>{column.text ? column.text(value) : value}</>;
}

function ItemIcon({ item }: { item: Item }): JSX.Element | null {
  const icon = iconOf(item);
  if (icon === null) return null;
  return (
    <svg class="item-icon" viewBox="0 0 20 20" aria-hidden="true" data-kind={icon.label}>
      <path d={icon.path} />
    </svg>
  );
}

/** The name, which opens the item where the service says where it is. */
function ItemLink({ item, service }: { item: Item; service: string }): JSX.Element {
  const href = toWebUrl(item.url);
  if (href === null) return <>{itemName(item)}</>;
  return (
    <a class="item-link" href={href} target="_blank" rel="noopener noreferrer" title={`Open in ${service}`}>
      {itemName(item)}
      <svg viewBox="0 0 12 12" aria-hidden="true">
        <path d="M4.5 2.5h5v5M9.5 2.5l-7 7" />
      </svg>
      <Unseen> (opens in {service}, in a new tab)</Unseen>
    </a>
  );
}
