/** A token endpoint on loopback that takes its time, rotates what it is given and counts how often it was asked. */
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { ANSWER_LENGTH } from "./wire.ts";

export interface SlowTokenEndpoint extends AsyncDisposable {
  readonly url: string;
  /** How often it was asked, ever. */
  readonly calls: () => number;
}

export async function startTokenEndpoint(delay_ms: number): Promise<SlowTokenEndpoint> {
  let calls = 0;
  const server = createServer((request, response) => {
    calls += 1;
    const serial = calls;
    request.resume();
    const answer = {
      access_token: `renewed-${serial}-`.padEnd(ANSWER_LENGTH, "x"),
      refresh_token: `refresh-${serial}`,
      token_type: "Bearer",
      expires_in: 3600,
    };
    const answerLate = async (): Promise<void> => {
      await sleep(delay_ms);
      response.writeHead(200, { "Content-Type": "application/json", "Cache-Control": "no-store" });
      response.end(JSON.stringify(answer));
    };
    void answerLate();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server does not listen on a port.");
  return {
    url: `http://127.0.0.1:${address.port}/token`,
    calls: () => calls,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
