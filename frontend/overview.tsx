import type { ComponentChildren, JSX } from "preact";
import { isPartial } from "./allowed.ts";
import type { Integration } from "./api.ts";
import { AvailableCard, HeldCard, UnsetCard } from "./cards.tsx";
import { CatalogueGroup, useCatalogue } from "./catalogue.tsx";
import { Finder, NO_FILTER, useFilter } from "./finder.tsx";
import { FIRST_STEP, summary, VIEW_TITLE } from "./messages.ts";
import { PasskeyOffer } from "./passkey-offer.tsx";
import { Empty, isReconnectNear, PageHead } from "./parts.tsx";
import { hashWith, useQuery } from "./route.ts";
import { services } from "./services.ts";
import { standingsOf, type Standing } from "./standing.ts";

interface Props {
  readonly integrations: readonly Integration[];
  /** Whether to say how what is connected can be kept. */
  readonly offersPasskey: boolean;
  readonly onDisconnect: (standing: Standing) => void;
}

/** Every service as a card: what needs a person first, then what is connected. */
export function Overview({ integrations, offersPasskey, onDisconnect }: Props): JSX.Element {
  const findable = integrations.map((each) => {
    const standings = standingsOf(each).map((standing) => ({ ...standing, partial: isPartial(standing) }));
    return { ...each, standings };
  });
  const found = findable.filter(useFilter(findable));
  const query = useQuery();
  const isNarrowed = query.has("status") || query.has("category");
  const search = isNarrowed ? "" : (query.get("q") ?? "").trim();
  const catalogue = useCatalogue(search, new Set(integrations.map(({ integration }) => integration)));
  const having = (wanted: Integration["status"]) => found.filter(({ status }) => status === wanted);
  // What needs a person comes first.
  const held = found
    .filter(({ connections }) => connections.length > 0)
    .toSorted((one, other) => urgency(other.standings) - urgency(one.standings));
  return (
    <>
      <PageHead title={VIEW_TITLE.overview}>{summary(integrations)}</PageHead>
      {integrations.length > 0 && <Finder integrations={findable} found={found.length} />}
      {integrations.every(({ status }) => status === "not_configured") && <NothingSetUp />}
      {found.length === 0 && integrations.length > 0 && catalogue?.length === 0 && <NothingFound />}
      <Group title="Your accounts" members={held}>
        {(each) => <HeldCard integration={each} onDisconnect={onDisconnect} />}
      </Group>
      <Group title="Available" members={having("not_connected")}>
        {(each) => <AvailableCard service={each} />}
      </Group>
      <Group title="Not set up" members={having("not_configured")}>
        {(each) => <UnsetCard integration={each} />}
      </Group>
      {catalogue !== null && <CatalogueGroup services={catalogue} />}
      {offersPasskey && held.length > 0 && <PasskeyOffer />}
    </>
  );
}

/** 2: nothing works before somebody does something; 1: something would work, or goes on working, if they did. */
function urgency(standings: readonly Standing[]): number {
  if (standings.some(({ status }) => status !== "connected")) return 2;
  return standings.some((each) => isPartial(each) || isReconnectNear(each)) ? 1 : 0;
}

interface GroupProps<T> {
  readonly title: string;
  readonly members: readonly T[];
  readonly children: (member: T) => ComponentChildren;
}

function Group<T extends { integration: string }>({ title, members, children }: GroupProps<T>): JSX.Element | null {
  if (members.length === 0) return null;
  return (
    <section class="group" aria-label={title}>
      <h2>{title}</h2>
      <ul class="grid">
        {members.map((member) => (
          <li key={member.integration}>{children(member)}</li>
        ))}
      </ul>
    </section>
  );
}

function NothingFound(): JSX.Element {
  return (
    <Empty title="No service fits">
      <p class="quiet">Try another word, or show all services again.</p>
      <a class="button" href={hashWith(NO_FILTER)}>
        Show all services
      </a>
    </Empty>
  );
}

/** The first thing that whoever runs this site sees. */
function NothingSetUp(): JSX.Element {
  return (
    <Empty title="No service is set up yet">
      <p class="quiet">
        Register an app at a service, and give Latchkey its client id and secret: <code>npm run setup</code> writes the
        file they go into, and each card below names the variables.
      </p>
    </Empty>
  );
}

/** The overview before the list is there: the services that are built in, in the places they will most likely have. */
export function OverviewLoading(): JSX.Element {
  const standings = [{ status: "not_connected" as const, partial: false }];
  const known = services.map((service) => ({ ...service, standings }));
  return (
    <div class="loading">
      <PageHead title={VIEW_TITLE.overview}>{FIRST_STEP}</PageHead>
      <p class="unseen scripted">Loading your connections</p>
      <Finder integrations={known} found={known.length} />
      <Group title="Services" members={known}>
        {(each) => <AvailableCard service={each} />}
      </Group>
    </div>
  );
}
