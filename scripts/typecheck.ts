/**
 * `npm run typecheck`: each project's types, two at a time, after those that are generated. `-- client tests` for some of them.
 */
import { spawn } from "node:child_process";

/** Folders with a tsconfig.json; the one that takes longest comes first. */
const PROJECTS = ["tests/browser", "tests", "sandbox", "client", "bench/workers", ".", "bench", "frontend"];
const AT_ONCE = 2;

/** Runs one of npm's programs or scripts. @returns whether it succeeds */
function run(command: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    // Its entry on the path is a .cmd on Windows; the arguments are all our own.
    const child = spawn(command, args, { stdio: "inherit", shell: process.platform === "win32" });
    child.once("error", (error) => {
      console.error(error.message);
      resolve(false);
    });
    child.once("close", (code) => resolve(code === 0));
  });
}

const asked = process.argv.slice(2);
const unknown = asked.filter((project) => !PROJECTS.includes(project));
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(", ")} to check. There are: ${PROJECTS.join(", ")}`);
  process.exit(2);
}
if (!(await run("npm", ["run", "--silent", "types"]))) process.exit(1);

const waiting = asked.length > 0 ? asked : [...PROJECTS];
let failed = false;
async function work(): Promise<void> {
  for (let project = waiting.shift(); project !== undefined; project = waiting.shift()) {
    if (!(await run("tsc", ["-p", project]))) failed = true;
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, work));
if (failed) process.exit(1);
