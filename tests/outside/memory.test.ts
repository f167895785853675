/** What a running Worker keeps of requests that nobody may make: nothing that goes on growing. */
import { readFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleProduction } from "../../bench/support/bundle.ts";
import { workerdProcesses } from "../../bench/support/processor-time.ts";
import { startWorker, type RunningWorker } from "../../bench/support/worker.ts";
import { randomId, shortId } from "../../src/crypto.ts";

let latchkey: RunningWorker;
let process = "";
beforeAll(async () => {
  const before = workerdProcesses();
  const vars = { SLACK_CLIENT_ID: "id", SLACK_CLIENT_SECRET: "secret" };
  latchkey = await startWorker(await bundleProduction(), { vault: true, vars });
  process = String(workerdProcesses().find((id) => !before.includes(id)) ?? "");
});
afterAll(() => latchkey?.[Symbol.asyncDispose]());

/** Megabytes that the process has in memory; undefined where there is no `/proc`. */
async function memory(): Promise<number | undefined> {
  const status = await readFile(`/proc/${process}/status`, "utf8").catch(() => "");
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

const guess = () => ({ headers: { Authorization: `Bearer ${randomId()}` } });

/** Ways in that ask KV nothing: the local KV keeps something of every name that it was ever asked for. */
const REQUESTS: readonly (() => [path: string, init: RequestInit])[] = [
  () => ["/integrations", guess()],
  () => ["/apps", guess()],
  () => [`/connections/con_${randomId()}`, {}],
  () => [`/callback/github?code=x&state=${randomId()}`, {}],
  () => ["/connect/open", { method: "POST", body: `ticket=v1.bench.${randomId()}.${randomId()}` }],
  () => [`/proxy/${randomId().toLowerCase()}/user`, {}],
  () => [`/${shortId()}`, { method: "POST", body: "x".repeat(60_000) }],
  () => [`/apps/app-${shortId()}`, { method: "PATCH", body: `{"name":"${"x".repeat(60_000)}"}` }],
];

async function send(count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += 2 * REQUESTS.length) {
    await Promise.all(
      [...REQUESTS, ...REQUESTS].map(async (make) => {
        const [path, init] = make();
        const answer = await fetch(latchkey.origin + path, init);
        expect(answer.status).toBeLessThan(500);
        await answer.arrayBuffer();
      }),
    );
  }
}

it("thousands of made-up keys, ids, states and bodies leave nothing behind that grows with them", async () => {
  const seen: (number | undefined)[] = [];
  for (let round = 0; round < 4; round += 1) {
    await send(1000);
    seen.push(await memory());
  }
  console.info(`memory after each thousand requests, in MB: ${seen.map((size) => size?.toFixed(0) ?? "?").join(", ")}`);
  const [first, , , last] = seen;
  // Three thousand of these requests bring 45 MB along, and the runtime takes its time with what it lets go of.
  if (first !== undefined && last !== undefined) expect(last - first).toBeLessThan(48);
}, 300_000);

describe("strangers who send forms slowly, each nearly a mebibyte", () => {
  const AT_ONCE = 24;
  const MEBIBYTE = 1024 * 1024;
  const sockets: Socket[] = [];
  afterAll(() => sockets.forEach((socket) => socket.destroy()));

  it("have room for few of them: the others are refused before they are whole, and so is nobody else", async () => {
    const answers: string[] = [];
    const head = [
      "POST /proxy/slack/api/chat.postMessage HTTP/1.1",
      "Host: localhost",
      "Content-Type: application/x-www-form-urlencoded",
      `Content-Length: ${MEBIBYTE}`,
    ];
    for (let count = 0; count < AT_ONCE; count += 1) {
      const socket = connect(Number(new URL(latchkey.origin).port), "127.0.0.1");
      sockets.push(socket);
      socket.once("error", () => {}).once("data", (answer) => answers.push(answer.toString("latin1")));
      socket.write(`${head.join("\r\n")}\r\n\r\n`);
      socket.write(Buffer.alloc(MEBIBYTE - 1, "a"));
    }
    await expect.poll(() => answers.length, { timeout: 60_000 }).toBeGreaterThanOrEqual(AT_ONCE - 4);
    const isRefused = (answer: string) => /^X-Latchkey-Error: (?:overloaded|invalid_request)\r$/im.test(answer);
    expect(answers.filter((answer) => !isRefused(answer))).toEqual([]);
    const form = { method: "POST", body: new URLSearchParams({ token: "none" }) };
    const small = await fetch(`${latchkey.origin}/proxy/slack/api/auth.test`, form);
    expect(small.headers.get("X-Latchkey-Error")).toBe("credential_denied");
  });
});
