/** A server that keeps what it is sent, byte for byte, and answers what it is told to. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { portOf } from "./port.ts";

/** A request as it stood on the wire. */
export interface Recorded {
  readonly method: string;
  readonly path: string;
  /** With its question mark. */
  readonly query: string;
  /** Names as they were written, in their order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

export interface Recorder {
  readonly origin: string;
  /** Takes what has been recorded, oldest first. */
  readonly take: () => Recorded[];
  readonly stop: () => Promise<void>;
}

/** Names and values as Node lists them, in pairs. */
export function inPairs(raw: readonly string[]): (readonly [string, string])[] {
  return raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1] ?? ""] as const] : []));
}

/** Starts one on any free port of this machine. Of what `unseen` is true for, nothing is kept. */
export async function startRecorder(
  answer: (request: Recorded, response: ServerResponse) => void,
  unseen: (request: Recorded) => boolean = () => false,
): Promise<Recorder> {
  let recorded: Recorded[] = [];
  const record = (request: IncomingMessage, body: Buffer): Recorded => {
    const url = request.url ?? "";
    const [path = ""] = url.split("?");
    const { method = "", rawHeaders } = request;
    return { method, path, query: url.slice(path.length), headers: inPairs(rawHeaders), body };
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.once("end", () => {
      const entry = record(request, Buffer.concat(chunks));
      if (!unseen(entry)) recorded.push(entry);
      answer(entry, response);
    });
  });
  // An idle connection that is closed just as it is used again would be a fault that nobody asked for.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${portOf(server)}`,
    take: () => {
      const taken = recorded;
      recorded = [];
      return taken;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
