/** One service as a card, by how it stands. */
import type { JSX } from "preact";
import { isPartial } from "./allowed.ts";
import type { Integration } from "./api.ts";
import { deadline } from "./format.ts";
import { Avatar, Mark } from "./mark.tsx";
import { reconnectReason } from "./messages.ts";
import { LackList } from "./partial.tsx";
import { AllowRest, ConnectLink, isReconnectNear, MissingSettings, StatusChip, Time, Unseen } from "./parts.tsx";
import { hashFor } from "./route.ts";
import type { Service } from "./services.ts";

/** The id of the link that opens a connection; focus returns to it. */
export const viewId = (integration: string): string => `view-${integration}`;

/** A service that can be connected. */
export function AvailableCard({ service }: { service: Service }): JSX.Element {
  return (
    <article class="card" data-status="not_connected" aria-labelledby={`name-${service.integration}`}>
      <header>
        <CardTitle service={service} />
        <ConnectLink integration={service} />
      </header>
    </article>
  );
}

interface HeldProps {
  readonly integration: Integration;
  readonly onDisconnect: (integration: Integration) => void;
}

/** A service that is connected, or was until something went wrong. */
export function AccountCard({ integration, onDisconnect }: HeldProps): JSX.Element {
  const { integration: id, name, status, account } = integration;
  const partial = isPartial(integration);
  return (
    <article class="card" data-status={partial ? "partial" : status} aria-labelledby={`name-${id}`}>
      <header>
        <CardTitle service={integration} />
        <StatusChip status={status} partial={partial} />
      </header>
      {account !== null && (
        <div class="account">
          <Avatar key={account.id} integration={id} account={account} />
          <div>
            <p class="account-name">{account.name}</p>
            {account.email !== null && account.email !== account.name && <p class="quiet">{account.email}</p>}
          </div>
        </div>
      )}
      <Standing integration={integration} />
      <div class="actions">
        {status === "connected" ? (
          <a class="button" id={viewId(id)} href={hashFor(id)}>
            View data<Unseen> of {name}</Unseen>
          </a>
        ) : (
          <ConnectLink integration={integration} again />
        )}
        {partial && <AllowRest integration={integration} main />}
        <button type="button" class="button" data-kind="quiet" onClick={() => onDisconnect(integration)}>
          Disconnect<Unseen> {name}</Unseen>
        </button>
      </div>
    </article>
  );
}

/** Since when it has been connected, or why it no longer is. */
function Standing({ integration }: { integration: Integration }): JSX.Element {
  const { status, connected_at, reconnect_by } = integration;
  if (status !== "connected") return <p class="warning small">{reconnectReason(integration)}</p>;
  if (isPartial(integration)) {
    return (
      <div class="warning small">
        <LackList integration={integration} brief />
      </div>
    );
  }
  if (isReconnectNear(integration)) {
    return (
      <p class="warning small">
        Reconnect by <Time iso={reconnect_by} say={deadline} />
      </p>
    );
  }
  return (
    <p class="quiet small">
      Connected <Time iso={connected_at} />
    </p>
  );
}

/** A service that nobody can connect before its client id and secret are set. */
export function UnsetCard({ integration }: { integration: Integration }): JSX.Element {
  return (
    <article class="card" data-status="not_configured" aria-labelledby={`name-${integration.integration}`}>
      <header>
        <CardTitle service={integration} />
        <StatusChip status="not_configured" />
      </header>
      <MissingSettings integration={integration} />
    </article>
  );
}

function CardTitle({ service: { integration, name, category } }: { service: Service }): JSX.Element {
  return (
    <>
      <Mark integration={integration} name={name} />
      <div class="card-title">
        <h3 id={`name-${integration}`}>{name}</h3>
        <p class="quiet">{category}</p>
      </div>
    </>
  );
}
