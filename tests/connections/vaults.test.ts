/** The way to a vault: asked again where it was reset, left alone where it has too much to do; and what has become old counts no more. */
import { beforeEach, expect, it, vi } from "vitest";
import { jitter } from "../../src/connections/timing.ts";
import { control } from "../support/emulator.ts";
import { meter } from "../support/meter.ts";
import { troubledVaults, vaultOf } from "../support/vault.ts";
import { Visitor, errorOf, keyFor, request } from "../support/visitor.ts";

beforeEach(() => Promise.all(["github", "google"].map((service) => control(service).reset())));

it("a vault that is overloaded is asked once, and the caller is told to come again", async () => {
  const visitor = new Visitor();
  await visitor.connect("github");
  const asked = vi.fn(() => Promise.reject(Object.assign(new Error("overloaded"), { overloaded: true })));
  const later = new Visitor({ VAULT: troubledVaults("activity", asked) });
  for (const [name, value] of visitor.cookies) later.cookies.set(name, value);
  const answer = await later.fetch("/integrations/github/activity");
  expect(answer.headers.get("Retry-After")).toBe("1");
  expect(await errorOf(answer)).toMatchObject({ status: 503, error: "vault_unavailable" });
  expect(asked).toHaveBeenCalledOnce();
});

it("the first call with a key asks for eight things at most, and the next ones for nothing", async () => {
  const { key } = await keyFor("github");
  const { bindings, take } = meter();
  const call = () => request("/proxy/github/user", { headers: { Authorization: `Bearer ${key}` } }, bindings);
  expect((await call()).status).toBe(200);
  const first = take();
  expect((first.kv_reads ?? 0) + (first.kv_writes ?? 0) + (first.vault_calls ?? 0)).toBeLessThanOrEqual(8);
  for (let time = 0; time < 3; time += 1) expect((await call()).status).toBe(200);
  expect(take()).toEqual({});
});

it("a refusal that comes late says nothing of the tokens that have come meanwhile", async () => {
  const visitor = new Visitor();
  await visitor.connect("google");
  const vault = vaultOf(visitor);
  const need = { need: "renew", seen_generation: 1, lease: "late", client: "x", api_refused: false } as const;
  const decision = await vault.acquire("google", need);
  if (decision.outcome !== "leader") throw new Error(`not the leader: ${decision.outcome}`);
  const { epoch, generation } = decision.connection;
  await visitor.connect("google");
  const failure = {
    kind: "definitive",
    reason: "grant_refused",
    message: "late",
    at: Date.now(),
    client: "x",
    answer_lost: false,
    retry_after: null,
    refusals: null,
    api_refused: false,
  } as const;
  await vault.fail("google", "late", { epoch, generation }, failure);
  await vault.reject("google", { epoch, generation }, failure);
  expect(await vault.connection("google")).toMatchObject({ status: "connected", failure: null });
  expect((await visitor.fetch("/data/google")).status).toBe(200);
});

it("what began together does not go on together: waits are spread over two fifths of themselves", () => {
  const DAY = 86_400;
  const slots = new Map<number, number>();
  for (let one = 0; one < 1000; one += 1) {
    const wait = jitter(DAY);
    expect(wait).toBeGreaterThanOrEqual(0.8 * DAY);
    expect(wait).toBeLessThanOrEqual(1.2 * DAY);
    const slot = Math.floor(wait / 10);
    slots.set(slot, (slots.get(slot) ?? 0) + 1);
  }
  expect(Math.max(...slots.values())).toBeLessThanOrEqual(50);
});
