/** Bindings that fail as the platform's may, as often as is said, and count it. */
import type { Vault as VaultBase } from "../../../src/connections/vault/vault.ts";
import { Chance, Tally } from "../../soak/random.ts";
import { NO_TROUBLE, type Rates } from "../../soak/wire.ts";

/** What an alarm has found to do, as far as the model knows of it. */
export interface Rung {
  readonly renew: readonly { readonly address: string; readonly generation: number }[];
  /** What is sealed that is to be taken back. */
  readonly revoke: readonly string[];
  readonly isEmptied: boolean;
}

/** A vault to which can be done what only the platform does. */
export interface ResettableVault extends VaultBase {
  reset(): void;
  ring(): Promise<Rung>;
  retryAt(place: string): number;
  work(name: string): Promise<void>;
}

export interface SoakEnv extends Omit<Env, "VAULT"> {
  readonly VAULT: DurableObjectNamespace<ResettableVault>;
}

/** Removals are tried three times; one that fails each time leaves a copy for as long as copies live, which is no surprise. */
const REFUSED_IN_A_ROW = 2;

export class Trouble {
  rates: Rates = NO_TROUBLE;
  readonly tally = new Tally();
  chance = new Chance(0);

  /** Whether this call meets with it. */
  strikes(kind: keyof Rates): boolean {
    const does = this.chance.happens(this.rates[kind]);
    if (does) this.tally.add(kind);
    return does;
  }
}

/** The namespace, on the way to and from which calls are refused, lose their answers and meet with resets. */
export function troubledVaults(
  namespace: DurableObjectNamespace<ResettableVault>,
  trouble: Trouble,
): DurableObjectNamespace<ResettableVault> {
  const getByName = (name: string) =>
    new Proxy(namespace.getByName(name), {
      get(stub, property) {
        const member: unknown = Reflect.get(stub, property);
        if (typeof member !== "function") return member;
        const call = async (parameters: unknown[]): Promise<unknown> => Reflect.apply(member, stub, parameters);
        return (...parameters: unknown[]) => troubled(namespace, name, () => call(parameters), trouble);
      },
    });
  return new Proxy(namespace, {
    get: (real, property) => (property === "getByName" ? getByName : Reflect.get(real, property)),
  });
}

async function troubled(
  namespace: DurableObjectNamespace<ResettableVault>,
  name: string,
  call: () => Promise<unknown>,
  trouble: Trouble,
): Promise<unknown> {
  if (trouble.strikes("vault_refuses")) throw new Error("Network connection lost.");
  if (trouble.strikes("vault_resets")) {
    const answer = call();
    answer.catch(() => {});
    await reset(namespace, name);
    return answer;
  }
  const answer = await call();
  if (trouble.strikes("vault_loses")) throw new Error("Network connection lost.");
  return answer;
}

/** Resets an object; whatever it was doing is broken off. */
export async function reset(namespace: DurableObjectNamespace<ResettableVault>, name: string): Promise<void> {
  await Promise.resolve(namespace.getByName(name).reset()).catch(() => {});
}

export function troubledIndex(database: D1Database, trouble: Trouble): D1Database {
  return new Proxy(database, {
    get(real, property) {
      const member: unknown = Reflect.get(real, property);
      if (typeof member !== "function") return member;
      return (...parameters: unknown[]): unknown => {
        if (property === "batch" && trouble.strikes("index"))
          return Promise.reject(new Error("D1_ERROR: Network connection lost."));
        return Reflect.apply(member, real, parameters);
      };
    },
  });
}

/** What is written where, by all locations. */
export class Written {
  readonly #values = new Map<string, { readonly value: string | null; readonly until: number }>();

  set(name: string, value: string | null, until: number): void {
    this.#values.set(name, { value, until });
  }

  /** @returns undefined where it was never written here */
  get(name: string): string | null | undefined {
    const known = this.#values.get(name);
    return known && (known.until > Date.now() ? known.value : null);
  }
}

interface Seen {
  readonly value: string | null;
  readonly until: number;
}

/**
 * KV as one location sees it: what was read there, a miss included, is what it is there for `behind_ms`. Lifetimes are
 * shortened as that is.
 */
export function kvAt(kv: KVNamespace, trouble: Trouble, written: Written, behind_ms: number): KVNamespace {
  const pace = behind_ms / 60_000;
  const seen = new Map<string, Seen>();
  const refused = new Map<string, number>();
  const see = (name: string, value: string | null): void => {
    if (seen.size > 50_000) for (const [old, { until }] of seen) if (until <= Date.now()) seen.delete(old);
    seen.set(name, { value, until: Date.now() + behind_ms });
  };
  const mayWrite = (name: string): void => {
    const row = refused.get(name) ?? 0;
    if (row < REFUSED_IN_A_ROW && trouble.strikes("kv_writes")) {
      refused.set(name, row + 1);
      throw new Error("KV PUT failed: 500 Internal Server Error");
    }
    refused.delete(name);
  };
  const bindings = {
    async get(name: string): Promise<string | null> {
      if (trouble.strikes("kv_reads")) throw new Error("KV GET failed: 500 Internal Server Error");
      const known = seen.get(name);
      const latest = written.get(name);
      if (known && known.until > Date.now()) {
        if (latest !== undefined && latest !== known.value) trouble.tally.add("kv_stale");
        return known.value;
      }
      const value = latest === null ? null : await kv.get(name);
      see(name, value);
      return value;
    },
    async put(name: string, value: string, options?: KVNamespacePutOptions): Promise<void> {
      mayWrite(name);
      await kv.put(name, value, options);
      const ttl = options?.expirationTtl;
      written.set(name, value, ttl === undefined ? Infinity : Date.now() + ttl * 1000 * pace);
      see(name, value);
    },
    async delete(name: string): Promise<void> {
      mayWrite(name);
      await kv.delete(name);
      written.set(name, null, Infinity);
      see(name, null);
    },
  };
  return new Proxy(kv, {
    get(real, property) {
      if (property === "get" || property === "put" || property === "delete") return bindings[property];
      const member: unknown = Reflect.get(real, property);
      return typeof member === "function"
        ? (...parameters: unknown[]) => Reflect.apply(member, real, parameters)
        : member;
    },
  });
}
