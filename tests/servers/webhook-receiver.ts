/**
 * Endpoints of apps that want to be told. `POST /to/{name}` notes what arrives and answers as it was told to,
 * `GET /deliveries/{name}` shows what arrived, `PUT /status/{name}` says what is answered from then on: a status, or the name of
 * a hostile answer.
 */
import { createServer } from "node:http";
import { HOSTILE } from "./hostile.ts";
import { portOf } from "./port.ts";

export interface WebhookReceiver {
  readonly origin: string;
  readonly stop: () => Promise<void>;
}

interface Delivery {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Starts one on any free port of this machine. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const deliveries = new Map<string, Delivery[]>();
  /** What is answered: a status, and behind a blank its `Retry-After`. */
  const answers = new Map<string, string>();
  const server = createServer((request, response) => {
    const [, action = "", name = ""] = (request.url ?? "").split("/");
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.once("end", () => {
      const body = Buffer.concat(chunks).toString();
      const arrived = deliveries.get(name) ?? [];
      if (action === "deliveries") {
        return void response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(arrived));
      }
      if (action === "status") {
        answers.set(name, body);
        return void response.writeHead(204).end();
      }
      deliveries.set(name, [...arrived, { headers: request.headers, body }]);
      const hostile = HOSTILE[answers.get(name) ?? ""];
      if (hostile) return hostile(response);
      const [, code = "204", wait] = /^(\d{3})(?: (.+))?$/.exec(answers.get(name) ?? "204") ?? [];
      const status = Number(code);
      // A redirect that was followed would show up as a delivery at its end.
      const location = status >= 300 && status < 400 ? { Location: `/to/${name}-elsewhere` } : {};
      response.writeHead(status, { ...location, ...(wait === undefined ? {} : { "Retry-After": wait }) }).end();
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
