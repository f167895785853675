/** An API that echoes what reached it and answers what a well-behaved one would not. Everything it was sent is kept. */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { portOf } from "./port.ts";

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly string[];
  readonly bytes: number;
  readonly sha256: string;
}

export interface ApiServer {
  readonly origin: string;
  readonly received: Received[];
  /** How many streaming answers were cut off by the other side. */
  readonly cutOff: () => number;
  readonly stop: () => Promise<void>;
}

/** `count` megabytes that are not all the same. */
function megabyte(index: number): Buffer {
  const chunk = Buffer.alloc(1024 * 1024, index % 251);
  chunk.writeUInt32BE(index, 0);
  return chunk;
}

/** SHA-256 of what `/megabytes/{count}` sends. */
export function sha256OfMegabytes(count: number): string {
  const hash = createHash("sha256");
  for (let index = 0; index < count; index += 1) hash.update(megabyte(index));
  return hash.digest("hex");
}

async function sendMegabytes(response: ServerResponse, count: number): Promise<void> {
  response.writeHead(200, {
    "Content-Type": "application/octet-stream",
    "Content-Length": String(count * 1024 * 1024),
  });
  for (let index = 0; index < count; index += 1) {
    if (!response.write(megabyte(index))) await new Promise((resolve) => response.once("drain", resolve));
    if (response.destroyed) return;
  }
  response.end();
}

const HOSTILE_HEADERS = {
  "Content-Type": "text/html",
  "Set-Cookie": "a=b",
  "Clear-Site-Data": '"*"',
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Credentials": "true",
  "Strict-Transport-Security": "max-age=0",
  "Content-Security-Policy": "default-src *",
  "Service-Worker-Allowed": "/",
  "Alt-Svc": 'h3="evil.example:443"',
  NEL: "{}",
  "Report-To": "{}",
  Refresh: "0;url=https://evil.example",
  Connection: "X-Named",
  "X-Named": "dropped",
  "Cross-Origin-Opener-Policy": "unsafe-none",
  "X-Latchkey-Error": "forged",
};

type Answer = (response: ServerResponse, argument: string, request: IncomingMessage) => void;

/** By the first segment of the path. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  status: (response, status) =>
    void response
      .writeHead(Number(status), { "Content-Type": "text/plain", "X-Request-Id": "theirs" })
      .end(status === "204" || status === "304" ? undefined : `status ${status}`),
  megabytes: (response, count) => void sendMegabytes(response, Number(count)),
  hostile: (response) => void response.writeHead(200, HOSTILE_HEADERS).end("<script>alert(1)</script>"),
  redirect: (response, where) => void response.writeHead(302, { Location: decodeURIComponent(where) }).end(),
  gzip: (response) =>
    void response
      .writeHead(200, { "Content-Type": "text/plain", "Content-Encoding": "gzip", ETag: '"strong"' })
      .end(gzipSync("plain text")),
  lying: (response) =>
    void response.writeHead(200, { "Content-Type": "text/plain", "Content-Encoding": "gzip" }).end("not gzip at all"),
  bytes: (response) =>
    void response
      .writeHead(200, { "Content-Type": "application/json" })
      .end(Buffer.from('{"big":12345678901234567890,"big":1.0,"bad":"\xff\xfe"}', "latin1")),
  refused: (response) =>
    void response
      .writeHead(401, { "Content-Type": "application/json", "WWW-Authenticate": 'Bearer error="invalid_token"' })
      .end("{}"),
  events: (response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    let count = 0;
    const timer = setInterval(() => response.write(`data: ${(count += 1)}\n\n`), 1000);
    response.once("close", () => clearInterval(timer));
  },
  hang: () => {},
};

/** Starts one on any free port of this machine. */
export async function startApiServer(): Promise<ApiServer> {
  const received: Received[] = [];
  let cutOff = 0;
  const server = createServer((request, response) => {
    const hash = createHash("sha256");
    let bytes = 0;
    response.once("close", () => {
      if (!response.writableFinished) cutOff += 1;
    });
    const [, name = "", argument = ""] = (request.url ?? "").split("?")[0]?.split("/") ?? [];
    const answer = ANSWERS[name];
    if (answer && request.method === "GET") answer(response, argument, request);
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      hash.update(chunk);
    });
    request.once("end", () => {
      const entry = {
        method: request.method ?? "",
        url: request.url ?? "",
        headers: request.rawHeaders,
        bytes,
        sha256: hash.digest("hex"),
      };
      received.push(entry);
      if (answer && request.method === "GET") return;
      if (answer && name === "refused") return answer(response, argument, request);
      response.writeHead(200, {
        "Content-Type": "text/plain",
        "X-RateLimit-Remaining": "41",
        Link: '<https://elsewhere.example/x>; rel="next"',
      });
      response.end(request.method === "HEAD" ? undefined : JSON.stringify(entry));
    });
  });
  // An idle connection that is closed just as it is used again would be a fault that nobody asked for.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${portOf(server)}`,
    received,
    cutOff: () => cutOff,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
