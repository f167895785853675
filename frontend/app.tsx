import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Integrations } from "../src/api.ts";
import { fetchIntegrations } from "./api.ts";
import { BackLink, Connection } from "./connection.tsx";
import { Footer, Header, NoticeBar, type Notice } from "./frame.tsx";
import { useLoaded } from "./load.ts";
import { connectFailure } from "./messages.ts";
import { Overview, OverviewSkeleton, viewId } from "./overview.tsx";
import { connectId, Failure, RetryButton } from "./parts.tsx";
import { Asked, type Question, type Told } from "./questions.tsx";
import { useRoute, type Arrival } from "./route.ts";

/** The whole page. `arrival` tells how a visit to a service just ended, if this load came from one. */
export function App({ arrival }: { arrival: Arrival | null }): JSX.Element {
  const [list, reload] = useLoaded(fetchIntegrations);
  const route = useRoute();
  const [notice, setNotice] = useState<Notice | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);
  const focusNext = useFocusNext();
  const integrations = list.phase === "ready" ? list.value.integrations : [];
  const signedIn = list.phase === "ready" && list.value.signed_in;
  const open = integrations.find(({ integration }) => integration === route);

  const untold = useRef(arrival);
  useEffect(() => {
    if (list.phase !== "ready" || untold.current === null) return;
    const told = tellArrival(untold.current, list.value);
    untold.current = null;
    setNotice(told.notice);
    focusNext(told.focus);
  }, [list.phase]);

  useRouteChange(route, (before) => {
    setNotice(null);
    if (route !== null) scrollTo(0, 0);
    if (route === null && before !== null) focusNext(viewId(before), connectId(before), "title");
    else focusNext("title");
  });

  useEffect(() => {
    document.title = `${open?.name ?? "Connections"} · Latchkey`;
  }, [open?.name]);

  // The back button can bring this page back as it was before the visit to a service.
  useEffect(() => {
    const refresh = (event: PageTransitionEvent) => event.persisted && reload();
    addEventListener("pageshow", refresh);
    return () => removeEventListener("pageshow", refresh);
  }, []);

  const finish = (told: Told) => {
    reload();
    setNotice(told.notice);
    focusNext(told.focus);
  };

  const retry = () => {
    reload();
    focusNext("main");
  };
  const dismiss = () => {
    setNotice(null);
    focusNext("title");
  };

  return (
    <>
      <a class="skip" href="#main" onClick={skipToMain}>
        Skip to content
      </a>
      <Header signedIn={signedIn} onSignOut={() => setQuestion({ kind: "sign-out" })} />
      <main class="page" id="main" tabIndex={-1}>
        <p class="unseen" role="status">
          {notice?.text}
        </p>
        {notice !== null && <NoticeBar notice={notice} onDismiss={dismiss} />}
        {list.phase === "loading" && <OverviewSkeleton />}
        {list.phase === "failed" && (
          <>
            <div class="page-head">
              <h1 id="title" tabIndex={-1}>
                Connections
              </h1>
            </div>
            <Failure error={list.error} action={<RetryButton onClick={retry} />} />
          </>
        )}
        {list.phase === "ready" && route === null && (
          <Overview
            integrations={integrations}
            onDisconnect={(integration) => setQuestion({ kind: "disconnect", integration })}
          />
        )}
        {list.phase === "ready" && route !== null && open === undefined && <UnknownService />}
        {open !== undefined && (
          <Connection
            key={open.integration}
            integration={open}
            signedIn={signedIn}
            onDisconnect={(integration) => setQuestion({ kind: "disconnect", integration })}
            onStale={reload}
          />
        )}
      </main>
      <Footer />
      {question !== null && <Asked question={question} onDone={finish} onClosed={() => setQuestion(null)} />}
    </>
  );
}

function UnknownService(): JSX.Element {
  return (
    <>
      <BackLink />
      <div class="page-head">
        <h1 id="title" tabIndex={-1}>
          No such service
        </h1>
        <p class="lede">This site offers nothing under that address. Go back to see what it does offer.</p>
      </div>
    </>
  );
}

/** Success is only told where the list agrees: anybody can write an address that claims it. */
function tellArrival(arrival: Arrival, { integrations }: Integrations): Told {
  const integration = integrations.find((each) => each.integration === arrival.integration);
  const name = integration?.name ?? "the service";
  if (arrival.kind === "connected" && integration?.status === "connected") {
    const as = integration.account === null ? "" : ` as ${integration.account.name}`;
    return { notice: { tone: "good", text: `${name} is connected${as}.` }, focus: viewId(integration.integration) };
  }
  const code = arrival.kind === "failed" ? arrival.code : "";
  return { notice: { tone: "bad", text: connectFailure(code, name) }, focus: "notice" };
}

/** Hands out a function that moves focus to the first of some elements, by id, as soon as one is on the page. */
function useFocusNext(): (...ids: readonly string[]) => void {
  const [wanted, setWanted] = useState<readonly string[]>([]);
  useLayoutEffect(() => {
    const element = wanted.map((id) => document.getElementById(id)).find((found) => found !== null);
    if (!element) return;
    element.focus();
    setWanted([]);
  });
  return (...ids) => setWanted(ids);
}

function useRouteChange(route: string | null, onChange: (before: string | null) => void): void {
  const before = useRef(route);
  useLayoutEffect(() => {
    if (before.current === route) return;
    onChange(before.current);
    before.current = route;
  }, [route]);
}

/** The hash is the page's route, so this link moves focus itself. */
function skipToMain(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}
