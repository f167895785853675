/** One call that the person is asked about. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import {
  decideApproval,
  endApproval,
  fetchApproval,
  type LatchkeyError,
  type Approval,
  type ApprovalDecision,
  type ApprovalWhole,
  type Integration,
} from "../api.ts";
import { toDate } from "../format.ts";
import { toLatchkeyError, useLoaded } from "../load.ts";
import { plural, staleList } from "../messages.ts";
import { Empty, Failure, PageHead, RetryButton, Unseen } from "../parts.tsx";
import type { Told } from "../questions.tsx";
import { approvalHash } from "../route.ts";
import { CallFacts } from "./call-facts.tsx";
import { Decide, EndButton, Kind } from "./decide.tsx";
import type { Approvals } from "./use-approvals.ts";
import { nextWords, STATE_LABEL, STATE_TITLE } from "./words.ts";

interface Props {
  readonly id: string;
  readonly integrations: readonly Integration[];
  readonly approvals: Approvals;
  readonly onTold: (told: Told) => void;
}

/** The whole call, and the answers to it. */
export function ApprovalView({ id, integrations, approvals, onTold }: Props): JSX.Element {
  const listed = approvals.all?.find((each) => each.id === id);
  // One that has left the list may be over; any other stays what it was.
  const wasListed = useRef(false);
  const hasLeft = wasListed.current && approvals.all !== null && listed === undefined;
  if (listed !== undefined) wasListed.current = true;
  const [loaded, reload] = useLoaded((signal) => fetchApproval(id, signal), String(hasLeft));
  const others = approvals.waiting.filter((each) => each.id !== id);
  // The button that tries again leaves with its message, so the focus moves on first.
  const retry = () => {
    document.getElementById("title")?.focus();
    reload();
  };
  return (
    <>
      <a class="back" href={approvalHash(null)}>
        <span aria-hidden="true">←</span> All approvals
      </a>
      <StaleNote approvals={approvals} />
      {loaded.phase === "loading" && <ApprovalSkeleton />}
      {loaded.phase === "failed" && (
        <>
          <PageHead title={isOver(loaded.error) ? "No longer there" : "Approval"} />
          {isOver(loaded.error) ? <Over /> : <Failure error={loaded.error} action={<RetryButton onClick={retry} />} />}
        </>
      )}
      {loaded.phase === "ready" && (
        <OneApproval
          whole={asListed(loaded.value, listed)}
          integrations={integrations}
          onTold={onTold}
          onChanged={approvals.reload}
          onOver={reload}
        />
      )}
      {others.length > 0 && (
        <p class="asked-next">
          <a href={others.length === 1 && others[0] ? approvalHash(others[0].id) : approvalHash(null)}>
            {plural(others.length, "other call")} {others.length === 1 ? "waits" : "wait"} for you
          </a>
        </p>
      )}
    </>
  );
}

/** What would be sent is of the one answer that tells all of it; how it stands is of the newest. */
function asListed(whole: ApprovalWhole, listed: Approval | undefined): ApprovalWhole {
  if (listed === undefined) return whole;
  const { state, expires_at, until, kinds } = listed;
  return { ...whole, state, expires_at, until, kinds };
}

const isOver = ({ code }: LatchkeyError): boolean => code === "not_found";

interface OneProps {
  readonly whole: ApprovalWhole;
  readonly integrations: readonly Integration[];
  readonly onTold: (told: Told) => void;
  /** It is no longer as the list says. */
  readonly onChanged: () => void;
  /** It may be over. */
  readonly onOver: () => void;
}

