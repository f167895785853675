/** Reaching a visitor's vault from outside, and doing to it what the platform may do. */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import * as z from "zod";
import { IndexDatabase } from "../../src/connections/index-database.ts";
import type { Vault } from "../../src/connections/vault/vault.ts";
import { Services } from "../../src/services.ts";
import { realWorld } from "../../src/world.ts";
import { APP, type Overrides, type Visitor } from "./visitor.ts";

/** The vault that the visitor's session names. */
export function vaultOf(visitor: Visitor): DurableObjectStub<Vault> {
  const session = visitor.cookies.get("__Host-session") ?? "";
  return env.VAULT.getByName(session.slice(3, 46));
}

/** What a request is served by, with the bindings that are given in the place of the real ones. */
export const servicesWith = (overrides: Overrides = {}, limitAddress = async () => {}) =>
  new Services(realWorld, { ...env, ...overrides }, { url: APP, waitUntil: () => {}, limitAddress });

/** How this deployment names things, as an isolate that remembers nothing finds out. */
export const names = (overrides: Overrides = {}) => servicesWith(overrides).names;

/** The vault of a user of an app; of the app itself where none is given. */
export async function vaultFor(app: { readonly id: string }, user = ""): Promise<DurableObjectStub<Vault>> {
  return env.VAULT.getByName(await names().vault(app.id, user));
}

/** The tables that a vault has. */
export const tablesOf = (vault: DurableObjectStub): Promise<string[]> =>
  runInDurableObject(vault, (_, state) => tablesIn(state.storage.sql));

/** How many rows each table of a vault has that has any. */
export const rowsOf = (vault: DurableObjectStub): Promise<Record<string, number>> =>
  runInDurableObject(vault, (_, { storage: { sql } }) => {
    const counts = tablesIn(sql).map(
      (name) => [name, Number(sql.exec(`SELECT COUNT(*) AS n FROM ${name}`).one()["n"])] as const,
    );
    return Object.fromEntries(counts.filter(([, count]) => count > 0));
  });

const tablesIn = (sql: SqlStorage): string[] =>
  sql
    .exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_*' AND name <> 'sqlite_sequence'")
    .toArray()
    .map(({ name }) => z.string().parse(name));

/**
 * Resets the object, as a deployment or an update of the runtime does. workerd logs each call that it ends, with the words
 * given here; these are the test pool's own for it, which are no news.
 */
export async function resetVault(visitor: Visitor): Promise<void> {
  await runInDurableObject(vaultOf(visitor), (_, state) => state.abort("Instance dispose")).catch(() => {});
}

/** Lets the vault's alarm go off, if one is set. */
export function ringAlarm(visitor: Visitor): Promise<boolean> {
  return runDurableObjectAlarm(vaultOf(visitor));
}

/**
 * Makes a test's people the only ones: those of the tests before it have the same accounts of the sandbox, and count as others
 * who live on the same grants.
 */
export async function forgetOthers(): Promise<void> {
  await new IndexDatabase(env.INDEX).run((database) => [database.prepare("DELETE FROM sharers")]);
}

/** A namespace of vaults on the way to which calls of one method meet with something. */
export function troubledVaults(method: keyof Vault, trouble: (call: () => Promise<unknown>) => Promise<unknown>) {
  return {
    getByName(name: string) {
      const stub = env.VAULT.getByName(name);
      return new Proxy(stub, {
        get(target, property) {
          const member: unknown = Reflect.get(target, property);
          if (property !== method || typeof member !== "function") return member;
          return (...parameters: unknown[]) => trouble(async () => Reflect.apply(member, target, parameters));
        },
      });
    },
  };
}

/** A namespace of vaults on the way from which the first answer of one method is lost. */
export function losingVaults(method: keyof Vault) {
  let isLost = false;
  return troubledVaults(method, async (call) => {
    const answer = await call();
    if (isLost) return answer;
    isLost = true;
    throw new Error("Network connection lost.");
  });
}

/** A namespace that notes what vaults are asked, by the names of the methods. */
export function watchedMethods() {
  const methods = new Set<string>();
  return {
    methods,
    getByName(name: string) {
      return new Proxy(env.VAULT.getByName(name), {
        get(target, property) {
          const member: unknown = Reflect.get(target, property);
          if (typeof member !== "function") return member;
          return async (...parameters: unknown[]) => {
            methods.add(String(property));
            return Reflect.apply(member, target, parameters);
          };
        },
      });
    },
  };
}

/** A namespace that notes which vaults are asked. */
export function watchedVaults() {
  const asked: string[] = [];
  return {
    asked,
    getByName(name: string) {
      return new Proxy(env.VAULT.getByName(name), {
        get(target, property) {
          const member: unknown = Reflect.get(target, property);
          if (typeof member !== "function") return member;
          return async (...parameters: unknown[]) => {
            // What an isolate has gathered of requests goes there behind any of them.
            if (property !== "logRequests" && property !== "recordCalls") asked.push(name);
            return Reflect.apply(member, target, parameters);
          };
        },
      });
    },
  };
}
