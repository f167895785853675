/** `npm run reseal`: it says when the old key may go, and what stops it. */
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../scripts/local-worker.ts";
import { portOf } from "../servers/port.ts";
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

describe("a deployment that does not answer in the middle", () => {
  const counts = {
    vaults: 3,
    total: 0,
    confirmed: 0,
    refused: 0,
    not_offered: 0,
    not_reached: 0,
    resealed: 2,
    left: 0,
    listed: 0,
  };
  const job = {
    id: "job_q3Zt8Wm2XbKnQvWys81vp7",
    kind: "reseal",
    state: "running",
    target: { kind: "deployment", id: null },
    reason: null,
    counts,
    started_at: "2026-11-27T10:00:00.000Z",
    ended_at: null,
  };

  /** Begins a job, and answers 503 so many times to who asks how far that is. */
  async function startDeployment(failures: number, left = 0) {
    const asked: string[] = [];
    let down = failures;
    const server = createServer(({ method, url }, response) => {
      asked.push(`${method} ${url}`);
      const isDown = method === "GET" && (down -= 1) >= 0;
      const done = { ...job, state: "done", counts: { ...counts, left } };
      response.writeHead(isDown ? 503 : 200).end(isDown ? "down" : JSON.stringify(method === "GET" ? done : job));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
      origin: `http://127.0.0.1:${portOf(server)}`,
      asked,
      [Symbol.asyncDispose]: async () => {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  }

  it("is asked again, and the job is begun once", async () => {
    await using deployment = await startDeployment(2);
    const { code, stdout } = await reseal([deployment.origin], ADMIN_KEY);
    const read = `GET /jobs/${job.id}`;
    expect([code, deployment.asked]).toEqual([0, ["POST /keys/reseal", read, read, read]]);
    expect(stdout).toContain("3 vaults visited");
  });

  it("where no key opens something, the old key is to stay", async () => {
    await using deployment = await startDeployment(0, 4);
    const { code, stdout, stderr } = await reseal([deployment.origin], ADMIN_KEY);
    expect(code).toBe(1);
    expect(stderr).toContain("4 records cannot be opened with the keys there are. Leave the old key in.");
    expect(stdout).not.toContain("Everything is sealed");
  });
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
