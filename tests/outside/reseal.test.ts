/** `npm run reseal`: it says when the old key may go, and what stops it. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { freePort } from "../../scripts/local-worker.ts";
import { ADMIN_KEY, startLatchkey, type Running } from "../browser/support.ts";

const script = fileURLToPath(new URL("../../scripts/reseal.ts", import.meta.url));
let latchkey: Running;
beforeAll(async () => {
  latchkey = await startLatchkey({ alone: true });
});
afterAll(() => latchkey?.stop());

const reseal = (args: readonly string[], key: string): Promise<{ code: unknown; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, ADMIN_KEY: key };
    execFile(process.execPath, [script, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });

it("visits the vaults of a deployment until all is sealed with the active key", async () => {
  const body = JSON.stringify({ name: "Acme" });
  const headers = { Authorization: `Bearer ${ADMIN_KEY}`, "Content-Type": "application/json" };
  expect((await fetch(`${latchkey.origin}/apps`, { method: "POST", headers, body })).status).toBe(201);
  const { code, stdout, stderr } = await reseal([latchkey.origin], ADMIN_KEY);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  // The app's own vault, and the operator's.
  expect(stdout).toContain("2 vaults visited, 0 records sealed anew, 0 not possible now");
  expect(stdout).toContain("Everything is sealed with the active key.");
});

it.each([
  ["no address", async () => [], 2, "Usage: ADMIN_KEY=..."],
  ["an address that is none", async () => ["connect"], 2, "Usage: ADMIN_KEY=..."],
  ["another key", async () => [latchkey.origin], 1, "The deployment answered 401: "],
  ["nobody there", async () => [`http://127.0.0.1:${await freePort()}`], 1, "ECONNREFUSED"],
])("stops at %s and says so without the key", async (_, args, expected, sentence) => {
  const key = "another-operator-key-that-is-long-enough-01234";
  const { code, stdout, stderr } = await reseal(await args(), key);
  expect(code).toBe(expected);
  expect(stderr).toContain(sentence);
  expect(stdout + stderr).not.toContain(key);
  expect(stderr).not.toMatch(/^\s+at /m);
});
