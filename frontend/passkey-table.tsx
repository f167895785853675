import type { JSX } from "preact";
import type { Passkey } from "./api.ts";
import { LastUse, Time, Unseen } from "./parts.tsx";

interface Props {
  readonly passkeys: readonly Passkey[];
  readonly onRemove: (passkey: Passkey) => void;
}

/** What is known of each passkey. */
export function PasskeyTable({ passkeys, onRemove }: Props): JSX.Element {
  return (
    <div class="table-frame keys">
      <table>
        <caption class="unseen">Your passkeys</caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col" class="wide">
              Added
            </th>
            <th scope="col" class="wide">
              Last used
            </th>
            <th scope="col">
              <Unseen>Action</Unseen>
            </th>
          </tr>
        </thead>
        <tbody>
          {passkeys.map((passkey) => (
            <PasskeyRow key={passkey.id} passkey={passkey} onRemove={() => onRemove(passkey)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Narrow pages fold the facts under the name; only one of the two places is ever rendered. */
function PasskeyRow({ passkey, onRemove }: { passkey: Passkey; onRemove: () => void }): JSX.Element {
  const { name, created_at, last_used_at, cloned_at } = passkey;
  return (
    <tr>
      <th scope="row">
        {name}
        {cloned_at !== null && (
          <p class="problem small">
            Refused <Time iso={cloned_at} />: there seems to be a copy of it. Remove it.
          </p>
        )}
        <p class="narrow quiet small">
          Added <Time iso={created_at} />
          <br />
          <LastUse iso={last_used_at} before="Used " never="Never used" />
        </p>
      </th>
      <td class="wide">
        <Time iso={created_at} />
      </td>
      <td class="wide">
        <LastUse iso={last_used_at} />
      </td>
      <td>
        <button type="button" class="button" onClick={onRemove}>
          Remove<Unseen> {name}</Unseen>
        </button>
      </td>
    </tr>
  );
}
