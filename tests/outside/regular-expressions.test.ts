/** What strangers and providers write is looked at with regular expressions: none takes longer than the text is long. */
import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { check } from "recheck";
import { parseAst } from "rolldown/parseAst";
import { expect, it } from "vitest";
import * as z from "zod";
import { builtInProviders } from "../../src/providers/index.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const Literal = z.object({ type: z.literal("Literal"), regex: z.object({ pattern: z.string(), flags: z.string() }) });

interface Found {
  readonly file: string;
  readonly pattern: string;
  readonly flags: string;
}

/** Each regular expression that is written down in the Worker, the page and the client, or that a provider declares. */
async function expressions(): Promise<Found[]> {
  const files = globSync("{src,frontend,client}/**/*.{ts,tsx}", { cwd: root }).filter(
    (file) => !file.includes("node_modules") && !file.endsWith(".d.ts"),
  );
  const found = builtInProviders.flatMap(({ id, api }) =>
    api.denied.map((pattern): Found => ({ file: `src/providers/${id}.ts`, pattern, flags: "i" })),
  );
  for (const file of files) {
    const program = parseAst(await readFile(`${root}/${file}`, "utf8"), { lang: file.endsWith("x") ? "tsx" : "ts" });
    JSON.stringify(program, (_key, node: unknown) => {
      const literal = Literal.safeParse(node);
      if (literal.success) found.push({ file, ...literal.data.regex });
      return typeof node === "bigint" ? String(node) : node;
    });
  }
  return found;
}

/** What a text of a stranger may be made of to keep a search busy: what each of them stops at, over and over. */
const PUMPS = [
  "a",
  "A",
  "0",
  " ",
  "\t",
  "\n",
  '"',
  "\\",
  "<",
  ">",
  "/",
  "=",
  ";",
  ",",
  ":",
  "-",
  "_",
  ".",
  "%",
  "{",
  "é",
];
const MEGABYTE = 1_000_000;

it("each is proven to be linear, and gets through 1 MB of whatever it stops at", async () => {
  const all = await expressions();
  expect(all.length).toBeGreaterThan(80);
  const slow: string[] = [];
  for (const { file, pattern, flags } of all) {
    const { status } = await check(pattern, flags);
    if (status !== "safe") slow.push(`${file}: /${pattern}/${flags} is ${status}`);
  }
  // One that is slow would not come to an end below.
  expect(slow).toEqual([]);
  for (const { pattern, flags } of all) {
    const expression = new RegExp(pattern, flags);
    for (const pump of PUMPS) {
      const text = `${pump.repeat(MEGABYTE)}\u0000`;
      expect(text.replace(expression, "").length).toBeLessThanOrEqual(text.length);
    }
  }
});

it("tells a slow one from the others", async () => {
  expect((await check("=+$", "")).status).toBe("vulnerable");
  expect((await check("(?<!=)=+$", "")).status).toBe("safe");
});
