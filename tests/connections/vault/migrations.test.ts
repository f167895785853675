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
    expect(vault.claim("state", "browser", "attempt")).toEqual({ outcome: "claimed", record: "record" });
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
    expect(chores?.deliver.map(({ event }) => event.type)).toContain("connection.created");
    expect(chores?.index).toBe(true);
  }));

it("know of each event that it was told to the one webhook that there was, and how that stands", () =>
  withVault(async (_, { state, reopen }) => {
    putBack(state, appBefore);
    const put = (id: string, delivery: string, attempts: number, last_status: number | null, next_at: number | null) =>
      state.storage.sql.exec(
        "INSERT INTO outbox (id, body, delivery, attempts, last_status, next_at) VALUES (?, ?, ?, ?, ?, ?)",
        id,
        JSON.stringify({
          type: "connection.created",
          timestamp: new Date(appBefore.now).toISOString(),
          data: { connection: "con", user: "ann", integration: "github-1", account: null, reason: null },
        }),
        delivery,
        attempts,
        last_status,
        next_at,
      );
    put("msg_waits", "pending", 3, 500, appBefore.now + 60_000);
    put("msg_new", "pending", 0, null, appBefore.now);
    put("msg_taken", "delivered", 1, 204, null);
    put("msg_nobody", "none", 0, null, null);
    const vault = reopen();
    const next_attempt_at = new Date(appBefore.now + 60_000).toISOString();
    const waits = { delivery: "pending", attempts: 3, last_status: 500, next_attempt_at };
    expect((await vault.event("msg_waits"))?.event).toMatchObject({
      ...waits,
      deliveries: [{ webhook: "main", ...waits }],
    });
    const taken = { delivery: "delivered", attempts: 1, last_status: 204, next_attempt_at: null };
    expect((await vault.event("msg_taken"))?.event).toMatchObject({
      ...taken,
      deliveries: [{ webhook: "main", ...taken }],
    });
    expect((await vault.event("msg_new"))?.event).toMatchObject({ delivery: "pending", attempts: 0, deliveries: [] });
    expect((await vault.event("msg_nobody"))?.event).toMatchObject({ delivery: "none", deliveries: [] });
    const again = { webhook: "main", number: 4, outcome: "refused", status: 503, retry_after: null } as const;
    expect((await vault.settleEvent("msg_waits", [again]))?.event).toMatchObject({ delivery: "pending", attempts: 4 });
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
