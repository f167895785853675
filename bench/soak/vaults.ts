/** The part of the soak that goes to vaults themselves: rounds of operations, between which the clock goes on. */
import type { SoakClient } from "./client.ts";
import type { Findings } from "./findings.ts";
import type { Chance } from "./random.ts";
import { RoundResult, type Rates, type Round } from "./wire.ts";

const [SECOND, MINUTE, HOUR] = [1000, 60_000, 3_600_000];
const VAULTS = 32;
const OPERATIONS = 24;
const INSIDE = 160;
/** Seconds between two rounds, and now and then much more. */
const PASSES = [0, 0, SECOND, 14 * SECOND, 29 * SECOND, 30 * SECOND, 31 * SECOND, 56 * MINUTE, HOUR, 30 * HOUR];

/** @returns how many operations were made: `operations` at least, and as many as come until then */
export async function soakVaults(
  client: SoakClient,
  findings: Findings,
  chance: Chance,
  operations: number,
  until: number,
): Promise<number> {
  const rates: Rates = {
    vault_refuses: 0.001,
    vault_loses: 0.003,
    vault_resets: 0.003,
    kv_reads: 0,
    kv_writes: 0,
    index: 0,
  };
  let made = 0;
  while (made < operations || performance.now() < until) {
    const round: Round = {
      seed: chance.below(2 ** 31),
      vaults: VAULTS,
      operations: OPERATIONS,
      inside: INSIDE,
      passed_ms: chance.pick(PASSES),
      rates,
    };
    const result = RoundResult.parse(await client.control("POST", "/soak/round", round));
    for (const [name, count] of Object.entries(result.operations)) {
      findings.operations.add(`vault: ${name}`, count);
      made += count;
    }
    findings.faults.addAll(result.faults);
    for (const contradiction of result.contradictions) findings.lose(`vault: ${contradiction}`);
  }
  return made;
}
