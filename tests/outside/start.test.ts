/** What `npm start` prints: each request, change and report, so that a person sees at once what failed and what to do. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { freePort } from "../../scripts/local-worker.ts";
import { readLine, showLine, type Look } from "../../scripts/start-log.ts";
import { FieldsForm, EnteredOutcome } from "../../src/api-connect.ts";
import { Integrations } from "../../src/api.ts";
import { builtInProviders } from "../../src/providers/index.ts";
import { Person } from "./person.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const AT = new Date(2026, 10, 27, 13, 4, 5);
const PLAIN: Look = { address: "http://localhost:8787", color: false, columns: Infinity };

const ABOUT = {
  request_id: "0b6fbb5e-6b1f-4f0e-9d7a-6a5a0a3a8b11",
  app: "app-x",
  user: "0123456789abcdef",
  integration: "github-x",
  provider: "github",
  connection: "con_x",
};
const REQUEST = {
  event: "request",
  ...ABOUT,
  method: "GET",
  route: "/proxy/*",
  status: 200,
  outcome: "ok",
  duration_ms: 12,
};
const KNOWN =
  "app=app-x user=0123456789abcdef integration=github-x connection=con_x request=0b6fbb5e-6b1f-4f0e-9d7a-6a5a0a3a8b11";

function shown(line: object, look: Partial<Look> = {}): string {
  const read = readLine(JSON.stringify(line));
  if (read === null) throw new Error("no line");
  return showLine(read, AT, { ...PLAIN, ...look });
}

describe("a line", () => {
  it.each([
    ["a request that went well", REQUEST, `13:04:05 GET     200 ok /proxy/* 12 ms  ${KNOWN}`],
    [
      "one that was refused, with where to read what to do",
      { ...REQUEST, status: 409, outcome: "reauth_required" },
      `13:04:05 GET     409 reauth_required /proxy/* 12 ms  ${KNOWN}\n  → http://localhost:8787/docs/errors/reauth_required`,
    ],
    [
      "one that the service has refused",
      { ...REQUEST, status: 404 },
      `13:04:05 GET     404 ok /proxy/* 12 ms  ${KNOWN}\n  → this is the service's own answer`,
    ],
    [
      "one of which nothing is known",
      {
        event: "request",
        request_id: "r",
        method: "GET",
        route: "/health",
        status: 200,
        outcome: "ok",
        duration_ms: 0,
      },
      "13:04:05 GET     200 ok /health 0 ms  request=r",
    ],
    [
      "a change",
      { event: "audit", request_id: "r", app: "app-x", action: "post /apps/{app}/keys", target: { by: "app" } },
      "13:04:05 changed   post /apps/{app}/keys  by=app app=app-x request=r",
    ],
    [
      "a report",
      { event: "internal_error", request_id: "r", error: "TypeError", stack: ["at a"] },
      '13:04:05 REPORT    internal_error  request_id=r error=TypeError stack=["at a"]',
    ],
  ])("is for people: %s", (_, line, expected) => expect(shown(line)).toBe(expected));

  it.each([40, 80, 120])("is broken between its facts where the terminal has %i columns, and loses none", (columns) => {
    const text = shown(REQUEST, { columns });
    expect(text.split(/\s+/).filter((word) => word.includes("="))).toEqual(KNOWN.split(" "));
    const longest = Math.max(...KNOWN.split(" ").map((fact) => fact.length + 2));
    for (const row of text.split("\n")) expect(row.length).toBeLessThanOrEqual(Math.max(columns, longest));
  });

  it("has colour where that is wanted, and failures another one", () => {
    expect(shown(REQUEST)).not.toContain("\u001b");
    expect(shown(REQUEST, { color: true })).toContain("\u001b[32m200 ok");
    expect(shown({ ...REQUEST, status: 500, outcome: "internal" }, { color: true })).toContain(
      "\u001b[31m500 internal",
    );
    expect(shown({ ...REQUEST, status: 500 }, { color: true })).toContain("\u001b[33m500 ok");
  });

  it.each(["[wrangler:info] GET /callback/github?code=secret 200 OK", "", "{", "{}", "[1]"])(
    "is none where the Worker did not write it: %j",
    (text) => expect(readLine(text)).toBeNull(),
  );
});

/** `npm start` with a storage of its own, until it has printed something. */
async function started(
  args: readonly string[],
  use: (port: number, output: { out: string; err: string }, child: ChildProcess) => Promise<void>,
): Promise<void> {
  const port = await freePort();
  const storage = await mkdtemp(join(tmpdir(), "latchkey-start-"));
  const flags = ["--port", String(port), "--inspector-port", "0", "--persist-to", storage, ...args];
  const child = spawn(process.execPath, ["scripts/start.ts", ...flags], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.err += text));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  try {
    await use(port, output, child);
  } finally {
    child.kill("SIGTERM");
    await ended;
    await rm(storage, { recursive: true, force: true });
  }
}

