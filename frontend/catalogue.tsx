/** What the catalogue has beside what is set up here: found while one types, with what whoever runs the site has to set. */
import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { searchCatalogue } from "../src/catalogue/search.ts";
import { fetchCatalogue, type CatalogueEntry } from "./api.ts";
import { Mark } from "./mark.tsx";
import { MissingSettings, Unseen } from "./parts.tsx";

/** As many as anybody looks through. */
const SHOWN = 24;

let loading: Promise<readonly CatalogueEntry[]> | undefined;

/** Loads the catalogue once; where it does not come, what is set up can be found without it, and the next word asks again. */
export function loadCatalogue(): Promise<readonly CatalogueEntry[]> {
  loading ??= fetchCatalogue().catch(() => {
    loading = undefined;
    return [];
  });
  return loading;
}

/**
 * The services that a word finds, without those that are here already.
 * @returns null while nobody knows
 */
export function useCatalogue(search: string, here: ReadonlySet<string>): readonly CatalogueEntry[] | null {
  const [services, setServices] = useState<readonly CatalogueEntry[] | null>(null);
  useEffect(() => {
    let left = false;
    if (search !== "") void loadCatalogue().then((loaded) => left || setServices(loaded));
    return () => void (left = true);
  }, [search]);
  const found = useMemo(() => services && searchCatalogue(services, { search }), [services, search]);
  if (search === "") return [];
  return found && found.filter(({ id }) => !here.has(id)).slice(0, SHOWN);
}

/** Each service once; one that takes an account or a key is one card with both ways. */
export function CatalogueGroup({ services }: { services: readonly CatalogueEntry[] }): JSX.Element | null {
  const ids = new Set(services.map(({ id }) => id));
  const first = services.filter(({ alternative_to }) => alternative_to === null || !ids.has(alternative_to));
  if (first.length === 0) return null;
  return (
    <section class="group" aria-label="In the catalogue">
      <h2>In the catalogue</h2>
      <ul class="grid">
        {first.map((service) => (
          <li key={service.id}>
            <CatalogueCard
              ways={[service, ...services.filter(({ alternative_to }) => alternative_to === service.id)]}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

function CatalogueCard({ ways }: { ways: readonly CatalogueEntry[] }): JSX.Element | null {
  const [main] = ways;
  if (!main) return null;
  return (
    <div class="card" data-status="not_configured">
      <header>
        <Mark integration={main.id} name={main.name} src={main.mark} />
        <div class="card-title">
          <h3>{main.name}</h3>
          <p class="quiet">{main.category}</p>
        </div>
      </header>
      {ways.map((way) => (
        <div key={way.id}>
          <p class="quiet small">{way.kind === "key" ? "With a key of one’s own" : "With an account"}</p>
          {way.kind === "key" ? <KeySetting way={way} /> : <ClientSettings way={way} />}
          <p class="small">
            <a href={`/docs/catalogue/${way.id}`}>
              How it is set up<Unseen> for {way.name}</Unseen>
            </a>
          </p>
        </div>
      ))}
    </div>
  );
}

interface Way {
  readonly way: CatalogueEntry;
}

const ClientSettings = ({ way: { variables, registration, docs, name } }: Way): JSX.Element => (
  <MissingSettings integration={{ missing: variables, docs: registration?.url ?? docs, name }} />
);

/** Nothing has to be registered: people bring their own keys. */
const KeySetting = ({ way: { id, variables } }: Way): JSX.Element => (
  <p class="missing">
    Add <code>{id}</code> to <code>{variables.join(" ")}</code>
  </p>
);
