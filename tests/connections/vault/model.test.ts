/**
 * A vault beside a plain model of it, in orders that nobody would think of: messages come late, twice and across each other,
 * the clock moves, alarms ring, and the object is lost between any two calls. `MODEL_RUNS` says how many orders are tried.
 */
import * as fc from "fast-check";
import { afterEach, beforeEach, expect, inject, it, vi } from "vitest";
import { LEASE_MS } from "../../../src/connections/vault/connections.ts";
import type { Version } from "../../../src/connections/vault/connection-row.ts";
import type { Need } from "../../../src/connections/vault/need.ts";
import {
  APP_USER,
  DAY,
  ENROLMENT,
  HOUR,
  MINUTE,
  PAGE_USER,
  SECOND,
  START,
  evenChance,
  factsOf,
  failureOf,
  fixedFacts,
  needOf,
  pass,
  sessionOf,
  withVault,
  type LoneStorage,
  type LoneVault,
} from "../../support/lone-vault.ts";

const RUNS = inject("orders");
/** How long a follower is kept; see vault.ts. */
const WAIT_MS = 15 * SECOND;
const FORCED_EVERY_MS = 30 * SECOND;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: START });
  evenChance();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Something that was begun with what was there then, and ends whenever it ends. */
interface Begun {
  readonly version: Version;
  readonly lease: string;
}

/** The connection as it should be. */
class Model {
  readonly isPage: boolean;
  epoch = 0;
  generation = 0;
  token: string | null = null;
  status: "connected" | "reauth_required" = "connected";
  isRejected = false;
  lease: { readonly id: string; readonly until: number } | null = null;
  lastLease: string | null = null;
  forcedAt = 0;
  hasFailed = false;
  retryAt = 0;
  expiresAt = 0;
  sessionEnd = 0;
  /** What has to have been handed over to be taken back. */
  readonly takenBack: string[] = [];
  refreshes: Begun[] = [];
  stores: Version[] = [];
  reseals: Version[] = [];
  #made = 0;

  constructor(isPage: boolean) {
    this.isPage = isPage;
  }

  name(): string {
    this.#made += 1;
    return `made-${this.#made}`;
  }

  is({ epoch, generation }: Version): boolean {
    return this.token !== null && this.epoch === epoch && this.generation === generation;
  }

  get version(): Version {
    return { epoch: this.epoch, generation: this.generation };
  }

  put(token: string): void {
    Object.assign(this, { token, status: "connected", isRejected: false, lease: null, hasFailed: false, retryAt: 0 });
    this.expiresAt = Date.now() + HOUR;
  }

  end(): void {
    if (this.token === null) return;
    this.takenBack.push(this.token);
    Object.assign(this, { token: null, lease: null, hasFailed: false, epoch: this.epoch + 1 });
  }

  isLed(by: string): boolean {
    return this.lease !== null && this.lease.id !== by && this.lease.until > Date.now();
  }

  /** What a caller should be told at this moment. */
  decide(need: Need["need"], lease: string): string {
    const now = Date.now();
    const isOver = now >= this.expiresAt;
    if (this.token === null) return "none";
    if (this.status === "reauth_required") {
      return isOver || need === "force" || this.isRejected ? "reauth_required" : "held";
    }
    const isDue = {
      use: now >= this.expiresAt - MINUTE,
      ahead: now >= this.expiresAt - 5 * MINUTE,
      renew: true,
      force: this.isLed(lease) || now - this.forcedAt >= FORCED_EVERY_MS,
    }[need];
    if (!isDue) return "held";
    if (this.isLed(lease)) return need === "ahead" ? "held" : "wait";
    if (this.hasFailed && this.retryAt > now) return isOver ? "failing" : "held";
    return "leader";
  }

  lead(need: Need["need"], id: string): void {
    const now = Date.now();
    if (this.lease !== null && this.lease.id !== id) this.hasFailed = true;
    this.lease = { id, until: now + LEASE_MS };
    if (need === "force") this.forcedAt = now;
    this.refreshes.push({ version: this.version, lease: id });
  }
}

