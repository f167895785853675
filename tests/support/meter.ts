/** What requests cost: each call that is charged for is counted where the Worker makes it, and each row where a vault writes it. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";

/** What is charged for apart from the request itself. */
export interface Counts {
  /** Vaults that were called, each once. */
  vaults: number;
  vault_calls: number;
  /** Rows and alarms that vaults have written, tables and indexes included: each is one row written. */
  vault_rows: number;
  kv_reads: number;
  kv_writes: number;
  kv_deletes: number;
  kv_lists: number;
  d1_queries: number;
  /** How often the address was counted against its limits. */
  counted: number;
  counted_changes: number;
}

/** A millionth of each in dollars, beyond what Cloudflare's paid plan includes: its list prices of autumn 2026. */
const PRICES = {
  vault_calls: 0.15,
  vault_rows: 1,
  kv_reads: 0.5,
  kv_writes: 5,
  kv_deletes: 5,
  kv_lists: 5,
} satisfies Partial<Record<keyof Counts, number>>;
const REQUEST_PRICE = 0.3;

/** What a million requests cost that are counted like this one, in dollars. */
export const priceOf = (counts: Partial<Counts>): number =>
  Object.entries(PRICES).reduce(
    (sum, [name, price]) => sum + price * (new Map(Object.entries(counts)).get(name) ?? 0),
    REQUEST_PRICE,
  );

const NOTHING: Counts = {
  vaults: 0,
  vault_calls: 0,
  vault_rows: 0,
  kv_reads: 0,
  kv_writes: 0,
  kv_deletes: 0,
  kv_lists: 0,
  d1_queries: 0,
  counted: 0,
  counted_changes: 0,
};

/**
 * Bindings that count what goes through them, to be laid over a request's environment.
 * @param isOver whether the address has asked for too much already
 */
export function meter({ isOver = false } = {}) {
  const counts = { ...NOTHING };
  const names = new Set<string>();
  const written: string[] = [];

  /** Has the object count what it writes from here on. */
  const watch = (name: string) =>
    runInDurableObject(env.VAULT.getByName(name), (_, { storage }) => {
      const { sql } = storage;
      const exec = sql.exec.bind(sql);
      sql.exec = (query, ...bindings) => {
        const cursor = exec<never>(query, ...bindings);
        counts.vault_rows += cursor.rowsWritten;
        return cursor;
      };
      const setAlarm = storage.setAlarm.bind(storage);
      storage.setAlarm = (...parameters: Parameters<typeof setAlarm>) => {
        counts.vault_rows += 1;
        return setAlarm(...parameters);
      };
    });

  const VAULT = {
    getByName(name: string) {
      const stub = env.VAULT.getByName(name);
      return new Proxy(stub, {
        get(target, property) {
          const member: unknown = Reflect.get(target, property);
          if (typeof member !== "function") return member;
          // Of many requests together, so it is none's: tests/apps/app-requests.test.ts says what it costs.
          if (property === "logRequests" || property === "recordCalls") return () => Promise.resolve();
          return async (...parameters: unknown[]) => {
            counts.vault_calls += 1;
            if (!names.has(name)) {
              names.add(name);
              counts.vaults += 1;
              await watch(name);
            }
            return Reflect.apply(member, target, parameters);
          };
        },
      });
    },
  };

  const COUNTED = { get: "kv_reads", put: "kv_writes", delete: "kv_deletes", list: "kv_lists" } as const;
  const isCounted = (name: PropertyKey): name is keyof typeof COUNTED => Object.hasOwn(COUNTED, name);
  const KV = new Proxy(env.KV, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property);
      if (typeof member !== "function") return member;
      return (...parameters: unknown[]) => {
        if (isCounted(property)) counts[COUNTED[property]] += 1;
        if (property === "put") written.push(String(parameters[0]));
        return Reflect.apply(member, target, parameters);
      };
    },
  });

  const INDEX = new Proxy(env.INDEX, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property);
      if (typeof member !== "function") return member;
      return (...parameters: unknown[]) => {
        counts.d1_queries += 1;
        return Reflect.apply(member, target, parameters);
      };
    },
  });

  const counter = (name: "counted" | "counted_changes") => ({
    limit: async () => {
      counts[name] += 1;
      return { success: !isOver };
    },
  });

  return {
    bindings: { VAULT, KV, INDEX, ADDRESS_LIMIT: counter("counted"), CHANGE_LIMIT: counter("counted_changes") },
    /** The vaults that were called. */
    names,
    /** The names of the records that were written to KV. */
    written,
    /** What was counted since this was last asked, where it is anything. */
    take: (): Partial<Counts> => {
      const taken = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
      Object.assign(counts, NOTHING);
      return taken;
    },
  };
}
