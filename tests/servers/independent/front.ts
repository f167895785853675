/**
 * Stands before an authorization server, passes everything through as it is, and keeps what went over its token endpoint.
 * So calls are counted the same way at each, whatever it is written in.
 */
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import * as z from "zod";
import type { TokenCall } from "../../support/independent.ts";
import { portOf } from "../port.ts";

export interface Front {
  readonly origin: string;
  /** Where requests go from now on. */
  readonly passTo: (origin: string) => void;
  readonly stop: () => Promise<void>;
}

const Tokens = z.looseObject({ access_token: z.string().nullish(), refresh_token: z.string().nullish() });

function tokensOf(body: string): z.output<typeof Tokens> {
  try {
    return Tokens.parse(JSON.parse(body));
  } catch {
    return {};
  }
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** The calls of the grant that a code began: what was sent is the code, or a refresh token that an earlier answer gave. */
export function callsOf(code: string, log: readonly TokenCall[]): TokenCall[] {
  const known = new Set([code]);
  return log.filter((call) => {
    if (!known.has(call.sent)) return false;
    if (call.refresh_token !== null) known.add(call.refresh_token);
    return true;
  });
}

/** Starts one on any free port of this machine. @param tokenPath the path of the server's token endpoint */
export async function startFront(tokenPath: string): Promise<Front> {
  let target = "";
  const log: TokenCall[] = [];
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const [path = ""] = (incoming.url ?? "").split("?");
    if (path.startsWith("/-/calls/")) {
      return void outgoing
        .writeHead(200, { "Content-Type": "application/json" })
        .end(JSON.stringify(callsOf(decodeURIComponent(path.slice("/-/calls/".length)), log)));
    }
    const body = await bodyOf(incoming);
    const passed = request(new URL(incoming.url ?? "", target), { method: incoming.method, headers: incoming.headers });
    passed.once("error", () => outgoing.destroy());
    passed.once("response", (answer) => {
      void bodyOf(answer).then((bytes) => {
        const form = new URLSearchParams(body.toString());
        const grant_type = form.get("grant_type");
        if (path === tokenPath && incoming.method === "POST" && grant_type !== null) {
          const { access_token = null, refresh_token = null } = tokensOf(bytes.toString());
          const sent = form.get("code") ?? form.get("refresh_token") ?? "";
          log.push({ grant_type, sent, status: answer.statusCode ?? 0, access_token, refresh_token });
        }
        return outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders).end(bytes);
      });
    });
    passed.end(body);
  };
  const server = createServer((incoming, outgoing) => void pass(incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${portOf(server)}`,
    passTo: (origin) => {
      target = origin;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
