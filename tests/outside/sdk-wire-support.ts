/** Latchkey between an SDK and a recorder, and what differs where it is not. */
import type { ServerResponse } from "node:http";
import { bundleWorker } from "../../bench/support/bundle.ts";
import { startWorker } from "../../bench/support/worker.ts";
import { SERVICES, isServiceName, type ServiceName } from "../../sandbox/clients.ts";
import { cannedAnswer } from "../sdks/answers.ts";
import { proxied, type At } from "../sdks/sdk.ts";
import { startHttpsFront } from "../servers/https.ts";
import { startRecorder, type Recorded, type Recorder } from "../servers/recorder.ts";
import { Person } from "./person.ts";

/** The hosts of the services' APIs, as their clients are pointed at them. */
const HOSTS: Readonly<Record<ServiceName, string>> = {
  airtable: "api.airtable.com",
  facebook: "graph.facebook.com",
  github: "api.github.com",
  google: "www.googleapis.com",
  hubspot: "api.hubapi.com",
  microsoft: "graph.microsoft.com",
  notion: "api.notion.com",
  slack: "slack.com",
  spotify: "api.spotify.com",
};

/** What each service's token endpoint hands out, and each direct client is given. */
export const TOKEN = "the-users-own-token";

const isTokenRequest = ({ body }: Recorded): boolean => /grant_type/.test(body.toString("latin1"));

const TOKENS = {
  ok: true,
  access_token: TOKEN,
  refresh_token: "refresh",
  token_type: "Bearer",
  expires_in: 86_400,
  scope: "all",
  authed_user: { id: "U1", access_token: TOKEN, token_type: "user", scope: "all" },
};

export interface Wire {
  readonly recorder: Recorder;
  readonly origin: string;
  readonly key: string;
  /** A client's way straight to the recorder, and the one through Latchkey. */
  readonly direct: (service: ServiceName, https: boolean) => At;
  readonly through: (service: ServiceName, https: boolean) => At;
  readonly stop: () => Promise<void>;
}

/** @param answer what the recorder answers besides tokens; false where it has nothing for a request */
export async function startWire(answer: (request: Recorded, response: ServerResponse) => boolean): Promise<Wire> {
  const recorder = await startRecorder((request, response) => {
    if (isTokenRequest(request)) return send(response, 200, TOKENS);
    if (answer(request, response)) return;
    const [, service = "", ...rest] = request.path.split("/");
    if (!isServiceName(service)) return send(response, 404, {});
    const origin = `${recorder.origin}/${service}`;
    const canned = cannedAnswer(service, origin, request.method, `/${rest.join("/")}`);
    send(response, canned.status, canned.body, canned.headers);
  }, isTokenRequest);
  const code = await bundleWorker("wire");
  const latchkey = await startWorker(code, { vault: true, vars: { UPSTREAM: recorder.origin } });
  const [recorderFront, latchkeyFront] = await Promise.all([recorder.origin, latchkey.origin].map(startHttpsFront));
  const person = new Person(latchkey.origin);
  for (const service of SERVICES) {
    const state = (await person.startAt(service)).searchParams.get("state") ?? "";
    await person.comeBack(`/callback/${service}?code=x&state=${encodeURIComponent(state)}`);
  }
  const key = await person.makeKey();
  recorder.take();
  return {
    recorder,
    origin: latchkey.origin,
    key,
    direct: (service, https) => {
      const at = `${https ? recorderFront?.origin : recorder.origin}/${service}`;
      return { api: `${at}/${HOSTS[service]}`, host: (name) => `${at}/${name}`, key: TOKEN };
    },
    through: (service, https) => proxied((https ? latchkeyFront?.origin : latchkey.origin) ?? "", service, key),
    stop: async () => {
      await Promise.all([recorderFront?.stop(), latchkeyFront?.stop(), latchkey[Symbol.asyncDispose]()]);
      await recorder.stop();
    },
  };
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (body === undefined) return void response.writeHead(status, headers).end();
  response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(body));
}
