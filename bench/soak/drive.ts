/** The part of the soak that goes through HTTP: callers at once, faults that come and go, and what there is when all is quiet. */
import { setTimeout as sleep } from "node:timers/promises";
import { ACTS, connectFirst, type Stage } from "./acts.ts";
import { checkQuiet, forAll } from "./quiet.ts";
import { QUIET } from "./provider.ts";
import { Counts, NO_TROUBLE, type Rates } from "./wire.ts";

/** What a call that was made in a fault's last moment may still meet with. */
const AFTERMATH_MS = 10_000;

const TROUBLES: Rates = {
  kv_reads: 0.2,
  kv_writes: 0.2,
  vault_refuses: 0.03,
  vault_loses: 0.03,
  vault_resets: 0.03,
  index: 0.7,
};

/** When there were faults. */
export class Weather {
  #since: number | null = null;
  #until = -Infinity;

  set isFaulty(isFaulty: boolean) {
    if (isFaulty) this.#since ??= performance.now();
    else if (this.#since !== null) {
      this.#since = null;
      this.#until = performance.now();
    }
  }

  /** Whether there were faults at any time since then. */
  readonly wasFaulty = (since: number): boolean => this.#since !== null || since < this.#until;

  /** The same, or what they have left behind. */
  readonly wasTroubled = (since: number): boolean => this.wasFaulty(since - AFTERMATH_MS);
}

/** @returns how many operations were made: as many as planned at least, and as many as come until then */
export async function drive(stage: Stage, weather: Weather, until: number): Promise<number> {
  const { chance, client, findings, people, plan } = stage;
  let made = 0;
  const caller = async (): Promise<void> => {
    while (made < plan.http_operations || performance.now() < until) {
      made += 1;
      const [name, act] = chance.weighed(ACTS);
      findings.operations.add(name);
      await act(stage);
    }
  };
  const first = people.slots.filter(() => chance.happens(0.7));
  await forAll(first, (slot) => connectFirst(stage, slot));
  made += first.length;
  const callers = Promise.all(Array.from({ length: plan.callers }, caller));
  const isOver = callers.then(() => true);
  const waits = (milliseconds: number) => Promise.race([isOver, sleep(milliseconds, false)]);
  for (let period = 0; ; period += 1) {
    weather.isFaulty = true;
    await client.control("PUT", "/soak/rates", ratesOf(stage, period));
    if (await waits(plan.faulty_ms)) break;
    stage.provider.rates = QUIET;
    await client.control("PUT", "/soak/rates", NO_TROUBLE);
    weather.isFaulty = false;
    if (await waits(plan.calm_ms)) break;
  }
  stage.provider.rates = QUIET;
  await client.control("PUT", "/soak/rates", NO_TROUBLE);
  weather.isFaulty = false;
  await callers;
  await checkQuiet(stage);
  findings.faults.addAll(Counts.parse(await client.control("GET", "/soak/faults")));
  findings.outcomes.add("connections at the end", people.slots.filter(({ state }) => state === "live").length);
  return made;
}

/** Faults of all kinds at first, then of some; revocations are few, and are met by them throughout. */
function ratesOf({ chance, plan, provider }: Stage, period: number): Rates {
  const some = (rate: number): number => (period === 0 || chance.happens(0.5) ? rate : 0);
  const slow = { slow_ms: plan.slow_ms };
  provider.rates = { token: some(0.35), api: some(0.05), revocation: 0.6, ...slow };
  return {
    kv_reads: some(TROUBLES.kv_reads),
    kv_writes: some(TROUBLES.kv_writes),
    vault_refuses: some(TROUBLES.vault_refuses),
    vault_loses: some(TROUBLES.vault_loses),
    vault_resets: some(TROUBLES.vault_resets),
    index: some(TROUBLES.index),
  };
}