class Real {
  vault: LoneVault;
  readonly at: LoneStorage;

  constructor(vault: LoneVault, at: LoneStorage) {
    this.vault = vault;
    this.at = at;
  }

  row(): Record<string, SqlStorageValue> | undefined {
    return this.isMade ? this.at.rows("SELECT * FROM connections WHERE place = 'one'")[0] : undefined;
  }

  get isMade(): boolean {
    return this.at.rows("SELECT 1 FROM sqlite_master WHERE name = 'owner'").length > 0;
  }
}

type Step = (model: Model, real: Real) => Promise<void>;

/** A command from what it does; what it found is held against the model after each. */
class Command implements fc.AsyncCommand<Model, Real> {
  readonly #name: string;
  readonly #step: Step;

  constructor(name: string, step: Step) {
    this.#name = name;
    this.#step = step;
  }

  check = (): boolean => true;
  toString = (): string => this.#name;

  async run(model: Model, real: Real): Promise<void> {
    await this.#step(model, real);
    const held = real.vault.connection("one");
    expect(held?.sealed ?? null).toBe(model.token);
    if (held) {
      expect({ epoch: held.epoch, generation: held.generation }).toEqual(model.version);
      expect(held.status).toBe(model.status);
    }
    expect(real.row()?.["lease"] ?? null).toBe(model.lease?.id ?? null);
    const all = real.vault.connectionsAt("one");
    expect(all.filter(({ is_default }) => is_default)).toHaveLength(Math.min(all.length, 1));
    expect(new Set(all.map(({ label }) => label)).size).toBe(all.length);
    expect(real.vault.connection("one~")?.place).toBe(all.find(({ is_default }) => is_default)?.place);
  }
}

async function settleIn(model: Model, real: Real): Promise<void> {
  const owner = model.isPage ? PAGE_USER : APP_USER;
  await real.vault.own(owner, model.isPage ? null : ENROLMENT);
  if (!model.isPage) return;
  model.sessionEnd = Date.now() + HOUR;
  await real.vault.addSession(`session-${model.sessionEnd}`, sessionOf("browser", model.sessionEnd));
}

const beginStore: Step = async (model, real) => {
  await settleIn(model, real);
  model.stores.push(real.vault.nextVersion("one"));
};

const store =
  (index: number): Step =>
  async (model, real) => {
    const version = model.stores[index % Math.max(model.stores.length, 1)];
    if (!version || !real.isMade) return;
    const token = model.name();
    // Where there are others, a connection that has gone does not come back to its place.
    const isBeside = model.token === null && real.vault.connectionsAt("one").length > 0;
    const { outcome } = await real.vault.store("one", version, token, factsOf());
    if (version.epoch <= model.epoch || isBeside) {
      expect(outcome).toBe("outdated");
      return;
    }
    expect(outcome).toBe("stored");
    Object.assign(model, { ...version, forcedAt: 0, lastLease: null });
    model.put(token);
  };

const acquire =
  (need: Need["need"]): Step =>
  async (model, real) => {
    const lease = model.name();
    const wanted = needOf(need, lease, { seen_generation: model.generation });
    const expected = model.decide(need, lease);
    if (expected !== "wait") {
      const got = await real.vault.acquire("one", wanted);
      expect(got.outcome).toBe(expected);
      if ("connection" in got) expect(got.connection.sealed).toBe(model.token);
      if (expected === "leader") model.lead(need, lease);
      return;
    }
    // Whoever has to wait leads when the lease has run out, or is asked to come again; two never lead at once.
    const until = model.lease?.until ?? 0;
    const from = Date.now();
    const waiting = real.vault.acquire("one", wanted);
    await vi.advanceTimersByTimeAsync(WAIT_MS);
    const { outcome } = await waiting;
    const end = Date.now();
    if (until - from > WAIT_MS) expect(outcome).toBe("waiting");
    else {
      vi.setSystemTime(until);
      const then = model.decide(need, lease);
      expect(outcome).toBe(then === "held" ? "renewed" : then);
      if (then === "leader") model.lead(need, lease);
      vi.setSystemTime(end);
    }
  };

