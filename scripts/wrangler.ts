/** Runs wrangler: the project's own, which npm puts first on the path. */
import { spawn } from "node:child_process";
import { stripVTControlCharacters } from "node:util";

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  /** Both streams, as they came. */
  readonly output: string;
}

/** `input` goes to its standard input, so that no secret stands among the arguments, which every user of a machine can read. */
export function runWrangler(args: readonly string[], input = ""): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn("wrangler", args, {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true", FORCE_COLOR: "0" },
      // Its entry on the path is a .cmd there; the arguments are all our own.
      shell: process.platform === "win32",
    });
    let stdout = "";
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.once("error", (error) => resolve({ code: 1, stdout, output: `${output}${error.message}` }));
    child.once("close", (code) => {
      // It colours its errors wherever they go.
      resolve({ code: code ?? 1, stdout, output: stripVTControlCharacters(output) });
    });
    // It may end without having read everything.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}

/** The text without any of these values, as they are or as JSON has them. */
export function redacted(text: string, secrets: readonly string[]): string {
  const spellings = secrets.flatMap((secret) => [JSON.stringify(secret).slice(1, -1), secret]);
  return spellings.reduce((rest, spelling) => rest.replaceAll(spelling, "***"), text);
}
