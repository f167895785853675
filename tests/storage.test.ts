/** What is stored where: nothing in the clear, and nothing that has to be in KV already. */
import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { Authorization, Integrations, Profile } from "../src/api.ts";
import { SERVICES, sandboxClient } from "../sandbox/emulator.ts";
import { EnteredOutcome } from "../src/api-connect.ts";
import { OAUTH } from "./contract/played/oauth.ts";
import { TYPED } from "./contract/played/typed.ts";
import { control } from "./support/emulator.ts";
import { callThrough, openForm, play, played, sendForm, visitorWith } from "./support/played.ts";
import { vaultOf } from "./support/vault.ts";
import { APP, Visitor, decide, errorOf, locationOf, request } from "./support/visitor.ts";

afterEach(() => vi.restoreAllMocks());

/** Every key, value and metadata in KV. */
async function dumpKv(): Promise<string> {
  const { keys } = await env.KV.list();
  const values = await Promise.all(keys.map(({ name }) => env.KV.get(name)));
  return JSON.stringify([keys, values]);
}

/** Every row of every table of every vault. */
async function dumpVaults(): Promise<string> {
  const ids = await listDurableObjectIds(env.VAULT);
  const dumps = await Promise.all(
    ids.map((id) =>
      runInDurableObject(env.VAULT.get(id), (_, { storage }) => {
        const tables = storage.sql
          .exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '_cf_%'")
          .toArray();
        return tables.map(({ name }) => storage.sql.exec(`SELECT * FROM "${z.string().parse(name)}"`).toArray());
      }),
    ),
  );
  return JSON.stringify(dumps);
}

/** Every row of the index. */
async function dumpIndex(): Promise<string> {
  const rows = async (query: string) => (await env.INDEX.prepare(query).all()).results;
  const tables = await rows(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
  );
  return JSON.stringify(await Promise.all(tables.map(({ name }) => rows(`SELECT * FROM "${z.string().parse(name)}"`))));
}

/** Everything that is said and reported, from now on. */
function listen(): unknown[][] {
  const said: unknown[][] = [];
  for (const level of ["log", "info", "warn", "error", "debug"] as const) {
    vi.spyOn(console, level).mockImplementation((...words) => void said.push(words));
  }
  return said;
}

/** A secret as it might be written. */
function spellings(secret: string): string[] {
  const bytes = new TextEncoder().encode(secret);
  const base64 = btoa(String.fromCharCode(...bytes));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [secret, encodeURIComponent(secret), base64.replace(/=+$/, ""), hex];
}

