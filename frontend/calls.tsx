import type { JSX } from "preact";
import { fetchCalls, fetchKeys, type RecordedCall, type SessionKey } from "./api.ts";
import { useLoaded } from "./load.ts";
import { Failure, RetryButton, Time, Unseen } from "./parts.tsx";
import type { Standing } from "./standing.ts";

/** Those that are shown; the API has the rest. */
const SHOWN = 20;

const asked = (connection: string, signal: AbortSignal) =>
  Promise.all([fetchCalls(connection, SHOWN, signal), fetchKeys(signal)]);

/** What was done with a connection lately, by whom; nothing where nothing was. */
export function Calls({ standing: { connection } }: { standing: Standing }): JSX.Element | null {
  return connection === null ? null : <CallsOf connection={connection.id} />;
}

function CallsOf({ connection }: { connection: string }): JSX.Element | null {
  const [loaded, reload] = useLoaded((signal) => asked(connection, signal), connection);
  // The button that tries again leaves with its message, so the focus moves on first.
  const retry = () => {
    document.getElementById("calls-title")?.focus();
    reload();
  };
  if (loaded.phase === "loading" || (loaded.phase === "ready" && loaded.value[0].calls.length === 0)) return null;
  return (
    <section class="calls" aria-labelledby="calls-title">
      <div class="items-head">
        <h2 id="calls-title" tabIndex={-1}>
          Calls
        </h2>
      </div>
      {loaded.phase === "failed" ? (
        <Failure error={loaded.error} action={<RetryButton onClick={retry} />} />
      ) : (
        <CallTable calls={loaded.value[0].calls} keys={loaded.value[1].sessions} dropped={loaded.value[0].dropped} />
      )}
    </section>
  );
}

interface TableProps {
  readonly calls: readonly RecordedCall[];
  readonly keys: readonly SessionKey[];
  /** Calls that could not be written down. */
  readonly dropped: number;
}

function CallTable({ calls, keys, dropped }: TableProps): JSX.Element {
  return (
    <>
      <div class="table-frame">
        <table>
          <caption class="unseen">The last calls to the service</caption>
          <thead>
            <tr>
              <th scope="col">Call</th>
              <th scope="col">Answer</th>
              <th scope="col" class="wide">
                By
              </th>
              <th scope="col" class="wide">
                When
              </th>
            </tr>
          </thead>
          <tbody>
            {calls.map((call) => (
              <tr key={call.request_id}>
                <th scope="row">
                  {call.method} {call.path}
                  <p class="narrow quiet small">
                    {whose(call, keys)}
                    <br />
                    <Time iso={call.at} />
                  </p>
                </th>
                <td>
                  {call.status}
                  {call.approval !== null && <p class="quiet small">allowed by you</p>}
                  {call.outcome === "outside_grant" && <Unseen>, refused by the key's grant</Unseen>}
                </td>
                <td class="wide">{whose(call, keys)}</td>
                <td class="wide">
                  <Time iso={call.at} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {dropped > 0 && <p class="quiet small">{dropped} more could not be written down.</p>}
    </>
  );
}

/** Who made a call: the key by its name, with the rule of its grant. */
function whose({ key, rule }: RecordedCall, keys: readonly SessionKey[]): string {
  if (key === null) return "You, at this page";
  const name = keys.find(({ id }) => id === key)?.name ?? "A key that has ended";
  return rule === null ? name : `${name}, rule ${rule}`;
}
