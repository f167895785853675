/** One thing that a service asks for: its label, what helps to find it, the input, and what is wrong with what is in it. */
import type { JSX } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { RevealButton } from "./reveal.tsx";
import { autocompleteOf, mended, type Field as Asked, type Wrong } from "./typed.ts";
import type { FormWords } from "./words.ts";

export type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** The kinds of input that bring a whole text at once. */
const AT_ONCE = new Set(["insertFromPaste", "insertFromDrop", "insertReplacementText"]);
const LINES = 6;

interface Props {
  readonly field: Asked;
  readonly fields: readonly Asked[];
  readonly service: string;
  readonly wrong: Wrong | null;
  /** It is being handed in: nothing can be changed. */
  readonly isBusy: boolean;
  readonly words: FormWords;
  /** `left`: the person has gone on to another field. */
  readonly onTyped: (value: string, left: boolean) => void;
}

export function Field(props: Props): JSX.Element {
  const { field, service, wrong, words } = props;
  const { name, title, description, help, optional, fixed } = field;
  const id = `field-${name}`;
  const sentence = wrong === null ? "" : sayWrong(field, wrong, service, words);
  return (
    <div class="field">
      <label for={id} dir="auto">
        {title}
        {optional && fixed === null && <span class="quiet"> ({words.optional})</span>}
      </label>
      {(description !== null || fixed !== null) && (
        <p class="quiet small" id={`${id}-about`} dir="auto">
          {[description, fixed === null ? null : words.fixed].filter((each) => each !== null).join(" ")}
        </p>
      )}
      <Input {...props} id={id} />
      <p class="problem small" id={`${id}-problem`} dir="auto">
        {sentence}
      </p>
      {help !== null && fixed === null && (
        <a class="small" href={help} target="_blank" rel="noopener noreferrer">
          {words.help}
          <span class="unseen">
            {" "}
            ({title}, {words.newTab})
          </span>
        </a>
      )}
    </div>
  );
}

/** What is wrong, and what to do. */
export function sayWrong({ example }: Asked, wrong: Wrong, service: string, words: FormWords): string {
  if (wrong === "required") return words.required;
  return wrong === "refused" ? words.refused(service) : words.unlike(example);
}

function Input({ field, fields, wrong, isBusy, words, onTyped, id }: Props & { readonly id: string }): JSX.Element {
  const { name, title, description, example, secret, choices, suffix, multiline, fixed, default: usual } = field;
  const [isShown, setShown] = useState(false);
  // How many lines lie under the cover of a long secret that nobody is in; null: it is uncovered.
  const [covered, setCovered] = useState<number | null>(null);
  const isWanted = useRef(false);
  const control = useRef<Control | null>(null);
  const hold = useCallback((drawn: Control | null) => {
    control.current = drawn;
  }, []);
  useEffect(() => {
    const { current } = control;
    if (current === null) return;
    // As a property, once: an attribute could be read out of the page, and a value that is drawn would undo what is typed. A
    // browser may have filled it in already; a list always has one chosen.
    if (current.value === "" || current instanceof HTMLSelectElement) current.value = fixed ?? usual ?? "";
  }, []);
  useEffect(() => {
    if (isWanted.current) control.current?.focus();
    isWanted.current = false;
  }, [covered]);

  const cover = (text: string): void => setCovered(text === "" ? null : text.split("\n").length);
  const read = (from: Control, left: boolean): void => {
    const value = mended(field, from.value);
    if (left && value !== from.value) from.value = value;
    onTyped(value, left);
  };
  const common = {
    id,
    name,
    autocomplete: autocompleteOf(field, fields),
    autocapitalize: "off" as const,
    spellcheck: false,
    placeholder: example ?? "",
    readOnly: isBusy || fixed !== null,
    "aria-required": !field.optional && usual === null && fixed === null,
    "aria-invalid": wrong !== null,
    "aria-describedby": [
      ...(description !== null || fixed !== null ? [`${id}-about`] : []),
      ...(suffix === null ? [] : [`${id}-suffix`]),
      `${id}-problem`,
    ].join(" "),
    onInput: (event: JSX.TargetedInputEvent<HTMLInputElement | HTMLTextAreaElement>) => {
      const typed = event.currentTarget;
      const value = mended(field, typed.value);
      // What is pasted is right at once; whoever types may be in the middle of a word.
      if (AT_ONCE.has(event.inputType) && typed.value !== value) typed.value = value;
      read(typed, false);
    },
    onBlur: (event: JSX.TargetedFocusEvent<HTMLInputElement | HTMLTextAreaElement>) => {
      read(event.currentTarget, true);
      if (multiline && secret && !isShown) cover(event.currentTarget.value);
    },
  };

  if (choices !== null && fixed === null) {
    return (
      <select
        id={id}
        name={name}
        ref={hold}
        aria-disabled={isBusy}
        aria-required={common["aria-required"]}
        aria-invalid={wrong !== null}
        aria-describedby={common["aria-describedby"]}
        onChange={(event) => onTyped(event.currentTarget.value, true)}
      >
        {usual === null && <option value="">{field.optional ? words.none : words.choose}</option>}
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </select>
    );
  }
  const reveal = secret && (
    <RevealButton
      says={words.show(title)}
      isPressed={isShown}
      onPressed={() => {
        setShown(!isShown);
        const isLeft = document.activeElement !== control.current;
        if (multiline) cover(isShown && isLeft ? (control.current?.value ?? "") : "");
      }}
    />
  );
  if (multiline) {
    return (
      <span class="box" data-covered={covered !== null}>
        <textarea {...common} rows={LINES} ref={hold} class={secret && !isShown ? "masked" : undefined} />
        {covered !== null && (
          <button
            type="button"
            class="cover"
            aria-describedby={`${id}-problem`}
            onClick={() => {
              isWanted.current = true;
              setCovered(null);
            }}
          >
            <span class="unseen">{title}: </span>
            {words.hidden(covered)}
          </button>
        )}
        {reveal}
      </span>
    );
  }
  return (
    <span class="entry">
      <span class="box">
        <input {...common} type={secret && !isShown ? "password" : "text"} ref={hold} />
        {reveal}
      </span>
      {suffix !== null && (
        <span class="suffix quiet" id={`${id}-suffix`}>
          {suffix}
        </span>
      )}
    </span>
  );
}
