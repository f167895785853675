/** A running Worker's inspector (https://chromedevtools.github.io/devtools-protocol/v8/). */
import * as z from "zod";

const Reply = z.object({ id: z.number().optional(), result: z.optional(z.unknown()) });
const Targets = z.array(z.object({ webSocketDebuggerUrl: z.string() }));

export interface Inspector extends Disposable {
  /** Asks for one thing. @returns its result */
  readonly send: (method: string, params?: object) => Promise<unknown>;
}

/** @param inspector where it listens */
export async function inspect(inspector: URL): Promise<Inspector> {
  const list = new URL("/json/list", inspector);
  list.protocol = "http:";
  const [target] = Targets.parse(await (await fetch(list)).json());
  if (!target) throw new Error("There is nothing to inspect.");
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise((resolve) => socket.addEventListener("open", resolve, { once: true }));
  let last = 0;
  return {
    send: (method, params = {}) => {
      const id = (last += 1);
      return new Promise((resolve) => {
        const listen = ({ data }: MessageEvent): void => {
          const reply = Reply.parse(JSON.parse(String(data)));
          if (reply.id !== id) return;
          socket.removeEventListener("message", listen);
          resolve(reply.result);
        };
        socket.addEventListener("message", listen);
        socket.send(JSON.stringify({ id, method, params }));
      });
    },
    [Symbol.dispose]: () => socket.close(),
  };
}
