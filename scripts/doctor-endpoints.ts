/** The providers' own servers: reachable, over TLS that holds, and the endpoints there. */
import { bad, doubtful, good, type Finding } from "./doctor-report.ts";

const TIMEOUT_MS = 10_000;
const TLS = /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)/;
const SKEW_DOUBTFUL_S = 30;
const SKEW_BAD_S = 300;

export interface Probed {
  readonly finding: Finding;
  /** Its `Date` header. */
  readonly date: string | null;
}

/** Why there was no answer: Node has the reason in `cause`. */
function codeOf(error: unknown): string {
  const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(reason instanceof Error)) return "unknown";
  return "code" in reason ? String(reason.code) : reason.name;
}

async function probe(what: string, url: URL, init: RequestInit): Promise<Probed> {
  const { host } = url;
  try {
    const response = await fetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
    await response.body?.cancel();
    const { status, headers } = response;
    const isBad = status === 404 || status >= 500;
    return {
      date: headers.get("Date"),
      finding: isBad
        ? bad(`${what} at ${host} answers ${status}.`, "Check the endpoint and the client id; a 5xx may pass.")
        : good(`${what} at ${host} answers.`),
    };
  } catch (error) {
    const code = codeOf(error);
    return {
      date: null,
      finding: TLS.test(code)
        ? bad(
            `${what} at ${host}: its certificate does not hold (${code}).`,
            "Check the endpoint's host, and this machine's clock.",
          )
        : doubtful(
            `${what} at ${host} was not reached (${code}).`,
            "Check this machine's network, and the endpoint's host.",
          ),
    };
  }
}

/** Asks for a consent page. */
export function probeAuthorization(name: string, url: URL): Promise<Probed> {
  return probe(`${name}'s authorization endpoint`, url, {});
}

/** Asks for a token with a client id and nothing else, which every server refuses in its own way. */
export function probeToken(name: string, token_endpoint: string, client_id: string): Promise<Probed> {
  const body = new URLSearchParams({ grant_type: "authorization_code", client_id });
  return probe(`${name}'s token endpoint`, new URL(token_endpoint), { method: "POST", body });
}

/** Compares this machine's clock with a server's, to the second that a `Date` header has. */
export function checkClock(date: string, now: number): Finding {
  const skew = Math.round(Math.abs(Date.parse(date) - now) / 1000);
  if (skew < SKEW_DOUBTFUL_S) return good("This machine's clock is right.");
  const what = `This machine's clock is ${skew} s off.`;
  const mend = "Let it be set from the network: tokens and sessions end by it.";
  return skew < SKEW_BAD_S ? doubtful(what, mend) : bad(what, mend);
}
