/** All that is outside this Worker: the services it talks to and the way there. The sandbox is another World. */
import { builtInProviders } from "./providers/index.ts";
import type { Provider } from "./contract/provider.ts";

/** What a request is sent with. Its headers are its sender's own, and may be changed on the way. */
export interface Outgoing extends RequestInit {
  readonly headers: Headers;
}

export interface World {
  readonly providers: readonly Provider[];
  /** Like the platform's own. Given an address, and no `Request`, it copies the headers once less. */
  readonly fetch: (input: string | Request, outgoing: Outgoing) => Promise<Response>;
  /** Variables that stand where the environment has none. */
  readonly defaults: Readonly<Record<string, string>>;
  /** How long the requests of an app are gathered before its vault is told of them, in milliseconds; at most 30,000. */
  readonly gather_ms: number;
}

/** The network, past the platform's cache: that goes by the address alone, and would hand one user's answer to another. */
export const network: World["fetch"] = (input, outgoing) => fetch(input, { ...outgoing, cache: "no-store" });

/** The real services, over the real network. */
export const realWorld: World = {
  providers: builtInProviders,
  fetch: network,
  defaults: {},
  gather_ms: 10_000,
};