describe("a secret scan", () => {
  it.each(SERVICES)("finds no token, code, verifier or secret of %s anywhere", async (id) => {
    const said = listen();
    await control(id).reset();
    const visitor = new Visitor();
    const answers: string[] = [];
    const keep = async (response: Response) => {
      answers.push(JSON.stringify([...response.headers]), await response.clone().text());
      return response;
    };
    await keep(await visitor.connect(id, { decision: "deny" }));
    const atProvider = await visitor.startAt(id);
    await control(id).fault({ endpoint: "token", fault: "error" });
    await keep(await visitor.navigate(await decide(id, atProvider)));
    await keep(await visitor.connect(id));
    for (const path of ["/integrations", `/integrations/${id}/credentials`, `/integrations/${id}/load?limit=3`]) {
      await keep(await visitor.fetch(path));
    }
    // The provider's own JSON is part of this answer, and what it writes there is its own.
    await visitor.fetch(`/data/${id}`);
    const stored = [await dumpKv(), await dumpVaults(), await dumpIndex()];
    await keep(await visitor.change("DELETE", `/integrations/${id}/credentials`));
    stored.push(await dumpKv(), await dumpVaults(), await dumpIndex());

    const { issued } = await control(id).grants();
    expect(issued.length).toBeGreaterThan(1);
    const log = await control(id).log();
    const verifiers = log.flatMap(({ body }) =>
      [...String(body).matchAll(/code_verifier=([^&"]+)/g)].map((match) => match[1] ?? ""),
    );
    const secrets = [...issued, ...verifiers, sandboxClient(id).client_secret, ...visitor.cookies.values()];
    const everywhere = [...stored, JSON.stringify(said)].join("\n");
    for (const spelling of secrets.flatMap(spellings)) expect(everywhere.includes(spelling)).toBe(false);
    const given = [...issued, ...verifiers, sandboxClient(id).client_secret].flatMap(spellings);
    for (const spelling of given) expect(answers.join("\n").includes(spelling)).toBe(false);
  });

  it.each(["key", "basic", "fleet", "login", "jwt-rs256", "desk"])(
    "finds nothing secret that was typed for %s anywhere, right or wrong",
    async (id) => {
      const service = [...TYPED, ...OAUTH].find(({ entry }) => entry.id === id) ?? expect.fail(id);
      const { entry, typed = {} } = service;
      await play(service);
      const said = listen();
      // The form shows examples, and here these are what works.
      const shown = Object.entries(entry.fields ?? {}).map(([name, field]) => [name, { ...field, example: "shown" }]);
      const visitor = visitorWith([{ ...entry, fields: Object.fromEntries(shown) }]);
      const answers: string[] = [];
      const stored: string[] = [];
      const keep = async (response: Response) => {
        answers.push(JSON.stringify([...response.headers]), await response.clone().text());
        return response;
      };
      const dump = async () => void stored.push(await dumpKv(), await dumpVaults(), await dumpIndex());
      const secret = Object.entries(entry.fields ?? {}).flatMap(([name, field]) => (field.secret ? [name] : []));
      const right = secret.map((name) => (typed[name] ?? "").trim().replace(/\u200b$/, ""));
      const wrong = Object.fromEntries(secret.map((name) => [name, `${right[0]?.slice(0, 20)}wrong`]));
      const send = async (fields: Readonly<Record<string, string>>) =>
        keep(await sendForm(visitor, await openForm(visitor, id), fields));
      await send({ ...typed, ...wrong });
      await keep(await visitor.change("POST", "/connect/fields/page", { state: await openForm(visitor, id) }));
      const { location } = EnteredOutcome.parse(await (await send(typed)).json());
      if (entry.authorization_endpoint !== undefined)
        await keep(await visitor.navigate(await decide(`any/${id}`, location ?? "")));
      await dump();
      for (const path of ["/integrations", `/integrations/${id}/credentials`, `/integrations/${id}/activity`]) {
        await keep(await visitor.fetch(path));
      }
      await keep(await visitor.fetch(`/data/${id}`));
      expect((await keep(await callThrough(visitor, id, "/things"))).status).toBe(200);
      await played(id).revoke();
      await keep(await callThrough(visitor, id, "/things"));
      await dump();
      await keep(await visitor.change("DELETE", `/integrations/${id}/credentials`));
      await dump();

      const { issued } = await played(id).grants();
      const pair = `${typed["client_id"]}:${right[0]}`;
      const secrets = [...right, ...Object.values(wrong), pair, ...issued];
      const everywhere = [...stored, ...answers, JSON.stringify(said)].join("\n");
      for (const one of secrets) {
        expect(one.length).toBeGreaterThan(3);
        // Of a key in PEM each line is as good as the whole.
        const written = one.split("\n").flatMap(spellings);
        expect(written.filter((spelling) => everywhere.includes(spelling) && !spelling.startsWith("-----"))).toEqual(
          [],
        );
      }
    },
  );
});

/** KV as in a location that has cached the misses: nothing written elsewhere is seen there for a minute. */
const nothingYet = {
  KV: {
    get: () => Promise.resolve(null),
    put: (name: string, value: string, options: KVNamespacePutOptions) => env.KV.put(name, value, options),
    delete: (name: string) => env.KV.delete(name),
  },
};

describe("where KV has nothing yet", () => {
  it("a callback succeeds, and the connection works at once", async () => {
    const visitor = new Visitor(nothingYet);
    expect(locationOf(await visitor.connect("github"))).toBe(`${APP}/?connected=github`);
    expect((await visitor.fetch("/data/github")).status).toBe(200);
    const { signed_in, integrations } = await visitor.json("/integrations", Integrations);
    expect(signed_in).toBe(true);
    expect(integrations.find(({ integration }) => integration === "github")?.status).toBe("connected");
  });

  it("a link can be opened and finished, and its session id reads", async () => {
    const { authorization_url } = Authorization.parse(await (await request("/auth/slack", {}, nothingYet)).json());
    const person = new Visitor(nothingYet);
    const back = await person.fetch(await decide("slack", locationOf(await person.navigate(authorization_url))));
    const { session_id } = z.object({ session_id: z.string() }).parse(await back.json());
    expect((await request(`/data/slack?session_id=${session_id}`, {}, nothingYet)).status).toBe(200);
  });

  it("a state is still used once", async () => {
    const visitor = new Visitor(nothingYet);
    const callback = await decide("github", await visitor.startAt("github"));
    await visitor.fetch(callback);
    expect(await errorOf(await visitor.fetch(callback))).toMatchObject({ status: 400, error: "state_consumed" });
  });
});

describe("where KV still has what is gone", () => {
  it("a state that was used stays used", async () => {
    const visitor = new Visitor();
    const callback = await decide("github", await visitor.startAt("github"));
    vi.spyOn(env.KV, "delete").mockResolvedValue(undefined);
    await visitor.fetch(callback);
    expect(await errorOf(await visitor.fetch(callback))).toMatchObject({ status: 400, error: "state_consumed" });
  });
});

describe("where KV cannot be written", () => {
  it("everything still works", async () => {
    vi.spyOn(env.KV, "put").mockRejectedValue(new Error("429"));
    vi.spyOn(env.KV, "delete").mockRejectedValue(new Error("429"));
    const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
    const visitor = new Visitor();
    expect(locationOf(await visitor.connect("notion"))).toBe(`${APP}/?connected=notion`);
    expect((await visitor.fetch("/data/notion")).status).toBe(200);
    expect(warned).toHaveBeenCalled();
  });
});

describe("a stored record", () => {
  it("does not open in the place of another", async () => {
    const [one, other] = [new Visitor(), new Visitor()];
    await one.connect("github");
    const before = new Set((await env.KV.list({ prefix: "token:" })).keys.map(({ name }) => name));
    await other.connect("github", { account: 1 });
    const [mine] = [...before];
    const theirs = (await env.KV.list({ prefix: "token:" })).keys
      .map(({ name }) => name)
      .find((name) => !before.has(name));
    await env.KV.put(String(theirs), String(await env.KV.get(String(mine))));
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const { account } = await other.json("/data/github", Profile);
    expect(account?.name).not.toBe((await one.json("/data/github", Profile)).account?.name);
  });

  it("that was altered or moved in the vault is refused, and nothing is asked with it", async () => {
    const [one, other] = [new Visitor(), new Visitor()];
    await one.connect("github");
    await other.connect("github", { account: 1 });
    const sealed = (await vaultOf(one).connection("github"))?.sealed ?? "";
    const empty = {
      KV: { get: () => Promise.resolve(null), put: () => Promise.resolve(), delete: () => Promise.resolve() },
    };
    const robbed = new Visitor(empty);
    for (const [name, value] of other.cookies) robbed.cookies.set(name, value);
    for (const wrong of [sealed, sealed.slice(0, -8) + "AAAAAAAA", "v1.sandbox.x.y", ""]) {
      await runInDurableObject(vaultOf(other), (_, { storage }) => {
        storage.sql.exec("UPDATE connections SET sealed = ?", wrong);
      });
      await control("github").clearLog();
      expect(await errorOf(await robbed.fetch("/data/github"))).toMatchObject({
        status: 500,
        error: "vault_integrity",
      });
      expect(await control("github").log()).toEqual([]);
    }
  });
});
