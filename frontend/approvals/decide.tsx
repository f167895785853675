/** What a person can say to a call that waits. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Approval, ApprovalDecision } from "../api.ts";
import { deadline, toDate } from "../format.ts";
import { kindLimits, kindOf, kindWords } from "./words.ts";
import { Visible } from "./visible.tsx";

/** Whoever clicked or typed when this came up meant something else. */
const STILL_MS = 500;
const HOUR_MS = 3_600_000;
const HOURS = [1, 8] as const;

interface Props {
  readonly approval: Approval;
  readonly busy: boolean;
  readonly onDecide: (decision: ApprovalDecision) => void;
}

/** The three answers. None of them is given before the call has been there to be seen for a moment. */
export function Decide({ approval, busy, onDecide }: Props): JSX.Element {
  const { kinds, asked_by } = approval;
  const isStill = useStill();
  const [kind, setKind] = useState(kinds[0]);
  const [hours, setHours] = useState<number | null>(HOURS[0]);
  const ends = toDate(asked_by.ends_at);
  const left = (ends?.getTime() ?? Infinity) - Date.now();
  const offered = HOURS.filter((each) => each * HOUR_MS < left);
  const chosen = offered.find((each) => each === hours) ?? null;

  const answer = (label: string, decision: () => ApprovalDecision, tone?: "primary") => (
    <button
      type="button"
      class="button"
      data-kind={tone}
      aria-disabled={!isStill || busy}
      onClick={() => isStill && !busy && onDecide(decision())}
    >
      {label}
    </button>
  );
  const forKind = (): ApprovalDecision => ({
    decision: "kind",
    ...(kind === undefined ? {} : { kind }),
    ...(chosen === null ? {} : { until: new Date(Date.now() + chosen * HOUR_MS).toISOString() }),
  });
  return (
    <>
      <div class="actions">
        {answer("Allow once", () => ({ decision: "once" }), "primary")}
        {answer("No", () => ({ decision: "no" }))}
      </div>
      {kind === undefined ? (
        <p class="quiet small">
          It can only be allowed once: its method and path do not tell what it does, so others of its kind could do
          anything else.
        </p>
      ) : (
        <fieldset>
          <legend>Or this kind of call, without asking again</legend>
          <label class="field">
            <span>Calls</span>
            <select value={kind} onChange={({ currentTarget }) => setKind(kinds[currentTarget.selectedIndex])}>
              {kinds.map((each) => (
                <option key={each} value={each}>
                  {kindWords(approval, each)}
                </option>
              ))}
            </select>
          </label>
          <Kind approval={approval} path={kind} />
          <label class="field">
            <span>How long</span>
            <select
              value={String(chosen)}
              onChange={({ currentTarget }) => setHours(offered[currentTarget.selectedIndex] ?? null)}
            >
              {offered.map((each) => (
                <option key={each} value={String(each)}>
                  {each === 1 ? "1 hour" : `${each} hours`}
                </option>
              ))}
              <option value="null">As long as the key{ends !== null && `, until ${deadline(ends)}`}</option>
            </select>
          </label>
          {answer("Allow this kind of call", forKind)}
        </fieldset>
      )}
    </>
  );
}

/** A kind of calls, in full. */
export function Kind({ approval, path }: { approval: Approval; path: string }): JSX.Element {
  return (
    <div class="quiet small">
      <p class="sent">
        <Visible text={kindOf(approval, path)} />
      </p>
      <p>{kindLimits(approval)}</p>
    </div>
  );
}

interface EndProps {
  readonly state: Approval["state"];
  readonly busy: boolean;
  readonly onEnd: () => void;
}

/** Takes back what was allowed, though not by the second of two quick clicks on what has allowed it. */
export function EndButton({ state, busy, onEnd }: EndProps): JSX.Element {
  const isStill = useStill();
  return (
    <div class="actions">
      <button type="button" class="button" aria-disabled={!isStill || busy} onClick={() => isStill && !busy && onEnd()}>
        {state === "standing" ? "End it" : "Take it back"}
      </button>
    </div>
  );
}

/** Whether it has been on the screen for a moment, with nothing coming or going above it. */
function useStill(): boolean {
  const [isStill, setStill] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const begin = () => {
      clearTimeout(timer);
      setStill(false);
      if (document.visibilityState === "visible") timer = setTimeout(() => setStill(true), STILL_MS);
    };
    begin();
    document.addEventListener("visibilitychange", begin);
    // A message that leaves just before it is pressed leaves what was below it to be pressed.
    const messages = document.querySelector(".toasts");
    const observer = new MutationObserver(begin);
    if (messages !== null) observer.observe(messages, { childList: true });
    return () => {
      clearTimeout(timer);
      observer.disconnect();
      document.removeEventListener("visibilitychange", begin);
    };
  }, []);
  return isStill;
}
