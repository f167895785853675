/** What is done to a vault, in the order that chance chooses, and held against its model. */
import type { Need } from "../../../src/connections/vault/need.ts";
import { ANY } from "../../../src/connections/vault/placing.ts";
import { factsOf, failureOf, type Begun } from "./model.ts";
import { Contradiction, oneOf, same, type Subject } from "./subject.ts";

const ACCOUNT = "account";
const OTHERS = ["other-1", "other-2", "other-3"];
const FAR = 4_000_000_000_000;
const NEEDS: readonly Need["need"][] = ["use", "ahead", "force", "renew"];
const CLIENT = { client: "client", api_refused: false } as const;

export type Step = (subject: Subject) => Promise<void>;

/** Notes whose vault it is, as everything does that puts something in. */
async function settleIn(subject: Subject): Promise<void> {
  const { owner } = subject;
  same(await subject.ask(async (vault) => vault.own(owner, { id: "enrolment", until: FAR })), "open", "its owner");
}

const beginStore: Step = async (subject) => {
  const { model } = subject;
  await settleIn(subject);
  const placed = await subject.ask(async (vault) => vault.place("one", ACCOUNT, ANY));
  if (placed.outcome !== "placed") throw new Contradiction(`its place is ${placed.outcome}`);
  same(placed.place, "one", "its place");
  same(placed.epoch, model.epoch + 1, "the next epoch");
  model.stores.push({ epoch: placed.epoch, generation: placed.generation });
};

const store: Step = async (subject) => {
  const { model, chance } = subject;
  if (model.stores.length === 0) await beginStore(subject);
  const [version] = model.stores.splice(chance.below(model.stores.length), 1);
  if (!version) return;
  const token = model.name("stored");
  const facts = factsOf(ACCOUNT);
  const { got, at } = await subject.timed(async (vault) => vault.store("one", version, token, facts, ANY));
  if (version.epoch <= model.epoch) return same(got.outcome, "outdated", "a late grant");
  same(got.outcome, "stored", "a new grant");
  Object.assign(model, { ...version, forced: { from: 0, to: 0 }, lastLease: null });
  model.connect(token, at);
};

const acquire: Step = async (subject) => {
  const { model, chance } = subject;
  const need = chance.pick(NEEDS);
  const lease = model.name("lease");
  // Whoever has to wait is let go by a commit: see `herd`.
  if (model.outcomes(need, { from: Date.now(), to: Date.now() + 10_000 }).has("wait")) return commit(subject);
  const wanted = { need, lease, seen_generation: model.generation, ...CLIENT };
  const { got, at } = await subject.timed(async (vault) => vault.acquire("one", wanted));
  oneOf(got.outcome, model.outcomes(need, at), `what a caller gets who asks to ${need}`);
  if ("connection" in got) same(got.connection.sealed, model.token, "the token that a caller gets");
  if (got.outcome === "leader") model.lead(need, lease, at);
};

/** Several ask at once for a younger token: one of them renews it, and all get what it brought. */
const herd: Step = async (subject) => {
  const { model } = subject;
  if (model.mayBeLed(Date.now())) return commit(subject);
  const seen_generation = model.generation;
  const from = Date.now();
  const leads: string[] = [];
  let brought: string | null = null;
  const asked = Array.from({ length: 3 }, async () => {
    const lease = model.name("lease");
    const wanted = { need: "force", lease, seen_generation, ...CLIENT } as const;
    const { got, at } = await subject.timed(async (vault) => vault.acquire("one", wanted));
    if (got.outcome !== "leader") return got;
    leads.push(lease);
    model.lead("force", lease, at);
    const begun = { version: model.version, lease };
    brought = await bring(subject, begun);
    return null;
  });
  const outcomes = model.outcomes("force", { from, to: from + 1000 });
  const had = model.token;
  const all = await Promise.all(asked);
  if (leads.length > 1) throw new Contradiction(`${leads.length} of three lead at once`);
  if (leads.length === 0 && !["none", "held", "failing", "reauth_required"].some((one) => outcomes.has(one))) {
    throw new Contradiction(`nobody leads where ${[...outcomes].join(" or ")} is due`);
  }
  for (const got of all) {
    if (got === null) continue;
    if (leads.length === 0) oneOf(got.outcome, outcomes, "what one of three gets");
    else oneOf(got.outcome, new Set(["held", "renewed"]), "what a follower gets");
    if ("connection" in got) same(got.connection.sealed, leads.length === 0 ? had : brought, "a follower's token");
  }
};

