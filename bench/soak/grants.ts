/** Grants of a provider that takes each refresh token once, and says so of every second use. */
import type { Manner } from "./wire.ts";

const PREFIX = "soak-token";
/** A provider's clock does not agree to the second with when its answer came. */
const CLOCKS_DIFFER_MS = 2000;
/** An ended grant is known for this long. */
const KNOWN_MS = 600_000;

/** Matches every token of the provider's. */
export const TOKENS = /soak-token-(at|rt)-(\d+)-(\d+)-[a-z]+/g;

/** The tokens of one consent. A refresh moves its serial on; a token of another serial is superseded. */
export interface Grant {
  readonly id: number;
  readonly manner: Manner;
  readonly account: string;
  readonly life_s: number;
  serial: number;
  /** When the access token of each of the last serials is over. */
  readonly ends: Map<number, number>;
  /** When the last refresh was, in milliseconds since 1970. */
  renewed_at: number;
  /** Whether anybody has used what the last refresh brought. */
  isUsed: boolean;
  /** The serial whose access token the API refuses before its time. */
  killed: number;
  /** How it ended; null while it lives. */
  ended: "taken back" | "by its account" | "reuse" | null;
  ended_at: number;
  inFlight: number;
  /** What its last refresh has met with. */
  fault: string | null;
}

export class Grants {
  readonly #grants = new Map<number, Grant>();
  #made = 0;

  make(manner: Manner, account: string, life_s: number): Grant {
    this.#made += 1;
    const made = { id: this.#made, manner, account, life_s, serial: 1, ends: new Map<number, number>() };
    const state = {
      renewed_at: Date.now(),
      isUsed: false,
      killed: 0,
      ended: null,
      ended_at: 0,
      inFlight: 0,
      fault: null,
    };
    const grant: Grant = { ...made, ...state };
    this.#time(grant);
    this.#grants.set(grant.id, grant);
    if (this.#made % 1000 === 0) this.#forgetEnded();
    return grant;
  }

  #time(grant: Grant): void {
    grant.ends.set(grant.serial, Date.now() + grant.life_s * 1000 + CLOCKS_DIFFER_MS);
    grant.ends.delete(grant.serial - 5);
  }

  #forgetEnded(): void {
    const before = Date.now() - KNOWN_MS;
    for (const [id, { ended, ended_at }] of this.#grants) {
      if (ended !== null && ended_at < before) this.#grants.delete(id);
    }
  }

  /** The grant of a token, and which of its tokens that is; undefined for what is none. */
  find(token: string, kind: "at" | "rt"): { readonly grant: Grant; readonly serial: number } | undefined {
    const [, is, id, serial] = new RegExp(`^${TOKENS.source}$`).exec(token) ?? [];
    const grant = this.#grants.get(Number(id));
    return is === kind && grant ? { grant, serial: Number(serial) } : undefined;
  }

  /** Moves a grant on to new tokens. */
  rotate(grant: Grant): void {
    grant.serial += 1;
    grant.isUsed = false;
    grant.renewed_at = Date.now();
    this.#time(grant);
  }

  /** Ends a grant; where a consent ends as a whole, with all others of the same account. */
  end(grant: Grant, how: NonNullable<Grant["ended"]>): void {
    const isWhole = grant.manner === "forgiving";
    const all = isWhole ? [...this.#grants.values()].filter((one) => isSame(one, grant)) : [grant];
    for (const one of all) {
      if (one.ended !== null) continue;
      one.ended = how;
      one.ended_at = Date.now();
    }
  }

  /** Why the API refuses a token; null where it takes it. */
  refusal(grant: Grant, serial: number): string | null {
    if (grant.ended !== null) return "ended";
    if (serial === grant.killed) return "killed";
    if (grant.manner === "strict" && serial !== grant.serial) return "superseded";
    return (grant.ends.get(serial) ?? 0) > Date.now() ? null : "expired";
  }
}

const isSame = (one: Grant, other: Grant): boolean => one.manner === other.manner && one.account === other.account;

/** Its text; no two are alike, and what it is can be read from it by the provider alone. */
export function tokenOf(kind: "at" | "rt", { id, serial, account }: Grant): string {
  const tail = account.replaceAll(/\d/g, (digit) => String.fromCharCode(97 + Number(digit))).replaceAll("-", "");
  return `${PREFIX}-${kind}-${id}-${serial}-${tail}`;
}
