/** A running Latchkey: it answers, its storage keeps what it is given, and each integration can be started. */
import { request as requestHttp, type IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";
import * as z from "zod";
import { Integrations } from "../src/api.ts";
import { bad, good, type Finding } from "./doctor-report.ts";

const NAVIGATION = { Accept: "text/html", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin" };
const TIMEOUT_MS = 15_000;
const ErrorBody = z.object({ error: z.string(), message: z.string() });

export interface Started {
  readonly integration: string;
  readonly name: string;
  /** Where a person is sent for consent. */
  readonly authorization_url: URL;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A browser as far as cookies go. Over `node:http`, because `fetch` says itself what is a navigation. */
class Visitor {
  readonly #origin: string;
  readonly #cookies = new Map<string, string>();

  constructor(origin: string) {
    this.#origin = origin;
  }

  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const url = new URL(path, this.#origin);
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await new Promise<Answer>((resolve, reject) => {
      const send = url.protocol === "https:" ? requestHttps : requestHttp;
      const sent = send(url, { headers: { ...headers, Cookie: cookie }, timeout: TIMEOUT_MS }, (incoming) => {
        let body = "";
        incoming.setEncoding("utf8").on("data", (text: string) => (body += text));
        incoming.once("end", () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body }));
        incoming.once("error", reject);
      });
      sent.once("timeout", () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
      sent.once("error", reject);
      sent.end();
    });
    for (const line of answer.headers["set-cookie"] ?? []) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.#cookies.set(name, value);
    }
    return answer;
  }
}

/** What an answer of ours says went wrong. */
function reasonOf({ status, body }: Answer): string {
  try {
    const { error, message } = ErrorBody.parse(JSON.parse(body));
    return `${status} ${error}: ${message}`;
  } catch {
    return `${status}, and not as Latchkey answers.`;
  }
}

/** @returns what was found, the flows that could be started, and what its clock says */
export async function checkDeployment(
  origin: string,
): Promise<{ findings: readonly Finding[]; started: readonly Started[]; date: string | undefined }> {
  const findings: Finding[] = [];
  const visitor = new Visitor(origin);
  const health = await visitor.get("/health");
  const { date } = health.headers;
  if (health.status !== 200 || !/"status":"ok"/.test(health.body)) {
    const found = bad(
      `${origin}/health answers ${health.status}.`,
      "Check the address, and that Latchkey is deployed there.",
    );
    return { findings: [found], started: [], date };
  }
  findings.push(good(`Latchkey answers at ${origin}.`));

  const listed = await visitor.get("/integrations");
  if (listed.status !== 200) {
    findings.push(bad(`Its integrations cannot be listed: ${reasonOf(listed)}`, "Mend the variable that it names."));
    return { findings, started: [], date };
  }
  const started: Started[] = [];
  for (const { integration, name, status } of Integrations.parse(JSON.parse(listed.body)).integrations) {
    if (status === "not_configured") continue;
    const answer = await visitor.get(`/auth/${integration}?return_to=/`, NAVIGATION);
    const { location } = answer.headers;
    if (answer.status === 303 && location !== undefined)
      started.push({ integration, name, authorization_url: new URL(location) });
    else
      findings.push(bad(`${name} cannot be started: ${reasonOf(answer)}`, "Mend what it names, and run this again."));
  }
  const [first] = started;
  if (first) findings.push(await checkStorage(visitor, first));
  return { findings, started, date };
}

/** Declines one flow: its state has to come back from KV, be claimed in the vault, and be gone afterwards. */
async function checkStorage(visitor: Visitor, { integration, authorization_url }: Started): Promise<Finding> {
  const state = authorization_url.searchParams.get("state") ?? "";
  const callback = `/callback/${integration}?error=access_denied&state=${encodeURIComponent(state)}`;
  const answers = [await visitor.get(callback, NAVIGATION), await visitor.get(callback, NAVIGATION)] as const;
  const [first, second] = answers.map(({ headers }) => headers.location ?? "");
  const mend = "Look at the Worker's log; KV, D1 and the Durable Object class have to be there as in wrangler.toml.";
  if (!first?.includes("error=access_denied"))
    return bad(`KV and the vault do not keep what they are given: ${reasonOf(answers[0])}`, mend);
  if (second?.includes("error=access_denied")) return bad("A state can be used twice.", mend);
  return good("KV and the vault keep a state, and give it back once.");
}
