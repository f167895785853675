/** `npm run client-key`: what it prints is what CLIENT_KEYS is, and a new key goes in front. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { Config } from "../../src/config.ts";

const script = fileURLToPath(new URL("../../scripts/client-key.ts", import.meta.url));

async function make(CLIENT_KEYS: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [script], { env: { ...process.env, CLIENT_KEYS } });
  return stdout.trim();
}

it("makes a key, and another in front of those that there are", async () => {
  const first = await make("");
  const second = await make(first);
  const keys = new Config({ CLIENT_KEYS: second }).clientKeys();
  expect(keys).toHaveLength(2);
  expect(keys[1]).toEqual(new Config({ CLIENT_KEYS: first }).clientKey());
  expect(new Set(keys.flatMap(({ kid, d }) => [kid, d])).size).toBe(4);
  expect(second.includes("\n")).toBe(false);
});
