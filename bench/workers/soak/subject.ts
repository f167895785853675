/** A vault under the soak beside its model, and the ways to it. */
import type { Owner } from "../../../src/connections/vault/owner.ts";
import type { Chance } from "../../soak/random.ts";
import { Model, type Between } from "./model.ts";
import type { ResettableVault } from "./trouble.ts";

/** Something is otherwise than the model says. */
export class Contradiction extends Error {}

export function same(found: unknown, wanted: unknown, what: string): void {
  if (found !== wanted) throw new Contradiction(`${what} is ${String(found)} and should be ${String(wanted)}`);
}

export function oneOf(found: string, wanted: ReadonlySet<string>, what: string): void {
  if (!wanted.has(found)) throw new Contradiction(`${what} is ${found} and should be ${[...wanted].join(" or ")}`);
}

/** A vault as it is called from outside, or the object itself. */
export type Reached = DurableObjectStub<ResettableVault> | ResettableVault;
export type Call<T> = (vault: Reached) => Promise<T>;

/** How a vault is reached: as the product does, which asks again where an answer is lost; or once. */
export interface Way {
  readonly ask: <T>(call: Call<T>) => Promise<T>;
  readonly direct: <T>(call: Call<T>) => Promise<T>;
}

/** A vault that is told by its name, with its model and its own chance. */
export class Subject {
  readonly model = new Model();
  readonly name: string;
  readonly owner: Owner;
  readonly chance: Chance;
  /** Is set for each round. */
  way: Way | null = null;

  constructor(name: string, chance: Chance) {
    this.name = name;
    this.chance = chance;
    this.owner = { app: "app-1", user: name, origin: "https://latchkey.example", by_session: false, handle: null };
  }

  get #reached(): Way {
    if (!this.way) throw new TypeError("There is no way to it.");
    return this.way;
  }

  ask<T>(call: Call<T>): Promise<T> {
    return this.#reached.ask(call);
  }

  /** What cannot be asked twice. */
  direct<T>(call: Call<T>): Promise<T> {
    return this.#reached.direct(call);
  }

  /** The same as `ask`, with when that was. */
  async timed<T>(call: Call<T>): Promise<{ readonly got: T; readonly at: Between }> {
    const from = Date.now();
    const got = await this.ask(call);
    return { got, at: { from, to: Date.now() } };
  }
}
