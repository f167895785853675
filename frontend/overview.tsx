import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Integration } from "./api.ts";
import { deadline } from "./format.ts";
import { plural, reconnectReason, summary, VIEW_TITLE } from "./messages.ts";
import { hashFor } from "./route.ts";
import { Avatar, Mark } from "./mark.tsx";
import { ConnectLink, isReconnectNear, MissingSettings, PageHead, StatusChip, Time, Unseen } from "./parts.tsx";

/** From here on finding a service by eye takes longer than typing its name. */
const SEARCH_FROM = 13;

const GROUPS: readonly { title: string; holds: (integration: Integration) => boolean }[] = [
  { title: "Your accounts", holds: ({ status }) => !["not_connected", "not_configured"].includes(status) },
  { title: "Available", holds: ({ status }) => status === "not_connected" },
  { title: "Not set up", holds: ({ status }) => status === "not_configured" },
];

/** The id of the link that opens a connection; focus returns to it. */
export const viewId = (integration: string): string => `view-${integration}`;

interface Props {
  readonly integrations: readonly Integration[];
  readonly onDisconnect: (integration: Integration) => void;
}

/** Every service as a card, grouped by what can be done with it. */
export function Overview({ integrations, onDisconnect }: Props): JSX.Element {
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const found = integrations.filter(({ name, category }) => `${name} ${category}`.toLowerCase().includes(wanted));
  const groups = GROUPS.map(({ title, holds }) => ({ title, members: found.filter(holds) }));
  return (
    <>
      <PageHead title={VIEW_TITLE.overview}>{summary(integrations)}</PageHead>
      {integrations.length >= SEARCH_FROM && (
        <div class="search">
          <label class="field">
            <span>Find a service</span>
            <input type="search" value={search} onInput={(event) => setSearch(event.currentTarget.value)} />
          </label>
          <p aria-live="polite">{wanted !== "" && `${plural(found.length, "service")} found`}</p>
        </div>
      )}
      {groups.map(
        ({ title, members }) =>
          members.length > 0 && (
            <section aria-label={title} key={title}>
              <h2 class="group-title">{title}</h2>
              <ul class="grid">
                {members.map((integration) => (
                  <li key={integration.integration}>
                    <ServiceCard integration={integration} onDisconnect={onDisconnect} />
                  </li>
                ))}
              </ul>
            </section>
          ),
      )}
    </>
  );
}

function ServiceCard({
  integration,
  onDisconnect,
}: Omit<Props, "integrations"> & { integration: Integration }): JSX.Element {
  const { integration: id, name, category, status } = integration;
  return (
    <article class="card" aria-labelledby={`name-${id}`} data-status={status}>
      <header>
        <Mark integration={id} name={name} />
        <div class="card-title">
          <h3 id={`name-${id}`}>{name}</h3>
          <p class="quiet">{category}</p>
        </div>
        <StatusChip status={status} />
      </header>
      <CardBody integration={integration} />
      {status !== "not_configured" && (
        <div class="actions">
          {status === "connected" && (
            <a class="button" id={viewId(id)} href={hashFor(id)}>
              View data<Unseen> of {name}</Unseen>
            </a>
          )}
          {status !== "connected" && <ConnectLink integration={integration} again={status !== "not_connected"} />}
          {status !== "not_connected" && (
            <button type="button" class="button" data-kind="quiet" onClick={() => onDisconnect(integration)}>
              Disconnect<Unseen> {name}</Unseen>
            </button>
          )}
        </div>
      )}
    </article>
  );
}

function CardBody({ integration }: { integration: Integration }): JSX.Element | null {
  const { integration: id, account, status, connected_at, reconnect_by } = integration;
  if (status === "not_configured") return <MissingSettings integration={integration} />;
  if (status === "not_connected") return null;
  return (
    <div class="card-body">
      {account !== null && (
        <div class="account">
          <Avatar key={account.id} integration={id} account={account} />
          <div>
            <p class="account-name">{account.name}</p>
            {account.email !== null && account.email !== account.name && <p class="quiet">{account.email}</p>}
          </div>
        </div>
      )}
      {status === "connected" ? (
        <p class="quiet small">
          Connected <Time iso={connected_at} />
        </p>
      ) : (
        <p class="warning small">{reconnectReason(integration)}</p>
      )}
      {isReconnectNear(integration) && (
        <p class="warning small">
          Reconnect by <Time iso={reconnect_by} say={deadline} />
        </p>
      )}
    </div>
  );
}

/** The overview's outline while it loads, as tall as what replaces it. */
export function OverviewSkeleton(): JSX.Element {
  return (
    <div aria-busy="true">
      <PageHead title={VIEW_TITLE.overview}>
        <Unseen>Loading your connections</Unseen>
        <span class="bone" data-width="long" aria-hidden="true" />
      </PageHead>
      <div class="group-title" aria-hidden="true">
        <span class="bone" data-width="short" />
      </div>
      <div class="grid" aria-hidden="true">
        {Array.from({ length: 9 }, (_, index) => (
          <div class="card" key={index}>
            <header>
              <span class="mark bone" />
              <div class="card-title">
                <span class="bone" data-width="short" />
              </div>
            </header>
            <div class="actions">
              <span class="bone button" data-width="short" />
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}
