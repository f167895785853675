import type { JSX } from "preact";
import type { Integration } from "./api.ts";
import { ConnectedAccount } from "./account.tsx";
import { Activity } from "./activity.tsx";
import { Mark } from "./mark.tsx";
import { reconnectReason } from "./messages.ts";
import { ConnectLink, MissingSettings, StatusChip, Unseen } from "./parts.tsx";
import { explorerHash, hashFor } from "./route.ts";

interface Props {
  readonly integration: Integration;
  readonly signedIn: boolean;
  readonly onDisconnect: (integration: Integration) => void;
  /** The connection is no longer as the page holds it. */
  readonly onStale: () => void;
}

/** One service in full: the account and its items where connected, else what to do about it. */
export function Connection({ integration, signedIn, onDisconnect, onStale }: Props): JSX.Element {
  const { integration: id, name, category, status, connected_at } = integration;
  return (
    <>
      <BackLink />
      <div class="page-head detail-head">
        <Mark integration={id} name={name} />
        <div>
          <h1 id="title" tabIndex={-1}>
            {name}
          </h1>
          <p class="quiet">{category}</p>
        </div>
        <StatusChip status={status} />
        {status === "connected" && (
          <a class="button" href={explorerHash(id)}>
            Try the API<Unseen> of {name}</Unseen>
          </a>
        )}
        {connected_at !== null && (
          <button type="button" class="button" onClick={() => onDisconnect(integration)}>
            Disconnect<Unseen> {name}</Unseen>
          </button>
        )}
      </div>
      {status === "connected" ? (
        <ConnectedAccount integration={integration} onStale={onStale} />
      ) : (
        <>
          <NotConnected integration={integration} />
          {/* What has happened is told to the person it happened to. */}
          {signedIn && <Activity integration={integration} onStale={onStale} />}
        </>
      )}
    </>
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

/** Why there is nothing to see, and what to do about it. */
export function NotConnected({ integration }: { integration: Integration }): JSX.Element {
  const { status, name } = integration;
  if (status === "not_configured") {
    return (
      <div class="panel empty">
        <p>
          <strong>{name} is not set up on this site</strong>
        </p>
        <MissingSettings integration={integration} />
      </div>
    );
  }
  const fresh = status === "not_connected";
  return (
    <div class="panel empty">
      <p>
        <strong>{fresh ? `${name} is not connected` : `${name} needs to be reconnected`}</strong>
      </p>
      <p class="quiet">
        {fresh
          ? "You sign in at the service itself; Latchkey never sees your password."
          : (integration.failure?.message ?? reconnectReason(integration))}
      </p>
      <ConnectLink integration={integration} again={!fresh} />
    </div>
  );
}
