/** Changing the sealing key: add, make active, seal anew, drop, with everything working at each step. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { control, tokenCalls } from "../support/emulator.ts";
import { ADMIN_KEY } from "../support/integrator.ts";
import { driven } from "../support/jobs.ts";
import { takeReports } from "../support/reports.ts";
import { vaultOf } from "../support/vault.ts";
import { Visitor, errorOf, request, type Overrides } from "../support/visitor.ts";

const OLD = "sandbox:c2FuZGJveC1vbmx5LW5ldmVyLXVzZS1lbHNld2hlcmU";
const NEW = `new:${"A".repeat(42)}E`;

beforeEach(() => control("github").reset());

/** The same person after a deployment with other variables. */
function after(visitor: Visitor, overrides: Overrides): Visitor {
  const other = new Visitor(overrides);
  for (const [name, value] of visitor.cookies) other.cookies.set(name, value);
  return other;
}

const emptyKv = async () => {
  const { keys } = await env.KV.list();
  await Promise.all(keys.filter(({ name }) => !name.startsWith("vault:")).map(({ name }) => env.KV.delete(name)));
};

/** Which keys have sealed what the visitor's vault holds. */
const keysOf = (visitor: Visitor) =>
  runInDurableObject(vaultOf(visitor), (_, { storage }) =>
    storage.sql
      .exec("SELECT sealed FROM connections WHERE sealed IS NOT NULL")
      .toArray()
      .map((row) => z.string().parse(row["sealed"]).split(".")[1]),
  );

async function resealAll(overrides: Overrides): Promise<{ resealed: number; left: number }> {
  const { counts } = await driven("/keys/reseal", overrides);
  return { resealed: counts.resealed, left: counts.left };
}

/** What is said of a copy that none of the keys here opens. */
const unopened = (kind: RegExp) => ({
  event: "kv_failed",
  operation: "open",
  kind: expect.stringMatching(kind),
  error: "AppError",
});

describe("a change of keys", () => {
  it("loses nothing at any step", async () => {
    const visitors = await Promise.all(
      Array.from({ length: 45 }, async () => {
        const visitor = new Visitor();
        await visitor.connect("github");
        return visitor;
      }),
    );
    const both = { SEALING_KEYS: `${NEW},${OLD}`, ADMIN_KEY };
    const [first] = visitors;
    if (!first) throw new Error("nobody connected");
    expect((await after(first, { SEALING_KEYS: `${OLD},${NEW}` }).fetch("/data/github")).status).toBe(200);

    // Reading seals anew by itself, once the copies under the old key are gone.
    await emptyKv();
    expect((await after(first, both).fetch("/data/github")).status).toBe(200);
    expect(await keysOf(first)).toEqual(["new"]);

    // The others, and the name key of the deployment.
    expect(await resealAll(both)).toEqual({ resealed: 45, left: 0 });
    expect(await resealAll(both)).toEqual({ resealed: 0, left: 0 });
    for (const visitor of visitors) {
      expect((await after(visitor, { SEALING_KEYS: NEW }).fetch("/data/github")).status).toBe(200);
    }
    expect(await tokenCalls("github")).toBe(45);
  });

  it("is no harm to old code that meets a record of the new key: it says so, and can be asked again", async () => {
    const visitor = new Visitor({ SEALING_KEYS: `${NEW},${OLD}` });
    await visitor.connect("github");
    const old = after(visitor, { SEALING_KEYS: OLD });
    expect(await errorOf(await old.fetch("/data/github"))).toMatchObject({ status: 503, error: "key_unavailable" });
    for (const report of takeReports()) expect(report).toEqual(unopened(/^(?:name_key|session|token)$/));
    expect((await visitor.fetch("/data/github")).status).toBe(200);
    expect((await old.fetch("/integrations")).status).toBe(200);
    expect(await resealAll({ SEALING_KEYS: OLD, ADMIN_KEY })).not.toMatchObject({ left: 0 });
  });

  it("that lost a key still lets people connect anew and disconnect", async () => {
    const visitor = new Visitor({ SEALING_KEYS: NEW });
    await visitor.connect("github");
    const lost = after(visitor, { SEALING_KEYS: OLD });
    expect((await lost.connect("github")).status).toBe(303);
    expect((await lost.fetch("/data/github")).status).toBe(200);
    expect((await lost.change("DELETE", "/integrations/github/credentials")).status).toBe(200);
    // Whose account it is cannot be told others without the name key.
    const reports = takeReports();
    expect(reports).not.toEqual([]);
    for (const report of reports) expect(report).toEqual(unopened(/^(?:name_key|session)$/));
  });
});

describe("the operator's route", () => {
  it.each([
    ["without a key", {}, { ADMIN_KEY }],
    ["with a wrong key", { Authorization: "Bearer wrong" }, { ADMIN_KEY }],
    ["with a longer one", { Authorization: `Bearer ${ADMIN_KEY}A` }, { ADMIN_KEY }],
    ["with a shorter one", { Authorization: `Bearer ${ADMIN_KEY.slice(0, -1)}` }, { ADMIN_KEY }],
    ["with one of 8 KB", { Authorization: `Bearer ${"x".repeat(8192)}` }, { ADMIN_KEY }],
    ["with letters beyond ASCII", { Authorization: "Bearer cl\u00e9" }, { ADMIN_KEY }],
    ["where no key is set", { Authorization: "Bearer " }, {}],
    ["where an empty key is set", { Authorization: "Bearer x" }, { ADMIN_KEY: "" }],
  ])("is closed %s", async (_, headers, overrides) => {
    const answer = await request("/keys/reseal", { method: "POST", headers: new Headers(headers) }, overrides);
    expect(await errorOf(answer)).toMatchObject({ status: 401, error: "invalid_admin_key" });
  });
});
