/** One service: what the app will be able to do there, in words, and the way on. */
import type { JSX } from "preact";
import { Mark } from "../mark.tsx";
import { scopeName } from "../scope-names.ts";
import type { Choice } from "./calls.ts";
import { scopesIn } from "./scope-languages.ts";
import { Title } from "./title.tsx";
import type { Words } from "./words.ts";

interface Props {
  readonly app: string;
  readonly choice: Choice;
  /** The browser is on its way to the service. */
  readonly isLeaving: boolean;
  readonly words: Words;
  readonly onGoOn: () => void;
  readonly onCancel: () => void;
  /** There are other services to choose. */
  readonly onOthers?: () => void;
}

export function Service({ app, choice, isLeaving, words, onGoOn, onCancel, onOthers }: Props): JSX.Element {
  const { name, provider, mark, scopes, credentials } = choice;
  const isForm = credentials === "fields";
  const leaving = isForm ? words.loading : words.leaving(name);
  const known = new Map(Object.entries(scopesIn(words.language)[provider] ?? {}));
  return (
    <section aria-busy={isLeaving}>
      <Mark integration={provider} name={name} src={mark} />
      <Title>{words.asks(app, name)}</Title>
      {scopes.length === 0 ? (
        <p>{isForm ? words.uses(app) : words.decides(name)}</p>
      ) : (
        <>
          <p id="may">{words.may}</p>
          <ul class="scopes" aria-labelledby="may">
            {[...new Set(scopes.map((scope) => known.get(scope) ?? scopeName(scope)))].map((text) => (
              <li key={text} dir="auto">
                {text}
              </li>
            ))}
          </ul>
        </>
      )}
      <p class="quiet small">{isForm ? words.entering(name) : words.later(name)}</p>
      <div class="ways">
        <button
          type="button"
          class="button"
          data-kind="primary"
          aria-disabled={isLeaving}
          onClick={isLeaving ? undefined : onGoOn}
        >
          {isLeaving ? leaving : isForm ? words.toForm : words.goOn(name)}
        </button>
        {!isLeaving && onOthers !== undefined && (
          <button type="button" class="button" onClick={onOthers}>
            {words.others}
          </button>
        )}
        {!isLeaving && (
          <button type="button" class="button" onClick={onCancel}>
            {words.cancel}
          </button>
        )}
      </div>
      <p class="unseen" role="status">
        {isLeaving ? leaving : ""}
      </p>
    </section>
  );
}
