import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { fetchIntegrations, type Integration, type Integrations } from "./api.ts";
import { BackLink, Connection, ConnectionSkeleton } from "./connection.tsx";
import { Explorer } from "./explorer.tsx";
import { useFocusNext, useRouteChange } from "./focus.ts";
import { Footer, Header, NoticeBar, type Notice } from "./frame.tsx";
import { Keys } from "./keys.tsx";
import { useLoaded } from "./load.ts";
import { connectFailure, VIEW_TITLE } from "./messages.ts";
import { Overview, OverviewSkeleton, viewId } from "./overview.tsx";
import { connectId, Failure, PageHead, RetryButton } from "./parts.tsx";
import { Asked, type Question, type Told } from "./questions.tsx";
import { useRoute, type Arrival, type Route } from "./route.ts";

/** The whole page. `arrival` tells how a visit to a service just ended, if this load came from one. */
export function App({ arrival }: { arrival: Arrival | null }): JSX.Element {
  const [list, reload] = useLoaded(fetchIntegrations);
  const route = useRoute();
  const [notice, setNotice] = useState<Notice | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);
  const focusNext = useFocusNext();
  const integrations = list.phase === "ready" ? list.value.integrations : [];
  const signedIn = list.phase === "ready" && list.value.signed_in;
  const title = titleOf(route, integrations);

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
    if (route.view !== "overview") scrollTo(0, 0);
    if (route.view === "overview" && before.view === "connection") {
      focusNext(viewId(before.integration), connectId(before.integration), "title");
    } else focusNext("title");
  });

  useEffect(() => {
    document.title = `${title} · Latchkey`;
  }, [title]);

  // The back button can bring this page back as it was before the visit to a service.
  useEffect(() => {
    const refresh = (event: PageTransitionEvent) => event.persisted && reload();
    addEventListener("pageshow", refresh);
    return () => removeEventListener("pageshow", refresh);
  }, []);

  const tell = (told: Told) => {
    setNotice(told.notice);
    focusNext(told.focus);
  };
  const finish = (told: Told) => {
    reload();
    tell(told);
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
      <Header view={route.view} signedIn={signedIn} onSignOut={() => setQuestion({ kind: "sign-out" })} />
      <main class="page" id="main" tabIndex={-1}>
        <p class="unseen" role="status">
          {notice?.text}
        </p>
        {notice !== null && <NoticeBar notice={notice} onDismiss={dismiss} />}
        {list.phase === "loading" && <Loading route={route} />}
        {list.phase === "failed" && (
          <>
            <PageHead title={VIEW_TITLE[route.view]} />
            <Failure error={list.error} action={<RetryButton onClick={retry} />} />
          </>
        )}
        {list.phase === "ready" && (
          <View
            route={route}
            list={list.value}
            onDisconnect={(integration) => setQuestion({ kind: "disconnect", integration })}
            onStale={reload}
            onTold={tell}
          />
        )}
      </main>
      <Footer />
      {question !== null && <Asked question={question} onDone={finish} onClosed={() => setQuestion(null)} />}
    </>
  );
}

interface ViewProps {
  readonly route: Route;
  readonly list: Integrations;
  readonly onDisconnect: (integration: Integration) => void;
  /** A connection is no longer as the page holds it. */
  readonly onStale: () => void;
  readonly onTold: (told: Told) => void;
}

/** What the address names. */
function View({ route, list, onDisconnect, onStale, onTold }: ViewProps): JSX.Element {
  const { integrations, signed_in: signedIn } = list;
  if (route.view === "overview") return <Overview integrations={integrations} onDisconnect={onDisconnect} />;
  if (route.view === "keys") return <Keys signedIn={signedIn} onTold={onTold} />;
  if (route.view === "explorer") {
    return <Explorer key={route.integration} integrations={integrations} wanted={route.integration} />;
  }
  const open = integrations.find(({ integration }) => integration === route.integration);
  if (open === undefined) return <UnknownService />;
  return (
    <Connection
      key={open.integration}
      integration={open}
      signedIn={signedIn}
      onDisconnect={onDisconnect}
      onStale={onStale}
    />
  );
}

function Loading({ route: { view } }: { route: Route }): JSX.Element {
  if (view === "overview") return <OverviewSkeleton />;
  if (view === "connection") return <ConnectionSkeleton />;
  return (
    <div aria-busy="true">
      <BackLink />
      <PageHead title={VIEW_TITLE[view]}>
        <span class="bone" data-width="long" aria-hidden="true" />
      </PageHead>
    </div>
  );
}

function UnknownService(): JSX.Element {
  return (
    <>
      <BackLink />
      <PageHead title="No such service">
        This site offers nothing under that address. Go back to see what it does offer.
      </PageHead>
    </>
  );
}

function titleOf(route: Route, integrations: readonly Integration[]): string {
  const open = route.view === "connection" && integrations.find(({ integration }) => integration === route.integration);
  return open ? open.name : VIEW_TITLE[route.view];
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

/** The hash is the page's route, so this link moves focus itself. */
function skipToMain(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}
