/** What a service has refused calls for want of: said where the connection is shown, with the way to give it. */
import type { JSX } from "preact";
import { isPartial } from "./allowed.ts";
import type { Integration } from "./api.ts";
import { Give } from "./parts.tsx";
import { scopeName, scopeWords } from "./scope-names.ts";
import type { Standing } from "./standing.ts";

/** What a person could give; a connection that no longer works has other worries. */
export const wantedOf = ({ status, refused_scopes }: Integration): readonly string[] =>
  status === "connected" ? (refused_scopes ?? []) : [];

/** What is needed, in the words of the consent page and by its own name. */
export function WantedWords({ integration }: { integration: Integration }): JSX.Element | null {
  const wanted = wantedOf(integration);
  if (wanted.length === 0) return null;
  const { integration: id, name } = integration;
  return (
    <p>
      {name} needs{" "}
      {wanted.map((scope, index) => {
        const words = scopeWords(id, scope);
        return (
          <>
            {index > 0 && (index === wanted.length - 1 ? " and " : ", ")}
            {words !== undefined && `“${words}” `}
            <code title={scope}>{scopeName(scope)}</code>
          </>
        );
      })}{" "}
      for a call that was made.
    </p>
  );
}

/** The same on the connection's own page, where it is said as well that nobody knows what is needed. */
export function RefusedNotice({ standing }: { standing: Standing }): JSX.Element | null {
  const { status, name, refused_scopes } = standing;
  if (status !== "connected" || refused_scopes === null) return null;
  const isKnown = refused_scopes.length > 0;
  // What was asked for and is not allowed is said already, with the way to allow it.
  if (!isKnown && isPartial(standing)) return null;
  return (
    <section class="panel partial" aria-labelledby="refused-title">
      <div>
        <h2 id="refused-title">A call was refused</h2>
        {isKnown ? (
          <WantedWords integration={standing} />
        ) : (
          <p>This connection lacks something for it, and {name} did not say what.</p>
        )}
      </div>
      {isKnown && <Give standing={standing} scopes={refused_scopes} />}
    </section>
  );
}
