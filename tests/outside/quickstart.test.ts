/** The quickstart does what it says, in each language, against a running Latchkey. */
import { execFile, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { startLatchkey, type Running } from "../browser/support.ts";
import { Person } from "./person.ts";

const RETURN_TO = "http://127.0.0.1:3000/connected";
const examples = fileURLToPath(new URL("../../examples/", import.meta.url));

let latchkey: Running;
let key: string;
let integration: string;

/** Prepared by the very commands that examples/README.md has. */
beforeAll(async () => {
  latchkey = await startLatchkey();
  const [, commands = ""] = /```sh\n(.*?)```/s.exec(await readFile(`${examples}README.md`, "utf8")) ?? [];
  const script = commands
    .replaceAll("http://localhost:8787", latchkey.origin)
    .replaceAll("http://127.0.0.1:8787", latchkey.providers);
  const told = `${script}\nprintf '%s\\n' "$KEY" "$INTEGRATION" "$WEBHOOK_SECRET"`;
  const { stdout } = await promisify(execFile)("bash", ["-euc", told]);
  const [first = "", second = "", secret] = stdout.split("\n");
  expect(first).toMatch(/^lk_/);
  expect(second).toMatch(/^github-/);
  expect(secret).toMatch(/^whsec_/);
  [key, integration] = [first, second];
});
afterAll(() => latchkey?.stop());

/** Opens the link as the user does, allows it, and comes back with the code. */
async function connect(connect_url: string): Promise<string> {
  const person = new Person(latchkey.origin);
  const asked = await person.openLink(connect_url);
  const consent = { url: asked.headers.get("Location"), decision: "allow", account: 0 };
  const control = `${latchkey.providers}/github/_control/consent`;
  const decided = await fetch(control, { method: "POST", body: JSON.stringify(consent) });
  const { location } = z.object({ location: z.string() }).parse(await decided.json());
  const back = await person.comeBack(location);
  const place = new URL(z.string().parse(back.headers.get("Location")));
  expect(place.origin + place.pathname).toBe(RETURN_TO);
  return z.string().parse(place.searchParams.get("connection_code"));
}

it.each([
  ["curl", "bash", "quickstart.sh"],
  ["TypeScript", process.execPath, "quickstart.ts"],
  ["Python", "python3", "quickstart.py"],
])("in %s connects a user and calls the provider as them", async (_, command, file) => {
  const env = { ...process.env, ORIGIN: latchkey.origin, KEY: key, INTEGRATION: integration, RETURN_TO };
  const child = spawn(command, [`${examples}quickstart/${file}`], { env, stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async (): Promise<string> => z.string().parse((await lines.next()).value);
  const code = await connect(await next());
  child.stdin.end(`${code}\n`);
  expect(await next()).toBe("connected");
  expect(await next()).toMatch(/^[\w-]+$/);
});
