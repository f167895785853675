import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Integration, Profile } from "../src/api.ts";
import { fetchProfile, needsReconnect } from "./api.ts";
import { ItemList } from "./items.tsx";
import { useItems, useLoaded, type Loaded } from "./load.ts";
import { Avatar, Mark } from "./mark.tsx";
import { reconnectReason } from "./messages.ts";
import {
  ConnectLink,
  ExternalLink,
  Failure,
  MissingSettings,
  RetryButton,
  StatusChip,
  Time,
  Unseen,
} from "./parts.tsx";
import { hashFor } from "./route.ts";

interface Props {
  readonly integration: Integration;
  readonly onDisconnect: (integration: Integration) => void;
  /** The service refused while the page still held the connection for good. */
  readonly onStale: () => void;
}

/** One service in full: the account and its items where connected, else what to do about it. */
export function Connection(props: Props): JSX.Element {
  const { integration } = props;
  return (
    <>
      <BackLink />
      <div class="page-head detail-head">
        <Mark integration={integration.integration} name={integration.name} />
        <div>
          <h1 id="title" tabIndex={-1}>
            {integration.name}
          </h1>
          <p class="quiet">{integration.category}</p>
        </div>
        <StatusChip status={integration.status} />
        {integration.connected_at !== null && (
          <button type="button" class="button" onClick={() => props.onDisconnect(integration)}>
            Disconnect<Unseen> {integration.name}</Unseen>
          </button>
        )}
      </div>
      {integration.status === "connected" ? (
        <ConnectedAccount {...props} />
      ) : (
        <NotConnected integration={integration} />
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

function NotConnected({ integration }: { integration: Integration }): JSX.Element {
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
        {fresh ? "You sign in at the service itself; Latchkey never sees your password." : reconnectReason(integration)}
      </p>
      <ConnectLink integration={integration} again={!fresh} />
    </div>
  );
}

function ConnectedAccount({ integration, onStale }: Props): JSX.Element {
  const id = integration.integration;
  const [profile, reloadProfile] = useLoaded((signal) => fetchProfile(id, signal));
  const list = useItems(id);
  const failures = [profile.phase === "failed" ? profile.error : null, list.error];
  const refusal = failures.find((error) => error !== null && needsReconnect(error));
  useEffect(() => {
    if (refusal) onStale();
  }, [refusal]);
  // The button that tries again leaves with its message, so the focus moves on first.
  const retryProfile = () => {
    document.getElementById("title")?.focus();
    reloadProfile();
  };
  if (refusal) return <Failure error={refusal} action={<ConnectLink integration={integration} again />} />;
  return (
    <>
      <section aria-label="Account">
        <AccountPanel integration={integration} profile={profile} onRetry={retryProfile} />
      </section>
      <ItemList integration={integration} list={list} />
      {profile.phase === "ready" && <RawProfile name={integration.name} raw={profile.value.raw} />}
    </>
  );
}

/** Until the service has answered, the account is shown as it was when it was connected. */
function AccountPanel(props: { integration: Integration; profile: Loaded<Profile>; onRetry: () => void }): JSX.Element {
  const { integration, profile, onRetry } = props;
  if (profile.phase === "failed") return <Failure error={profile.error} action={<RetryButton onClick={onRetry} />} />;
  const account = profile.phase === "ready" ? profile.value.account : integration.account;
  return (
    <div class="panel account-panel" aria-busy={profile.phase === "loading"}>
      {account === null ? (
        <AccountSkeleton />
      ) : (
        <>
          <Avatar key={account.id} integration={integration.integration} account={account} large />
          <div class="account-lines">
            <p class="account-name">{account.name}</p>
            {account.email !== null && <p class="quiet">{account.email}</p>}
            {account.url !== null && (
              <p>
                <ExternalLink url={account.url}>Open in {integration.name}</ExternalLink>
              </p>
            )}
          </div>
        </>
      )}
      <AccessFacts integration={integration} />
    </div>
  );
}

function AccountSkeleton(): JSX.Element {
  return (
    <>
      <span class="avatar bone" data-large="true" aria-hidden="true" />
      <div>
        <Unseen>Loading the account</Unseen>
        <span class="bone" data-width="middle" aria-hidden="true" />
      </div>
    </>
  );
}

function AccessFacts({ integration }: { integration: Integration }): JSX.Element {
  const { connected_at, expires_at, scopes } = integration;
  return (
    <dl class="facts">
      <dt>Connected</dt>
      <dd>
        <Time iso={connected_at} />
      </dd>
      {expires_at !== null && (
        <>
          <dt>Access token expires</dt>
          <dd>
            <Time iso={expires_at} />
          </dd>
        </>
      )}
      {scopes.length > 0 && (
        <>
          <dt>Granted</dt>
          <dd class="scopes">
            {scopes.map((scope) => (
              <code key={scope}>{scope}</code>
            ))}
          </dd>
        </>
      )}
    </dl>
  );
}

function RawProfile({ name, raw }: { name: string; raw: unknown }): JSX.Element {
  return (
    <details class="raw">
      <summary>Profile as {name} sent it (JSON)</summary>
      {/* Long lines scroll inside, and scrolling has to work without a mouse. */}
      <pre tabIndex={0} aria-label={`${name} profile JSON`} role="region">
        {JSON.stringify(raw, null, 2)}
      </pre>
    </details>
  );
}
