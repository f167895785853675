/** Many connections over hours: who calls, whose alarm comes, what the token endpoint answers, and what callers see of it. */
import { isTimeToRenew } from "../../src/connections/timing.ts";
import type { Failure } from "../../src/connections/vault/connection-row.ts";
import type { RefreshPolicy } from "../../src/contract/provider.ts";
import { Agenda } from "./agenda.ts";
import { Connection } from "./connection.ts";
import { untilNext } from "./random.ts";

const SECOND = 1000;

/** What a provider does unless it says otherwise: src/contract/describe.ts. */
export const POLICY: RefreshPolicy = {
  grant: "refresh_token",
  endpoint: null,
  method: "POST",
  client_authentication: "client",
  parameters: {},
  rotates: false,
  ends_old_access_token: false,
  default_lifetime: null,
  margin: 300,
  idle_lifetime: null,
  absolute_lifetime: null,
};

/** An answer of a token endpoint. */
export interface Answer {
  /** Why there was no token, and how long to wait; null: there was one. */
  readonly refused: { readonly reason: string; readonly retry_after: number | null } | null;
  /** How many requests that was: src/connections/refresh.ts asks twice where a 5xx names no time. */
  readonly requests: number;
}

export interface World {
  readonly policy: RefreshPolicy;
  /** Milliseconds. */
  readonly lifetime: number;
  readonly until: number;
  readonly endpoint: (now: number) => Answer;
  /** When the token of each ends, and how often each is called, a second. */
  readonly connections: readonly { readonly expires_at: number; readonly rate: number }[];
}

/** What there was, by the second. */
export interface Seen {
  readonly requests: Float64Array;
  readonly refused: Float64Array;
  readonly errors: Float64Array;
  /** Events `connection.recovered`. */
  readonly recovered: Float64Array;
  /** When each was renewed first; NaN: it was not. */
  readonly renewed_at: Float64Array;
  /** How many callers waited for a renewal, and how many renewals there were. */
  readonly waited: number;
  readonly renewals: number;
  /** Connections that somebody has met with an error. */
  readonly met: number;
  /** Calls of vaults by callers who asked for a token. */
  readonly asked: number;
}

export function run({ policy, lifetime, until, endpoint, connections }: World): Seen {
  const perSecond = (): Float64Array => new Float64Array(Math.ceil(until / SECOND) + 1);
  const seen = { requests: perSecond(), refused: perSecond(), errors: perSecond(), recovered: perSecond() };
  const renewed_at = new Float64Array(connections.length).fill(Number.NaN);
  const met = new Uint8Array(connections.length);
  const sums = { waited: 0, renewals: 0, asked: 0 };
  const all = connections.map(
    ({ expires_at, rate }) => new Connection(policy, rate, expires_at - lifetime, expires_at),
  );
  const agenda = new Agenda();
  // Alarms have even numbers, calls odd ones.
  const plan = (index: number, one: Connection): void => {
    if (one.wake_at < until) agenda.add(one.wake_at, 2 * index);
  };
  // Until its token is in its last stretch a call asks no vault, and nothing depends on it.
  const planCall = (index: number, one: Connection, now: number): void => {
    const time = Math.max(now, one.times.refresh_from ?? Infinity) + untilNext(one.rate) * SECOND;
    if (time < until) agenda.add(time, 2 * index + 1);
  };
  const count = (what: Float64Array, now: number, add = 1): void => {
    const second = Math.floor(now / SECOND);
    what[second] = (what[second] ?? 0) + add;
  };
  /** @returns whether there is a new token */
  const lead = (index: number, one: Connection, now: number): boolean => {
    const { refused, requests } = endpoint(now);
    count(seen.requests, now, requests);
    if (refused) {
      count(seen.refused, now, requests);
      one.fail({ ...FAILURE, ...refused, at: now });
    } else {
      if (one.commit(now, now + lifetime)) count(seen.recovered, now);
      if (Number.isNaN(renewed_at[index])) renewed_at[index] = now;
      sums.renewals += 1;
    }
    plan(index, one);
    return refused === null;
  };
  const call = (index: number, one: Connection, now: number): void => {
    const { times } = one;
    if (now < (times.copy_until ?? Infinity)) {
      if (!isTimeToRenew(times, now, `${index} ${one.generation}`)) return;
      sums.asked += 1;
      if (one.ask("ahead", now) === "lead") lead(index, one, now);
      return;
    }
    sums.asked += 1;
    const told = one.ask("use", now);
    if (told === "lead") {
      if (lead(index, one, now)) sums.waited += 1;
      else if (one.isOver(now)) fail(index, now);
    } else if (told === "failing") fail(index, now);
  };
  const fail = (index: number, now: number): void => {
    met[index] = 1;
    count(seen.errors, now);
  };

  for (const [index, one] of all.entries()) {
    plan(index, one);
    planCall(index, one, 0);
  }
  for (let next = agenda.next(); next !== null; next = agenda.next()) {
    const index = next.task >> 1;
    const one = all[index];
    if (!one) continue;
    if (next.task % 2 === 1) {
      if (next.time >= (one.times.refresh_from ?? Infinity)) call(index, one, next.time);
      planCall(index, one, next.time);
    } else if (one.wake_at <= next.time) {
      if (one.wake(next.time) && one.ask("renew", next.time) === "lead") lead(index, one, next.time);
      else plan(index, one);
    }
  }
  return { ...seen, renewed_at, ...sums, met: met.reduce((sum, each) => sum + each, 0) };
}

const FAILURE: Failure = {
  kind: "transient",
  reason: "provider_unavailable",
  message: "",
  at: 0,
  client: "",
  answer_lost: false,
  retry_after: null,
  refusals: null,
  api_refused: false,
};

/** A fifth of all connections is called in four of five calls. @param mean calls of one, a second */
export const rateOf = (index: number, mean: number): number => mean * (index % 5 === 0 ? 4 : 0.25);