/** One of the refreshes that were begun, however long ago, and whatever has become of it. */
const refresh =
  (index: number, act: (begun: Begun, model: Model, real: Real) => Promise<void>): Step =>
  async (model, real) => {
    const begun = model.refreshes[index % Math.max(model.refreshes.length, 1)];
    if (begun && real.isMade) await act(begun, model, real);
  };

const commit = (index: number): Step =>
  refresh(index, async ({ lease, version }, model, real) => {
    const token = model.name();
    const { outcome } = await real.vault.commit("one", lease, version, token, factsOf());
    if (model.lastLease === lease) {
      expect(outcome).toBe("committed");
      return;
    }
    expect(outcome).toBe(model.is(version) ? "committed" : "stale");
    if (!model.is(version)) return;
    model.put(token);
    Object.assign(model, { generation: model.generation + 1, lastLease: lease });
  });

const fail = (index: number, kind: "definitive" | "transient"): Step =>
  refresh(index, async ({ lease, version }, model, real) => {
    await real.vault.fail("one", lease, version, failureOf(kind));
    if (!model.is(version) || model.lease?.id !== lease) return;
    model.lease = null;
    if (kind === "definitive") model.status = "reauth_required";
    else {
      model.hasFailed = true;
      model.retryAt = Number(real.row()?.["retry_at"]);
      expect(model.retryAt).toBeGreaterThan(Date.now());
    }
  });

const release = (index: number): Step =>
  refresh(index, async ({ lease }, model, real) => {
    real.vault.release("one", lease);
    if (model.lease?.id === lease) model.lease = null;
  });

const reject = (index: number): Step =>
  refresh(index, async ({ version }, model, real) => {
    await real.vault.reject("one", version, failureOf("definitive", { reason: "token_rejected" }));
    if (!model.is(version) || model.status !== "connected") return;
    Object.assign(model, { status: "reauth_required", isRejected: true, lease: null });
  });

const beginReseal: Step = async (model) => {
  if (model.token !== null) model.reseals.push(model.version);
};

const reseal =
  (index: number): Step =>
  async (model, real) => {
    const version = model.reseals[index % Math.max(model.reseals.length, 1)];
    if (!version || !real.isMade) return;
    const token = model.name();
    real.vault.reseal("one", version, token);
    if (model.is(version)) model.token = token;
  };

const disconnect: Step = async (model, real) => {
  const request = model.name();
  const revocation = await real.vault.disconnect("one", request);
  expect(revocation?.sealed ?? null).toBe(model.token);
  // Asked again, it says the same and does nothing more.
  expect((await real.vault.disconnect("one", request))?.id).toBe(revocation?.id);
  model.end();
};

const settleRevocations: Step = async (_, real) => {
  if (!real.isMade) return;
  for (const { id } of real.at.rows("SELECT id FROM revocations")) await real.vault.revoked(Number(id), true);
};

/** Others of the same user beside it, in places of their own: whatever becomes of them, it is as the model says. */
const connectOther =
  (index: number): Step =>
  async (model, real) => {
    await settleIn(model, real);
    const account = { id: `other-${index % 3}`, name: "Bo", email: null, avatar_url: null, url: null };
    // The first of all stands in the place that is watched.
    if (model.token === null) return;
    const placed = real.vault.place("one", account.id, { as: "any" });
    if (placed.outcome !== "placed") throw new Error(placed.outcome);
    expect(placed.place).not.toBe("one");
    const facts = fixedFacts(null, { account });
    const stored = await real.vault.store(placed.place, placed, model.name(), facts, { as: "any" });
    expect(stored.outcome).toBe("stored");
  };

const disconnectOther =
  (index: number): Step =>
  async (model, real) => {
    const others = real.vault.connectionsAt("one").filter(({ place }) => place !== "one");
    const other = others[index % Math.max(others.length, 1)];
    if (!other) return;
    expect((await real.vault.disconnect(other.place, model.name()))?.sealed).toBe(other.sealed);
    expect(real.vault.connection(other.place)).toBeNull();
  };

