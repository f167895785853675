import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { fetchIntegrations, session, type Approval, type Integrations } from "./api.ts";
import { useApprovals } from "./approvals/use-approvals.ts";
import { isStale, tellNews } from "./approvals/news.ts";
import { tellArrival } from "./arrival.ts";
import { viewId } from "./cards.tsx";
import { BackLink, ConnectionSkeleton } from "./connection.tsx";
import { ConnectingProvider, useConnecting } from "./connecting.ts";
import { useFocusNext, useRouteChange } from "./focus.ts";
import { Footer, Header, SkipLink } from "./frame.tsx";
import { useLoaded } from "./load.ts";
import { lostWindow, SESSION_ENDED, staleList, VIEW_TITLE } from "./messages.ts";
import { OverviewLoading } from "./overview.tsx";
import { connectId, Failure, PageHead, RetryButton } from "./parts.tsx";
import { Asked, type Question, type Told } from "./questions.tsx";
import { recallSignedIn, rememberSignedIn } from "./remembered.ts";
import { useRoute, type Arrival, type Route } from "./route.ts";
import type { Standing } from "./standing.ts";
import { ToastList, useToasts } from "./toasts.tsx";
import { View, viewTitle } from "./view.tsx";

/** The whole page. `arrival` tells how a visit to a service just ended, if this load came from one. */
export function App({ arrival }: { arrival: Arrival | null }): JSX.Element {
  const [fetched, reload] = useLoaded(fetchIntegrations);
  const route = useRoute();
  const { toasts, tell: toast, dismiss, hold } = useToasts();
  const [question, setQuestion] = useState<Question | null>(null);
  // Who has just connected something hears how to keep it; nobody does who only looks.
  const [hasConnected, setHasConnected] = useState(false);
  const focusNext = useFocusNext();
  // Until the list is there, the header is as it was the last time.
  const [wasSignedInLast] = useState(recallSignedIn);
  const shown = useRef(fetched);
  // What is shown already is worth more than the message that it could not be fetched again.
  if (fetched.phase === "ready" || shown.current.phase !== "ready") shown.current = fetched;
  const list = shown.current;
  const approvals = useApprovals(list.phase === "ready" ? list.value : null, (news: readonly Approval[]) => {
    // Whoever looks at one already need not be told of it.
    const others = news.filter(({ id }) => !(route.view === "approvals" && route.id === id));
    if (others.length > 0 && list.phase === "ready") toast(tellNews(others, list.value.integrations));
  });
  useEffect(() => {
    const seen = route.view === "approvals" ? route.id : null;
    for (const each of toasts) if (isStale(each, approvals.all, seen)) dismiss(each.id);
  }, [approvals.all, route]);
  const waits = approvals.waiting.length > 0 ? `(${approvals.waiting.length}) ` : "";
  const title = viewTitle(route, list.phase === "ready" ? list.value.integrations : []);

  const { connecting, tellOthers } = useConnecting({
    onArrival: (each) => {
      arrivals.current.push({ arrival: each, from: "window" });
      reload();
      tellOthers();
    },
    onLost: (integration) => {
      lost.current.push(integration);
      reload();
    },
    onChange: reload,
  });

  // Only a list that was fetched afterwards can tell what has become of a visit.
  const arrivals = useRef<{ arrival: Arrival; from: "page" | "window" }[]>(arrival ? [{ arrival, from: "page" }] : []);
  const lost = useRef<string[]>([]);
  // Where the focus goes on after what was done is there only once the list is.
  const next = useRef<string | null>(null);
  const wasSignedIn = useRef(false);
  useEffect(() => {
    if (fetched.phase === "loading") return;
    if (fetched.phase === "failed") {
      if (list.phase === "ready") toast({ tone: "bad", text: staleList(fetched.error.message), holds: () => false });
      return;
    }
    hold(fetched.value);
    for (const { arrival: ended, from } of arrivals.current.splice(0)) arrive(ended, from, fetched.value);
    if (wasSignedIn.current && !fetched.value.signed_in) {
      toast({ tone: "bad", text: SESSION_ENDED, holds: ({ signed_in }) => !signed_in });
      setQuestion(null);
      next.current = "title";
    }
    wasSignedIn.current = fetched.value.signed_in;
    rememberSignedIn(fetched.value.signed_in);
    // What had the focus has left with what was done, unless the person has moved on.
    if (next.current !== null && isFocusLost()) focusNext(next.current, "title");
    next.current = null;
    for (const id of lost.current.splice(0)) {
      const integration = fetched.value.integrations.find((each) => each.integration === id);
      if (integration && integration.status !== "connected")
        toast({ tone: "plain", text: lostWindow(integration.name), holds: (each) => !isConnected(each, id) });
    }
  }, [fetched]);

  const arrive = (ended: Arrival, from: "page" | "window", value: Integrations) => {
    if (from === "page") tellOthers();
    const told = tellArrival(ended, value);
    toast(told.notice);
    if (ended.kind === "connected" && told.notice.tone !== "bad") setHasConnected(true);
    if (from === "page") focusNext(told.focus, "title");
    else if (isFocusFree(ended.integration)) {
      focusNext(...(told.focus === "notice" ? [] : [told.focus]), connectId(ended.integration ?? ""), "title");
    }
  };

  useRouteChange(route, (before) => {
    if (route.view !== "overview") scrollTo(0, 0);
    if (route.view === "overview" && before.view === "connection") {
      focusNext(viewId(before.integration), connectId(before.integration), "title");
    } else focusNext("title");
  });

  useEffect(() => {
    document.title = `${waits}${title} · Latchkey`;
  }, [waits, title]);
  useReturn(reload);
  useEffect(() => {
    session.addEventListener("ended", reload);
    return () => session.removeEventListener("ended", reload);
  }, []);

  const tell = (told: Told) => {
    toast(told.notice);
    focusNext(told.focus, "title");
  };
  const finish = (told: Told) => {
    if (question?.kind === "sign-out") wasSignedIn.current = false;
    next.current = told.focus;
    reload();
    tellOthers();
    toast(told.notice);
    if (told.question) setQuestion(told.question);
  };
  const close = () => {
    setQuestion(null);
    // The button that asked may have left meanwhile.
    if (next.current === null && isFocusLost()) focusNext("title");
  };
  const retry = () => {
    reload();
    focusNext("main");
  };
  const dismissToast = (id: number) => {
    if (document.activeElement?.closest(".toast")) focusNext("title");
    dismiss(id);
  };

  return (
    <ConnectingProvider value={connecting}>
      <SkipLink />
      <Header
        view={route.view}
        waiting={approvals.waiting.length}
        signedIn={list.phase === "ready" ? list.value.signed_in : wasSignedInLast}
        onSignOut={() => setQuestion({ kind: "sign-out" })}
        onSignedIn={finish}
        onTold={tell}
      />
      <main class="page" id="main" tabIndex={-1}>
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
            approvals={approvals}
            hasConnected={hasConnected}
            onDisconnect={(standing: Standing) => setQuestion({ kind: "disconnect", standing })}
            onStale={reload}
            onTold={tell}
            onSignedIn={finish}
          />
        )}
      </main>
      <Footer />
      <ToastList toasts={toasts} onDismiss={dismissToast} />
      {question !== null && <Asked question={question} onDone={finish} onClosed={close} />}
    </ConnectingProvider>
  );
}

