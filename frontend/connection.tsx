import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { LatchkeyError } from "./api.ts";
import { isPartial } from "./allowed.ts";
import { AccountPanel, ConnectedAccount } from "./account.tsx";
import { Accounts } from "./accounts.tsx";
import { Activity } from "./activity.tsx";
import { Calls } from "./calls.tsx";
import { HealthFacts } from "./health.tsx";
import { ItemsSkeleton } from "./items/items.tsx";
import { Mark } from "./mark.tsx";
import { howToConnect, reconnectReason } from "./messages.ts";
import { ConnectLink, Empty, MissingSettings, Reconnect, StatusChip, Unseen } from "./parts.tsx";
import { explorerHash, hashFor } from "./route.ts";
import { services } from "./services.ts";
import { titleOf, type Standing } from "./standing.ts";

interface Props {
  readonly standing: Standing;
  /** All of the service, this one among them. */
  readonly standings: readonly Standing[];
  readonly signedIn: boolean;
  readonly onDisconnect: (standing: Standing) => void;
  /** The connection is no longer as the page holds it. */
  readonly onStale: () => void;
}

/** How the page learnt that a connection has ended, and which one that was: connecting again begins another. */
interface Loss {
  readonly error: LatchkeyError;
  readonly connected_at: string | null;
}

/** One connection in full: the account and its items where it works, else what to do about it. */
export function Connection({ standing, standings, signedIn, onDisconnect, onStale }: Props): JSX.Element {
  const [loss, setLoss] = useState<Loss | null>(null);
  const { status, connected_at } = standing;
  const isBack = status === "connected" && connected_at !== loss?.connected_at;
  const lost = loss === null || isBack ? null : loss.error;
  const disconnect = () => {
    // What this page does itself is no surprise.
    setLoss(null);
    onDisconnect(standing);
  };
  const lose = (error: LatchkeyError) => {
    // What has the focus leaves with the account.
    document.getElementById("title")?.focus();
    setLoss({ error, connected_at });
    onStale();
  };
  return (
    <>
      <BackLink />
      <ConnectionHead standing={standing} />
      <Accounts standings={standings} shown={standing} onChanged={onStale} />
      {status === "connected" && lost === null ? (
        <ConnectedAccount
          // Nothing that was read of one account is another's, and what was refused before may be allowed now.
          key={[standing.account?.id, ...standing.missing_scopes, ...(standing.refused_scopes ?? [])].join()}
          standing={standing}
          onDisconnect={disconnect}
          onStale={onStale}
          onLost={lose}
        />
      ) : (
        <>
          <NotConnected standing={standing} lost={lost} />
          <LastKnown standing={standing} onDisconnect={disconnect} />
          {/* What has happened is told to the person it happened to. */}
          {signedIn && <Activity standing={standing} onStale={onStale} />}
          {signedIn && <Calls standing={standing} />}
        </>
      )}
    </>
  );
}

/** The service, and how its connection stands. */
function ConnectionHead({ standing }: { standing: Standing }): JSX.Element {
  const { integration: id, address, name, category, status, mark } = standing;
  return (
    <div class="page-head connection-head">
      <Mark integration={id} name={name} src={mark} />
      <div>
        <h1 id="title" tabIndex={-1}>
          {name}
        </h1>
        <p class="quiet small">{category}</p>
      </div>
      <StatusChip status={status} partial={isPartial(standing)} />
      {status === "connected" && (
        <a class="button" href={explorerHash(address)}>
          Try the API<Unseen> of {name}</Unseen>
        </a>
      )}
    </div>
  );
}

/** The way back to the overview. */
export function BackLink(): JSX.Element {
  return (
    <a class="back" href={hashFor(null)}>
      <span aria-hidden="true">←</span> All connections
    </a>
  );
}

/** Why there is nothing to see, and what to do about it. `lost`: how the page learnt that the connection has ended. */
export function NotConnected({ standing, lost }: { standing: Standing; lost?: LatchkeyError | null }) {
  const { status, name } = standing;
  if (status === "not_configured") {
    return (
      <Empty title={`${name} is not set up on this site`}>
        <MissingSettings integration={standing} />
      </Empty>
    );
  }
  const isGone = lost?.code === "not_connected";
  const fresh = status === "not_connected" && !isGone;
  return (
    <Empty title={title(titleOf(standing), fresh, isGone)} role={lost ? "alert" : undefined}>
      <p class="quiet">{reason(standing, fresh, isGone)}</p>
      {fresh || isGone ? <ConnectLink service={standing} /> : <Reconnect standing={standing} />}
    </Empty>
  );
}

function title(name: string, fresh: boolean, isGone: boolean): string {
  if (isGone) return `${name} was disconnected elsewhere`;
  return fresh ? `${name} is not connected` : `${name} needs to be reconnected`;
}

function reason(standing: Standing, fresh: boolean, isGone: boolean): string {
  if (isGone) return "Somebody ended this connection in another tab or through the API. Connect again to see its data.";
  if (fresh) return howToConnect(standing);
  return reconnectReason(standing);
}

/** What is still held of a connection that no longer works. */
function LastKnown({ standing, onDisconnect }: { standing: Standing; onDisconnect: () => void }) {
  const { account, status } = standing;
  if (status !== "expired" && status !== "reauth_required") return null;
  return (
    <AccountPanel standing={standing} account={account}>
      <div class="health">
        <HealthFacts integration={standing} />
        <div class="actions">
          <button type="button" class="button" data-kind="quiet" onClick={onDisconnect}>
            Disconnect<Unseen> {titleOf(standing)}</Unseen>
          </button>
        </div>
      </div>
    </AccountPanel>
  );
}

/** Keeps the place of a connection while only its address is known: a service that is built in has its name already. */
export function ConnectionSkeleton({ integration }: { integration: string }): JSX.Element {
  const service = services.find((each) => each.integration === integration.split("@", 1)[0]);
  return (
    <div aria-busy="true">
      <BackLink />
      <div class="page-head connection-head">
        {service ? (
          <Mark integration={service.integration} name={service.name} />
        ) : (
          <span class="mark bone" aria-hidden="true" />
        )}
        <div>
          <h1 id="title" tabIndex={-1}>
            {service?.name}
            <Unseen>{service ? ": loading" : "Loading the connection"}</Unseen>
            {!service && <span class="bone" data-width="short" aria-hidden="true" />}
          </h1>
          {service && <p class="quiet small">{service.category}</p>}
        </div>
      </div>
      <div class="panel account-card" aria-hidden="true">
        <div class="account-who">
          <span class="avatar bone" data-large="true" />
          <span class="bone" data-width="middle" />
        </div>
        <BoneLines />
        <BoneLines />
      </div>
      <div class="sections" aria-hidden="true" />
      <ItemsSkeleton />
    </div>
  );
}

function BoneLines(): JSX.Element {
  return (
    <div class="bone-lines">
      <span class="bone" data-width="short" />
      <span class="bone" data-width="long" />
      <span class="bone" data-width="middle" />
    </div>
  );
}
