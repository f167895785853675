/** What to say when somebody comes back from a service. */
import { fetchActivity, type ActivityEvent, type Integration, type Integrations } from "./api.ts";
import { isPartial } from "./allowed.ts";
import { viewId } from "./cards.tsx";
import { connectFailure, connectedWords } from "./messages.ts";
import type { Told } from "./questions.tsx";
import { hashFor, type Arrival } from "./route.ts";

/** Success is only told where the list agrees: anybody can write an address that claims it. */
export async function tellArrival(arrival: Arrival, { integrations }: Integrations): Promise<Told> {
  const integration = integrations.find((each) => each.integration === arrival.integration);
  const name = integration?.name ?? "the service";
  // A connection of another moment, or none, is not what was told of.
  const holds = (list: Integrations): boolean =>
    list.integrations.find((each) => each.integration === arrival.integration)?.connected_at ===
    integration?.connected_at;
  if (arrival.kind === "connected" && integration?.status === "connected") {
    const { integration: id } = integration;
    const partial = isPartial(integration);
    const link = { href: hashFor(id), text: partial ? "See what is missing" : "See what it holds" };
    const text = connectedWords(integration, await replacedBy(integration));
    return { notice: { tone: partial ? "plain" : "good", text, link, holds }, focus: viewId(id) };
  }
  const code = arrival.kind === "failed" ? arrival.code : "";
  if (code === "account_mismatch" && integration?.account) {
    const text = `${name} is still connected as ${integration.account.name}: you came back with another account.`;
    return { notice: { tone: "plain", text, holds }, focus: "notice", question: { kind: "replace", integration } };
  }
  return { notice: { tone: "bad", text: connectFailure(code, name), holds }, focus: "notice" };
}

/** Whose account the newest connecting has replaced; null where it replaced nobody's, or that cannot be read. */
async function replacedBy({ integration }: Integration): Promise<ActivityEvent["accounts"]> {
  try {
    const { events } = await fetchActivity(integration, AbortSignal.timeout(WITHIN_MS));
    const begun = events.findIndex(({ type }) => type === "connected" || type === "reconnected");
    return events.slice(0, begun).find(({ accounts }) => accounts !== null)?.accounts ?? null;
  } catch {
    return null;
  }
}

/** How long the message may wait for it. */
const WITHIN_MS = 2000;
