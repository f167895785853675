/** The tables of a vault, step by step: `before/` has what the version before has written while all kinds of things were under way. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Integrations } from "../../../src/api.ts";
import { control } from "../../support/emulator.ts";
import { PAGE_USER, evenChance, factsOf, needOf, withVault } from "../../support/lone-vault.ts";
import { appBefore, pageBefore, putBack } from "../../support/vault-before.ts";
import { Visitor, decide, locationOf } from "../../support/visitor.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: appBefore.now });
  evenChance();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it("are brought up to date once, when the vault is opened", () =>
  withVault(async (_, { state, reopen, rows }) => {
    putBack(state, appBefore);
    const opened = reopen();
    const steps = rows("SELECT * FROM schema_version");
    expect(steps).toHaveLength(1);
    expect(opened.connections()).toHaveLength(3);
    const then = rows("SELECT * FROM connections");
    reopen();
    expect(rows("SELECT * FROM connections")).toEqual(then);
    expect(rows("SELECT * FROM schema_version")).toEqual(steps);
  }));

it("keep what is under way: flows, grants, sessions, a lease that is held, alarms, events and what is to be taken back", () =>
  withVault(async (_, { state, reopen }) => {
    putBack(state, appBefore);
    const vault = reopen();
    expect(
      vault.connections().map(({ place, label, is_default, sealed }) => [place, label, is_default, sealed]),
    ).toEqual([
      ["github-1", "ada-lindqvist", true, "sealed-github"],
      ["google-1", "ann", true, "sealed-google"],
      ["slack-1", "account", true, "sealed-slack"],
    ]);
    expect(vault.connection("github-1~")?.place).toBe("github-1");
    expect(JSON.parse(vault.labels("github-1~"))).toEqual({ metadata: { a: 1 }, tags: { team: "one" }, person: null });
    expect(vault.activity("notion-1").map(({ type }) => type)).toEqual(["disconnected", "connected"]);
    expect(vault.session("reader")).toMatchObject({ kind: "read", place: "github-1" });
    expect(vault.session("session")).toMatchObject({ kind: "user", place: null });
    // Where it was used from was not noted.
    expect(vault.keys("user").map(({ digest, used_from }) => [digest, used_from])).toEqual([["session", null]]);
    expect(vault.claim("state", "browser")).toEqual({ outcome: "claimed", record: "record" });
    // Whoever holds the lease goes on, and nobody else begins.
    const google = vault.connection("google-1");
    if (!google) throw new Error("not connected");
    expect(await vault.acquire("google-1~", needOf("ahead", "another lease"))).toMatchObject({ outcome: "held" });
    expect(await vault.commit("google-1", "held-lease", google, "renewed", factsOf())).toEqual({
      outcome: "committed",
    });
    // The grant that waits is of another account.
    const placed = vault.place("github-1", "2", { as: "any" });
    if (placed.outcome !== "placed") throw new Error(placed.outcome);
    expect(await vault.adoptGrant("code", placed.place, placed, "adopted")).toMatchObject({ outcome: "stored" });
    expect(vault.connection(placed.place)).toMatchObject({ label: "bo", is_default: false });
    await vault.alarm();
    const [chores] = vault.handedOut;
    expect(chores?.revoke).toMatchObject([{ place: "notion-1", sealed: "sealed-notion", account: "1" }]);
    expect(chores?.deliver.map(({ type }) => type)).toContain("connection.created");
    expect(chores?.index).toBe(true);
  }));

it("lead whoever comes back from a service to a connection, and the others are where they were", async () => {
  vi.setSystemTime(pageBefore.now);
  const vault = env.VAULT.getByName(pageBefore.vault);
  await runInDurableObject(vault, async (_, state) => {
    putBack(state, pageBefore);
    if (pageBefore.alarm_at !== null) await state.storage.setAlarm(pageBefore.alarm_at);
  });
  await runInDurableObject(vault, (_, state) => state.abort("Instance dispose")).catch(() => {});
  await control("slack").reset();
  const visitor = new Visitor();
  for (const [name, value] of Object.entries(pageBefore.cookies)) visitor.cookies.set(name, value);
  const before = await visitor.json("/integrations", Integrations);
  const idsIn = ({ integrations }: Integrations) =>
    integrations.flatMap(({ connections }) => connections.map(({ id }) => id));
  expect(idsIn(before).map((id) => id.slice(id.lastIndexOf("_") + 1))).toEqual(["github", "google"]);
  const back = await visitor.navigate(await decide("slack", pageBefore.dialog));
  expect(locationOf(back)).toContain("connected=slack");
  const after = await visitor.json("/integrations", Integrations);
  expect(idsIn(after)).toEqual(expect.arrayContaining(idsIn(before)));
  expect(idsIn(after)).toHaveLength(3);
});

it("have the columns that those of a vault have which is made today", () =>
  withVault(async (vault, { state, reopen, rows }) => {
    const columns = () =>
      rows(
        `SELECT tables.name AS "table", columns.name AS "column" FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
         WHERE tables.type = 'table' AND tables.name NOT GLOB '_*' ORDER BY 1, 2`,
      );
    await vault.own(PAGE_USER);
    const [today, steps] = [columns(), rows("SELECT * FROM schema_version")];
    putBack(state, appBefore);
    reopen();
    expect(columns()).toEqual(today);
    expect(rows("SELECT * FROM schema_version")).toEqual(steps);
  }));

it("are not made by a question", () =>
  withVault(async (vault, { rows }) => {
    expect(vault.connections()).toEqual([]);
    expect(rows("SELECT name FROM sqlite_master WHERE name = 'schema_version'")).toEqual([]);
  }));
