/** What to say when somebody comes back from a service. */
import type { Integrations } from "./api.ts";
import { viewId } from "./cards.tsx";
import { connectFailure } from "./messages.ts";
import type { Told } from "./questions.tsx";
import { hashFor, type Arrival } from "./route.ts";

/** Success is only told where the list agrees: anybody can write an address that claims it. */
export function tellArrival(arrival: Arrival, { integrations }: Integrations): Told {
  const integration = integrations.find((each) => each.integration === arrival.integration);
  const name = integration?.name ?? "the service";
  if (arrival.kind === "connected" && integration?.status === "connected") {
    const as = integration.account === null ? "" : ` as ${integration.account.name}`;
    const { integration: id } = integration;
    const link = { href: hashFor(id), text: "See what it holds" };
    return { notice: { tone: "good", text: `${name} is connected${as}.`, link }, focus: viewId(id) };
  }
  const code = arrival.kind === "failed" ? arrival.code : "";
  return { notice: { tone: "bad", text: connectFailure(code, name) }, focus: "notice" };
}
