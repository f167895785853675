/** Word from the vault that something has changed, for as long as somebody listens. */

const PING_MS = 50_000;
/** An answer that is not there by then will not come: the connection is lost, and nobody has said so. */
const PONG_MS = 10_000;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

export interface Listener {
  /** Tries at once where it waits before it tries again. */
  readonly wake: () => void;
  readonly stop: () => void;
}

/**
 * Listens, and begins anew where the connection is lost: after a second at first, then after twice as long each time.
 * @param onNews what is known may be old: something has changed, or nothing was heard for a while
 */
export function listen(onNews: () => void): Listener {
  let socket: WebSocket | null = null;
  let failed = 0;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let pinging: ReturnType<typeof setInterval> | undefined;
  let doubting: ReturnType<typeof setTimeout> | undefined;

  const rest = () => {
    clearTimeout(waiting);
    clearInterval(pinging);
    clearTimeout(doubting);
  };
  const lose = () => {
    rest();
    socket = null;
    const wait = Math.min(FIRST_WAIT_MS * 2 ** failed, LONGEST_WAIT_MS);
    failed += 1;
    // Not all of them at once where all were lost at once.
    waiting = setTimeout(open, wait * (0.75 + Math.random() / 2));
    // Whether this is still a session is for an ordinary request to tell.
    if (failed === 2) onNews();
  };
  const open = () => {
    rest();
    const mine = new WebSocket(`${location.origin.replace(/^http/, "ws")}/approvals/live`);
    socket = mine;
    const isMine = (act: () => void) => () => {
      if (socket === mine) act();
    };
    const doubt = () => {
      mine.send("ping");
      doubting = setTimeout(() => {
        mine.close();
        isMine(lose)();
      }, PONG_MS);
    };
    mine.addEventListener("open", () => {
      pinging = setInterval(doubt, PING_MS);
      onNews();
    });
    mine.addEventListener("message", ({ data }) => {
      clearTimeout(doubting);
      // One that is lost as soon as it is there is as good as none.
      failed = 0;
      if (data === "changed") onNews();
    });
    mine.addEventListener("close", isMine(lose));
  };

  open();
  return {
    wake: () => {
      if (socket === null) open();
    },
    stop: () => {
      rest();
      const last = socket;
      socket = null;
      last?.close();
    },
  };
}
