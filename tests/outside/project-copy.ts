/** The project in a folder of its own, for tests that change its files or leave some of their own. */
import { execFile, spawn } from "node:child_process";
import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both. */
  readonly said: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** What is typed when it has asked for it. */
  readonly answers?: readonly (readonly [asked: string, answer: string])[];
  /** A folder that is searched for programs before all others. */
  readonly first?: string;
}

export interface ProjectCopy {
  readonly path: string;
  run(command: string, args: readonly string[], options?: RunOptions): Promise<Ran>;
  remove(): Promise<void>;
}

/** Every file that is or would be committed, with this project's packages. */
export async function copyProject(): Promise<ProjectCopy> {
  const list = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
  const { stdout } = await promisify(execFile)("git", list, { cwd: ROOT });
  const path = await mkdtemp(join(tmpdir(), "latchkey-copy-"));
  for (const file of new Set(stdout.split("\0").filter(Boolean))) {
    await cp(join(ROOT, file), join(path, file), { recursive: true });
  }
  for (const packages of ["node_modules", "client/node_modules"]) {
    await symlink(join(ROOT, packages), join(path, packages), "dir");
  }
  return {
    path,
    run: (command, args, { env = {}, input = "", answers = [], first } = {}) =>
      new Promise((resolve, reject) => {
        const folders = [first, join(ROOT, "node_modules/.bin"), process.env["PATH"]];
        const child = spawn(command, args, {
          cwd: path,
          env: { ...process.env, PWD: path, PATH: folders.filter(Boolean).join(delimiter), ...env },
        });
        const waiting = [...answers];
        let out = "";
        let err = "";
        child.stdout.setEncoding("utf8").on("data", (text: string) => {
          out += text;
          const [asked, answer] = waiting[0] ?? [];
          if (asked === undefined || !out.includes(asked)) return;
          waiting.shift();
          child.stdin.write(`${answer}\r`);
        });
        child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
        child.once("error", reject);
        child.once("close", (code) => resolve({ code, stdout: out, stderr: err, said: out + err }));
        child.stdin.on("error", () => {});
        if (answers.length === 0) child.stdin.end(input);
      }),
    remove: () => rm(path, { recursive: true, force: true }),
  };
}
