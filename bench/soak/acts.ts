/** The operations through HTTP: what callers, users and the app do, in the order that chance chooses. */
import * as z from "zod";
import type { Answer, Ask, SoakClient } from "./client.ts";
import type { Findings, Latencies } from "./findings.ts";
import { tokenOf } from "./grants.ts";
import { parsed, type Judge, type Observation } from "./judge.ts";
import type { People, Slot, UserSession } from "./people.ts";
import type { Plan } from "./plan.ts";
import type { Provider } from "./provider.ts";
import type { Chance } from "./random.ts";
import { LOCATIONS, type SoakApp } from "./wire.ts";

/** A refresh is forced at most this often; a token that the API refuses meanwhile is not renewed. */
const FORCED_EVERY_MS = 31_000;
const LONGEST_PATIENCE_MS = 30;
/** Whatever a request has begun. */
const ENDS_WITHIN_MS = 25_000;
const MOST_SESSIONS = 400;

const Found = z.object({ connections: z.array(z.object({ id: z.string() })) });
const Imported = z.object({ id: z.string() });
const Made = z.object({ key: z.string() });

export interface Stage {
  readonly plan: Plan;
  readonly app: SoakApp;
  readonly client: SoakClient;
  readonly provider: Provider;
  readonly people: People;
  readonly findings: Findings;
  readonly judge: Judge;
  readonly chance: Chance;
  /** Whether there were faults at any time since then; and the same, or what they have left behind. */
  readonly wasFaulty: (since: number) => boolean;
  readonly wasTroubled: (since: number) => boolean;
  /** Of calls with faults and without; from the last fault to an answer of each connection; until the list has all. */
  readonly latencies: Readonly<Record<"faulty" | "calm" | "recovery" | "listed", Latencies>>;
}

type Act = (stage: Stage) => Promise<void>;

async function observe(stage: Stage, slot: Slot, act: Observation["act"], ask: Ask): Promise<void> {
  const { chance, client, judge, latencies } = stage;
  const isHangingUp = chance.happens(act === "refresh" ? 0.25 : 0.02);
  const { mark, isBusy, state } = slot;
  const began_at = performance.now();
  const patience = isHangingUp ? { patience_ms: chance.below(LONGEST_PATIENCE_MS) } : {};
  if (isHangingUp) stage.findings.faults.add("callers: hang up");
  const location = chance.below(LOCATIONS);
  const answer = await client.ask({ key: stage.app.key, user: slot.user, location, ...ask, ...patience });
  const isTroubled = stage.wasTroubled(began_at);
  const isStill = !isBusy && mark === slot.mark;
  if (!isHangingUp) latencies[stage.wasFaulty(began_at) ? "faulty" : "calm"].add(performance.now() - began_at);
  if (!isHangingUp && answer.status === 0) {
    stage.findings.lose(`${act}: no answer for ${slot.account} after ${Math.round(performance.now() - began_at)} ms`);
  }
  judge.observe({ act, slot, state, began_at, isStill, isTroubled }, answer);
}

const anySlot = ({ chance, people }: Stage): Slot => chance.pick(people.slots);
const pathOf = (slot: Slot): string => `/connections/${slot.connection}`;

export const proxied: Act = async (stage) => call(stage, anySlot(stage));

function call(stage: Stage, slot: Slot): Promise<void> {
  const path = `/proxy/${stage.app.integrations[slot.manner]}/whoami`;
  const isPost = stage.chance.happens(0.2);
  return observe(
    stage,
    slot,
    "proxied call",
    isPost ? { method: "POST", path, body: { a: 1 } } : { method: "GET", path },
  );
}

const ofConnection =
  (act: Observation["act"], toAsk: (slot: Slot, stage: Stage) => Ask): Act =>
  async (stage) => {
    const slot = anySlot(stage);
    if (slot.connection !== null) await observe(stage, slot, act, toAsk(slot, stage));
    else await call(stage, slot);
  };

const token = ofConnection("token", (slot) => ({ method: "GET", path: `${pathOf(slot)}/token` }));
const read = ofConnection("read", (slot) => ({ method: "GET", path: pathOf(slot) }));
const relabel = ofConnection("label", (slot, { chance }) => {
  return { method: "PATCH", path: pathOf(slot), body: { label: `label-${chance.below(1000)}` } };
});
const refresh = ofConnection("refresh", (slot) => {
  slot.forced_at = performance.now();
  return { method: "POST", path: `${pathOf(slot)}/refresh` };
});

const list: Act = async (stage) => {
  const slots = stage.people.of(anySlot(stage).user);
  const marks = slots.map(({ mark, isBusy }) => (isBusy ? -1 : mark));
  const began_at = performance.now();
  const path = `/connections?user=${slots[0]?.user}`;
  const location = stage.chance.below(LOCATIONS);
  const answer = await stage.client.ask({ method: "GET", path, key: stage.app.key, location });
  stage.judge.list(slots, marks, answer, stage.wasTroubled(began_at));
};

