import type { Faults } from "../faults.ts";
import type { Call } from "../http.ts";
import type { Service } from "../service.ts";
import type { Store } from "../store.ts";
import { judge, toCallback, type Verdict } from "./authorize.ts";

/** RFC 6749 4.1.2.1. */
const FAILED = { error: "server_error", error_description: "The page failed." };

/** Judges an authorization request; where the service's page was told to fail, the person is sent back with its error. */
export function judged(call: Call, service: Service, store: Store, faults: Faults): Verdict {
  const verdict = judge(call, service, store);
  if (verdict.kind !== "ask") return verdict;
  const fault = faults.take("authorize");
  if (fault === undefined) return verdict;
  const said = Object.entries(fault.override ?? service.oauth.failed ?? FAILED).map(([name, value]) => [
    name,
    String(value),
  ]);
  return { kind: "redirect", location: toCallback(call, service, verdict.question, Object.fromEntries(said)) };
}
