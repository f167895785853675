import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { fetchProfile, needsReconnect, type Account, type LatchkeyError } from "./api.ts";
import { Activity, ActivitySkeleton } from "./activity.tsx";
import { Calls } from "./calls.tsx";
import { exampleCall } from "./call.ts";
import { CopyAs } from "./copy-as.tsx";
import { Health } from "./health.tsx";
import { Items } from "./items/items.tsx";
import { useItems } from "./items/load-items.ts";
import { useLoaded } from "./load.ts";
import { Avatar } from "./mark.tsx";
import { canRetry } from "./messages.ts";
import { PartialNotice } from "./partial.tsx";
import { RefusedNotice } from "./refused.tsx";
import { ExternalLink, Failure, RetryButton, Unseen } from "./parts.tsx";
import { Scopes } from "./scopes.tsx";
import { SectionLinks, useSection, type Section } from "./sections.tsx";
import type { Standing } from "./standing.ts";

interface Props {
  readonly standing: Standing;
  readonly onDisconnect: () => void;
  /** The connection is no longer as the page holds it. */
  readonly onStale: () => void;
  /** The connection has ended, or ended working, without this page's doing. */
  readonly onLost: (error: LatchkeyError) => void;
}

/** A connected account: who it is, how its access stands, what it holds and what has happened to it. */
export function ConnectedAccount({ standing, onDisconnect, onStale, onLost }: Props): JSX.Element {
  const { address, name } = standing;
  const [profile, reloadProfile] = useLoaded((signal) => fetchProfile(address, signal));
  const list = useItems(address);
  const section = useSection();
  const [refused, setRefused] = useState<LatchkeyError | null>(null);
  const failures = [refused, profile.phase === "failed" ? profile.error : null, list.error];
  const lost = failures.find((error) => error !== null && needsReconnect(error));
  useEffect(() => {
    if (lost) onLost(lost);
  }, [lost]);
  // One outage, one message: where nothing came of either call, trying again does both.
  const isOutage = profile.phase === "failed" && list.error !== null && !list.answered && canRetry(list.error);
  // The button leaves with its message, so the focus moves on first.
  const retry = () => {
    document.getElementById("title")?.focus();
    reloadProfile();
    if (isOutage) list.loadNext();
  };
  const renew = () => {
    onStale();
    if (profile.phase === "failed") reloadProfile();
    if (list.error !== null) list.loadNext();
  };
  // Until the service has answered, the account is shown as it was when it was connected.
  const account = profile.phase === "ready" ? profile.value.account : standing.account;
  // Reading the account may itself renew the token; only then is the activity complete.
  const settled = profile.phase !== "loading" && (list.answered || list.error !== null);
  return (
    <>
      {profile.phase === "failed" && (
        <Failure error={profile.error} service={name} action={<RetryButton onClick={retry} />} />
      )}
      <PartialNotice standing={standing} />
      <RefusedNotice standing={standing} />
      <AccountPanel standing={standing} account={account} busy={profile.phase === "loading"}>
        <Health
          standing={standing}
          failed={isOutage}
          onRefreshed={renew}
          onRefused={setRefused}
          onDisconnect={onDisconnect}
        />
      </AccountPanel>
      <SectionLinks shown={section} name={name} />
      <Panel section="items" shown={section}>
        {isOutage ? (
          <p class="quiet">The items come as soon as {name} answers.</p>
        ) : (
          <Items integration={standing} list={list} />
        )}
      </Panel>
      <Panel section="activity" shown={section}>
        {settled ? <Activity standing={standing} onStale={onStale} /> : <ActivitySkeleton />}
        {settled && <Calls standing={standing} />}
      </Panel>
      <Panel section="code" shown={section}>
        <CopyAs call={exampleCall(standing)} title={`Call ${name} from your code`} />
      </Panel>
      <Panel section="profile" shown={section}>
        {profile.phase === "ready" && <RawProfile name={name} raw={profile.value.raw} />}
      </Panel>
    </>
  );
}

/** All sections stay as they are left, so that coming back finds the same rows and the same place. */
function Panel(props: { section: Section; shown: Section; children: ComponentChildren }): JSX.Element {
  return <div hidden={props.section !== props.shown}>{props.children}</div>;
}

interface PanelProps {
  readonly standing: Standing;
  readonly account: Account | null;
  readonly busy?: boolean;
  readonly children: ComponentChildren;
}

/** The account, how its access stands, and what it allows. */
export function AccountPanel({ standing, account, busy = false, children }: PanelProps): JSX.Element {
  return (
    <section class="panel account-card" aria-label="Account" aria-busy={busy}>
      <div class="account-who">
        {account === null ? <NobodyYet busy={busy} /> : <Person standing={standing} account={account} />}
      </div>
      {children}
      <Scopes integration={standing} />
    </section>
  );
}

function Person({ standing, account }: { standing: Standing; account: Account }): JSX.Element {
  return (
    <>
      <Avatar key={account.id} connection={standing.connection} account={account} large />
      <div>
        <p class="account-name">{account.name}</p>
        {account.email !== null && <p class="quiet small">{account.email}</p>}
        {account.url !== null && (
          <p class="small">
            <ExternalLink url={account.url}>Open in {standing.name}</ExternalLink>
          </p>
        )}
      </div>
    </>
  );
}

function NobodyYet({ busy }: { busy: boolean }): JSX.Element {
  if (!busy) return <p class="quiet">The service tells nothing of the account.</p>;
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
    // Long lines scroll inside, and scrolling has to work without a mouse.
    <pre class="panel profile" tabIndex={0} aria-label={`${name} profile JSON`} role="region">
      {JSON.stringify(raw, null, 2)}
    </pre>
  );
}
