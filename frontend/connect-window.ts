/**
 * A window that connects an account, and the page that opened it. Both are of this origin; what they tell each other goes by
 * a BroadcastChannel, because the browser cuts the two apart on the way to the service and back. No token is in any message.
 */
import type { Arrival } from "./route.ts";

const CHANNEL = "latchkey";
/** The window's own session storage keeps this through every page it visits. */
const OWN_NAME = "latchkey-window";
const WIDTH = 560;
const HEIGHT = 760;
/** The page that opened the window answers within milliseconds, if it is still there. */
const ANSWER_WITHIN_MS = 1000;
const CLOSED_WITHIN_MS = 500;
const LOOK_EVERY_MS = 50;

export type Message =
  | { readonly kind: "arrived"; readonly window: string; readonly arrival: Arrival }
  | { readonly kind: "taken"; readonly window: string }
  /** The list of connections is another one now. */
  | { readonly kind: "changed" };

/** Hears and tells the other pages of this browser. */
export function openChannel(onMessage: (message: Message) => void): {
  tell: (message: Message) => void;
  close: () => void;
} {
  const channel = new BroadcastChannel(CHANNEL);
  // Only this page's own origin can send here, and it sends nothing else.
  channel.addEventListener("message", ({ data }: MessageEvent<Message>) => onMessage(data));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin, and takes no other
  return { tell: (message) => channel.postMessage(message), close: () => channel.close() };
}

/** Where a window beside this one is no help: a phone has one page at a time. */
export function prefersWholePage(): boolean {
  return matchMedia("(pointer: coarse) and (max-width: 800px)").matches;
}

/**
 * Opens the address in a window of that name, over the middle of this one; null where the browser does not allow it. It
 * stays here until the windows before it have reached their services: a newcomer's first answer sets the session that all
 * of them belong to.
 * @param says what stands in it until it is at the service
 */
export function openWindow(href: string, name: string, before: readonly Window[], says: string): Window | null {
  const opened = openBlank(name);
  if (opened === null) return null;
  opened.document.title = says;
  opened.document.body.textContent = says;
  const go = () => {
    if (before.some(isOnItsWay)) setTimeout(go, LOOK_EVERY_MS);
    else if (!opened.closed) opened.location.replace(href);
  };
  go();
  return opened;
}

/** Where a service asks for something here, before its own page or in the place of it. */
const FORM_PATH = "/fields";

/** A page may read where a window is only until that is at another origin. */
function isOnItsWay(opened: Window): boolean {
  try {
    return !opened.closed && opened.location.pathname !== FORM_PATH;
  } catch {
    return false;
  }
}

function openBlank(name: string): Window | null {
  const left = Math.round(screenX + (outerWidth - WIDTH) / 2);
  const top = Math.round(screenY + (outerHeight - HEIGHT) / 2);
  // A window begins with a copy of what its opener holds; a name by `window.open` would be lost at the service.
  sessionStorage.setItem(OWN_NAME, name);
  try {
    return open("", "", `popup,width=${WIDTH},height=${HEIGHT},left=${left},top=${top}`);
  } finally {
    sessionStorage.removeItem(OWN_NAME);
  }
}

/**
 * Hands the outcome to the page that opened this window, and closes it. Comes to an end only where this is no such window,
 * where nobody took the outcome, or where the browser keeps the window open.
 */
export async function handOver(arrival: Arrival): Promise<void> {
  const name = sessionStorage.getItem(OWN_NAME);
  if (name === null) return;
  sessionStorage.removeItem(OWN_NAME);
  const taken = await new Promise<boolean>((resolve) => {
    const channel = openChannel((message) => {
      if (message.kind === "taken" && message.window === name) settle(true);
    });
    const timer = setTimeout(() => settle(false), ANSWER_WITHIN_MS);
    const settle = (value: boolean) => {
      clearTimeout(timer);
      channel.close();
      resolve(value);
    };
    channel.tell({ kind: "arrived", window: name, arrival });
  });
  if (!taken) return;
  window.close();
  await new Promise((resolve) => setTimeout(resolve, CLOSED_WITHIN_MS));
}
