/** Which service to connect, out of those that the app has. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { distance, plain } from "../../src/catalogue/search.ts";
import { Mark } from "../mark.tsx";
import type { Choice } from "./calls.ts";
import { Title } from "./title.tsx";
import type { Words } from "./words.ts";

/** As many as are seen at a glance. */
const AT_A_GLANCE = 6;

interface Props {
  readonly app: string;
  readonly choices: readonly Choice[];
  readonly words: Words;
  readonly onChosen: (choice: Choice) => void;
  readonly onCancel: () => void;
}

export function Chooser({ app, choices, words, onChosen, onCancel }: Props): JSX.Element {
  const [wanted, setWanted] = useState("");
  const sought = plain(wanted.trim());
  const found = choices.filter(({ name, aliases }) => distance([name, ...aliases], sought) < Infinity);
  return (
    <section>
      <Title>{words.title(app)}</Title>
      {choices.length === 0 && <p>{words.nothing(app)}</p>}
      {choices.length > AT_A_GLANCE && (
        <>
          <input
            type="search"
            class="search"
            aria-label={words.search}
            placeholder={words.search}
            autocomplete="off"
            value={wanted}
            onInput={(event) => setWanted(event.currentTarget.value)}
          />
          <p class="quiet small" role="status">
            {found.length === 0 ? words.noneFound : words.found(found.length)}
          </p>
        </>
      )}
      <ul class="choices">
        {found.map((choice) => (
          <li key={choice.integration}>
            <button type="button" class="choice" onClick={() => onChosen(choice)}>
              <Mark integration={choice.provider} name={choice.name} src={choice.mark} />
              <span dir="auto">{choice.name}</span>
            </button>
          </li>
        ))}
      </ul>
      <div class="ways">
        <button type="button" class="button" onClick={onCancel}>
          {words.cancel}
        </button>
      </div>
    </section>
  );
}
