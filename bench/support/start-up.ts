/** How long workerd takes from being started to a Worker's first answer. */
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Stream } from "node:stream";
import * as z from "zod";
import { platform, withDirectory } from "./bundle.ts";

/** The runtime that the tools of this project run. */
const { default: workerd } = z.object({ default: z.string() }).parse(createRequire(import.meta.url)("workerd"));

const WITHIN_MS = 20_000;
const SOCKET = "http";

const configOf = (): string => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "${SOCKET}", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = ${JSON.stringify(platform.date)},
  compatibilityFlags = ${JSON.stringify(platform.flags)},
);
`;

/** Writes the Worker down once. `work` is given a function that starts it, asks for `path` and ends it. */
export function withStarter<T>(
  code: string,
  path: string,
  work: (start: () => Promise<number>) => Promise<T>,
): Promise<T> {
  return withDirectory(async (directory) => {
    const config = join(directory, "config.capnp");
    await Promise.all([writeFile(config, configOf()), writeFile(join(directory, "worker.js"), code)]);
    return work(() => timeToFirstAnswer(config, path));
  });
}

async function timeToFirstAnswer(config: string, path: string): Promise<number> {
  const started = performance.now();
  const child = spawn(workerd, ["serve", config, "--control-fd=3"], { stdio: ["ignore", "ignore", "pipe", "pipe"] });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const end = (): boolean => child.kill("SIGKILL");
  process.once("exit", end);
  const timer = setTimeout(end, WITHIN_MS);
  let complaint = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => (complaint += chunk));
  try {
    const port = await Promise.race([
      portOf(child.stdio[3]),
      exited.then(() => Promise.reject(new Error(`workerd did not start: ${complaint}`))),
    ]);
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    await response.text();
    if (response.status !== 200) throw new Error(`The first answer was ${response.status}.`);
    return performance.now() - started;
  } finally {
    clearTimeout(timer);
    end();
    await exited;
    process.off("exit", end);
  }
}

/** workerd writes a line of JSON for every socket it listens on. */
function portOf(control: Stream | null | undefined): Promise<number> {
  return new Promise((resolve) => {
    let written = "";
    control?.on("data", (chunk: unknown) => {
      written += String(chunk);
      const port = /"event":"listen".*?"port":(\d+)/.exec(written)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
  });
}