function Loading({ route }: { route: Route }): JSX.Element {
  const { view } = route;
  if (view === "overview") return <OverviewLoading />;
  if (view === "connection") return <ConnectionSkeleton integration={route.integration} />;
  return (
    <div aria-busy="true">
      <BackLink />
      <PageHead title={VIEW_TITLE[view]}>
        <span class="bone" data-width="long" aria-hidden="true" />
      </PageHead>
    </div>
  );
}

/** Calls back when the person comes back to this page, which may be older by then than what other pages have done. */
function useReturn(onReturn: () => void): void {
  useEffect(() => {
    const look = () => document.visibilityState === "visible" && onReturn();
    // The back button can bring this page back as it was before the visit to a service.
    const restore = (event: PageTransitionEvent) => event.persisted && onReturn();
    document.addEventListener("visibilitychange", look);
    addEventListener("pageshow", restore);
    return () => {
      document.removeEventListener("visibilitychange", look);
      removeEventListener("pageshow", restore);
    };
  }, []);
}

const isConnected = ({ integrations }: Integrations, id: string): boolean =>
  integrations.some(({ integration, status }) => integration === id && status === "connected");

/** Whether what had the focus is gone, or goes with the question that it is in. */
function isFocusLost(): boolean {
  const focused = document.activeElement;
  return focused === null || focused === document.body || focused.closest("dialog") !== null;
}

/** Whether nobody is in the middle of something else: the focus is where connecting began, or nowhere. */
function isFocusFree(integration: string | null): boolean {
  const focused = document.activeElement;
  return focused === null || focused === document.body || focused.id === connectId(integration ?? "");
}
