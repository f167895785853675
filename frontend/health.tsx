import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { needsReconnect, refresh, type Integration, type LatchkeyError } from "./api.ts";
import { deadline, isWithinDays } from "./format.ts";
import type { Notice } from "./frame.tsx";
import { toLatchkeyError } from "./load.ts";
import { ConnectLink, isReconnectNear, Time } from "./parts.tsx";

interface Props {
  readonly integration: Integration;
  /** There may be a new token, or a new reason why not. */
  readonly onRefreshed: () => void;
  /** Only connecting again helps. */
  readonly onRefused: (error: LatchkeyError) => void;
}

/** How the access stands, how its last renewal went, and what can be done about either. */
export function Health(props: Props): JSX.Element {
  const { integration } = props;
  const { outcome, busy, run } = useRefresh(props);
  const near = isReconnectNear(integration);
  return (
    <div class="health">
      <AccessFacts integration={integration} />
      {/* What a refresh has just answered says the same, so only one of the two is there. */}
      {outcome?.tone !== "bad" && <FailureNote integration={integration} />}
      {(integration.refreshable || near) && (
        <div class="actions">
          {integration.refreshable && (
            <button type="button" class="button" aria-disabled={busy} onClick={() => void run()}>
              {busy ? "Refreshing…" : "Refresh now"}
            </button>
          )}
          {near && <ConnectLink integration={integration} again />}
        </div>
      )}
      <p class="outcome small" role="status" data-tone={outcome?.tone}>
        {outcome?.text}
      </p>
    </div>
  );
}

/** Asks for a new token, once at a time, and tells how that went. */
function useRefresh({ integration, onRefreshed, onRefused }: Props) {
  const { integration: id, name } = integration;
  const [outcome, setOutcome] = useState<Notice | null>(null);
  const [busy, setBusy] = useState(false);
  const run = async () => {
    if (busy) return;
    setBusy(true);
    setOutcome(null);
    try {
      const { refreshed, credentials } = await refresh(id);
      setOutcome(toOutcome(name, refreshed, credentials.failure));
      onRefreshed();
    } catch (cause) {
      const error = toLatchkeyError(cause);
      setOutcome({ tone: "bad", text: error.message });
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
  if (refreshed) return { tone: "good", text: `${name} has a new token.` };
  if (failure === null) return { tone: "good", text: "It was refreshed a moment ago." };
  return { tone: "bad", text: `${name} gave no new token. ${failure.message}` };
}

function FailureNote({ integration: { failure } }: { integration: Integration }): JSX.Element | null {
  if (failure === null) return null;
  return (
    <p class="health-note small">
      The last renewal did not succeed (<Time iso={failure.at} />
      ): {failure.message} We keep trying.
    </p>
  );
}

function AccessFacts({ integration }: { integration: Integration }): JSX.Element {
  const { connected_at, refreshed_at, reconnect_by, scopes } = integration;
  return (
    <dl class="facts">
      <dt>Connected</dt>
      <dd>
        <Time iso={connected_at} />
      </dd>
      <dt>Access token</dt>
      <dd>
        <TokenLife integration={integration} />
      </dd>
      {refreshed_at !== null && (
        <>
          <dt>Last refreshed</dt>
          <dd>
            <Time iso={refreshed_at} />
          </dd>
        </>
      )}
      {reconnect_by !== null && (
        <>
          <dt>Reconnect by</dt>
          <dd class={isReconnectNear(integration) ? "near" : undefined}>
            <Time iso={reconnect_by} say={deadline} />
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

function TokenLife({ integration }: { integration: Integration }): JSX.Element {
  const { expires_at, refreshable } = integration;
  if (expires_at === null) return <>{refreshable ? "renewed automatically" : "does not expire"}</>;
  if (!refreshable) {
    return (
      <>
        expires <Time iso={expires_at} />
      </>
    );
  }
  // A token that nobody uses may run out; the next call renews it.
  if (isWithinDays(expires_at, 0)) return <>renewed automatically with the next call</>;
  return (
    <>
      renewed automatically, good until <Time iso={expires_at} say={deadline} />
    </>
  );
}
