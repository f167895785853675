/**
 * Connecting in a popup, for an app's own page: `const { connection_code } = await connect(connect_url)` in a click handler. The
 * link comes from the app's backend (`POST /connect-sessions` with `display: "popup"`), and the code goes back to it; no token is
 * ever here. Latchkey serves the same as a plain script, `/connect.js`, which makes it `Latchkey.connect`.
 */
import type { ErrorCode } from "./errors.ts";

export interface Outcome {
  /** For the app's backend, which takes it to `POST /connections/finalize`. */
  readonly connection_code: string;
}

/**
 * Why nothing was connected:
 * - `popup_blocked`: the browser opened no window; send the person to the link itself, `location.assign(connect_url)`
 * - `closed`: the window is gone. A service's page may have cut it off and goes on to `return_to`: ask your backend again
 * - `failed`: it ended without a reason
 * - else what Latchkey says: `access_denied` where the person declined. Later versions may say others
 */
export type ConnectErrorCode = ErrorCode | "popup_blocked" | "closed" | "failed";

/** Its message is its code. */
export class ConnectError extends Error {
  readonly code: ConnectErrorCode;

  constructor(code: ConnectErrorCode) {
    super(code);
    this.name = "ConnectError";
    this.code = code;
  }
}

const POPUP = "popup,width=520,height=720";
const LOOK_EVERY_MS = 500;
/** A message that was sent just before the window closed is still on its way. */
const GRACE_MS = 1500;

/**
 * Opens the link in a popup, and waits until it is connected.
 * @throws ConnectError where it is not; TypeError where the link is none
 */
export async function connect(connect_url: string): Promise<Outcome> {
  const { origin } = new URL(connect_url);
  const popup = window.open(connect_url, "latchkey", POPUP);
  if (!popup) throw new ConnectError("popup_blocked");
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      if (popup.closed) setTimeout(() => settle(() => reject(new ConnectError("closed"))), GRACE_MS);
    }, LOOK_EVERY_MS);
    const settle = (finish: () => void): void => {
      clearInterval(timer);
      window.removeEventListener("message", listen);
      finish();
    };
    function listen({ origin: from, source, data }: MessageEvent<unknown>): void {
      if (from !== origin || source !== popup || typeof data !== "object" || data === null) return;
      if (!("type" in data) || data.type !== "latchkey") return;
      const code = "connection_code" in data ? data.connection_code : null;
      const error = "error" in data ? data.error : null;
      if (typeof code === "string") settle(() => resolve({ connection_code: code }));
      else settle(() => reject(new ConnectError(isCode(error) ? error : "failed")));
    }
    window.addEventListener("message", listen);
  });
}

/** The message is of Latchkey's own page, which says codes. */
const isCode = (word: unknown): word is ErrorCode => typeof word === "string" && word !== "";
