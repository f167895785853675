/** The page of a connect link, in the app's own name: what to connect, what that allows, and the way on or back. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { giveUp, goOn, openLink, problemOf, type Choice, type ConnectPage } from "./calls.ts";
import { Card } from "./card.tsx";
import { Chooser } from "./chooser.tsx";
import { leaveTo } from "./outcome.ts";
import { Service } from "./service.tsx";
import { Trouble } from "./trouble.tsx";
import type { ProblemKind, Words } from "./words.ts";

/** Where the person is on the page. */
type View =
  | { readonly at: "loading" }
  | { readonly at: "problem"; readonly kind: ProblemKind }
  | { readonly at: "choosing" }
  | { readonly at: "asking"; readonly choice: Choice }
  | { readonly at: "leaving"; readonly choice: Choice };

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
    <Card app={page?.app ?? null} person={page?.person ?? null} words={words}>
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
