/** The form itself. What is typed is in its inputs and nowhere else on the page, until it is handed in. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Mark } from "../../mark.tsx";
import { Title } from "../title.tsx";
import type { Words } from "../words.ts";
import type { FieldsForm, Meaning, Passing } from "./calls.ts";
import { Field, sayWrong } from "./field.tsx";
import { mended, wrongWith, type Wrong } from "./typed.ts";
import type { FormWords } from "./words.ts";

interface Props {
  readonly form: FieldsForm;
  readonly isBusy: boolean;
  /** What the last answer said of it; another one each time. */
  readonly refusal: Exclude<Meaning, { kind: "over" }> | null;
  readonly words: Words;
  readonly said: FormWords;
  readonly onEntered: (typed: Readonly<Record<string, string>>) => void;
  readonly onCancel: () => void;
}

export function Form({ form, isBusy, refusal, words, said, onEntered, onCancel }: Props): JSX.Element {
  const { fields, name: service, provider, mark, next } = form;
  const [wrongs, setWrongs] = useState<ReadonlyMap<string, Wrong>>(new Map());
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  // Said once, where a field is left with something wrong in it: not with each key.
  const [heard, setHeard] = useState("");
  const [trouble, setTrouble] = useState<Passing | null>(null);
  const element = useRef<HTMLFormElement>(null);

  useEffect(() => {
    if (refusal?.kind === "passing") setTrouble(refusal.why);
    if (refusal?.kind !== "field") return;
    const known = fields.find(({ name }) => name === refusal.name);
    if (known === undefined) {
      setTrouble("failed");
      return;
    }
    setWrongs(new Map([[known.name, refusal.wrong]]));
    setLeft((others) => new Set(others).add(known.name));
    focusOn(known.name);
  }, [refusal]);

  const focusOn = (name: string): void => {
    const control = document.getElementById(`field-${name}`);
    const cover = control?.parentElement?.querySelector<HTMLElement>(".cover");
    (cover ?? control)?.focus();
  };

  const onTyped = (name: string, value: string, isLeft: boolean): void => {
    const field = fields.find((each) => each.name === name);
    if (field === undefined) return;
    // Whoever only passes through an empty field has done nothing wrong yet.
    const isTried = left.has(name) || (isLeft && value !== "");
    if (isTried && !left.has(name)) setLeft(new Set(left).add(name));
    const found = isTried ? wrongWith(field, value) : null;
    const before = wrongs.get(name);
    // Leaving changes nothing of what the service has said.
    if (isLeft && before === "refused" && found === null) return;
    setTrouble(null);
    const others = [...wrongs].filter(([each, wrong]) => each !== name && (isLeft || wrong !== "refused"));
    setWrongs(new Map(found === null ? others : [...others, [name, found]]));
    if (isLeft)
      setHeard(found === null || found === before ? "" : `${field.title}: ${sayWrong(field, found, service, said)}`);
  };

  const submit = (event: Event): void => {
    event.preventDefault();
    const { current } = element;
    if (isBusy || current === null) return;
    const data = new FormData(current);
    const typed = fields
      .filter(({ fixed }) => fixed === null)
      .map((field) => ({ field, value: mended(field, textOf(data.get(field.name))) }));
    const found = typed.flatMap(({ field, value }) => {
      const wrong = wrongWith(field, value);
      return wrong === null ? [] : [[field.name, wrong] as const];
    });
    setTrouble(null);
    setHeard("");
    setWrongs(new Map(found));
    setLeft(new Set(fields.map(({ name }) => name)));
    const [first] = found;
    if (first !== undefined) focusOn(first[0]);
    else onEntered(Object.fromEntries(typed.map(({ field, value }) => [field.name, value])));
  };

  const consents = next === "consent";
  const busy = consents ? words.leaving(service) : said.checking(service);
  return (
    <section>
      <Mark integration={provider} name={service} src={mark} />
      <Title>{said.title(service, form.app?.name ?? null)}</Title>
      <form method="post" aria-busy={isBusy} autocomplete="off" noValidate ref={element} onSubmit={submit}>
        {fields.map((field) => (
          <Field
            key={field.name}
            field={field}
            fields={fields}
            service={service}
            wrong={wrongs.get(field.name) ?? null}
            isBusy={isBusy}
            words={said}
            onTyped={(value, isLeft) => onTyped(field.name, value, isLeft)}
          />
        ))}
        <p class="quiet small">{consents ? words.later(service) : said.kept(service)}</p>
        <p class="problem" role="alert">
          {trouble === null ? "" : sayTrouble(trouble, service, words, said)}
        </p>
        {/* A press that takes the focus from a field would move the button away from under itself. */}
        <div class="ways" onMouseDown={(event) => event.preventDefault()}>
          <button class="button" data-kind="primary" aria-disabled={isBusy}>
            {isBusy && <span class="spinner" aria-hidden="true" />}
            {isBusy ? busy : consents ? words.goOn(service) : said.connect}
          </button>
          <button type="button" class="button" aria-disabled={isBusy} onClick={isBusy ? undefined : onCancel}>
            {words.cancel}
          </button>
        </div>
      </form>
      <p class="unseen" role="status">
        {isBusy ? busy : ""}
      </p>
      <p class="unseen" role="alert">
        {heard}
      </p>
    </section>
  );
}

const textOf = (value: FormDataEntryValue | null): string => (typeof value === "string" ? value : "");

function sayTrouble(trouble: Passing, service: string, words: Words, said: FormWords): string {
  if (trouble === "unreachable") return said.unreachable;
  return trouble === "unasked" ? said.unasked(service) : words.problems[trouble](null).text;
}
