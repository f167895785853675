/** The page of a service that asks for something: a key, a user name and password, or where it is. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Card } from "../card.tsx";
import { problemOf } from "../calls.ts";
import { leaveTo } from "../outcome.ts";
import { Title } from "../title.tsx";
import { CloseButton, Trouble } from "../trouble.tsx";
import type { Problem, ProblemKind, Words } from "../words.ts";
import { enter, giveUp, meaningOf, openForm, type FieldsForm, type Meaning, type Outcome } from "./calls.ts";
import { Form } from "./form.tsx";
import type { FormWords } from "./words.ts";

/** Where the person is on the page. */
type View =
  | { readonly at: "loading" }
  | { readonly at: "problem"; readonly kind: ProblemKind }
  | { readonly at: "form"; readonly isBusy: boolean; readonly refusal: Exclude<Meaning, { kind: "over" }> | null }
  | { readonly at: "done"; readonly says: Problem };

/** How Latchkey's own page looks to the people who use it. */
const OWN_LOOK = { name: "Latchkey", logo: "/favicon.svg", accent: null };

interface Props {
  readonly state: string;
  readonly words: Words;
  readonly said: FormWords;
}

/** @param state of the flow */
export function FormPage({ state, words, said }: Props): JSX.Element {
  const [form, setForm] = useState<FieldsForm | null>(null);
  const [view, setView] = useState<View>({ at: "loading" });
  const app = form?.app?.name ?? null;

  const show = (opened: FieldsForm): void => {
    setForm(opened);
    setView({ at: "form", isBusy: false, refusal: null });
  };
  const load = (): void => {
    setView({ at: "loading" });
    openForm(state).then(show, (cause: unknown) => setView({ at: "problem", kind: problemOf(cause) }));
  };
  useEffect(load, [state]);
  useEffect(() => {
    if (form !== null) document.title = said.title(form.name, app);
  }, [form]);

  const refuse = (cause: unknown): void => {
    const meaning = meaningOf(cause);
    if (meaning.kind === "over") setView({ at: "problem", kind: meaning.problem });
    else setView({ at: "form", isBusy: false, refusal: meaning });
  };
  const submit = (typed: Readonly<Record<string, string>>): void => {
    setView({ at: "form", isBusy: true, refusal: null });
    enter(state, typed).then(goOn, refuse);
  };
  const goOn = (outcome: Outcome): void => {
    if (form?.next === "consent" && outcome.location !== null) location.assign(outcome.location);
    else leave(outcome, said.done(form?.name ?? ""));
  };
  const cancel = (): void => {
    setView({ at: "form", isBusy: true, refusal: null });
    giveUp(state).then((outcome) => leave(outcome, words.problems.cancelled(app)), refuse);
  };
  const leave = ({ location: place, display }: Outcome, says: Problem): void => {
    // What was typed goes with the form.
    setView(place === null || display === "popup" ? { at: "done", says } : { at: "loading" });
    if (place !== null) leaveTo(place, display);
  };

  return (
    <Card app={form === null ? null : (form.app ?? OWN_LOOK)} person={null} words={words}>
      {view.at === "loading" && <p role="status">{words.loading}</p>}
      {view.at === "problem" && <Trouble kind={view.kind} app={app} words={words} onAgain={load} />}
      {view.at === "form" && form !== null && (
        <Form
          form={form}
          isBusy={view.isBusy}
          refusal={view.refusal}
          words={words}
          said={said}
          onEntered={submit}
          onCancel={cancel}
        />
      )}
      {view.at === "done" && (
        <section>
          <Title>{view.says.title}</Title>
          <p>{view.says.text}</p>
          <div class="ways">
            <CloseButton words={words} />
          </div>
        </section>
      )}
    </Card>
  );
}
