import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { fetchProfile, needsReconnect, type Integration, type Profile, type LatchkeyError } from "./api.ts";
import { Activity, ActivitySkeleton } from "./activity.tsx";
import { Health } from "./health.tsx";
import { ItemList } from "./items.tsx";
import { useItems, useLoaded, type Loaded } from "./load.ts";
import { Avatar } from "./mark.tsx";
import { ConnectLink, ExternalLink, Failure, RetryButton, Unseen } from "./parts.tsx";

interface Props {
  readonly integration: Integration;
  /** The connection is no longer as the page holds it. */
  readonly onStale: () => void;
}

/** A connected account: who it is, how its access stands, what it holds and what has happened to it. */
export function ConnectedAccount({ integration, onStale }: Props): JSX.Element {
  const id = integration.integration;
  const [profile, reloadProfile] = useLoaded((signal) => fetchProfile(id, signal));
  const list = useItems(id);
  const [refused, setRefused] = useState<LatchkeyError | null>(null);
  const failures = [refused, profile.phase === "failed" ? profile.error : null, list.error];
  const refusal = failures.find((error) => error !== null && needsReconnect(error));
  useEffect(() => {
    if (refusal) onStale();
  }, [refusal]);
  // What is pressed leaves with what it stands in, so the focus moves on first.
  const leave = () => document.getElementById("title")?.focus();
  const retryProfile = () => {
    leave();
    reloadProfile();
  };
  const refuse = (error: LatchkeyError) => {
    leave();
    setRefused(error);
  };
  const renew = () => {
    onStale();
    if (profile.phase === "failed") reloadProfile();
    if (list.error !== null) list.loadNext();
  };
  if (refusal) return <Failure error={refusal} action={<ConnectLink integration={integration} again />} />;
  // Reading the account may itself renew the token; only then is the activity complete.
  const settled = profile.phase !== "loading" && (list.pages > 0 || list.error !== null);
  return (
    <>
      <section class="account-section" aria-label="Account">
        {profile.phase === "failed" && (
          <Failure error={profile.error} action={<RetryButton onClick={retryProfile} />} />
        )}
        <AccountPanel integration={integration} profile={profile}>
          <Health integration={integration} onRefreshed={renew} onRefused={refuse} />
        </AccountPanel>
      </section>
      <div class="columns">
        <ItemList integration={integration} list={list} />
        {settled ? <Activity integration={integration} onStale={onStale} /> : <ActivitySkeleton />}
      </div>
      {profile.phase === "ready" && <RawProfile name={integration.name} raw={profile.value.raw} />}
    </>
  );
}

/** Until the service has answered, the account is shown as it was when it was connected. */
function AccountPanel(props: { integration: Integration; profile: Loaded<Profile>; children: JSX.Element }) {
  const { integration, profile, children } = props;
  const account = profile.phase === "ready" ? profile.value.account : integration.account;
  return (
    <div class="panel account-panel" aria-busy={profile.phase === "loading"}>
      {account === null && profile.phase === "loading" && <AccountSkeleton />}
      {account !== null && (
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
      {children}
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