/** Commits what a refresh has brought. @returns the token that it brought */
async function bring(subject: Subject, { version, lease }: Begun): Promise<string> {
  const { model } = subject;
  const token = model.name("renewed");
  const facts = factsOf(ACCOUNT);
  const isTheirs = model.is(version);
  const isDone = model.lastLease === lease;
  const { got, at } = await subject.timed(async (vault) => vault.commit("one", lease, version, token, facts));
  same(got.outcome, isTheirs || isDone ? "committed" : "stale", "a refresh that comes home");
  if (!isTheirs || isDone) return token;
  model.connect(token, at);
  Object.assign(model, { generation: model.generation + 1, lastLease: lease });
  return token;
}

/** One of the refreshes that were begun, however long ago, and whatever has become of it. */
const begun = ({ model, chance }: Subject): Begun | undefined =>
  model.refreshes.length === 0
    ? undefined
    : chance.happens(0.6)
      ? model.refreshes.at(-1)
      : chance.pick(model.refreshes);

const commit: Step = async (subject) => {
  const refresh = begun(subject);
  if (refresh) await bring(subject, refresh);
  else await look(subject);
};

const fail =
  (kind: "transient" | "definitive"): Step =>
  async (subject) => {
    const { model } = subject;
    const refresh = begun(subject);
    if (!refresh) return look(subject);
    const { version, lease } = refresh;
    const failure = failureOf(kind, kind === "transient" ? "provider_unavailable" : "grant_refused");
    await subject.ask(async (vault) => vault.fail("one", lease, version, failure));
    if (!model.is(version) || model.lease?.id !== lease) return;
    model.lease = null;
    if (kind === "definitive") model.status = "reauth_required";
    else {
      model.hasFailed = true;
      model.retryAt = await subject.direct(async (vault) => vault.retryAt("one"));
      if (model.retryAt <= failure.at) throw new Contradiction("a refresh that failed is tried again at once");
    }
  };

const release: Step = async (subject) => {
  const { model } = subject;
  const refresh = begun(subject);
  if (!refresh) return look(subject);
  await subject.ask(async (vault) => vault.release("one", refresh.lease));
  if (model.lease?.id === refresh.lease) model.lease = null;
};

const reject: Step = async (subject) => {
  const { model } = subject;
  const { version } = begun(subject) ?? model;
  const failure = failureOf("definitive", "token_rejected");
  await subject.ask(async (vault) => vault.reject("one", version, failure));
  if (!model.is(version) || model.status !== "connected") return;
  Object.assign(model, { status: "reauth_required", isRejected: true, lease: null });
};

const reseal: Step = async (subject) => {
  const { model } = subject;
  const { version } = begun(subject) ?? model;
  const token = model.name("resealed");
  await subject.ask(async (vault) => vault.reseal("one", version, token));
  if (model.is(version)) model.token = token;
};

const disconnect: Step = async (subject) => {
  const { model } = subject;
  const request = model.name("request");
  const revocation = await subject.ask(async (vault) => vault.disconnect("one", request));
  same(revocation?.sealed ?? null, model.token, "what is to be taken back");
  if (revocation) model.waiting.set(revocation.id, revocation.sealed);
  model.end();
};

/** A refresh comes home just as its connection is given up: whichever was first, it is gone. */
const commitAcrossEnd: Step = async (subject) => {
  const { model } = subject;
  const refresh = begun(subject);
  if (!refresh || !model.is(refresh.version)) return disconnect(subject);
  const [token, request, held] = [model.name("renewed"), model.name("request"), model.token];
  const facts = factsOf(ACCOUNT);
  const [committed, revocation] = await Promise.all([
    subject.ask(async (vault) => vault.commit("one", refresh.lease, refresh.version, token, facts)),
    subject.ask(async (vault) => vault.disconnect("one", request)),
  ]);
  // The one that was first decides what is to be taken back.
  same(revocation?.sealed ?? null, committed.outcome === "committed" ? token : held, "what is to be taken back");
  if (committed.outcome === "committed") model.lastLease = refresh.lease;
  if (revocation) model.waiting.set(revocation.id, revocation.sealed);
  model.end();
};

const takenBack: Step = async (subject) => {
  const { waiting } = subject.model;
  for (const id of waiting.keys()) {
    await subject.ask(async (vault) => vault.revoked(id, true));
    waiting.delete(id);
  }
};

const connectOther: Step = async (subject) => {
  const { model, chance } = subject;
  await settleIn(subject);
  const account = chance.pick(OTHERS);
  const before = model.others.get(account);
  const placed = await subject.ask(async (vault) => vault.place("two", account, ANY));
  if (placed.outcome !== "placed") throw new Contradiction(`another's place is ${placed.outcome}`);
  const { place, epoch, generation } = placed;
  const taken = [...model.others.values()].some((other) => other.place === place);
  if (before ? before.place !== place : taken) throw new Contradiction(`${account} is to go to ${place}`);
  const token = model.name("stored");
  const facts = factsOf(account);
  const stored = await subject.ask(async (vault) => vault.store(place, { epoch, generation }, token, facts, ANY));
  same(stored.outcome, "stored", "another account");
  model.others.set(account, { place, token });
};