const WITHIN = { timeout: 60_000 };

it("prints what is called, as text without colour for a pipe, and never an address with its query", () =>
  started([], async (port, output) => {
    await expect.poll(() => output.out, WITHIN).toContain(`Latchkey with its sandbox: http://localhost:${port}`);
    const answer = await fetch(`http://localhost:${port}/data/github?canary=1`);
    const id = answer.headers.get("X-Latchkey-Request-Id") ?? "none";
    await expect.poll(() => output.out, WITHIN).toContain(`request=${id}`);
    expect(output.out).toMatch(/\d\d:\d\d:\d\d GET     401 invalid_session \/data\/:integration \d+ ms/);
    const page = `http://localhost:${port}/docs/errors/invalid_session`;
    expect(output.out).toContain(`→ ${page}`);
    expect((await fetch(page)).status).toBe(200);
    expect(output.out).not.toContain("\u001b");
    expect(output.out + output.err).not.toContain("canary");
  }));

it("prints nothing but JSON with --log json", () =>
  started(["--log", "json"], async (port, output) => {
    await expect.poll(() => output.err, WITHIN).toContain("Latchkey with its sandbox");
    const answer = await fetch(`http://localhost:${port}/health`);
    const id = answer.headers.get("X-Latchkey-Request-Id") ?? "none";
    await expect.poll(() => output.out, WITHIN).toContain(id);
    const lines: unknown[] = output.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.at(-1)).toMatchObject({
      event: "request",
      request_id: id,
      route: "/health",
      status: 200,
      outcome: "ok",
    });
  }));

it("says what --log may be", () =>
  started(["--log", "xml"], async (_, output, child) => {
    await expect.poll(() => child.exitCode, WITHIN).toBe(2);
    expect(output.err).toContain("npm start -- --log json");
  }));

/** What the page's script does at a form: reads it, and sends what is typed. */
async function typeInto(person: Person, id: string, typed?: Readonly<Record<string, string>>) {
  const state = (await person.startAt(id)).hash.slice(1);
  const headers = { "X-CSRF": "1", Origin: person.origin, "Content-Type": "application/json" };
  const send = (path: string, body: object) =>
    person.fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  const form = FieldsForm.parse(await (await send("/connect/fields/page", { state })).json());
  const examples = Object.fromEntries(form.fields.map(({ name, example }) => [name, example ?? ""]));
  return { form, examples, answer: await send("/connect/fields", { state, fields: { ...examples, ...typed } }) };
}

/** Allows it at the service's own page. @returns the callback */
async function allow(address: string): Promise<string> {
  const page = await (await fetch(address)).text();
  const request = /name="request" value="([^"]+)"/.exec(page)?.[1] ?? "";
  const action = new URL(/action="([^"]+)"/.exec(page)?.[1] ?? "", address);
  const body = new URLSearchParams({ request, account: "1", decision: "allow" });
  const answer = await fetch(action, { method: "POST", body, redirect: "manual" });
  return answer.headers.get("Location") ?? "";
}

it("shows a service of each further kind beside the nine, whose forms say which values work", () =>
  started([], async (port, output) => {
    await expect.poll(() => output.out, WITHIN).toContain("Latchkey with its sandbox");
    const person = new Person(`http://localhost:${port}`);
    const listed = Integrations.parse(await (await person.fetch("/integrations")).json()).integrations;
    const ids = ["sandbox-key", "sandbox-basic", "sandbox-client", "sandbox-login", "sandbox-host"];
    expect(listed.map(({ integration }) => integration)).toEqual([...builtInProviders.map(({ id }) => id), ...ids]);
    for (const id of ids) {
      const { form, examples, answer } = await typeInto(person, id);
      for (const { name, description } of form.fields) {
        expect(description?.replace(/\.$/, ""), name).toContain(examples[name]);
      }
      const { location } = EnteredOutcome.parse(await answer.json());
      const isOver = form.next === "connected";
      const callback = isOver ? "" : await allow(location ?? "");
      const back = isOver ? location : (await person.comeBack(callback)).headers.get("Location");
      expect(back).toBe(`http://localhost:${port}/?connected=${id}`);
      expect((await person.fetch(`/proxy/${id}/things`, { headers: { "X-CSRF": "1" } })).status).toBe(200);
      const [secret] = form.fields.filter((field) => field.secret);
      if (!secret) continue;
      const refused = await typeInto(person, id, { [secret.name]: `${examples[secret.name]}0` });
      expect(refused.answer.status).toBe(422);
    }
  }));
