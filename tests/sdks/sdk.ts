/** What every file of this folder states of one SDK: how its client is pointed somewhere, and the calls people make first. */
import { proxied as proxiedBy } from "latchkey-client/sdks";
import type { ServiceName } from "../../sandbox/clients.ts";

/** Where a client is pointed: at Latchkey with a key of Latchkey's, or at a service with the service's own token. */
export interface At {
  /** The address that stands for the host of the service's API, without a slash at its end. */
  readonly api: string;
  /** The same for a further host of the service. */
  readonly host: (name: string) => string;
  readonly key: string;
}

/** Calls by what they do, in the order they are made: a later one may need what an earlier one has made. */
export type Calls = Readonly<Record<string, () => Promise<unknown>>>;

export interface Sdk {
  /** Its package. */
  readonly name: string;
  readonly service: ServiceName;
  /** It sends a key over https only. */
  readonly needsHttps: boolean;
  readonly calls: (at: At) => Calls;
}

/** Latchkey's proxy of an integration, as a client is pointed at it. @param label of one of its accounts */
export function proxied(origin: string, integration: string, key: string, label?: string): At {
  const at = { origin, integration, key, ...(label === undefined ? {} : { label }) };
  return { ...proxiedBy(at), host: (host) => proxiedBy({ ...at, host }).api };
}

/** Text that breaks whoever decodes, encodes or measures it once too often. */
export const AWKWARD = "a b/ü ✓ 100%25 + «q»";

/** Everything an SDK's own paginator goes through. */
export async function gather<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(page);
  return all;
}
