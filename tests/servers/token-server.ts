/**
 * A token endpoint that goes wrong on the wire, in ways that no HTTP framework lets a handler go wrong.
 * `/token/{fault}` answers codes well and refreshes with the fault; `/exchange/{fault}` has it for codes too, `/me/{fault}` for
 * the account. `/again/{fault}` has it from the second time on that it is asked the very same.
 */
import { createServer, type ServerResponse } from "node:http";
import { noteCut } from "./cuts.ts";
import { HOSTILE } from "./hostile.ts";
import { portOf } from "./port.ts";

export interface TokenServer {
  readonly origin: string;
  readonly stop: () => Promise<void>;
}

const LIFETIME_SECONDS = 1000;

let issued = 0;
const answer = (more: Record<string, unknown> = {}): string =>
  JSON.stringify({
    access_token: `at-${(issued += 1)}`,
    refresh_token: `rt-${issued}`,
    token_type: "bearer",
    expires_in: LIFETIME_SECONDS,
    ...more,
  });

const json = { "Content-Type": "application/json" };

function cut(response: ServerResponse): void {
  noteCut();
  response.destroy();
}

/** What each fault does with the answer. */
const FAULTS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  ...HOSTILE,
  none: (response) => void response.writeHead(200, json).end(answer()),
  hang: () => {},
  drip: (response) => {
    response.writeHead(200, json);
    const timer = setInterval(() => response.write(" "), 500);
    response.once("close", () => clearInterval(timer));
  },
  reset_before: cut,
  reset_after: (response) => {
    response.writeHead(200, { ...json, "Content-Length": "5000" });
    response.write(answer().slice(0, 20), () => cut(response));
  },
  truncated: (response) => void response.writeHead(200, json).end(answer().slice(0, 30)),
  gzip_that_is_none: (response) => void response.writeHead(200, { ...json, "Content-Encoding": "gzip" }).end(answer()),
  /** Cut off behind the tokens. */
  reset_behind: (response) => {
    response.writeHead(200, { ...json, "Content-Length": "5000" });
    response.write(answer({ padding: "x".repeat(100) }).slice(0, -50), () => cut(response));
  },
  created_nothing: (response) => void response.writeHead(201, json).end("{}"),
  nothing_but_size: (response) =>
    void response.writeHead(200, json).end(JSON.stringify({ padding: "x".repeat(10 * 1024 * 1024) })),
  redirect: (response) => void response.writeHead(307, { Location: "/token/none" }).end(),
  just_too_big: (response) => void response.writeHead(200, json).end(answer({ padding: "x".repeat(257 * 1024) })),
  ten_megabytes: (response) =>
    void response.writeHead(200, json).end(answer({ padding: "x".repeat(10 * 1024 * 1024) })),
};

/** Starts one on any free port of this machine. */
export async function startTokenServer(): Promise<TokenServer> {
  const calls = new Map<string, number>();
  const bodies = new Set<string>();
  const server = createServer((request, response) => {
    const [, kind = "", fault = "none"] = (request.url ?? "").split("?")[0]?.split("/") ?? [];
    const hostile = kind === "me" ? HOSTILE[fault] : undefined;
    if (hostile) return hostile(response);
    if (kind === "me") return void response.writeHead(200, json).end('{"sub":"ada","name":"Ada"}');
    if (kind === "calls") return void response.writeHead(200, json).end(String(calls.get(fault) ?? 0));
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.once("end", () => {
      const body = Buffer.concat(chunks).toString();
      const isRefresh = body.includes("grant_type=refresh_token") || (kind === "again" && bodies.has(body));
      bodies.add(body);
      if (isRefresh) calls.set(fault, (calls.get(fault) ?? 0) + 1);
      const name = isRefresh || kind === "exchange" ? fault : "none";
      (FAULTS[name] ?? FAULTS["none"])?.(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${portOf(server)}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
