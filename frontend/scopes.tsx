import type { JSX } from "preact";
import { lacksOf } from "./allowed.ts";
import type { Integration } from "./api.ts";
import { scopeName, scopeWords } from "./scope-names.ts";

/** What the account's owner has allowed and what not, in plain words, each with the scope's own name. */
export function Scopes({ integration }: { integration: Integration }): JSX.Element {
  const { name, scopes } = integration;
  const lacks = lacksOf(integration);
  return (
    <div class="account-scopes">
      <h2>Latchkey may</h2>
      {scopes.length === 0 ? (
        <p class="quiet small">{name} gives no list; you chose there what to share.</p>
      ) : (
        <ScopeList integration={integration} scopes={scopes.map((scope) => ({ scope, note: null }))} />
      )}
      {lacks.length > 0 && (
        <>
          <h2>Not allowed</h2>
          <ScopeList
            integration={integration}
            scopes={lacks.map(({ scope, offered_to }) => ({
              scope,
              note: offered_to && `${name} offers this to ${offered_to} only`,
            }))}
          />
        </>
      )}
    </div>
  );
}

interface ListProps {
  readonly integration: Integration;
  readonly scopes: readonly { readonly scope: string; readonly note: string | null }[];
}

function ScopeList({ integration: { integration: id }, scopes }: ListProps): JSX.Element {
  return (
    <ul>
      {scopes.map(({ scope, note }) => (
        <li key={scope}>
          {scopeWords(id, scope)} <code title={scope}>{scopeName(scope)}</code>
          {note !== null && <span class="quiet small"> {note}</span>}
        </li>
      ))}
    </ul>
  );
}
