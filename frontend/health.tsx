import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { needsReconnect, refresh, type Integration, type LatchkeyError } from "./api.ts";
import { isWithinDays, pastTime, relativeTime } from "./format.ts";
import { toLatchkeyError } from "./load.ts";
import { errorWords, reasonSentence } from "./messages.ts";
import { isReconnectNear, Reconnect, Time, Unseen } from "./parts.tsx";
import { titleOf, type Standing } from "./standing.ts";
import type { Notice } from "./toasts.tsx";

/** Often enough for "in 5 minutes" to stay true. */
const RETELL_MS = 30_000;

interface Props {
  readonly standing: Standing;
  /** Whether what the last renewal came to is told already. */
  readonly failed: boolean;
  /** There may be a new token, or a new reason why not. */
  readonly onRefreshed: () => void;
  /** Only connecting again helps. */
  readonly onRefused: (error: LatchkeyError) => void;
  readonly onDisconnect: () => void;
}

/** How the access stands, how its last renewal went, and what can be done about either. */
export function Health(props: Props): JSX.Element {
  const { standing, failed, onDisconnect } = props;
  const { outcome, busy, run } = useRefresh(props);
  return (
    <div class="health" data-near={isReconnectNear(standing)}>
      <HealthFacts integration={standing} />
      {/* What a refresh has just answered says the same, so only one of the two is there. */}
      {outcome?.tone !== "bad" && !failed && <FailureNote integration={standing} />}
      <div class="actions">
        {standing.refreshable && (
          <button type="button" class="button" aria-disabled={busy} onClick={() => void run()}>
            {busy ? "Renewing…" : "Renew now"}
          </button>
        )}
        <Reconnect standing={standing} />
        <button type="button" class="button" data-kind="quiet" onClick={onDisconnect}>
          Disconnect<Unseen> {titleOf(standing)}</Unseen>
        </button>
      </div>
      <p class="outcome small" role="status" data-tone={outcome?.tone}>
        {outcome?.text}
      </p>
    </div>
  );
}

/** Asks for a new token, once at a time, and tells how that went. */
function useRefresh({ standing: { address, name }, onRefreshed, onRefused }: Props) {
  const [outcome, setOutcome] = useState<Notice | null>(null);
  const [busy, setBusy] = useState(false);
  const run = async () => {
    if (busy) return;
    setBusy(true);
    setOutcome(null);
    try {
      const { refreshed, credentials } = await refresh(address);
      setOutcome(toOutcome(name, refreshed, credentials.failure));
      onRefreshed();
    } catch (cause) {
      const error = toLatchkeyError(cause);
      setOutcome({ tone: "bad", text: errorWords(error, name) });
      if (needsReconnect(error)) onRefused(error);
      else onRefreshed();
    } finally {
      setBusy(false);
    }
  };
  return { outcome, busy, run };
}

/** A refresh that fails while the old token is still good is not an error to Latchkey. */
function toOutcome(name: string, refreshed: boolean, failure: Integration["failure"]): Notice {
  if (refreshed) return { tone: "good", text: `${name} has renewed the access.` };
  if (failure === null) return { tone: "good", text: "It was renewed a moment ago." };
  return { tone: "bad", text: `${name} did not renew the access. ${reasonSentence(failure.reason, name)}` };
}

function FailureNote({ integration: { name, failure } }: { integration: Integration }): JSX.Element | null {
  if (failure === null) return null;
  return (
    <p class="health-note small">
      The last renewal did not succeed (<Time iso={failure.at} />
      ): {reasonSentence(failure.reason, name)} We keep trying.
    </p>
  );
}

/** The dates of a connection; the words follow the clock while the page is open. */
export function HealthFacts({ integration }: { integration: Integration }): JSX.Element {
  const { connected_at, refreshed_at, reconnect_by } = integration;
  const [, retell] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => retell((n) => n + 1), RETELL_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <dl class="health-facts">
      <Fact term="Access expires">
        <TokenLife integration={integration} />
      </Fact>
      <Fact term="Last renewed">{refreshed_at === null ? "Not yet" : <Time iso={refreshed_at} say={sayPast} />}</Fact>
      <Fact term="Reconnect by" isNear={isReconnectNear(integration)}>
        {reconnect_by === null ? "No deadline" : <Time iso={reconnect_by} say={sayAny} />}
      </Fact>
      <Fact term="Connected">
        <Time iso={connected_at} say={sayPast} />
      </Fact>
    </dl>
  );
}

function Fact(props: { term: string; isNear?: boolean; children: ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>{props.term}</dt>
      <dd class={props.isNear ? "near" : undefined}>{props.children}</dd>
    </div>
  );
}

function TokenLife({ integration }: { integration: Integration }): JSX.Element {
  const { status, expires_at, refreshable } = integration;
  if (expires_at === null) return <>{refreshable ? "Renewed automatically" : "Never"}</>;
  // A token that nobody uses may run out; the next call renews it.
  if (status === "connected" && refreshable && isWithinDays(expires_at, 0)) return <>Renewed with the next call</>;
  return (
    <>
      <Time iso={expires_at} say={sayAny} />
      {status === "connected" && refreshable && <span class="quiet small">renewed by itself</span>}
    </>
  );
}

/** "In 7 hours": it begins what is said. */
const sayAny = (time: Date): string => capitalized(relativeTime(time));
const sayPast = (time: Date): string => capitalized(pastTime(time));

const capitalized = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
