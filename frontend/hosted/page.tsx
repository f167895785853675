/** The page of a connect link, in the app's own name: what to connect, what that allows, and the way on or back. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { paintsOf } from "./accent.ts";
import { giveUp, goOn, openLink, problemOf, type Choice, type ConnectPage } from "./calls.ts";
import { Chooser } from "./chooser.tsx";
import { leaveTo } from "./outcome.ts";
import { Service } from "./service.tsx";
import { Title } from "./title.tsx";
import type { ProblemKind, Words } from "./words.ts";

/** Where the person is on the page. */
type View =
  | { readonly at: "loading" }
  | { readonly at: "problem"; readonly kind: ProblemKind }
  | { readonly at: "choosing" }
  | { readonly at: "asking"; readonly choice: Choice }
  | { readonly at: "leaving"; readonly choice: Choice };

/** What can be tried again right here. */
const PASSING: readonly ProblemKind[] = ["busy", "failed"];

/** @param ticket of the link */
export function HostedPage({ ticket, words }: { ticket: string; words: Words }): JSX.Element {
  const [page, setPage] = useState<ConnectPage | null>(null);
  const [view, setView] = useState<View>({ at: "loading" });
  const app = page?.app.name ?? null;
  const fail = (cause: unknown): void => setView({ at: "problem", kind: problemOf(cause) });

  const show = (opened: ConnectPage): void => {
    setPage(opened);
    setView(firstView(opened));
  };
  const load = (): void => {
    setView({ at: "loading" });
    openLink(ticket).then(show, fail);
  };
  useEffect(load, [ticket]);
  useEffect(() => {
    if (page?.app.accent) wear(page.app.accent);
    if (page?.app.logo) document.querySelector("link[rel=icon]")?.setAttribute("href", page.app.logo);
  }, [page]);
  useEffect(() => {
    document.title = app === null ? document.title : words.title(app);
  }, [app]);

  const leave = (choice: Choice): void => {
    setView({ at: "leaving", choice });
    goOn(ticket, choice.integration).then((url) => location.assign(url), fail);
  };
  const cancel = (): void => {
    giveUp(ticket).then(({ return_to, display }) => leaveTo(return_to, display), fail);
  };

  return (
    <Card page={page} words={words}>
      {view.at === "loading" && <p role="status">{words.loading}</p>}
      {view.at === "problem" && <Trouble kind={view.kind} app={app} words={words} onAgain={load} />}
      {view.at === "choosing" && page !== null && (
        <Chooser
          app={page.app.name}
          choices={page.choices}
          words={words}
          onChosen={(choice) => setView({ at: "asking", choice })}
          onCancel={cancel}
        />
      )}
      {(view.at === "asking" || view.at === "leaving") && page !== null && (
        <Service
          app={page.app.name}
          choice={view.choice}
          isLeaving={view.at === "leaving"}
          words={words}
          onGoOn={() => leave(view.choice)}
          onCancel={cancel}
          {...(page.choices.length > 1 ? { onOthers: () => setView({ at: "choosing" }) } : {})}
        />
      )}
    </Card>
  );
}

function firstView({ link, integration, choices }: ConnectPage): View {
  if (link !== "open") return { at: "problem", kind: link };
  const [only] = choices;
  if (integration === null && choices.length !== 1) return { at: "choosing" };
  return only === undefined ? { at: "problem", kind: "unavailable" } : { at: "asking", choice: only };
}

interface CardProps {
  readonly page: ConnectPage | null;
  readonly words: Words;
  readonly children: ComponentChildren;
}

/** The frame of every page: whose it is, and for whom. */
function Card({ page, words, children }: CardProps): JSX.Element {
  const [isBroken, setBroken] = useState(false);
  const { name, email } = page?.person ?? { name: null, email: null };
  const who = name !== null && email !== null ? `${name} (${email})` : (name ?? email);
  return (
    <div class="card">
      {page !== null && (
        <header>
          {page.app.logo !== null && !isBroken ? (
            <img class="logo" src={page.app.logo} alt="" width="40" height="40" onError={() => setBroken(true)} />
          ) : (
            <span class="logo" data-letter aria-hidden="true">
              {Array.from(page.app.name)[0]}
            </span>
          )}
          <p>
            <strong dir="auto">{page.app.name}</strong>
            {who !== null && (
              <span class="quiet small" dir="auto">
                {words.person(who)}
              </span>
            )}
          </p>
        </header>
      )}
      {children}
    </div>
  );
}

interface TroubleProps {
  readonly kind: ProblemKind;
  readonly app: string | null;
  readonly words: Words;
  readonly onAgain?: () => void;
}

/** Where nothing more can be done here: what happened, and what to do. */
function Trouble({ kind, app, words, onAgain }: TroubleProps): JSX.Element {
  const { title, text } = words.problems[kind](app);
  return (
    <section>
      <Title>{title}</Title>
      <p>{text}</p>
      <div class="ways">
        {PASSING.includes(kind) && onAgain !== undefined && (
          <button type="button" class="button" data-kind="primary" onClick={onAgain}>
            {words.again}
          </button>
        )}
        {window.opener !== null && (
          <button type="button" class="button" onClick={() => window.close()}>
            {words.close}
          </button>
        )}
      </div>
    </section>
  );
}

/** Has the page wear the app's colour. Not by a `style` in its HTML, which its policy forbids. */
function wear(accent: string): void {
  const { style } = document.documentElement;
  for (const [scheme, { color, ink }] of Object.entries(paintsOf(accent))) {
    style.setProperty(`--app-${scheme}`, color);
    style.setProperty(`--on-app-${scheme}`, ink);
  }
}
