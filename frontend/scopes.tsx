import type { JSX } from "preact";
import type { Integration } from "./api.ts";
import { SCOPE_WORDS } from "./scope-words.ts";

/** Google's scopes are addresses; their last part says all. */
const ADDRESS = /^https:\/\/.*\/(?=.)/;

const WORDS = new Map(Object.entries(SCOPE_WORDS).map(([id, words]) => [id, new Map(Object.entries(words))]));

/** What the account's owner has allowed, in plain words, each with the scope's own name. */
export function Scopes({ integration }: { integration: Integration }): JSX.Element {
  const { integration: id, name, scopes } = integration;
  const words = WORDS.get(id);
  return (
    <div class="account-scopes">
      <h2>Latchkey may</h2>
      {scopes.length === 0 ? (
        <p class="quiet small">{name} gives no list; you chose there what to share.</p>
      ) : (
        <ul>
          {scopes.map((scope) => (
            <li key={scope}>
              {words?.get(scope)} <code title={scope}>{scope.replace(ADDRESS, "")}</code>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