/** Comes from D1, which may be down, and is behind. */
const listAll: Act = async ({ app, chance, client, findings, judge, wasTroubled }) => {
  const began_at = performance.now();
  const location = chance.below(LOCATIONS);
  const answer = await client.ask({ method: "GET", path: "/connections?limit=20", key: app.key, location });
  judge.look("list of the app", answer, "anybody");
  if (answer.status === 200 || (answer.code === "index_unavailable" && wasTroubled(began_at))) return;
  findings.lose(`list of the app: ${answer.status} ${answer.code ?? answer.text}`);
};

/** Another user of the app, with the id of a connection that is not theirs. */
const stranger: Act = async ({ app, chance, client, judge, people }) => {
  const [slot, other] = [chance.pick(people.slots), chance.pick(people.slots)];
  if (slot.connection === null || slot.user === other.user) return;
  const path = chance.pick([pathOf(slot), `${pathOf(slot)}/token`, `${pathOf(slot)}/activity`]);
  const ask = { method: "GET", path, key: app.key, user: other.user, location: chance.below(LOCATIONS) } as const;
  judge.stranger(slot, other.user, await client.ask(ask));
};

const connect: Act = async (stage) => {
  const slot = anySlot(stage);
  if (slot.state === "doubt" && !slot.isBusy && isOld(stage, slot)) return settle(stage, slot);
  // What lives is connected anew now and then.
  const isLeft = slot.state === "doubt" || (slot.state === "live" && stage.chance.happens(0.8));
  await (slot.isBusy || isLeft ? call(stage, slot) : slot.change(() => bringIn(stage, slot)));
};

export async function connectFirst(stage: Stage, slot: Slot): Promise<void> {
  stage.findings.operations.add("connect");
  await slot.change(() => bringIn(stage, slot));
}

async function bringIn({ app, chance, client, judge, people, plan, provider }: Stage, slot: Slot): Promise<void> {
  const before = slot.grant;
  const grant = provider.grants.make(slot.manner, slot.account, chance.pick(plan.lives_s));
  const isNamed = slot.state !== "none" && slot.connection !== null && chance.happens(0.5);
  const body = {
    user: slot.user,
    integration: app.integrations[slot.manner],
    access_token: tokenOf("at", grant),
    refresh_token: tokenOf("rt", grant),
    expires_in: grant.life_s,
    ...(isNamed ? { connection: slot.connection } : {}),
  };
  const location = chance.below(LOCATIONS);
  const answer = await client.ask({ method: "POST", path: "/connections/import", key: app.key, location, body });
  judge.look("connect", answer, [slot]);
  if (!judge.succeeds("connect", answer, 201, `of ${slot.account}`)) return slot.become("doubt");
  if (before !== null && slot.state === "none") people.retired.push({ grant: before, at: slot.changed_at });
  slot.connection = Imported.parse(parsed(answer)).id;
  slot.grant = grant;
  slot.become("live");
  slot.connected_at = slot.changed_at;
}

const disconnect: Act = async (stage) => {
  const { chance, findings, plan } = stage;
  const slot = anySlot(stage);
  if (slot.isBusy || (slot.state !== "live" && slot.state !== "ended")) return call(stage, slot);
  const isHangingUp = plan.doubt_ms !== null && chance.happens(0.05);
  if (isHangingUp) findings.faults.add("callers: hang up");
  await slot.change(() => end(stage, slot, isHangingUp ? chance.below(LONGEST_PATIENCE_MS) : undefined));
};

/** Disconnects; where nobody hears of it, it is in doubt. */
export async function end({ app, chance, client, judge }: Stage, slot: Slot, patience_ms?: number): Promise<void> {
  const ask = { method: "DELETE", path: pathOf(slot), key: app.key, location: chance.below(LOCATIONS) } as const;
  const answer = await client.ask(patience_ms === undefined ? ask : { ...ask, patience_ms });
  judge.look("disconnect", answer, [slot]);
  if (slot.state === "doubt" && answer.code === "not_found") return slot.become("none");
  slot.become(judge.succeeds("disconnect", answer, 200, `of ${slot.account}`) ? "none" : "doubt");
}

/** Whether what was begun where something is in doubt has come to its end by now. */
export const isOld = ({ plan }: Stage, { changed_at }: Slot): boolean =>
  performance.now() - changed_at > (plan.doubt_ms ?? ENDS_WITHIN_MS);

