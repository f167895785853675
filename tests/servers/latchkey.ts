/** `npm start` on a port and a storage folder of its own. */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../../scripts/local-worker.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface Addresses {
  /** Where the app is: `http://localhost:PORT`. */
  readonly origin: string;
  /** Where the emulated providers are: `http://127.0.0.1:PORT`. */
  readonly providers: string;
}

export interface Running extends Addresses {
  readonly stop: () => Promise<void>;
}

export interface LatchkeyOptions {
  readonly port?: number;
  readonly protocol?: "http" | "https";
  readonly vars?: Readonly<Record<string, string>>;
}

/** Runs it until it says where it is, with the nine services alone. */
export async function runLatchkey({ protocol = "http", vars = {}, ...options }: LatchkeyOptions): Promise<Running> {
  const port = options.port ?? (await freePort());
  const storage = await mkdtemp(join(tmpdir(), "latchkey-"));
  const args = ["scripts/start.ts", "--port", String(port), "--inspector-port", "0", "--persist-to", storage];
  args.push("--local-protocol", protocol);
  args.push(
    ...Object.entries({ SANDBOX_EXAMPLES: "no", ...vars }).flatMap(([name, value]) => ["--var", `${name}:${value}`]),
  );
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        printed += text;
        if (printed.includes("://localhost")) resolve();
      });
    }
    child.once("exit", (code) => reject(new Error(`npm start ended with ${code}:\n${printed}`)));
  });
  return {
    origin: `${protocol}://localhost:${port}`,
    providers: `${protocol}://127.0.0.1:${port}`,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
      await rm(storage, { recursive: true, force: true });
    },
  };
}
