/**
 * For an app's own page: `<script src="https://latchkey.example/connect.js"></script>`, then
 * `const { connection_code } = await Latchkey.connect(connect_url)` in a click handler. The link comes from the app's backend
 * (`POST /connect-sessions` with `display: "popup"`), and the code goes back to it; no token is ever here.
 */
interface Outcome {
  readonly connection_code: string;
}

const POPUP = "popup,width=520,height=720";
const LOOK_EVERY_MS = 500;
/** A message that was sent just before the window closed is still on its way. */
const GRACE_MS = 1500;

/** Opens the link in a popup. Rejects with an `Error` whose message is a code: `popup_blocked`, `closed`, or why it failed. */
function connect(connect_url: string): Promise<Outcome> {
  const { origin } = new URL(connect_url);
  const popup = window.open(connect_url, "latchkey", POPUP);
  if (!popup) return Promise.reject(new Error("popup_blocked"));
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      if (popup.closed) setTimeout(() => settle(() => reject(new Error("closed"))), GRACE_MS);
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
      else settle(() => reject(new Error(typeof error === "string" ? error : "failed")));
    }
    window.addEventListener("message", listen);
  });
}

Object.assign(window, { Latchkey: { connect } });
