/** `.dev.vars`: the variables of a local Worker, in the format that wrangler reads (dotenv). */
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";

export type Variables = Readonly<Record<string, string>>;

export const DEV_VARS = fileURLToPath(new URL("../.dev.vars", import.meta.url));
const EXAMPLE = new URL("../.dev.vars.example", import.meta.url);

/** The variables that are set; an empty one counts as absent, as it does in the Worker. */
export function parseVariables(text: string): Variables {
  const entries = Object.entries(parseEnv(text)).flatMap(([name, value]) => (value ? [[name, value] as const] : []));
  return Object.fromEntries(entries);
}

/** The text of the file that is there; null where there is none. */
export async function readDevVars(): Promise<string | null> {
  try {
    return await readFile(DEV_VARS, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** What a new file starts from. */
export function readExample(): Promise<string> {
  return readFile(EXAMPLE, "utf8");
}

/** Replaces the file at once, readable by its owner alone. */
export async function writeDevVars(text: string): Promise<void> {
  const next = `${DEV_VARS}.${process.pid}`;
  try {
    await writeFile(next, text, { flag: "wx", mode: 0o600 });
    await rename(next, DEV_VARS);
  } finally {
    await rm(next, { force: true });
  }
}

/**
 * The text with the variable set, where it stood or stands commented out, else at the end; every other line is left alone.
 * @throws Error for a value that no quotes can hold
 */
export function setVariable(text: string, name: string, value: string): string {
  const line = `${name}=${quoted(name, value)}`;
  const set = new RegExp(String.raw`^[ \t]*(?:export[ \t]+)?${name}[ \t]*=.*$`, "gm");
  const commented = new RegExp(String.raw`^#[ \t]*${name}[ \t]*=.*$`, "m");
  const next = set.test(text)
    ? text.replace(set, () => line)
    : commented.test(text)
      ? text.replace(commented, () => line)
      : `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${line}\n`;
  if (parseVariables(next)[name] !== value) {
    throw new Error(`${name} could not be written: .dev.vars has it in a form that is not one line. Mend it by hand.`);
  }
  return next;
}

/** In double quotes dotenv reads `\n`, so a backslash goes into other ones. */
function quoted(name: string, value: string): string {
  const quote = [`"`, `'`, "`"].find((mark) => !value.includes(mark) && !(mark === `"` && value.includes("\\")));
  if (quote === undefined || /[\r\n]/.test(value)) {
    throw new Error(`${name} cannot be written to .dev.vars: it has every kind of quotes, or more than one line.`);
  }
  return quote + value + quote;
}
