import type { JSX } from "preact";
import type { SessionKey } from "./api.ts";
import { relativeTime } from "./format.ts";
import { LastUse, Time, Unseen } from "./parts.tsx";
import { titleOf, type Standing } from "./standing.ts";

interface Props {
  readonly keys: readonly SessionKey[];
  /** The connections that a key may be for. */
  readonly standings: readonly Standing[];
  readonly onRevoke: (key: SessionKey) => void;
}

/** What is known of each key, which is everything but the key. */
export function KeyTable({ keys, standings, onRevoke }: Props): JSX.Element {
  return (
    <div class="table-frame keys">
      <table>
        <caption class="unseen">Your keys</caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col" class="wide">
              Created
            </th>
            <th scope="col" class="wide">
              Last used
            </th>
            <th scope="col" class="wide">
              Expires
            </th>
            <th scope="col">
              <Unseen>Action</Unseen>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <KeyRow key={key.id} listed={key} only={onlyFor(key, standings)} onRevoke={() => onRevoke(key)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Narrow pages fold the facts under the name; only one of the two places is ever rendered. */
function KeyRow({ listed, only, onRevoke }: { listed: SessionKey; only: string | null; onRevoke: () => void }) {
  return (
    <tr>
      <th scope="row">
        {listed.name}
        {only !== null && <p class="quiet small">{only}</p>}
        <p class="narrow quiet small">
          Created <Time iso={listed.created_at} />
          <br />
          <LastUse iso={listed.last_used_at} before="Used " never="Never used" />
          <br />
          Expires <Time iso={listed.expires_at} say={relativeTime} />
        </p>
      </th>
      <td class="wide">
        <Time iso={listed.created_at} />
      </td>
      <td class="wide">
        <LastUse iso={listed.last_used_at} />
      </td>
      <td class="wide">
        <Time iso={listed.expires_at} say={relativeTime} />
      </td>
      <td>
        <button type="button" class="button" onClick={onRevoke}>
          Revoke<Unseen> {listed.name}</Unseen>
        </button>
      </td>
    </tr>
  );
}

/** What a key is for, where that is one connection. */
function onlyFor({ connection }: SessionKey, standings: readonly Standing[]): string | null {
  if (connection === null) return null;
  const standing = standings.find((each) => each.connection?.id === connection);
  return standing ? `${titleOf(standing)} only` : "Its account is disconnected";
}
