/** What the person is asked about, as it stands now, on whichever view they are. */
import { useEffect, useMemo, useRef } from "preact/hooks";
import {
  fetchApprovals,
  fetchKeys,
  type Approval,
  type Integrations,
  type LatchkeyError,
  type SessionKey,
} from "../api.ts";
import { useLoaded } from "../load.ts";
import { listen, type Listener } from "./live.ts";

export interface Approvals {
  /** null: they are not known yet. */
  readonly all: readonly Approval[] | null;
  /** Why they are not known, or not known anew. */
  readonly error: LatchkeyError | null;
  readonly waiting: readonly Approval[];
  readonly reload: () => void;
}

const SLACK_MS = 1000;
const AGAIN_MS = 60_000;
const NOBODY = Promise.resolve<null>(null);

const asks = ({ grant }: SessionKey): boolean => grant?.rules.some(({ writes }) => writes === "ask") ?? false;

/**
 * Asks whenever the list of connections is new, and whenever word comes that something has changed. Word is only waited for
 * where something can be asked, since each who waits costs the operator.
 * @param list null: it is not known yet
 * @param onNews for those that wait and did not when they were last looked at: each is told once, and none that waited already
 *   when the page came up
 */
export function useApprovals(list: Integrations | null, onNews: (news: readonly Approval[]) => void): Approvals {
  const signedIn = list?.signed_in ?? false;
  const turn = useTurn(list);
  const version = signedIn ? String(turn) : "";
  const [fetched, reload] = useLoaded((signal) => (signedIn ? fetchApprovals(signal) : NOBODY), version);
  const [keys] = useLoaded((signal) => (signedIn ? fetchKeys(signal) : NOBODY), version);
  const last = useRef<readonly Approval[] | null>(null);
  if (fetched.phase === "ready") last.current = fetched.value;
  const all = signedIn ? last.current : null;
  const waiting = useMemo(() => (all ?? []).filter(({ state }) => state === "waiting"), [all]);

  const hasAsking = keys.phase === "ready" && (keys.value?.sessions.some(asks) ?? false);
  const listens = signedIn && (hasAsking || (all?.length ?? 0) > 0);
  const listener = useRef<Listener | null>(null);
  useEffect(() => {
    if (!listens) return;
    const mine = listen(reload);
    listener.current = mine;
    return () => {
      listener.current = null;
      mine.stop();
    };
  }, [listens]);
  useEffect(() => listener.current?.wake(), [turn]);

  useEffect(() => {
    if (waiting.length === 0) return;
    const timer = setTimeout(reload, waitFor(waiting));
    return () => clearTimeout(timer);
  }, [waiting]);

  const seen = useRef<Set<string> | null>(null);
  useEffect(() => {
    if (all === null) {
      seen.current = null;
      return;
    }
    const before = seen.current;
    seen.current = new Set([...(before ?? []), ...all.map(({ id }) => id)]);
    const news = waiting.filter(({ id }) => before !== null && !before.has(id));
    if (news.length > 0) onNews(news);
  }, [all]);

  return { all, error: fetched.phase === "failed" ? fetched.error : null, waiting, reload };
}

/** Until the first of them is over, of which no word comes; a while where it should be already, by a clock that is ahead. */
function waitFor(waiting: readonly Approval[]): number {
  const first = Math.min(...waiting.map(({ expires_at }) => Date.parse(expires_at)));
  const left = first - Date.now();
  return left > 0 ? left + SLACK_MS : AGAIN_MS;
}

/** Another number for each value. */
function useTurn(value: unknown): number {
  const turn = useRef({ value, number: 0 });
  if (turn.current.value !== value) turn.current = { value, number: turn.current.number + 1 };
  return turn.current.number;
}
