import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { fetchKeys, revokeKey, type Integration, type NewSessionKey, type SessionKey } from "./api.ts";
import { ConfirmDialog } from "./confirm.tsx";
import { BackLink } from "./connection.tsx";
import { KeyForm } from "./key-form.tsx";
import { KeyTable } from "./key-table.tsx";
import { useLoaded } from "./load.ts";
import { VIEW_TITLE } from "./messages.ts";
import { NewKeyDialog } from "./new-key.tsx";
import { Empty, Failure, PageHead, RetryButton, Unseen } from "./parts.tsx";
import type { Told } from "./questions.tsx";
import { hashFor } from "./route.ts";
import { standingsOf } from "./standing.ts";
import { TakingBack } from "./taking-back.tsx";

interface Props {
  readonly integrations: readonly Integration[];
  readonly signedIn: boolean;
  readonly onTold: (told: Told) => void;
  /** Everything is taken back: what the page holds is no more. */
  readonly onTaken: (told: Told) => void;
  /** There is another key, or one less, than the page knows of. */
  readonly onStale: () => void;
}

/** The keys that programs use instead of this browser's session: listed, made, revoked. */
export function Keys({ signedIn, ...rest }: Props): JSX.Element {
  return (
    <>
      <BackLink />
      <PageHead title={VIEW_TITLE.keys}>
        A key lets a program or an SDK use your connected accounts through Latchkey, as you. Give each its own, so that
        each can be revoked alone.
      </PageHead>
      {signedIn ? <OwnKeys {...rest} /> : <SignedOut />}
    </>
  );
}

function SignedOut(): JSX.Element {
  return (
    <Empty title="You are not signed in">
      <p class="quiet">Connecting an account signs you in; then you can make keys for your programs.</p>
      <a class="button" data-kind="primary" href={hashFor(null)}>
        See all connections
      </a>
    </Empty>
  );
}

function OwnKeys({ integrations, onTold, onTaken, onStale }: Omit<Props, "signedIn">): JSX.Element {
  const standings = integrations.flatMap(standingsOf).filter(({ connection }) => connection !== null);
  const [list, reload] = useLoaded(fetchKeys);
  const [made, setMade] = useState<NewSessionKey | null>(null);
  const [doomed, setDoomed] = useState<SessionKey | null>(null);
  // The button that tries again leaves with its message, so the focus moves on first.
  const retry = () => {
    document.getElementById("title")?.focus();
    reload();
  };
  const keep = (key: NewSessionKey) => {
    setMade(key);
    reload();
    onStale();
  };
  const revoke = async (key: SessionKey): Promise<Told> => {
    await revokeKey(key.id);
    return { notice: { tone: "good", text: `The key “${key.name}” is revoked.` }, focus: "title" };
  };
  const finish = (told: Told) => {
    reload();
    onStale();
    onTold(told);
  };
  return (
    <>
      <KeyForm standings={standings} onMade={keep} />
      <section aria-labelledby="keys-title" aria-busy={list.phase === "loading"}>
        <div class="items-head">
          <h2 id="keys-title">Your keys</h2>
        </div>
        {list.phase === "loading" && <KeysSkeleton />}
        {list.phase === "failed" && <Failure error={list.error} action={<RetryButton onClick={retry} />} />}
        {list.phase === "ready" && list.value.sessions.length === 0 && <NoKeys />}
        {list.phase === "ready" && list.value.sessions.length > 0 && (
          <KeyTable keys={list.value.sessions} standings={standings} integrations={integrations} onRevoke={setDoomed} />
        )}
      </section>
      <TakingBack
        integrations={integrations}
        onTaken={(told) => {
          reload();
          onTaken(told);
        }}
      />
      {made !== null && <NewKeyDialog made={made} onClosed={() => setMade(null)} />}
      {doomed !== null && (
        <ConfirmDialog
          title="Revoke this key?"
          action="Revoke"
          run={() => revoke(doomed)}
          onDone={finish}
          onClosed={() => setDoomed(null)}
        >
          <p>
            Programs that use <strong>{doomed.name}</strong> lose their access. This cannot be undone; your connections
            stay as they are.
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}

function NoKeys(): JSX.Element {
  return (
    <Empty title="No keys yet">
      <p class="quiet">The keys you make are listed here, with when each was last used.</p>
    </Empty>
  );
}

function KeysSkeleton(): JSX.Element {
  return (
    <div class="table-frame">
      <Unseen>Loading your keys</Unseen>
      <div class="bone-row" aria-hidden="true">
        <span class="bone" data-width="middle" />
        <span class="bone" data-width="short" />
      </div>
    </div>
  );
}
