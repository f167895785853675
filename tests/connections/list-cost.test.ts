/** What a list of connections costs where there are as many as there may be: calls, rows and bytes, counted. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import documented from "../../docs/connections.md?raw";
import { AppIntegration } from "../../src/api-apps.ts";
import { BOUNDS } from "../../src/bounds.ts";
import { ConnectionIndex } from "../../src/connections/connection-index.ts";
import { IndexDatabase } from "../../src/connections/index-database.ts";
import type { Vault } from "../../src/connections/vault/vault.ts";
import { control } from "../support/emulator.ts";
import { call, connectUser, makeApp, type TestApp } from "../support/integrator.ts";
import { meter } from "../support/meter.ts";
import { vaultFor } from "../support/vault.ts";
import { request } from "../support/visitor.ts";

/** As many as a user can have. */
const INTEGRATIONS = BOUNDS.connections / BOUNDS.accounts;
const NOTED = JSON.stringify({ metadata: { plan: "pro" }, tags: { team: "sales" } });
const USER = "ann";
/** Of the list of a whole app. */
const [USERS, EACH] = [20, 50];

let app: TestApp;
let vault: DurableObjectStub<Vault>;

beforeAll(async () => {
  await control("github").reset();
  app = await makeApp();
  const integrations = [app.integrations["github"] ?? ""];
  for (let count = 1; count < INTEGRATIONS; count += 1) {
    const made = await call(app.key, "PUT", `/apps/${app.id}/integrations`, {
      slug: `github-${count}`,
      provider: "github",
      client_id: "id",
      client_secret: "secret",
    });
    integrations.push(AppIntegration.parse(await made.json()).integration);
  }
  await connectUser(app, USER);
  vault = await vaultFor(app, USER);
  await fill(integrations);
}, 60_000);

/** Puts the user's one connection beside itself until there are as many as there may be, and notes something of each. */
const fill = (integrations: readonly string[]) =>
  runInDurableObject(vault, (_, { storage: { sql } }) => {
    const [first = ""] = integrations;
    const columns = sql.exec("SELECT * FROM connections").columnNames;
    const copied = columns.map((name) => (name === "place" || name === "label" || name === "is_default" ? "?" : name));
    const copy = `INSERT INTO connections (${columns.join()}) SELECT ${copied.join()} FROM connections WHERE place = ?`;
    for (const integration of integrations) {
      for (let account = 0; account < BOUNDS.accounts; account += 1) {
        const isDefault = account === 0;
        const place = isDefault ? integration : `${integration}~${account.toString().padStart(8, "0")}`;
        const changed = new Map<string, SqlStorageValue>([
          ["place", place],
          ["label", `account-${account}`],
          ["is_default", Number(isDefault)],
        ]);
        const bound = columns.flatMap((name) => changed.get(name) ?? []);
        if (place !== first) sql.exec(copy, ...bound, first);
        sql.exec("INSERT INTO labels (place, labels) VALUES (?, ?)", place, NOTED);
      }
    }
  });

/** Has the vault note the rows that it reads from here on. @returns how many, since this was last asked */
async function readsOf(stub: DurableObjectStub<Vault>): Promise<() => number> {
  const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
  await runInDurableObject(stub, (_, { storage: { sql } }) => {
    const exec = sql.exec.bind(sql);
    sql.exec = (query, ...bindings) => {
      const cursor = exec<never>(query, ...bindings);
      cursors.push(cursor);
      return cursor;
    };
  });
  return () => cursors.splice(0).reduce((sum, { rowsRead }) => sum + rowsRead, 0);
}

const asUser = () => ({ headers: { Authorization: `Bearer ${app.key}`, "X-Latchkey-User": USER } });

