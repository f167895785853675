import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { fetchJobs, fetchReceipts, takeEverythingBack, type Integration, type Job, type Receipt } from "./api.ts";
import { ConfirmDialog } from "./confirm.tsx";
import { toWebUrl } from "./format.ts";
import { useLoaded } from "./load.ts";
import { OUTCOME_LABEL, takenBack } from "./messages.ts";
import { Time } from "./parts.tsx";
import type { Told } from "./questions.tsx";

/** How often a page that is looked at asks how far it is. */
const ASK_AGAIN_MS = 1000;

interface Props {
  readonly integrations: readonly Integration[];
  /** Everything but this browser's session has ended. */
  readonly onTaken: (told: Told) => void;
}

/** Ends every key, connection and other browser, and shows what each service said to that. */
export function TakingBack({ integrations, onTaken }: Props): JSX.Element {
  const [jobs, reload] = useLoaded(fetchJobs);
  const [isAsked, setAsked] = useState(false);
  const last = jobs.phase === "ready" ? jobs.value.jobs.find(({ kind }) => kind === "revoke") : undefined;
  const isRunning = last?.state === "running";
  useEffect(() => {
    if (!isRunning) return;
    const timer = setTimeout(reload, ASK_AGAIN_MS);
    return () => clearTimeout(timer);
  }, [jobs]);
  const take = async (): Promise<Told> => {
    await takeEverythingBack();
    return {
      notice: { tone: "good", text: "All keys and other browsers have ended. The services are being asked." },
      focus: "taken-title",
    };
  };
  const finish = (told: Told) => {
    reload();
    onTaken(told);
  };
  return (
    <>
      <section class="panel offer" aria-labelledby="taking-title">
        <div>
          <h2 id="taking-title">Lost a device, or seen something odd?</h2>
          <p class="quiet">
            Take everything back: every connection, key and other browser. Each service is asked to end what you
            allowed.
          </p>
        </div>
        <button type="button" class="button" data-kind="danger" onClick={() => setAsked(true)}>
          Take everything back
        </button>
      </section>
      {last !== undefined && <TakenBack job={last} integrations={integrations} />}
      {isAsked && (
        <ConfirmDialog
          title="Take everything back?"
          action="Take everything back"
          run={take}
          onDone={finish}
          onClosed={() => setAsked(false)}
        >
          <p>
            All your connections are disconnected, all keys stop working, and every other browser is signed out. This
            cannot be undone; you can connect again afterwards. Passkeys stay: look through them too.
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}

/** How far it is, and what came of each connection. */
function TakenBack({ job, integrations }: { job: Job; integrations: readonly Integration[] }): JSX.Element {
  const { id, counts } = job;
  const version = `${id} ${counts.total} ${counts.confirmed} ${counts.refused} ${counts.not_offered} ${counts.not_reached}`;
  const [list] = useLoaded((signal) => fetchReceipts(id, signal), version);
  const receipts = list.phase === "ready" ? list.value.receipts : [];
  return (
    <section aria-labelledby="taken-title" aria-busy={job.state === "running"}>
      <div class="items-head">
        <h2 id="taken-title" tabIndex={-1}>
          Taken back
        </h2>
      </div>
      <p class="quiet" role="status">
        {takenBack(job)} <Time iso={job.started_at} />
      </p>
      {receipts.length > 0 && (
        <div class="table-frame">
          <table>
            <caption class="unseen">What each service said</caption>
            <thead>
              <tr>
                <th scope="col">Connection</th>
                <th scope="col">The service</th>
              </tr>
            </thead>
            <tbody>
              {receipts.map((receipt) => (
                <ReceiptRow key={receipt.connection} receipt={receipt} name={nameOf(receipt, integrations)} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function ReceiptRow({ receipt, name }: { receipt: Receipt; name: string }): JSX.Element {
  const page = toWebUrl(receipt.by_hand);
  return (
    <tr>
      <th scope="row">
        {name}
        {receipt.account !== null && <p class="quiet small">{receipt.account}</p>}
      </th>
      <td>
        {OUTCOME_LABEL[receipt.outcome]}
        {page !== null && (
          <p class="small">
            <a href={page} target="_blank" rel="noreferrer">
              End it at {name}
            </a>
          </p>
        )}
      </td>
    </tr>
  );
}

const nameOf = ({ integration }: Receipt, integrations: readonly Integration[]): string =>
  integrations.find((each) => each.integration === integration)?.name ?? integration;
