/** Which services are being connected in a window right now. */
import { createContext } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import { connectHref } from "./api.ts";
import { openChannel, openWindow, prefersWholePage } from "./connect-window.ts";
import type { Arrival } from "./route.ts";

const LOOK_EVERY_MS = 500;
/** An outcome that was told just before the window closed is still on its way. */
const GRACE_MS = 1500;

/** What a link connects. */
export interface Target {
  readonly integration: string;
  /** The id of a connection that is connected again, `new` for another account; null: whichever it turns out to be. */
  readonly connection: string | null;
  /** Scopes that are asked for besides those that the connection has. */
  readonly added?: readonly string[] | undefined;
  /** What the window says while it is on its way: which account is meant, for whoever has several at the service. */
  readonly says: string;
}

interface Connecting {
  /** By where their links lead. */
  readonly waiting: ReadonlySet<string>;
  /** For a click on a link that connects: takes it to a window of its own, or leaves it to the browser. */
  readonly start: (target: Target, event: MouseEvent) => void;
}

interface Handlers {
  /** A window of this page has come back. */
  readonly onArrival: (arrival: Arrival) => void;
  /** The window is closed, or a service has put it out of this page's sight: nobody can tell which. */
  readonly onLost: (integration: string) => void;
  /** Another page of this browser may have changed the connections. */
  readonly onChange: () => void;
}

const Context = createContext<Connecting>({ waiting: new Set(), start: () => {} });
export const ConnectingProvider = Context.Provider;

/** How a link takes part in connecting, wherever on the page it stands. */
export function useConnectLink(target: Target) {
  const { waiting, start } = useContext(Context);
  const href = connectHref(target.integration, target.connection, target.added);
  return { href, waiting: waiting.has(href), onClick: (event: MouseEvent) => start(target, event) };
}

interface Opened extends Target {
  readonly window: Window;
}

/** Opens windows and hears from them; `tellOthers` lets the other pages of this browser know that something has changed. */
export function useConnecting(handlers: Handlers): { connecting: Connecting; tellOthers: () => void } {
  const [waiting, setWaiting] = useState<ReadonlyMap<string, Opened>>(new Map());
  const latest = useRef(handlers);
  latest.current = handlers;
  // Kept after a window is lost from sight: what it brings later is still this page's.
  const own = useRef(new Map<string, string>());
  const channel = useRef<ReturnType<typeof openChannel> | null>(null);
  const forget = (href: string) => setWaiting((before) => new Map([...before].filter(([each]) => each !== href)));

  useEffect(() => {
    channel.current = openChannel((message) => {
      if (message.kind === "changed") latest.current.onChange();
      if (message.kind !== "arrived") return;
      const href = own.current.get(message.window);
      if (href === undefined) {
        latest.current.onChange();
        return;
      }
      own.current.delete(message.window);
      channel.current?.tell({ kind: "taken", window: message.window });
      forget(href);
      latest.current.onArrival(message.arrival);
    });
    return () => channel.current?.close();
  }, []);

  useEffect(() => {
    if (waiting.size === 0) return;
    let grace: ReturnType<typeof setTimeout> | undefined;
    const look = setInterval(() => {
      const lost = [...waiting].find(([, opened]) => opened.window.closed);
      if (lost === undefined) return;
      clearInterval(look);
      grace = setTimeout(() => {
        forget(lost[0]);
        latest.current.onLost(lost[1].integration);
      }, GRACE_MS);
    }, LOOK_EVERY_MS);
    return () => {
      clearInterval(look);
      clearTimeout(grace);
    };
  }, [waiting]);

  const start = (target: Target, event: MouseEvent) => {
    const href = connectHref(target.integration, target.connection, target.added);
    const elsewhere = event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (elsewhere || prefersWholePage()) return;
    const opened = waiting.get(href)?.window;
    if (opened !== undefined && !opened.closed) {
      event.preventDefault();
      opened.focus();
      return;
    }
    const name = crypto.randomUUID();
    const before = [...waiting.values()].map(({ window }) => window);
    const popup = openWindow(href, name, before, target.says);
    if (popup === null) return;
    event.preventDefault();
    own.current.set(name, href);
    setWaiting((others) => new Map(others).set(href, { ...target, window: popup }));
  };
  return {
    connecting: { waiting: new Set(waiting.keys()), start },
    tellOthers: () => channel.current?.tell({ kind: "changed" }),
  };
}
