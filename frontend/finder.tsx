import type { JSX } from "preact";
import type { ConnectionStatus } from "./api.ts";
import { loadCatalogue } from "./catalogue.tsx";
import { plural } from "./messages.ts";
import { plain } from "../src/catalogue/search.ts";
import { hashWith, useQuery, writeQuery } from "./route.ts";
import type { Service } from "./services.ts";
import { Unseen } from "./parts.tsx";

/** A service and how its accounts stand, which is all that a search goes by. */
export interface Findable extends Service {
  readonly standings: readonly Found[];
}
interface Found {
  readonly status: ConnectionStatus;
  readonly partial: boolean;
}

/** What can be narrowed to, in the words of the address: it holds where it does for one of the accounts. */
const STATUS_FILTERS: readonly { name: string; title: string; holds: (each: Found) => boolean }[] = [
  { name: "connected", title: "Connected", holds: ({ status }) => status === "connected" },
  {
    name: "attention",
    title: "Needs attention",
    holds: ({ status, partial }) => partial || status === "expired" || status === "reauth_required",
  },
  { name: "available", title: "Available", holds: ({ status }) => status === "not_connected" },
  { name: "not-set-up", title: "Not set up", holds: ({ status }) => status === "not_configured" },
];

/** The query that narrows nothing. */
export const NO_FILTER = { q: null, status: null, category: null };

/** Tells which services the address asks for; a status or category that there is not narrows nothing. */
export function useFilter(integrations: readonly Findable[]): (integration: Findable) => boolean {
  const query = useQuery();
  const words = plain(query.get("q") ?? "").split(/\s+/);
  const status = STATUS_FILTERS.find(({ name }) => name === query.get("status"));
  const category = integrations.find((each) => each.category === query.get("category"))?.category;
  return (each) =>
    (status === undefined || each.standings.some(status.holds)) &&
    (category === undefined || each.category === category) &&
    words.every((word) => [each.name, each.category, ...each.aliases].some((called) => plain(called).includes(word)));
}

/** Search by name, and filters by status and category. All of them are in the address. */
export function Finder({ integrations, found }: { integrations: readonly Findable[]; found: number }): JSX.Element {
  const query = useQuery();
  const chosen = STATUS_FILTERS.find(({ name }) => name === query.get("status"))?.name ?? null;
  const categories = [...new Set(integrations.map(({ category }) => category))].toSorted();
  const category = categories.find((each) => each === query.get("category")) ?? "";
  return (
    <search class="finder scripted">
      <input
        type="search"
        aria-label="Find a service"
        placeholder="Find a service"
        autocomplete="off"
        value={query.get("q") ?? ""}
        onFocus={() => void loadCatalogue()}
        onInput={(event) => writeQuery({ q: event.currentTarget.value }, "replace")}
      />
      <nav aria-label="Show services by status">
        <StatusLink name={null} title="All" count={integrations.length} chosen={chosen} />
        {STATUS_FILTERS.map(({ name, title, holds }) => {
          const count = integrations.filter(({ standings }) => standings.some(holds)).length;
          if (count === 0 && name !== chosen) return null;
          return <StatusLink key={name} name={name} title={title} count={count} chosen={chosen} />;
        })}
      </nav>
      <select
        aria-label="Category"
        value={category}
        onChange={(event) => writeQuery({ category: event.currentTarget.value }, "push")}
      >
        <option value="">All categories</option>
        {categories.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
      <p class="unseen" aria-live="polite">
        {found < integrations.length && `${found} of ${plural(integrations.length, "service")} shown`}
      </p>
    </search>
  );
}

interface StatusLinkProps {
  readonly name: string | null;
  readonly title: string;
  readonly count: number;
  readonly chosen: string | null;
}

function StatusLink({ name, title, count, chosen }: StatusLinkProps): JSX.Element {
  return (
    <a href={hashWith({ status: name })} aria-current={name === chosen ? "true" : undefined} data-status={name}>
      {title} <b aria-hidden="true">{count}</b>
      <Unseen>, {plural(count, "service")}</Unseen>
    </a>
  );
}
