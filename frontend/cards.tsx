/** One service as a card, by how it stands. */
import type { JSX } from "preact";
import { isPartial } from "./allowed.ts";
import type { Integration } from "./api.ts";
import { deadline } from "./format.ts";
import { Avatar, Mark } from "./mark.tsx";
import { reconnectReason } from "./messages.ts";
import { LackList } from "./partial.tsx";
import { WantedWords, wantedOf } from "./refused.tsx";
import {
  AllowRest,
  Give,
  ConnectAnother,
  ConnectLink,
  isReconnectNear,
  MissingSettings,
  Reconnect,
  StatusChip,
  Time,
  Unseen,
} from "./parts.tsx";
import { hashFor } from "./route.ts";
import type { Service } from "./services.ts";
import { standingsOf, titleOf, type Standing } from "./standing.ts";

/** The id of the link that opens a connection; focus returns to it. */
export const viewId = (address: string): string => `view-${address}`;

/** A service that can be connected. */
export function AvailableCard({ service }: { service: Service }): JSX.Element {
  return (
    <article class="card" data-status="not_connected" aria-labelledby={`name-${service.integration}`}>
      <header>
        <CardTitle service={service} />
        <ConnectLink service={service} />
      </header>
    </article>
  );
}

interface HeldProps {
  readonly integration: Integration;
  readonly onDisconnect: (standing: Standing) => void;
}

/** A service with an account that is connected, or was until something went wrong, or with several of them. */
export function HeldCard({ integration, onDisconnect }: HeldProps): JSX.Element {
  const standings = standingsOf(integration);
  const [only, ...others] = standings;
  return only !== undefined && others.length === 0 ? (
    <AccountCard standing={only} onDisconnect={onDisconnect} />
  ) : (
    <AccountsCard integration={integration} standings={standings} />
  );
}

function AccountCard({ standing, onDisconnect }: { standing: Standing; onDisconnect: HeldProps["onDisconnect"] }) {
  const { address, integration: id, name, status, account, connection } = standing;
  const partial = isPartial(standing);
  const wanted = wantedOf(standing);
  return (
    <article class="card" data-status={partial ? "partial" : status} aria-labelledby={`name-${id}`}>
      <header>
        <CardTitle service={standing} />
        <StatusChip status={status} partial={partial} />
      </header>
      {account !== null && (
        <div class="account">
          <Avatar key={account.id} connection={connection} account={account} />
          <div>
            <p class="account-name">{account.name}</p>
            {account.email !== null && account.email !== account.name && <p class="quiet">{account.email}</p>}
          </div>
          <ConnectAnother service={standing} brief />
        </div>
      )}
      <CardStanding standing={standing} />
      <div class="actions">
        {status === "connected" ? (
          <a class="button" id={viewId(address)} href={hashFor(address)}>
            View data<Unseen> of {name}</Unseen>
          </a>
        ) : (
          <Reconnect standing={standing} />
        )}
        {wanted.length > 0 && <Give standing={standing} scopes={wanted} main />}
        {partial && wanted.length === 0 && <AllowRest standing={standing} main />}
        <button type="button" class="button" data-kind="quiet" onClick={() => onDisconnect(standing)}>
          Disconnect<Unseen> {name}</Unseen>
        </button>
      </div>
    </article>
  );
}

/** All accounts of a service, each with the way to it; what can be done with one is there. */
function AccountsCard({ integration, standings }: { integration: Integration; standings: readonly Standing[] }) {
  return (
    <article class="card" data-status="connected" aria-labelledby={`name-${integration.integration}`}>
      <header>
        <CardTitle service={integration} />
      </header>
      <ul class="accounts">
        {standings.map((each) => (
          <AccountRow key={each.address} standing={each} />
        ))}
      </ul>
      <div class="actions">
        <ConnectAnother service={integration} />
      </div>
    </article>
  );
}

function AccountRow({ standing }: { standing: Standing }): JSX.Element {
  const { address, status, account, connection } = standing;
  const partial = isPartial(standing);
  return (
    <li class="account">
      {account !== null && <Avatar key={account.id} connection={connection} account={account} />}
      <div>
        <p class="account-name">
          <a id={viewId(address)} href={hashFor(address)}>
            {account?.name ?? connection?.label}
            <Unseen>: {titleOf(standing)}</Unseen>
          </a>
        </p>
        <p class="quiet">
          <code>{connection?.label}</code>
          {connection?.is_default && " · default"}
        </p>
      </div>
      {status !== "connected" || partial ? <StatusChip status={status} partial={partial} /> : null}
      {status !== "connected" && <Reconnect standing={standing} />}
    </li>
  );
}

/** Since when it has been connected, or why it no longer is. */
function CardStanding({ standing }: { standing: Standing }): JSX.Element {
  const { status, connected_at, reconnect_by } = standing;
  if (status !== "connected") return <p class="warning small">{reconnectReason(standing)}</p>;
  if (isPartial(standing) || wantedOf(standing).length > 0) {
    return (
      <div class="warning small">
        {isPartial(standing) && <LackList integration={standing} brief />}
        <WantedWords integration={standing} />
      </div>
    );
  }
  if (isReconnectNear(standing)) {
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

function CardTitle({ service: { integration, name, category, mark } }: { service: Service }): JSX.Element {
  return (
    <>
      <Mark integration={integration} name={name} src={mark} />
      <div class="card-title">
        <h3 id={`name-${integration}`}>{name}</h3>
        <p class="quiet">{category}</p>
      </div>
    </>
  );
}