const disconnectOther: Step = async (subject) => {
  const { model, chance } = subject;
  const account = chance.pick(OTHERS);
  const other = model.others.get(account);
  if (!other) return look(subject);
  const request = model.name("request");
  const revocation = await subject.ask(async (vault) => vault.disconnect(other.place, request));
  same(revocation?.sealed ?? null, other.token, "what is to be taken back of another");
  if (revocation) model.waiting.set(revocation.id, revocation.sealed);
  model.others.delete(account);
};

const makeDefault: Step = async (subject) => {
  const { model, chance } = subject;
  const { place } = model.others.get(chance.pick(OTHERS)) ?? { place: "two~nobody00" };
  const change = JSON.stringify({ default: true });
  const isThere = [...model.others.values()].some((other) => other.place === place);
  const changed = await subject.ask(async (vault) => vault.change(place, change));
  same(changed, isThere ? "changed" : "none", "a change");
  if (!isThere) return;
  const found = await subject.ask(async (vault) => vault.connection("two~"));
  same(found?.place, place, "the default");
};

const useSessions: Step = async (subject) => {
  const { model, chance } = subject;
  const { app, user } = subject.owner;
  const live = chance.happens(0.3) && model.sessions.size < 40 ? undefined : [...model.sessions].at(0);
  if (live === undefined) {
    await settleIn(subject);
    const digest = model.name("session");
    const about = {
      app,
      user,
      kind: "user",
      scopes: ["proxy"],
      place: null,
      name: null,
      maker: null,
      grant: null,
    } as const;
    const facts = { ...about, scopes: [...about.scopes], created_at: Date.now(), expires_at: FAR };
    same(await subject.ask(async (vault) => vault.addSession(digest, facts)), "added", "a session");
    model.sessions.add(digest);
    return;
  }
  const found = await subject.ask(async (vault) => vault.session(live));
  same(found?.user, user, "whose a session is");
  if (!chance.happens(0.5)) return;
  await subject.ask(async (vault) => vault.endSession(live));
  model.sessions.delete(live);
  same(await subject.ask(async (vault) => vault.session(live)), null, "a session that has ended");
};

/** Everything that is there, and nothing else. */
export const look: Step = async (subject) => {
  const { model } = subject;
  const all = await subject.ask(async (vault) => vault.connections());
  const tokens = new Set([...model.others.values()].map(({ token }) => token));
  if (model.token !== null) tokens.add(model.token);
  for (const { sealed } of all) if (!tokens.delete(sealed)) throw new Contradiction(`${sealed} is there`);
  for (const token of tokens) throw new Contradiction(`${token} is lost`);
  const one = all.find(({ place }) => place === "one");
  if (one) {
    same(one.epoch, model.epoch, "the epoch");
    same(one.generation, model.generation, "the generation");
    same(one.status, model.status, "the status");
  }
  for (const integration of ["one", "two"]) {
    const there = all.filter(({ place }) => place.split("~", 1)[0] === integration);
    same(there.filter(({ is_default }) => is_default).length, Math.min(there.length, 1), "how many are the default");
    same(new Set(there.map(({ label }) => label)).size, there.length, "how many labels there are");
  }
};

const ring: Step = async (subject) => {
  const { model } = subject;
  const { renew, revoke, isEmptied } = await subject.direct(async (vault) => vault.ring());
  const waiting = new Set(model.waiting.values());
  for (const sealed of revoke) if (!waiting.has(sealed)) throw new Contradiction(`${sealed} is to be taken back`);
  for (const { address, generation } of renew) {
    if (address.split("~", 1)[0] !== "one") continue;
    same(generation, model.generation, "what an alarm renews");
    same(model.status, "connected", "the status of what an alarm renews");
  }
  if (!isEmptied) return;
  same(model.token, null, "the token of a vault that was emptied");
  same(model.others.size, 0, "how many others a vault had that was emptied");
  model.forget();
};

export const STEPS: readonly (readonly [readonly [name: string, step: Step], weight: number])[] = [
  [["begin to connect", beginStore], 3],
  [["connect", store], 6],
  [["ask for a token", acquire], 22],
  [["three ask at once", herd], 4],
  [["commit", commit], 14],
  [["fail for now", fail("transient")], 5],
  [["fail for good", fail("definitive")], 2],
  [["release", release], 3],
  [["reject", reject], 2],
  [["reseal", reseal], 4],
  [["disconnect", disconnect], 3],
  [["commit across a disconnect", commitAcrossEnd], 2],
  [["have taken back", takenBack], 3],
  [["connect another account", connectOther], 4],
  [["disconnect another account", disconnectOther], 3],
  [["make the default", makeDefault], 3],
  [["sessions", useSessions], 5],
  [["look at everything", look], 10],
  [["ring the alarm", ring], 3],
];
