/** What to say when somebody comes back from a service. */
import type { Integration, Integrations } from "./api.ts";
import { isPartial } from "./allowed.ts";
import { viewId } from "./cards.tsx";
import { connectFailure, connectedWords } from "./messages.ts";
import type { Told } from "./questions.tsx";
import { hashFor, type Arrival } from "./route.ts";
import { standingsOf, type Standing } from "./standing.ts";

/** Success is only told where the list agrees: anybody can write an address that claims it. */
export function tellArrival(arrival: Arrival, { integrations }: Integrations): Told {
  const integration = integrations.find((each) => each.integration === arrival.integration);
  const newest = integration && newestOf(integration);
  // A connection of another moment, or none, is not what was told of.
  const holds = (list: Integrations): boolean => {
    const now = list.integrations.find((each) => each.integration === arrival.integration);
    return (now && newestOf(now))?.connected_at === newest?.connected_at;
  };
  if (arrival.kind === "connected" && newest?.status === "connected") {
    const partial = isPartial(newest);
    const link = { href: hashFor(newest.address), text: partial ? "See what is missing" : "See what it holds" };
    const notice = { tone: partial ? "plain" : "good", text: connectedWords(newest), link, holds } as const;
    return { notice, focus: viewId(newest.address) };
  }
  const code = arrival.kind === "failed" ? arrival.code : "";
  const text = connectFailure(code, integration?.name ?? "the service");
  return { notice: { tone: "bad", text, holds }, focus: "notice" };
}

/** The account that was connected last. */
function newestOf(integration: Integration): Standing | undefined {
  const at = ({ connected_at }: Standing): string => connected_at ?? "";
  return standingsOf(integration).toSorted((one, other) => (at(one) < at(other) ? 1 : -1))[0];
}