const makeDefault =
  (index: number): Step =>
  async (_, real) => {
    const all = real.vault.connectionsAt("one");
    const chosen = all[index % Math.max(all.length, 1)];
    if (chosen) expect(await real.vault.change(chosen.place, JSON.stringify({ default: true }))).toBe("changed");
  };

const ring: Step = async (model, real) => {
  const before = real.vault.handedOut.length;
  const pendingBefore = real.isMade ? real.at.rows("SELECT 1 FROM revocations").length : 0;
  const isLeft = model.isPage && model.sessionEnd <= Date.now();
  const defaultPlace = real.vault.connection("one~")?.place;
  await real.vault.alarm();
  const chores = real.vault.handedOut.slice(before);
  for (const { address, generation } of chores.flatMap(({ renew }) => renew)) {
    const isDefault = defaultPlace === "one";
    expect({ address, generation }).toEqual({ address: isDefault ? "one~" : "one", generation: model.generation });
    expect(model.status).toBe("connected");
  }
  if (isLeft) {
    const given = model.token;
    model.end();
    if (given !== null) expect(chores.flatMap(({ revoke }) => revoke.map(({ sealed }) => sealed))).toContain(given);
  }
  if (chores.some(({ forget }) => forget !== null)) {
    expect(model.token, "a vault with a connection was emptied").toBeNull();
    expect(pendingBefore === 0 || chores.length > 0).toBe(true);
    expect(real.isMade).toBe(false);
    // A day and more after the last thing that happened, nothing that was begun before comes any more.
    Object.assign(model, { epoch: 0, generation: 0, refreshes: [], stores: [], reseals: [], lastLease: null });
  }
};

const index = fc.nat({ max: 30 });
const step = (name: string, run: Step) => fc.constant(new Command(name, run));
const numbered = (name: string, run: (at: number) => Step) => index.map((at) => new Command(`${name} ${at}`, run(at)));

const COMMANDS = [
  step("begin to connect", beginStore),
  numbered("connect", store),
  numbered("connect", store),
  fc
    .constantFrom<Need["need"][]>("use", "ahead", "force", "renew")
    .map((need) => new Command(`acquire to ${need}`, acquire(need))),
  fc.constantFrom<Need["need"][]>("force", "renew").map((need) => new Command(`acquire to ${need}`, acquire(need))),
  numbered("commit", commit),
  numbered("commit", commit),
  numbered("fail for now", (at) => fail(at, "transient")),
  numbered("fail for good", (at) => fail(at, "definitive")),
  numbered("release", release),
  numbered("reject", reject),
  step("begin to reseal", beginReseal),
  numbered("reseal", reseal),
  step("disconnect", disconnect),
  numbered("connect another account", connectOther),
  numbered("disconnect another account", disconnectOther),
  numbered("make the default", makeDefault),
  step("have everything taken back", settleRevocations),
  step("ring the alarm", ring),
  step("have the lines of the index written", async (_, real) => {
    if (real.isMade) await real.vault.setIndexed(await real.vault.indexLines(false));
  }),
  fc
    .constantFrom(SECOND, 29 * SECOND, 31 * SECOND, 56 * MINUTE, HOUR, 2 * DAY, 40 * DAY)
    .map((wait) => new Command(`let ${wait / SECOND} s pass`, async () => void pass(wait))),
  fc
    .constantFrom(14 * SECOND, 29 * SECOND, 30 * SECOND)
    .map((wait) => new Command(`let ${wait / SECOND} s pass`, async () => void pass(wait))),
  step("lose the object", async (_, real) => {
    real.vault = real.at.reopen();
  }),
];

it.each([
  ["a user of an app", false],
  ["a person at the page", true],
])("is as the model says in every order, for %s", { timeout: 120_000 }, async (_, isPage) => {
  await fc.assert(
    fc.asyncProperty(fc.commands(COMMANDS, { maxCommands: 60, size: "max" }), (commands) => {
      vi.setSystemTime(START);
      return withVault((vault, at) =>
        fc.asyncModelRun(() => ({ model: new Model(isPage), real: new Real(vault, at) }), commands),
      );
    }),
    { numRuns: RUNS },
  );
});
