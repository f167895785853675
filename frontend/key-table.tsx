import type { JSX } from "preact";
import type { Integration, SessionKey } from "./api.ts";
import { grantInWords, type NameOf } from "./grant-words.ts";
import { relativeTime } from "./format.ts";
import { LastUse, Time, Unseen } from "./parts.tsx";
import { titleOf, type Standing } from "./standing.ts";

interface Props {
  readonly keys: readonly SessionKey[];
  /** The connections that a key may be for. */
  readonly standings: readonly Standing[];
  readonly integrations: readonly Integration[];
  readonly onRevoke: (key: SessionKey) => void;
}

/** What is known of each key, which is everything but the key. */
export function KeyTable({ keys, standings, integrations, onRevoke }: Props): JSX.Element {
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
            <KeyRow
              key={key.id}
              listed={key}
              only={onlyFor(key, standings)}
              may={key.grant === null ? [] : grantInWords(key.grant, namesIn(standings, integrations))}
              onRevoke={() => onRevoke(key)}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  readonly listed: SessionKey;
  readonly only: string | null;
  /** Its grant, in sentences. */
  readonly may: readonly string[];
  readonly onRevoke: () => void;
}

/** Narrow pages fold the facts under the name; only one of the two places is ever rendered. */
function KeyRow({ listed, only, may, onRevoke }: RowProps): JSX.Element {
  return (
    <tr>
      <th scope="row">
        {listed.name}
        {only !== null && <p class="quiet small">{only}</p>}
        {may.map((sentence) => (
          <p key={sentence} class="quiet small">
            {sentence}
          </p>
        ))}
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

const namesIn =
  (standings: readonly Standing[], integrations: readonly Integration[]): NameOf =>
  (kind, id) => {
    if (kind === "integration") return integrations.find(({ integration }) => integration === id)?.name;
    const standing = standings.find(({ connection }) => connection?.id === id);
    return standing && titleOf(standing);
  };

/** What a key is for, where that is one connection. */
function onlyFor({ connection }: SessionKey, standings: readonly Standing[]): string | null {
  if (connection === null) return null;
  const standing = standings.find((each) => each.connection?.id === connection);
  return standing ? `${titleOf(standing)} only` : "Its account is disconnected";
}
