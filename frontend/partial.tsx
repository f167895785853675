/** A connection that works in part: what is not allowed, what is not there without it, and the way to allow it. */
import type { JSX } from "preact";
import { isPartial, lackWords, openLacks } from "./allowed.ts";
import type { Integration } from "./api.ts";
import { AllowRest, Empty } from "./parts.tsx";
import type { Standing } from "./standing.ts";

/** Says it where the connection is shown; nothing where all is allowed. */
export function PartialNotice({ standing }: { standing: Standing }): JSX.Element | null {
  if (!isPartial(standing)) return null;
  return (
    <section class="panel partial" aria-labelledby="partial-title">
      <div>
        <h2 id="partial-title">Not everything is allowed</h2>
        <LackList integration={standing} />
      </div>
      <AllowRest standing={standing} />
    </section>
  );
}

/** What is not there, or else not allowed, a sentence each; `brief`: without the words of the consent page. */
export function LackList({ integration, brief = false }: { integration: Integration; brief?: boolean }): JSX.Element {
  return (
    <ul>
      {openLacks(integration).map((lack) => (
        <li key={lack.scope}>
          {brief && lack.without !== null ? `${lack.without} cannot be shown.` : lackWords(lack)}
        </li>
      ))}
    </ul>
  );
}

/** What stands where the items would, had their owner allowed to list them. */
export function NothingAllowed({ integration }: { integration: Integration }): JSX.Element {
  const lists = openLacks(integration).filter(({ list }) => list !== null);
  const [first] = lists;
  if (first === undefined) {
    return (
      <Empty title={`${integration.name} lists nothing here`}>
        <p class="quiet">It does not allow that to this account, and asking again would not change it.</p>
      </Empty>
    );
  }
  return (
    <Empty title={`${lists.map(({ list }) => list).join(" and ")} cannot be shown`}>
      <p class="quiet">{lists.map(({ words }) => `“${words}”`).join(" and ")} is not allowed.</p>
    </Empty>
  );
}