/** Disconnects whatever stands where something is in doubt. */
export async function settle(stage: Stage, slot: Slot): Promise<void> {
  const { app, client } = stage;
  await slot.change(async () => {
    const path = `/connections?user=${slot.user}&integration=${app.integrations[slot.manner]}`;
    const answer = await client.ask({ method: "GET", path, key: app.key });
    const found = Found.safeParse(parsed(answer)).data?.connections;
    if (!found) return slot.become("doubt");
    slot.connection = found[0]?.id ?? slot.connection;
    if (found.length === 0) slot.become("none");
    else await end(stage, slot);
  });
}

/** The account takes its grant back at the provider. */
const endThere: Act = async (stage) => {
  const slot = anySlot(stage);
  if (slot.isBusy || slot.state !== "live" || slot.grant === null || !stage.chance.happens(0.6))
    return call(stage, slot);
  stage.findings.faults.add("accounts: end a grant");
  slot.mark += 1;
  stage.provider.grants.end(slot.grant, "by its account");
  slot.become("ended");
};

/** The API refuses a token before its time. */
const kill: Act = async (stage) => {
  const slot = anySlot(stage);
  const { grant } = slot;
  const isSoon = performance.now() - slot.forced_at < FORCED_EVERY_MS;
  if (slot.isBusy || slot.state !== "live" || grant === null || isSoon) return call(stage, slot);
  stage.findings.faults.add("API: ends a token early");
  slot.forced_at = performance.now();
  grant.killed = grant.serial;
  await call(stage, slot);
};

const reset: Act = async ({ chance, client, people }) => {
  await client.control("POST", "/soak/reset", { user: chance.pick(people.slots).user });
};

const startSession: Act = async ({ app, chance, client, judge, people }) => {
  const { user } = chance.pick(people.slots);
  const body = { user, expires_in: 86_400, scopes: ["proxy", "read"] };
  const { left } = people;
  const location = chance.below(LOCATIONS);
  const answer = await client.ask({ method: "POST", path: "/sessions", key: app.key, location, body });
  judge.look("start a session", answer, []);
  if (!judge.succeeds("start a session", answer, 201, `of ${user}`)) return;
  // One that was made while others of this user ended may have ended with them.
  if (people.leaving.has(user) || people.left !== left) return;
  const { key } = Made.parse(parsed(answer));
  people.sessions.push({ key, user, ended_at: null, inUse: 0, wasInUse: false });
  if (people.sessions.length > MOST_SESSIONS) people.sessions.shift();
};

const useSession: Act = async (stage) => {
  if (stage.people.sessions.length === 0) return startSession(stage);
  await callWith(stage, stage.chance.pick(stage.people.sessions));
};

export async function callWith({ app, chance, client, judge, people }: Stage, session: UserSession): Promise<Answer> {
  const slots = people.of(session.user);
  const { manner } = chance.pick(slots);
  const began_at = performance.now();
  const hadEnded = session.ended_at !== null;
  session.inUse += 1;
  const { key } = session;
  const path = `/proxy/${app.integrations[manner]}/whoami`;
  const answer = await client.ask({ method: "GET", path, key, location: chance.below(LOCATIONS) });
  session.inUse -= 1;
  judge.look("call with a session", answer, slots);
  judge.session(session, began_at, hadEnded, answer);
  return answer;
}

/** Ends all sessions of a user. */
const endSessions: Act = async (stage) => {
  const { app, chance, client, judge, people } = stage;
  if (people.sessions.length === 0) return startSession(stage);
  const { user } = chance.pick(people.sessions);
  if (people.leaving.has(user)) return startSession(stage);
  people.leaving.add(user);
  const ending = people.sessions.filter((one) => one.user === user && one.ended_at === null);
  // From here on nobody knows, until it is acknowledged.
  for (const session of ending) Object.assign(session, { ended_at: Number.NaN, wasInUse: session.inUse > 0 });
  const location = chance.below(LOCATIONS);
  const answer = await client.ask({ method: "DELETE", path: `/users/${user}/sessions`, key: app.key, location });
  people.left += 1;
  people.leaving.delete(user);
  judge.look("end sessions", answer, []);
  if (!judge.succeeds("end sessions", answer, 204, `of ${user}`)) return;
  for (const session of ending) {
    if (session.inUse > 0) session.wasInUse = true;
    session.ended_at = performance.now();
  }
};

export const ACTS: readonly (readonly [readonly [name: string, act: Act], weight: number])[] = [
  [["proxied call", proxied], 40],
  [["fresh token", token], 8],
  [["read a connection", read], 5],
  [["list of a user", list], 4],
  [["list of the app", listAll], 2],
  [["refresh", refresh], 3],
  [["label", relabel], 2],
  [["stranger", stranger], 3],
  [["connect", connect], 8],
  [["disconnect", disconnect], 6],
  [["end a grant at the provider", endThere], 2],
  [["end a token early", kill], 1],
  [["reset an object", reset], 2],
  [["start a session", startSession], 2],
  [["call with a session", useSession], 8],
  [["end sessions", endSessions], 2],
];
