/** The calls that the person is asked about, and what they have decided. */
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { endApproval, LatchkeyError, type Approval, type Integration } from "../api.ts";
import { BackLink } from "../connection.tsx";
import { toLatchkeyError } from "../load.ts";
import { Mark } from "../mark.tsx";
import { VIEW_TITLE } from "../messages.ts";
import { Empty, Failure, PageHead, RetryButton, Time, Unseen } from "../parts.tsx";
import type { Told } from "../questions.tsx";
import { approvalHash, KEYS_HASH } from "../route.ts";
import { SignInButton } from "../sign-in.tsx";
import { hasPasskeys } from "../webauthn.ts";
import { ApprovalView, StaleNote, StateChip } from "./approval.tsx";
import type { Approvals } from "./use-approvals.ts";
import { Visible, visibleText } from "./visible.tsx";
import { askerWords, calledOf, clock } from "./words.ts";

interface Props {
  /** The one that the address names; null: all. */
  readonly id: string | null;
  readonly signedIn: boolean;
  readonly integrations: readonly Integration[];
  readonly approvals: Approvals;
  readonly onTold: (told: Told) => void;
  readonly onSignedIn: (told: Told) => void;
}

/** All of them, or one. */
export function ApprovalsView({ id, signedIn, onSignedIn, ...rest }: Props): JSX.Element {
  if (signedIn && id !== null) return <ApprovalView key={id} id={id} {...rest} />;
  return (
    <>
      <BackLink />
      <PageHead title={VIEW_TITLE.approvals}>
        A key that asks reads by itself, and changes something only once you have seen the call and allowed it.
      </PageHead>
      {signedIn ? <AllApprovals {...rest} /> : <SignedOut onTold={rest.onTold} onSignedIn={onSignedIn} />}
    </>
  );
}

function SignedOut({ onTold, onSignedIn }: Pick<Props, "onTold" | "onSignedIn">): JSX.Element {
  return (
    <Empty title="You are not signed in">
      <p class="quiet">
        Sign in to see what is asked, or open this address in the browser where you have connected your accounts.
      </p>
      {hasPasskeys() && (
        <SignInButton kind="primary" onSignedIn={onSignedIn} onFailed={onTold}>
          Sign in with a passkey
        </SignInButton>
      )}
    </Empty>
  );
}

type ListProps = Pick<Props, "integrations" | "approvals" | "onTold">;

function AllApprovals({ integrations, approvals, onTold }: ListProps): JSX.Element {
  const { all, error, waiting, reload } = approvals;
  if (all === null) {
    if (error !== null) return <Failure error={error} action={<RetryButton onClick={reload} />} />;
    return <ListSkeleton />;
  }
  const standing = all.filter(({ state }) => state === "standing" || state === "allowed");
  const decided = all.filter(({ state }) => state === "used" || state === "denied");
  return (
    <>
      <StaleNote approvals={approvals} />
      <Group title="Waiting for you">
        {waiting.length === 0 && <NothingWaits isNew={all.length === 0} />}
        <Rows of={waiting} integrations={integrations}>
          {(each) => (
            <a class="button" data-kind="primary" href={approvalHash(each.id)}>
              Look at it<Unseen> {callWords(each)}</Unseen>
            </a>
          )}
        </Rows>
      </Group>
      {standing.length > 0 && (
        <Group title="Allowed">
          <Rows of={standing} integrations={integrations}>
            {(each) => <EndButton approval={each} onTold={onTold} onEnded={reload} />}
          </Rows>
        </Group>
      )}
      {decided.length > 0 && (
        <Group title="Decided">
          <Rows of={decided} integrations={integrations}>
            {({ state }) => <StateChip state={state} />}
          </Rows>
        </Group>
      )}
    </>
  );
}

function Group({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  return (
    <section class="asked-group" aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function NothingWaits({ isNew }: { isNew: boolean }): JSX.Element {
  return (
    <Empty title="Nothing waits for you">
      {isNew && (
        <p class="quiet">
          <a href={KEYS_HASH}>Make a key</a> that may “Read, and ask me before it changes anything”: what its program
          wants to change comes up here.
        </p>
      )}
    </Empty>
  );
}

const callWords = ({ method, path, asked_by }: Approval): string =>
  `${method} ${visibleText(path)}, ${askerWords(asked_by)}`;

interface RowsProps {
  readonly of: readonly Approval[];
  readonly integrations: readonly Integration[];
  /** What can be done with it, or how it ended. */
  readonly children: (each: Approval) => ComponentChildren;
}

function Rows({ of, integrations, children }: RowsProps): JSX.Element | null {
  if (of.length === 0) return null;
  return (
    <ul class="panel asked-list">
      {of.map((each) => (
        <li key={each.id}>
          <Row approval={each} integrations={integrations} />
          {children(each)}
        </li>
      ))}
    </ul>
  );
}

function Row({ approval, integrations }: { approval: Approval; integrations: readonly Integration[] }): JSX.Element {
  const { id, integration, method, path, asked_at, asked_by, state, until, expires_at, account, kinds } = approval;
  const { name, title, mark } = calledOf(approval, integrations);
  const ends = state === "standing" ? (until ?? asked_by.ends_at) : expires_at;
  return (
    <>
      <Mark integration={integration} name={name} src={mark} />
      <div>
        <p class="sent">
          <a href={approvalHash(id)}>
            {method} <Visible text={state === "standing" ? (kinds[0] ?? path) : path} />
          </a>
        </p>
        <p class="quiet small">
          {askerWords(asked_by)} at {title}
          {account !== null && (
            <>
              {" "}
              as <Visible text={account} />
            </>
          )}
          , asked <Time iso={asked_at} />
          {state === "allowed" && `; may be made once until ${clock(ends)}`}
          {state === "standing" && `; this kind of call passes until ${clock(ends)}`}
        </p>
      </div>
    </>
  );
}

interface EndProps {
  readonly approval: Approval;
  readonly onTold: (told: Told) => void;
  readonly onEnded: () => void;
}

/** Ends what was allowed; nothing is lost, since it can be asked for again. */
function EndButton({ approval, onTold, onEnded }: EndProps): JSX.Element {
  const [busy, setBusy] = useState(false);
  const end = async () => {
    if (busy) return;
    setBusy(true);
    const told = (tone: "good" | "bad", text: string) => onTold({ notice: { tone, text }, focus: "title" });
    try {
      await endApproval(approval.id);
      told("good", "It is allowed no longer. The next such call is asked about again.");
    } catch (cause) {
      const isGone = cause instanceof LatchkeyError && cause.code === "not_found";
      if (isGone) told("good", "It was over already.");
      else told("bad", toLatchkeyError(cause).message);
    } finally {
      setBusy(false);
      onEnded();
    }
  };
  return (
    <button type="button" class="button" aria-disabled={busy} onClick={() => void end()}>
      {approval.state === "standing" ? "End" : "Take back"}
      <Unseen> {callWords(approval)}</Unseen>
    </button>
  );
}

function ListSkeleton(): JSX.Element {
  return (
    <div class="panel bone-lines">
      <Unseen>Loading the approvals</Unseen>
      <span class="bone" data-width="long" aria-hidden="true" />
      <span class="bone" data-width="middle" aria-hidden="true" />
    </div>
  );
}
