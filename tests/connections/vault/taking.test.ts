/** What a job takes from a vault: once, and no more than it is for. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { TakingOrder } from "../../../src/connections/vault/vault-taking.ts";
import { withVault } from "../../support/lone-vault.ts";
import { appBefore, putBack } from "../../support/vault-before.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: appBefore.now });
});
afterEach(() => {
  vi.useRealTimers();
});

const ORDER: TakingOrder = {
  job: { vault: "home", id: "job_one" },
  ends: true,
  keeps: null,
  integrations: null,
  places: [],
};

it("a vault that nobody has ever used is left as it is", () =>
  withVault(async (vault, { rows }) => {
    expect(await vault.takeBack(ORDER)).toEqual({ owner: null, ended: [], left: [] });
    expect(rows("SELECT name FROM sqlite_master WHERE name NOT GLOB '_*'")).toEqual([]);
  }));

it("one of the version before loses its connections and sessions, which go to the queue and nowhere else", () =>
  withVault(async (_, { state, reopen }) => {
    putBack(state, appBefore);
    const vault = reopen();
    const { ended, left, owner } = await vault.takeBack(ORDER);
    expect(owner).toMatchObject({ user: "ann" });
    expect(ended.toSorted()).toEqual(["reader", "session"]);
    expect(left.map(({ place }) => place)).toEqual(["github-1", "google-1", "slack-1"]);
    expect([vault.connections(), vault.session("session")]).toEqual([[], null]);
    const [github] = vault.leftAt("job_one", "github-1").left;
    expect(github).toMatchObject({ sealed: "sealed-github", share: { account: "Ada Lindqvist" } });
    // What was on its way back before is nobody's job.
    expect(vault.leftAt("job_one", "notion-1").left).toEqual([]);
  }));

it("asked again it takes no more, and tells what is left until that is settled", () =>
  withVault(async (_, { state, reopen }) => {
    putBack(state, appBefore);
    const vault = reopen();
    const first = await vault.takeBack({ ...ORDER, integrations: ["github-1"] });
    expect(first.left.map(({ place }) => place)).toEqual(["github-1"]);
    expect(vault.connections()).toHaveLength(2);
    // The same job, after a reset, also where it would be about more.
    const again = await reopen().takeBack(ORDER);
    expect(again).toMatchObject({ ended: [], left: first.left });
    expect(vault.connections()).toHaveLength(2);
    const [github] = vault.leftAt("job_one", "github-1").left;
    if (!github) throw new Error("not left");
    await vault.revoked(github.id, true);
    expect((await vault.takeBack(ORDER)).left).toEqual([]);
  }));

it("another job takes over what is left, and both are told of it", () =>
  withVault(async (_, { state, reopen }) => {
    putBack(state, appBefore);
    const vault = reopen();
    await vault.takeBack({ ...ORDER, integrations: [], places: ["github-1"], ends: false });
    const other = { vault: "another home", id: "job_two" };
    const { left } = await vault.takeBack({ ...ORDER, job: other });
    expect(left.map(({ place, share }) => [place, share?.jobs.map(({ id }) => id)])).toEqual([
      ["github-1", ["job_one", "job_two"]],
      ["google-1", ["job_two"]],
      ["slack-1", ["job_two"]],
    ]);
  }));

it("the session that asks goes on, and no other", () =>
  withVault(async (_, { state, reopen }) => {
    putBack(state, appBefore);
    const vault = reopen();
    await vault.takeBack({ ...ORDER, keeps: "session" });
    expect([vault.session("session")?.kind, vault.session("reader")]).toEqual(["user", null]);
  }));
