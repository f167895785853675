/**
 * `npm run bench:profile [-- SECONDS]`: where the processor time of a hot proxied call goes, by file and by function, as V8
 * samples it. Ratios of one run; what the platform does outside JavaScript is `(program)`.
 */
import * as z from "zod";
import { bundleWorker } from "./support/bundle.ts";
import { inspect } from "./support/inspector.ts";
import { Client } from "./support/load.ts";
import { PATHS, startUpstream } from "./support/upstream.ts";
import { startWorker } from "./support/worker.ts";
import type { Seed } from "./support/wire.ts";

const SECONDS = Number(process.argv[2] ?? 5);
const CONCURRENCY = 32;
const LISTED = 45;
const SEED: Seed = { user: "bench", integration: "github", lifetime_ms: 3_600_000 };
const Seeded = z.object({ session: z.string() });

const Profile = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
      hitCount: z.number().default(0),
    }),
  ),
});
const Profiled = z.object({ profile: Profile });

await using upstream = await startUpstream();
const code = await bundleWorker("proxy", { minify: false });
await using worker = await startWorker(code, {
  vault: true,
  vars: { UPSTREAM: upstream.origin, KV_IN_MEMORY: "1" },
  inspected: true,
});
using client = new Client(CONCURRENCY);
const { session } = Seeded.parse(JSON.parse(await client.send({ url: `${worker.origin}/seed` }, JSON.stringify(SEED))));
const target = {
  url: `${worker.origin}/proxy/github${PATHS.json}`,
  headers: { Authorization: `Bearer ${session}` },
};
if (!worker.inspector) throw new Error("There is no inspector.");
await client.saturate(target, 2000);
using inspector = await inspect(worker.inspector);
const { send } = inspector;
await send("Profiler.enable");
await send("Profiler.setSamplingInterval", { interval: 100 });
await send("Profiler.start");
const { requests } = await client.saturate(target, SECONDS * 1000);
const { profile } = Profiled.parse(await send("Profiler.stop"));

/** Which source a line of the bundle is from: esbuild names each above its code. */
const lines = code.split("\n");
const sources = lines.reduce<string[]>((names, line) => {
  const named = /^\/\/ (\S+\.[cm]?[jt]s)$/.exec(line)?.[1];
  names.push(named ?? names.at(-1) ?? "");
  return names;
}, []);
const [byFile, byFunction] = [new Map<string, number>(), new Map<string, number>()];
let total = 0;
for (const { callFrame, hitCount } of profile.nodes) {
  const { functionName, url, lineNumber } = callFrame;
  if (functionName === "(idle)") continue;
  const file = url === "" ? functionName || "(native)" : (sources[lineNumber] ?? url);
  total += hitCount;
  byFile.set(file, (byFile.get(file) ?? 0) + hitCount);
  const name = `${functionName || "(anonymous)"} ${file}:${lineNumber}`;
  byFunction.set(name, (byFunction.get(name) ?? 0) + hitCount);
}
console.log(`${requests} calls in ${SECONDS} s`);
for (const [title, table] of [
  ["by file", byFile],
  ["by function", byFunction],
] as const) {
  console.log(`\n${title}`);
  for (const [name, hits] of [...table].toSorted(([, one], [, other]) => other - one).slice(0, LISTED)) {
    console.log(`${((100 * hits) / total).toFixed(1).padStart(5)} %  ${name}`);
  }
}