function OneApproval({ whole: given, integrations, onTold, onChanged, onOver }: OneProps): JSX.Element {
  // What the answer to a decision said, until the list says it too, or says something newer.
  const [answered, setAnswered] = useState<{ now: Approval; before: string } | null>(null);
  const whole = answered?.before === given.state ? asListed(given, answered.now) : given;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const run = async (act: () => Promise<Approval | null>, done: (now: Approval | null) => string) => {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      const now = await act();
      if (now === null) onOver();
      else setAnswered({ now, before: given.state });
      onTold({ notice: { tone: "good", text: done(now) }, focus: "title" });
    } catch (cause) {
      const error = toLatchkeyError(cause);
      if (isOver(error)) onOver();
      setProblem(error.message);
    } finally {
      setBusy(false);
      onChanged();
    }
  };
  const decide = (decision: ApprovalDecision) =>
    void run(
      () => decideApproval(whole.id, decision),
      (now) => (now === null ? "" : `${STATE_TITLE[now.state]}. ${nextWords(now)}`),
    );
  const end = () =>
    void run(
      async () => {
        await endApproval(whole.id);
        return null;
      },
      () => "It is allowed no longer. The next such call is asked about again.",
    );
  return (
    <>
      <PageHead title={STATE_TITLE[whole.state]}>{nextWords(whole)}</PageHead>
      <div class="asked-about">
        <CallFacts whole={whole} integrations={integrations} />
        <section class="panel decision" aria-labelledby="decision-title" aria-busy={busy}>
          <div class="decision-head">
            <h2 id="decision-title">Your answer</h2>
            <StateChip state={whole.state} />
          </div>
          {whole.state === "waiting" && (
            <>
              <TimeLeft iso={whole.expires_at} onOver={onOver} />
              <Decide approval={whole} busy={busy} onDecide={decide} />
            </>
          )}
          {whole.state === "standing" && whole.kinds[0] !== undefined && (
            <Kind approval={whole} path={whole.kinds[0]} />
          )}
          {(whole.state === "standing" || whole.state === "allowed") && (
            <EndButton state={whole.state} busy={busy} onEnd={end} />
          )}
          <p class="problem small" role="alert">
            {problem}
          </p>
        </section>
      </div>
    </>
  );
}

/** Counts down by this browser's clock, which may be wrong: whether it is over is for Latchkey to say. */
function TimeLeft({ iso, onOver }: { iso: string; onOver: () => void }): JSX.Element {
  const end = toDate(iso)?.getTime() ?? 0;
  const [now, setNow] = useState(Date.now);
  const seconds = Math.max(0, Math.ceil((end - now) / 1000));
  useEffect(() => {
    if (seconds === 0) {
      onOver();
      return;
    }
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [seconds === 0]);
  return (
    <p class="small">
      <span role="timer">
        {Math.floor(seconds / 60)}:{String(seconds % 60).padStart(2, "0")}
      </span>{" "}
      left to decide
    </p>
  );
}

/** How it stands, in a word. */
export function StateChip({ state }: Pick<Approval, "state">): JSX.Element {
  const tone = { waiting: "expired", allowed: "connected", standing: "connected", used: undefined, denied: undefined };
  return (
    <span class="chip" data-status={tone[state]}>
      {STATE_LABEL[state]}
    </span>
  );
}

function Over(): JSX.Element {
  return (
    <Empty title="This call waits no longer">
      <p class="quiet">
        Its ten minutes are over, its key has ended, its account was connected anew, what was allowed was ended, or
        somebody else is signed in here. If the program makes the call again, it is asked about again.
      </p>
      <a class="button" href={approvalHash(null)}>
        See all approvals
      </a>
    </Empty>
  );
}

/** Says so where nothing new has been heard. */
export function StaleNote({ approvals: { all, error } }: { approvals: Approvals }): JSX.Element | null {
  if (all === null || error === null) return null;
  return (
    <p class="health-note" role="status">
      {staleList(error.message)}
    </p>
  );
}

/** About as high as it will be. */
function ApprovalSkeleton(): JSX.Element {
  return (
    <div aria-busy="true">
      <PageHead title={STATE_TITLE.waiting}>
        <span class="bone" data-width="long" aria-hidden="true" />
      </PageHead>
      <Unseen>Loading the call</Unseen>
      <div class="asked-about" aria-hidden="true">
        <Bones />
        <Bones />
      </div>
    </div>
  );
}

function Bones(): JSX.Element {
  const bone: ComponentChildren = <span class="bone" data-width="middle" />;
  return (
    <div class="panel bone-lines">
      {bone}
      {bone}
      {bone}
    </div>
  );
}
