/** `npm run mutate`, on a project made up for it: which of the changes to its one source file its one test notices is known. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const SOURCE = `/** How many may be taken. */
const MOST = 5;

export function take(asked: number, isGuest: boolean): number {
  if (isGuest && asked > 1) throw new RangeError("A guest takes one.");
  return asked > MOST ? MOST : asked;
}

export function countdown(from: number): number[] {
  const numbers: number[] = [];
  let left = from;
  while (left > 0) {
    numbers.push(left);
    left -= 1;
  }
  return numbers;
}

export async function waited(isReady: boolean): Promise<string> {
  return isReady ? "ready" : await new Promise<never>(() => {});
}

export function forgotten(isAsked: boolean): string {
  return isAsked ? "asked" : "not asked";
}

/** Stands for a store that one change leaves closed for every test after it. */
let isOpen = true;
export function used(): boolean {
  const was = isOpen;
  isOpen = false;
  isOpen = true;
  return was;
}
`;

const TEST = `import { expect, test } from "vitest";
import { countdown, take, used, waited } from "../../src/oauth/take.ts";

test("takes what is asked for", () => expect(take(3, false)).toBe(3));
test("takes no more than there is", () => expect(take(9, false)).toBe(5));
test("counts down", () => expect(countdown(3)).toEqual([3, 2, 1]));
test("is used", () => expect([used(), used()]).toEqual([true, true]));
test("does not wait", async () => expect(await waited(true)).toBe("ready"));
test("counts down from nothing", () => expect(countdown(0)).toEqual([]));
`;

const FILES: Readonly<Record<string, string>> = {
  "src/oauth/take.ts": SOURCE,
  "tests/oauth/take.test.ts": TEST,
  "package.json": `{ "name": "made-up", "type": "module" }`,
  "tsconfig.json": await readFile(join(ROOT, "tsconfig.json"), "utf8").then((text) =>
    text.replace(`"./worker-configuration.d.ts"`, "").replace(`, "worker-configuration.d.ts"`, ""),
  ),
  "vitest.config.ts": `export default {
  test: { projects: [{ test: { name: "workerd", include: ["tests/**/*.test.ts"] } }] },
};`,
  "scripts/mutate/equivalent.json": JSON.stringify([
    {
      file: "src/oauth/take.ts",
      line: "return asked > MOST ? MOST : asked;",
      becomes: "return asked >= MOST ? MOST : asked;",
      reason: "The most is the most, whichever way.",
    },
  ]),
};

let path = "";
const git = (...args: readonly string[]) =>
  promisify(execFile)("git", ["-c", "user.name=t", "-c", "user.email=t@localhost", ...args], { cwd: path });

interface Said {
  readonly code: number;
  readonly stdout: string;
}

function mutate(...args: readonly string[]): Promise<Said> {
  const env = { ...process.env, XDG_CACHE_HOME: join(path, "../cache") };
  return new Promise((resolve) =>
    execFile(process.execPath, [join(ROOT, "scripts/mutate.ts"), ...args], { cwd: path, env }, (error, stdout) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout }),
    ),
  );
}

/** The row of the table for all: made, noticed, survived, no difference, undecided. */
function counts({ stdout }: Said): readonly number[] {
  const row = stdout.split("\n").find((line) => line.startsWith("| all |")) ?? "";
  return row.split("|").slice(2, 7).map(Number);
}

beforeAll(async () => {
  path = join(await mkdtemp(join(tmpdir(), "latchkey-mutate-test-")), "project");
  for (const [file, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(path, file)), { recursive: true });
    await writeFile(join(path, file), text);
  }
  await symlink(join(ROOT, "node_modules"), join(path, "node_modules"), "dir");
  await writeFile(join(path, ".gitignore"), "node_modules\n");
  await git("init", "-q");
  await git("add", "-A");
  await git("commit", "-q", "-m", "made up");
});
afterAll(() => rm(dirname(path), { recursive: true, force: true }));

describe("npm run mutate", () => {
  test("lists what no test notices, where it is and as a difference of lines, and nothing else", async () => {
    const said = await mutate();
    const missed = said.stdout
      .split("\n\n")
      .filter((part) => part.startsWith("src/"))
      .map((part) => part.split("\n").map((line) => line.trim().replace(/^([-+]) +/, "$1 ")));
    expect(missed).toContainEqual([
      "src/oauth/take.ts:5  passes 2 tests",
      `- if (isGuest && asked > 1) throw new RangeError("A guest takes one.");`,
      `+ if (isGuest) throw new RangeError("A guest takes one.");`,
    ]);
    expect(missed).toContainEqual([
      "src/oauth/take.ts:24  no test comes by it",
      `- return isAsked ? "asked" : "not asked";`,
      `+ return true ? "asked" : "not asked";`,
    ]);
    const lines = new Set(missed.map(([place]) => Number(/:(\d+) /.exec(place ?? "")?.[1])));
    expect([...lines]).toEqual([5, 20, 24, 31]);
    expect(said.code).toBe(0);
    const [made = 0, noticed = 0, survived = 0, ...rest] = counts(said);
    expect(survived).toBe(missed.length);
    expect(made).toBe(noticed + survived + 1);
    expect(rest).toEqual([1, 0]);
  });

  test("tries the same sample for the same seed", async () => {
    const [one, same] = [await mutate("--sample", "6"), await mutate("--sample", "6")];
    expect(counts(one)[0]).toBe(6);
    expect(same).toEqual(one);
  });

  test("tries files that are named, and fails for what it finds only when it is told to", async () => {
    expect((await mutate("src/elsewhere")).stdout).toBe("No change can be made there.\n");
    expect((await mutate("src/oauth", "--sample", "30", "--strict")).code).toBe(1);
  });

  test("tries only what is new since a commit, and nothing where there is no such commit", async () => {
    const lines = SOURCE.replace("asked > MOST ?", "asked >  MOST ?");
    await writeFile(join(path, "src/oauth/take.ts"), lines);
    const said = await mutate("--since", "HEAD");
    await writeFile(join(path, "src/oauth/take.ts"), SOURCE);
    expect(counts(said)[0]).toBe(3);
    expect((await mutate("--since", "HEAD")).stdout).toBe("No change can be made there.\n");
    const without = await mutate("--since", "HEAD~7", "--strict");
    expect(without.code).toBe(0);
    expect(without.stdout).toContain("There is no HEAD~7 here to compare with");
  });

  test("ends in time, and counts what is undecided", async () => {
    const [made, noticed, survived, alike = 0, undecided = 0] = counts(await mutate("--at-most", "0"));
    expect([noticed, survived, alike + undecided]).toEqual([0, 0, made]);
  });

  test("leaves the working tree as it is", async () => {
    expect((await git("status", "--porcelain")).stdout).toBe("");
  });
});
