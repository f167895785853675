/** A server that answers what it is told, and notes what it was asked. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { portOf } from "../servers/port.ts";

/** One answer. */
export type Turn = (response: ServerResponse) => void;

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  /** Its `Idempotency-Key`. */
  readonly key: string | undefined;
  /** Its `X-Latchkey-User`. */
  readonly user: string | undefined;
}

export interface ScriptedServer {
  readonly origin: string;
  /** What is answered, in this order. */
  turns: Turn[];
  asked: Asked[];
  readonly stop: () => Promise<void>;
}

export async function startScriptedServer(): Promise<ScriptedServer> {
  const server = createServer((request, response) => void take(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const scripted: ScriptedServer = {
    origin: `http://127.0.0.1:${portOf(server)}`,
    turns: [],
    asked: [],
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "" } = request;
    const key = request.headers["idempotency-key"]?.toString();
    const user = request.headers["x-latchkey-user"]?.toString();
    scripted.asked.push({ method, url, body: await text(request), key, user });
    const turn = scripted.turns.shift() ?? refused(500, "asked_more_often_than_there_are_answers");
    turn(response);
  }
  return scripted;
}

/** An error of Latchkey's. */
export const refused =
  (status: number, error: string, headers: Readonly<Record<string, string>> = {}): Turn =>
  (response) => {
    const body = JSON.stringify({ error, message: "Wait.", param: "label", docs: "/docs", request_id: "r-1" });
    response.writeHead(status, { "Content-Type": "application/json", "X-Latchkey-Error": error, ...headers }).end(body);
  };

export const limited = (retry_after = "0"): Turn => refused(429, "rate_limited", { "Retry-After": retry_after });

export const unavailable = refused(503, "vault_unavailable", { "Retry-After": "0" });

export const fine =
  (body: unknown = { status: "ok" }): Turn =>
  (response) =>
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(body));

/** Something in front of Latchkey. */
export const inFront =
  (status: number): Turn =>
  (response) =>
    response.writeHead(status, { "Content-Type": "text/html", "Retry-After": "0" }).end("<html>");

export const cut: Turn = (response) => response.destroy();

/** Says how much will come, and ends before that. */
export const cutInside: Turn = (response) => {
  response.writeHead(200, { "Content-Type": "application/json", "Content-Length": "100" }).write('{"status"');
  setImmediate(() => response.destroy());
};

/** One page of connections. */
export const page = (ids: readonly string[], next_cursor: string | null): Turn =>
  fine({ connections: ids.map((id) => ({ id })), next_cursor });

/** What `Retry-After` can say, and how many seconds that is. */
export const RETRY_AFTER: readonly (readonly [string, Readonly<Record<string, string>>, number | null])[] = [
  [
    "a date, by the clock that wrote it",
    { "Retry-After": "Fri, 27 Nov 2026 12:01:30 GMT", Date: "Fri, 27 Nov 2026 12:00:00 GMT" },
    90,
  ],
  [
    "a date that has passed",
    { "Retry-After": "Fri, 27 Nov 2026 11:00:00 GMT", Date: "Fri, 27 Nov 2026 12:00:00 GMT" },
    0,
  ],
  ["seconds", { "Retry-After": "120" }, 120],
  ["nothing", {}, null],
  ["what is neither", { "Retry-After": "soon" }, null],
];

/** Users as they are called, and as they stand in a header: RFC 8187 3.2.1 where they are not ASCII. */
export const USERS: readonly (readonly [user: string, header: string])[] = [
  ["u-1", "u-1"],
  ["ann@example.com", "ann@example.com"],
  ["Jürgen Weiß", "UTF-8''J%C3%BCrgen%20Wei%C3%9F"],
  ["山田", "UTF-8''%E5%B1%B1%E7%94%B0"],
  ["utf-8''ann", "UTF-8''utf-8''ann"],
];
