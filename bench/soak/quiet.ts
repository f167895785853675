/** What there is when the faults have ended: every connection answers, and nothing that has gone does. */
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { callWith, isOld, settle, type Stage } from "./acts.ts";
import type { Slot } from "./people.ts";
import { sessionCopyFor, staleFor } from "./plan.ts";
import { LOCATIONS } from "./wire.ts";

const AGAIN_MS = 250;

const Page = z.object({ connections: z.array(z.object({ id: z.string() })), next_cursor: z.nullable(z.string()) });

/** Does `each` for all, some at a time. */
export async function forAll<T>(all: readonly T[], each: (one: T) => Promise<void>): Promise<void> {
  const left = [...all];
  const work = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await each(one);
  };
  await Promise.all(Array.from({ length: 16 }, work));
}

/** Holds everything against the model once no fault is on any more. */
export async function checkQuiet(stage: Stage): Promise<void> {
  const { findings, people, plan } = stage;
  const quiet_at = performance.now();
  const isSure = ({ state }: Slot): boolean => state !== "doubt";
  await forAll(people.slots.filter(isSure), (slot) => checkSlot(stage, slot, quiet_at));
  await settleDoubts(stage);
  const most = staleFor(plan) + (people.sessions.some(({ wasInUse }) => wasInUse) ? sessionCopyFor(plan) : 0);
  await sleep(Math.max(0, quiet_at + most - performance.now()));
  await forAll(people.sessions, async (session) => {
    if (Number.isNaN(session.ended_at)) return;
    await callWith(stage, session);
  });
  await checkList(stage);
  const kept = people.retired.filter(({ grant }) => grant.manner === "strict" && grant.ended === null);
  findings.outcomes.add("grants that an alarm is still to take back", kept.length);
}

/** What was begun and not heard of has come to its end by now: it is disconnected, so that it is known again. */
async function settleDoubts(stage: Stage): Promise<void> {
  const doubted = stage.people.slots.filter(({ state }) => state === "doubt");
  while (!doubted.every((slot) => isOld(stage, slot))) await sleep(AGAIN_MS);
  await forAll(doubted, (slot) => settle(stage, slot));
}

async function checkSlot(stage: Stage, slot: Slot, quiet_at: number): Promise<void> {
  const { app, chance, client, findings, plan, people } = stage;
  const path = `/proxy/${app.integrations[slot.manner]}/whoami`;
  const ask = (location: number) => client.ask({ method: "GET", path, key: app.key, user: slot.user, location });
  if (slot.state === "none") {
    await sleep(Math.max(0, slot.changed_at + staleFor(plan) - performance.now()));
    for (let location = 0; location < LOCATIONS; location += 1) {
      const { status, code } = await ask(location);
      if (code !== "not_connected") findings.lose(`at the end: ${slot.account} is disconnected: ${status} ${code}`);
    }
    return;
  }
  const isRight = ({ status, code }: { status: number; code: string | null }): boolean =>
    slot.state === "live" ? status === 200 : code === "reauth_required" || status === 401;
  for (;;) {
    const answer = await ask(chance.below(LOCATIONS));
    stage.judge.look("call at the end", answer, people.of(slot.user));
    if (isRight(answer)) {
      if (slot.state === "live") stage.latencies.recovery.add(performance.now() - quiet_at);
      return;
    }
    const isOver = ["reauth_required", "not_connected"].includes(answer.code ?? "");
    if (isOver || performance.now() - quiet_at > plan.recovers_ms) {
      const about = `${slot.account} is ${slot.state} and answers ${answer.status} ${answer.code ?? ""}`;
      return findings.lose(`at the end: ${about}: ${answer.text.slice(0, 200)}`);
    }
    await sleep(AGAIN_MS);
  }
}

/** The list of the app, from D1, has what there is and nothing else: what was not written while that was down, alarms write. */
async function checkList(stage: Stage): Promise<void> {
  const { findings, people, plan } = stage;
  const wanted = new Set(people.slots.filter(({ state }) => state !== "none").map(({ connection }) => connection));
  const began_at = performance.now();
  for (;;) {
    const listed = new Set(await idsOf(stage));
    const missing = [...wanted].filter((id) => id !== null && !listed.has(id));
    const more = [...listed].filter((id) => !wanted.has(id));
    if (missing.length + more.length === 0) break;
    if (performance.now() - began_at > plan.recovers_ms) {
      return findings.lose(`the list of the app lacks ${missing.length} and has ${more.length} that are gone`);
    }
    await sleep(AGAIN_MS * 4);
  }
  stage.latencies.listed.add(performance.now() - began_at);
}

async function idsOf({ app, client }: Stage): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const path: string = `/connections?limit=100${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`;
    const page = Page.parse(await client.control("GET", path, undefined, app.key));
    ids.push(...page.connections.map(({ id }) => id));
    cursor = page.next_cursor;
  }
  return ids;
}
