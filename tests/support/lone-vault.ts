/** A vault by itself, without the Worker around it: its tables are real, its clock is the test's, and what it hands out is kept. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import type { ConnectionFacts } from "../../src/connections/connection.ts";
import type { Failure, Version } from "../../src/connections/vault/connection-row.ts";
import type { Need } from "../../src/connections/vault/need.ts";
import type { Enrolment, Owner } from "../../src/connections/vault/owner.ts";
import type { SessionFacts } from "../../src/connections/vault/sessions.ts";
import { VaultSql } from "../../src/connections/vault/vault-sql.ts";
import { Vault, type Chores } from "../../src/connections/vault/vault.ts";
import { randomId } from "../../src/crypto.ts";

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A moment that the platform's own clock does not come to, so that no alarm goes off but by the test. */
export const START = Date.UTC(2041, 0, 1);

export class LoneVault extends Vault {
  /** What the alarms have handed out, oldest first. */
  readonly handedOut: Chores[] = [];

  protected override dispatch(chores: Chores): Promise<void> {
    this.handedOut.push(chores);
    return Promise.resolve();
  }

  /** The version that the next grant at a place has. */
  nextVersion(place: string): Version {
    return this.connectionsTable.nextVersion(place);
  }
}

export interface LoneStorage {
  readonly state: DurableObjectState;
  readonly storage: DurableObjectStorage;
  /** The object over the same tables, anew: whatever it held in memory is gone. */
  readonly reopen: () => LoneVault;
  /** All rows that a query finds. */
  readonly rows: (query: string) => Record<string, SqlStorageValue>[];
}

/** Lends a new vault, empty. The caller has set up the clock. */
export function withVault<T>(work: (vault: LoneVault, at: LoneStorage) => Promise<T>): Promise<T> {
  return runInDurableObject(env.VAULT.getByName(randomId()), (_, state) => {
    const reopen = () => new LoneVault(state, env);
    const rows = (query: string) => state.storage.sql.exec(query).toArray();
    return work(reopen(), { state, storage: state.storage, reopen, rows });
  });
}

/** Lends one table of a vault that has no other. */
export function withTable<Table, T>(
  make: (sql: VaultSql) => Table,
  work: (table: Table, rows: LoneStorage["rows"]) => T | Promise<T>,
): Promise<T> {
  return runInDurableObject(env.VAULT.getByName(randomId()), async (_, { storage }) =>
    work(make(new VaultSql(storage.sql)), (query) => storage.sql.exec(query).toArray()),
  );
}

/** Chance is left out: what is spread out comes in the middle. */
export function evenChance(): void {
  vi.spyOn(Math, "random").mockReturnValue(0.5);
}

export const pass = (milliseconds: number): unknown => vi.setSystemTime(Date.now() + milliseconds);

export const APP_USER: Owner = {
  app: "app-1",
  user: "ann",
  origin: "https://latchkey.example",
  by_session: false,
  handle: null,
};
export const PAGE_USER: Owner = {
  app: "default",
  user: "u",
  origin: "https://latchkey.example",
  by_session: true,
  handle: null,
};

/** That the app has noted the vault of its user. */
export const ENROLMENT: Enrolment = { id: "enrolment", until: START + 1000 * DAY };

/** A token of an hour that is renewed in its last five minutes, of a grant that is kept alive. */
export function factsOf(more: Partial<ConnectionFacts> = {}): ConnectionFacts {
  const now = Date.now();
  const expires_at = now + HOUR;
  return {
    account: { id: "1", name: "Ann", email: null, avatar_url: null, url: null },
    scopes: ["read"],
    issued_at: now,
    expires_at,
    connected_at: now,
    refreshable: true,
    times: {
      copy_until: expires_at - MINUTE,
      refresh_from: expires_at - 5 * MINUTE,
      refresh_by: expires_at - MINUTE,
    },
    keep_alive: 30 * DAY,
    reconnect_by: null,
    asked: null,
    client: null,
    ...more,
  };
}

/** One that nothing can renew. */
export function fixedFacts(expires_at: number | null, more: Partial<ConnectionFacts> = {}): ConnectionFacts {
  const times = { copy_until: expires_at, refresh_from: null, refresh_by: null };
  return factsOf({ expires_at, refreshable: false, keep_alive: null, times, ...more });
}

export function failureOf(kind: Failure["kind"], more: Partial<Failure> = {}): Failure {
  return {
    kind,
    reason: kind === "definitive" ? "grant_refused" : "provider_unavailable",
    message: "It did not work.",
    at: Date.now(),
    client: "client",
    answer_lost: false,
    retry_after: null,
    refusals: null,
    api_refused: false,
    ...more,
  };
}

export function needOf(need: Need["need"], lease: string, more: Partial<Need> = {}): Need {
  return { need, lease, seen_generation: 0, client: "client", api_refused: false, ...more };
}

export function sessionOf(kind: SessionFacts["kind"], expires_at: number, more: Partial<SessionFacts> = {}) {
  const { app, user } = PAGE_USER;
  return {
    app,
    user,
    kind,
    scopes: ["connect" as const],
    place: null,
    name: null,
    maker: null,
    grant: null,
    created_at: Date.now(),
    expires_at,
    ...more,
  };
}
