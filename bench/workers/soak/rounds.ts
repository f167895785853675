/** Rounds of operations on vaults themselves, by a clock that goes on in between as the driver says. */
import { Vaults } from "../../../src/connections/vaults.ts";
import { randomId } from "../../../src/crypto.ts";
import { Chance, Tally } from "../../soak/random.ts";
import type { Round, RoundResult } from "../../soak/wire.ts";
import { STEPS, look } from "./steps.ts";
import { Subject, type Way } from "./subject.ts";
import { Trouble, reset, troubledVaults, type ResettableVault } from "./trouble.ts";

/** After so many rounds a vault gives way to a new one. */
const ROUNDS_OF_ONE = 40;
/** Of those in a round, the share that is called from outside. */
const OUTSIDE = 0.15;
/** How often an answer is lost within, and the object made anew over its storage. */
const LOST_INSIDE = 0.005;
const TOLD_STEPS = 12;
/** A day: further than any alarm of the platform's is ever due in a round. */
const AHEAD_MS = 86_400_000;

interface Seat {
  readonly subject: Subject;
  readonly trail: string[];
  rounds: number;
  /** How many operations it is to do within. */
  inside: number;
}

/** Those that are under way, by name: an object finds its own here. */
const seats = new Map<string, Seat>();
const tally = new Tally();
const contradictions: string[] = [];

export class VaultRounds {
  readonly #trouble = new Trouble();
  readonly #now = Date.now.bind(Date);
  #ahead_ms = 0;

  async run(namespace: DurableObjectNamespace<ResettableVault>, round: Round): Promise<RoundResult> {
    this.#ahead_ms += round.passed_ms;
    // No alarm of the platform's goes off by this clock: they are rung.
    Date.now = () => this.#now() + AHEAD_MS + this.#ahead_ms;
    const chance = new Chance(round.seed);
    this.#trouble.rates = round.rates;
    this.#trouble.chance = new Chance(round.seed + 1);
    const troubled = troubledVaults(namespace, this.#trouble);
    const vaults = new Vaults(troubled);
    while (seats.size < round.vaults) {
      const subject = new Subject(randomId(), new Chance(chance.below(2 ** 31)));
      seats.set(subject.name, { subject, trail: [], rounds: 0, inside: 0 });
    }
    const work = async (seat: Seat): Promise<void> => {
      const { name } = seat.subject;
      seat.rounds += 1;
      if (chance.happens(OUTSIDE)) {
        seat.subject.way = {
          ask: (call) => vaults.call(name, () => call(troubled.getByName(name))),
          direct: (call) => call(namespace.getByName(name)),
        };
        await doSteps(seat, round.operations, "from outside");
      } else {
        seat.inside = round.inside;
        await namespace.getByName(name).work(name);
      }
      // What another object over the same storage has done, this one does not know.
      await reset(namespace, name);
      tally.add("resets between calls");
    };
    await Promise.all([...seats.values()].map(work));
    for (const [name, { rounds }] of seats) if (rounds >= ROUNDS_OF_ONE) seats.delete(name);
    return this.#result();
  }

  #result(): RoundResult {
    const counts = tally.toRecord();
    const faults = ["resets between calls", "answers lost within", "objects made anew within"];
    const isFault = ([name]: readonly [string, number]): boolean => faults.includes(name);
    const result = {
      operations: Object.fromEntries(Object.entries(counts).filter((count) => !isFault(count))),
      faults: { ...Object.fromEntries(Object.entries(counts).filter(isFault)), ...this.#trouble.tally.toRecord() },
      contradictions: contradictions.splice(0),
    };
    tally.clear();
    this.#trouble.tally.clear();
    return result;
  }
}

/**
 * Does the operations of a vault within its object: where an answer is lost there it is asked again, and what the object held
 * in memory is lost with it.
 * @param open the object over its storage, anew
 */
export async function workInside(name: string, open: () => ResettableVault): Promise<void> {
  const seat = seats.get(name);
  if (!seat) throw new TypeError("There is no such vault under way.");
  const { subject } = seat;
  let vault = open();
  const way: Way = {
    ask: async (call) => {
      const answer = await call(vault);
      if (!subject.chance.happens(LOST_INSIDE)) return answer;
      tally.add("answers lost within");
      return call(vault);
    },
    direct: (call) => call(vault),
  };
  subject.way = way;
  await doSteps(seat, seat.inside, "within", () => {
    if (!subject.chance.happens(LOST_INSIDE)) return;
    tally.add("objects made anew within");
    vault = open();
  });
}

/** Ends with a look at everything. Where something is otherwise than the model says, the vault is left at that. */
async function doSteps(seat: Seat, operations: number, where: string, between = () => {}): Promise<void> {
  const { subject, trail } = seat;
  for (let done = 1; done <= operations; done += 1) {
    const [name, step] = done === operations ? LAST : subject.chance.weighed(STEPS);
    tally.add(`${where}: ${name}`);
    trail.push(name);
    if (trail.length > TOLD_STEPS) trail.shift();
    try {
      await step(subject);
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      contradictions.push(`${what}; ${where}, after ${trail.join(", ")}`);
      seat.rounds = ROUNDS_OF_ONE;
      return;
    }
    between();
  }
}

const LAST = ["look at everything", look] as const;
