import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Integration } from "./api.ts";
import { AnswerView, type Progress } from "./answer.tsx";
import { CallForm } from "./call-form.tsx";
import { exampleCall, sendCall, type Call } from "./call.ts";
import { BackLink, NotConnected } from "./connection.tsx";
import { CopyAs } from "./copy-as.tsx";
import { VIEW_TITLE } from "./messages.ts";
import { Empty, PageHead } from "./parts.tsx";
import { hashFor } from "./route.ts";
import { standingsOf, type Standing } from "./standing.ts";

interface Props {
  readonly integrations: readonly Integration[];
  /** The address of the connection to begin with; null for whichever is connected. */
  readonly wanted: string | null;
}

/** Calls a connected service's own API from the page, and shows the same call as code. */
export function Explorer({ integrations, wanted }: Props): JSX.Element {
  const standings = integrations.flatMap(standingsOf);
  const connected = standings.filter(({ status }) => status === "connected");
  const named = standings.find(({ address }) => address === wanted);
  const first = named ?? connected[0];
  return (
    <>
      <BackLink />
      <PageHead title={VIEW_TITLE.explorer}>
        Call the API of a connected service as yourself. Latchkey adds the token; what you send takes effect in your
        real account.
      </PageHead>
      {first === undefined && <NothingConnected />}
      {first !== undefined && first.status !== "connected" && <NotConnected standing={first} />}
      {first?.status === "connected" && <Workbench standings={connected} first={first} />}
    </>
  );
}

function NothingConnected(): JSX.Element {
  return (
    <Empty title="Nothing is connected yet">
      <p class="quiet">Connect a service first; then its API can be called from here.</p>
      <a class="button" data-kind="primary" href={hashFor(null)}>
        See all connections
      </a>
    </Empty>
  );
}

function Workbench({ standings, first }: { standings: readonly Standing[]; first: Standing }): JSX.Element {
  const [call, setCall] = useState(() => exampleCall(first));
  const { progress, send, stop } = useCall();
  const called = progress.phase === "none" ? call.address : progress.call.address;
  return (
    <>
      <CallForm
        standings={standings}
        call={call}
        isRunning={progress.phase === "running"}
        onChange={setCall}
        onSend={() => void send(call)}
        onStop={stop}
      />
      <div class="workbench">
        <AnswerView progress={progress} standing={standings.find(({ address }) => address === called)} />
        <CopyAs call={call} />
      </div>
    </>
  );
}

/** Sends one call at a time, and takes it back when told to or when the page moves on. */
function useCall() {
  const [progress, setProgress] = useState<Progress>({ phase: "none" });
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const send = async (call: Call) => {
    const mine = new AbortController();
    running.current = mine;
    setProgress({ phase: "running", call });
    try {
      const answer = await sendCall(call, mine.signal);
      if (!mine.signal.aborted) setProgress({ phase: "answered", call, answer });
    } catch {
      if (!mine.signal.aborted) setProgress({ phase: "failed", call });
    }
  };
  const stop = () => {
    running.current?.abort();
    if (progress.phase === "running") setProgress({ phase: "stopped", call: progress.call });
  };
  return { progress, send, stop };
}