/** What is asked for and answered once the isolate knows whatever it remembers. */
async function costOf(path: string, init: RequestInit, rowsRead: () => number) {
  const { bindings, take } = meter();
  let d1_rows = 0;
  const INDEX = new Proxy(env.INDEX, {
    get(database, property) {
      if (property === "prepare") return database.prepare.bind(database);
      return async (statements: D1PreparedStatement[]) => {
        const answers = await database.batch(statements);
        d1_rows += answers.reduce((sum, { meta }) => sum + meta.rows_read, 0);
        return answers;
      };
    },
  });
  const overrides = { ...bindings, INDEX };
  await request(path, init, overrides);
  take();
  rowsRead();
  d1_rows = 0;
  const answer = await request(path, init, overrides);
  expect(answer.status).toBe(200);
  const bytes = (await answer.text()).length;
  return { vault_calls: 0, ...take(), rows: rowsRead(), d1_rows, bytes };
}

/** Tens of thousands of bytes; what is shorter is told by the answer's own length. */
const roughly = (bytes: number): string => `${Math.round(bytes / 10_000) * 10} KB`;

describe("a list", () => {
  it("of one user is one call of their vault, whatever its length, and costs what is documented", async () => {
    const rowsRead = await readsOf(vault);
    const [integrations, connections] = [
      await costOf("/integrations", asUser(), rowsRead),
      await costOf(`/connections?user=${USER}`, asUser(), rowsRead),
    ];
    const handed = [await vault.connections(), await vault.described()].map((all) => JSON.stringify(all).length);
    // Beside the user's own, the app's vault has its integrations.
    expect(integrations).toEqual({ ...integrations, vault_calls: 2, d1_rows: 0 });
    expect(connections).toEqual({ ...connections, vault_calls: 1, d1_rows: 0 });
    expect(rowOf("`GET /integrations`")).toEqual(["1", `${integrations.rows}`, roughly(handed[0] ?? 0), "0"]);
    expect(rowOf("`GET /connections?user=`")).toEqual(["1", `${connections.rows}`, roughly(handed[1] ?? 0), "0"]);
    expect(await costOf(`/connections?user=${USER}&limit=10`, asUser(), rowsRead)).toMatchObject({
      rows: connections.rows,
    });
  });

  it("of a whole app asks no vault, and reads a page of lines where nothing is left out of it", async () => {
    const many = await makeApp({ services: [] });
    await new ConnectionIndex(new IndexDatabase(env.INDEX)).users(many.id, null, 1);
    // The last line is another app's: whoever reads to the end of one's own comes upon it.
    await env.INDEX.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
       INSERT INTO connections (app, id, user, integration, status, account, connected_at, labels, revision)
       SELECT iif(i < ?2, ?1, '~'), printf('con_%06d', i), 'u' || (i / ?3), 'github-' || (i % ?3), 'connected', NULL, 0,
         ?4, 1 FROM n`,
    )
      .bind(many.id, USERS * EACH, EACH, NOTED)
      .run();
    const init = { headers: { Authorization: `Bearer ${many.key}` } };
    for (const [name, query] of [
      ["`GET /connections`", ""],
      ["the same at one of 50 integrations", "?integration=github-7"],
      ["the same with a tag that none has", "?tag=team:none"],
    ] as const) {
      const { vault_calls, d1_rows } = await costOf(`/connections${query}`, init, () => 0);
      expect([vault_calls, rowOf(name)], name).toEqual([0, ["0", "0", "0 KB", `${d1_rows}`]]);
    }
  });
});

it("a hot call asks for nothing beside so many connections, whichever way one is named", async () => {
  // Of all of them the first one has tokens of its own.
  const place = app.integrations["github"] ?? "";
  const { label } = (await vault.connection(place)) ?? expect.fail("not connected");
  const { bindings, take } = meter();
  const { headers } = asUser();
  for (const [path, named] of [
    [`/proxy/${place}/user`, {}],
    [`/proxy/${place}@${label}/user`, {}],
    [`/proxy/${place}/user`, { "X-Latchkey-Connection": label }],
  ] as const) {
    for (let time = 0; time < 3; time += 1) {
      take();
      const answer = await request(path, { headers: { ...headers, ...named } }, bindings);
      expect(answer.status).toBe(200);
    }
    expect(take(), path).toEqual({});
  }
});

/** A row of the table, without its name. */
function rowOf(name: string): string[] {
  const [, row = ""] =
    documented
      .split("\n")
      .find((line) => line.startsWith(`| ${name} `))
      ?.split(name) ?? [];
  return row
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}
