/** The documents: what they name is there. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { CATALOGUE_VARIABLES, VARIABLES } from "../../scripts/deployment.ts";
import { allRoutes } from "../../src/routes/all.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string): Promise<string> => readFile(join(root, path), "utf8");
const { stdout } = await promisify(execFile)("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
});
const files = stdout.split("\n").filter((path) => path !== "" && existsSync(join(root, path)));
const textOf = new Map<string, string>();
for (const path of files) if (/\.(?:md|ts|tsx|yml|toml|example)$/.test(path)) textOf.set(path, await read(path));
const documents = [...textOf].filter(([path]) => path.endsWith(".md"));

const sorted = (words: Iterable<string>): string[] => [...new Set(words)].toSorted();
const found = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, word = ""]) => word);

/** As GitHub makes an anchor of a heading. */
const slug = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w -]/g, "")
    .replaceAll(" ", "-");

describe.each(documents)("%s", (path, text) => {
  it("links to files and headings that are there", () => {
    for (const link of found(text, /\]\(([^)\s]+)\)/g).filter((target) => !/^https?:/.test(target))) {
      const [file = "", anchor] = link.split("#");
      const target = file === "" ? path : join(dirname(path), file);
      expect(existsSync(join(root, target)), link).toBe(true);
      const headings = found(textOf.get(target) ?? "", /^#+ (.+)$/gm).map(slug);
      if (anchor !== undefined) expect(headings, link).toContain(anchor);
    }
  });

  it("names files and folders that are there", () => {
    const named = found(text, /(?<![\w/-])((?:src|frontend|client|sandbox|scripts|tests|bench|examples)\/[\w./-]*\w)/g);
    for (const file of named) expect(existsSync(join(root, file)), file).toBe(true);
  });
});

it("every `npm run` that is named, there or in a message, is a script of the project", async () => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(await read("package.json")));
  for (const [path, text] of textOf) {
    for (const name of found(text, /\bnpm run (?:--silent )?([a-z][\w:-]*)/g))
      expect(Object.keys(scripts), path).toContain(name);
  }
});

it("every variable that is named is read: by the Worker, by a script, by a workflow or by the example beside it", () => {
  const readers = [...textOf].filter(([path]) =>
    /^(?:\.github|client|examples|scripts)\/.*(?:yml|ts|py|sh)$/.test(path),
  );
  const known = [...VARIABLES, ...CATALOGUE_VARIABLES, ...readers.map(([, text]) => text)].join("\n");
  for (const [path, text] of documents) {
    // What stands in an address is named by others.
    for (const name of found(text.replaceAll(/https?:\/\/\S+/g, ""), /\b([A-Z]+(?:_[A-Z]+)+)\b/g))
      expect(known, `${path}: ${name}`).toMatch(new RegExp(String.raw`\b${name}\b`));
  }
});

it("every variable of the Worker is explained, and stands in .dev.vars.example", () => {
  const providers = textOf.get("docs/providers.md") ?? "";
  const example = found(textOf.get(".dev.vars.example") ?? "", /^(?:# )?([A-Z_]+)=/gm);
  const config = textOf.get("src/config.ts") ?? "";
  expect(sorted(example)).toEqual(sorted(VARIABLES));
  for (const name of VARIABLES.filter((variable) => !variable.includes("_CLIENT_"))) {
    expect(providers).toContain(`| \`${name}\` `);
    expect(config).toContain(`("${name}", `);
  }
});

it("docs/api.md lists the routes there are, and no others", () => {
  const listed = found(textOf.get("docs/api.md") ?? "", /^\| `([A-Z]+ \/[^`?]*)/gm);
  const declared = allRoutes.flatMap(({ operations }) =>
    operations.map(({ method, path }) =>
      path.startsWith("/proxy/") ? `ANY ${path}` : `${method.toUpperCase()} ${path}`,
    ),
  );
  // A key for the page's user and a session for an app's are made by one route.
  expect(sorted(listed)).toEqual(sorted(declared));
});

/** The rows of docs/promises.md that name tests: each file, with the titles that are named of it. */
const promised = (textOf.get("docs/promises.md") ?? "")
  .split("\n")
  .filter((line) => /^\| .*`tests\//.test(line))
  .map((line) => {
    const [promise = "", held = ""] = line.split(" | ");
    const tests = [...held.matchAll(/`(tests\/[\w./-]+)`: ((?:“[^”]+”(?:, )?)+)/g)].flatMap(
      ([, path = "", titles = ""]) => found(titles, /“([^”]+)”/g).map((title) => ({ path, title })),
    );
    return { promise: promise.replace(/^\| /, "").trim(), tests };
  });

it("docs/promises.md names promises, each with the tests that hold it", () => {
  expect(promised.length).toBeGreaterThan(100);
  expect(new Set(promised.map(({ promise }) => promise)).size).toBe(promised.length);
});

it.each(promised)("is held by tests that are there: $promise", ({ promise, tests }) => {
  expect(promise).not.toBe("");
  expect(tests).not.toEqual([]);
  for (const { path, title } of tests) {
    const isThere = ['"', "'", "`"].some((quote) => textOf.get(path)?.includes(`${quote}${title}${quote}`));
    expect(isThere, `${path}: ${title}`).toBe(true);
  }
});
