/** A grant as it is kept with its key: integrations by their ids, connections by where they are. */
import * as z from "zod/mini";
import { Method, WRITES, type Grant } from "../api-grants.ts";

/** A connection: its id, and where that is, the vault of its user and its place there. */
const HeldConnection = z.object({ id: z.string(), vault: z.string(), place: z.string() });
export type HeldConnection = z.output<typeof HeldConnection>;

const HeldRule = z.object({
  integrations: z.optional(z.array(z.string())),
  connections: z.optional(z.array(HeldConnection)),
  methods: z.optional(z.array(Method)),
  /** As they are written. What has been taken once stays taken, whatever becomes of the language. */
  paths: z.optional(z.array(z.string())),
  writes: z.enum(WRITES),
});
export type HeldRule = z.output<typeof HeldRule>;

/** Whose calls in an hour are counted together: those with one key, and with what it has handed on. */
const Count = z.object({ key: z.string(), vault: z.string(), calls_per_hour: z.number() });
export type Count = z.output<typeof Count>;

export const HeldGrant = z.object({
  rules: z.array(HeldRule),
  networks: z.optional(z.array(z.string())),
  /** Its own count, and those of the keys that have handed it on. */
  counts: z.array(Count),
});
export type HeldGrant = z.output<typeof HeldGrant>;

/** A grant as it is shown: what it was asked for as, with the tightest count of all that its calls count in. */
export function toGrant(held: HeldGrant | null): Grant | null {
  if (held === null) return null;
  const { rules, networks, counts } = held;
  return {
    rules: rules.map(({ connections, ...rule }) => ({
      ...rule,
      ...(connections && { connections: connections.map(({ id }) => id) }),
    })),
    ...(networks && { networks }),
    ...(counts.length > 0 && { calls_per_hour: Math.min(...counts.map(({ calls_per_hour }) => calls_per_hour)) }),
  };
}
