/** The Python client as integrators install it: built into a wheel, typed, and doing what the one for TypeScript does. */
import { execFile, spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { connected, seenBy, type Connected } from "./connected-app.ts";
import { buildWheel, findPythons, installWheel } from "./pythons.ts";
import {
  RETRY_AFTER,
  USERS,
  cut,
  cutInside,
  fine,
  inFront,
  limited,
  page,
  refused,
  startScriptedServer,
  unavailable,
  type ScriptedServer,
  type Turn,
} from "./scripted-server.ts";
import {
  DELIVERIES,
  NO_EVENTS,
  NO_SECRETS,
  NO_TIMES,
  NOW,
  OTHER,
  SECRET,
  delivered,
  event,
} from "./webhook-deliveries.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const programs = fileURLToPath(new URL("client-python/", import.meta.url));
const run = promisify(execFile);

let folder: string;
let pythons: readonly string[];
/** Where the package is installed. */
let installed: string;
let latchkey: Connected;
let server: ScriptedServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "latchkey-client-python-"));
  [latchkey, server] = await Promise.all([connected(), startScriptedServer()]);
  pythons = await findPythons();
  await run(process.execPath, [join(root, "client/build-python.ts"), join(folder, "built")]);
  installed = await installWheel(await buildWheel(join(folder, "built"), folder), folder, oldest());
});
afterAll(async () => {
  await Promise.all([latchkey?.stop(), server?.stop()]);
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  server.turns = [];
  server.asked = [];
});

const oldest = (): string => pythons[0] ?? "python3";

/** Runs a program with the package. @returns what it prints */
async function python(program: string, { input = "", given = "", by = oldest() } = {}): Promise<unknown> {
  const env = { ...process.env, PYTHONPATH: installed, PYTHONDONTWRITEBYTECODE: "1", GIVEN: given };
  const child = spawn(by, ["-W", "error", join(programs, program)], { env, stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(input);
  const [out, said, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.once("close", resolve)),
  ]);
  expect(said).toBe("");
  expect(code).toBe(0);
  return JSON.parse(out);
}

const Outcome = z.looseObject({
  answer: z.unknown().optional(),
  code: z.string().optional(),
  mistake: z.string().optional(),
  waits: z.array(z.number()).optional(),
});
type Outcome = z.output<typeof Outcome>;
const Driven = z.object({
  calls: z.array(Outcome),
  deliveries: z.array(Outcome),
  addresses: z.array(Outcome),
  lists: z.array(z.string()),
});

const drive = async (given: object): Promise<z.output<typeof Driven>> =>
  Driven.parse(await python("drive.py", { input: JSON.stringify({ origin: server.origin, ...given }) }));

interface Call {
  readonly method: string;
  readonly path: string;
  readonly client?: object;
  readonly options?: object;
}

/** What comes of one call, while the server answers these. */
async function call(one: Call, ...turns: readonly Turn[]): Promise<Outcome> {
  server.turns = [...turns];
  return z.tuple([Outcome]).parse((await drive({ calls: [one] })).calls)[0];
}

const health = { method: "GET", path: "/health" };
const wish = { user: "u-1", return_to: "https://acme.example/ü" };
const post = (options: object = {}) => ({
  method: "POST",
  path: "/connect-sessions",
  options: { body: wish, ...options },
});
const list = { method: "each", path: "/connections" };

describe("the package for Python", () => {
  it("connects, reads, verifies and says what went wrong, in every Python that is here", async () => {
    for (const by of pythons) {
      expect(await python("scenario.py", { given: JSON.stringify(latchkey.given), by })).toEqual(
        seenBy(latchkey.given),
      );
    }
  });

  it("is typed: its own files, what is made with it, and every program of its page", async () => {
    const readme = await readFile(join(folder, "built/README.md"), "utf8");
    const blocks = [...readme.matchAll(/```python\n(.*?)```/gs)].map(([, block = ""]) => block);
    expect(blocks.length).toBeGreaterThan(4);
    const names = ["ORIGIN", "KEY", "INTEGRATION", "CONNECTION", "WEBHOOK_SECRET"];
    await writeFile(join(folder, "page.py"), [...names.map((name) => `${name} = "${name}"`), ...blocks].join("\n"));
    await cp(join(programs, "scenario.py"), join(folder, "scenario.py"));
    expect(await mistakesIn("scenario.py", "page.py")).toEqual([]);
  });

  it("says before it runs which paths, codes and events there are not", async () => {
    const wrong = [
      "from latchkey_client import Latchkey, LatchkeyError, verify_webhook",
      'latchkey = Latchkey("https://latchkey.example")',
      'latchkey.get("/connection")',
      'latchkey.get("/connections/{connection}")',
      'latchkey.post("/connect-sessions", body={"user": "u-1"})',
      'latchkey.each("/health")',
      'print(latchkey.get("/connections")["items"])',
      'print(LatchkeyError(0, "timeout", "").code == "reauth_requierd")',
      'print(verify_webhook("", {}, "")["type"] == "connection.exploded")',
    ];
    await writeFile(join(folder, "wrong.py"), wrong.join("\n"));
    const lines = (await mistakesIn("wrong.py")).map(({ line }) => line);
    expect([...new Set(lines)].toSorted((a, b) => a - b)).toEqual([3, 4, 5, 6, 7, 8, 9]);
  });
});

/** What pyright finds under its strictest rules, in the package as it is installed and in programs that are named. */
async function mistakesIn(...names: readonly string[]): Promise<{ file: string; line: number; message: string }[]> {
  const options = { extraPaths: ["installed"], pythonVersion: "3.9", typeCheckingMode: "strict" };
  const config = join(folder, "pyrightconfig.json");
  await writeFile(config, JSON.stringify({ ...options, include: ["installed/latchkey_client", ...names] }));
  const args = [join(root, "node_modules/pyright/index.js"), "--outputjson", "--project", config];
  const said = await run(process.execPath, args).then(
    ({ stdout }) => stdout,
    (error: unknown) => z.object({ stdout: z.string() }).parse(error).stdout,
  );
  const Place = z.object({ start: z.object({ line: z.number() }) });
  const Found = z.object({
    generalDiagnostics: z.array(z.object({ file: z.string(), message: z.string(), range: Place })),
  });
  const { generalDiagnostics } = Found.parse(JSON.parse(said));
  return generalDiagnostics.map(({ range, ...found }) => ({ ...found, line: range.start.line + 1 }));
}

describe("a call", () => {
  it.each([
    ["asked to slow down", limited()],
    ["told to come later", unavailable],
    ["told so by something in front of Latchkey", inFront(503)],
    ["cut off before an answer", cut],
    ["cut off inside an answer", cutInside],
  ])("that changes nothing twice is made again when it was %s", async (_, turn) => {
    expect(await call(health, turn, fine())).toMatchObject({ answer: { status: "ok" } });
    expect(server.asked).toHaveLength(2);
  });

  it("is made three times in all, or as often as is said", async () => {
    expect(await call(health, limited(), limited(), limited(), fine())).toMatchObject({
      code: "rate_limited",
      status: 429,
    });
    expect(server.asked).toHaveLength(3);
    await call({ ...health, client: { retries: 0 } }, limited(), fine());
    expect(server.asked).toHaveLength(4);
  });

  it.each([
    ["a setting is missing", refused(503, "not_configured")],
    ["a key is missing", refused(503, "key_unavailable")],
    ["the service does not answer", refused(502, "provider_unavailable")],
    ["it may not be made", refused(403, "insufficient_scope")],
  ])("is not made again where that would not help: %s", async (_, turn) => {
    await call(health, turn, fine());
    expect(server.asked).toHaveLength(1);
  });

  it("is not made again when it took too long", async () => {
    const slow = { ...health, client: { timeout: 0.05 } };
    expect(await call(slow, () => {}, fine())).toMatchObject({ code: "timeout", status: 0 });
    expect(server.asked).toHaveLength(1);
  });

  it.each([
    ["was asked to slow down", limited()],
    ["was told to come later", unavailable],
    ["got no answer", cut],
  ])("that would do something twice is made once when it %s", async (_, turn) => {
    expect(await call(post(), turn, fine())).toHaveProperty("code");
    expect(server.asked).toMatchObject([{ method: "POST", key: undefined, body: expect.stringContaining("u-1") }]);
  });

  it.each([
    ["was asked to slow down", limited()],
    ["was told to come later", unavailable],
    ["got no answer", cut],
    ["is still being carried out", refused(409, "request_under_way", { "Retry-After": "0" })],
  ])("with a key of its own is made again, with the same key, when it %s", async (_, turn) => {
    const once = post({ idempotency_key: "once-1" });
    expect(await call(once, turn, fine({ connect_url: "u" }))).toMatchObject({ answer: { connect_url: "u" } });
    expect(server.asked.map(({ key, body }) => [key, JSON.parse(body)])).toEqual([
      ["once-1", wish],
      ["once-1", wish],
    ]);
  });

  it("waits no less than it is asked to, and a little more, so that not all come back at once", async () => {
    const { waits } = await call(health, limited("7"), fine());
    expect(waits).toEqual([expect.closeTo(7.25, 0)]);
    expect(waits?.[0]).toBeGreaterThanOrEqual(7);
    expect(waits?.[0]).toBeLessThanOrEqual(7.5);
  });

  it("never waits longer than is said: such an answer is given back at once", async () => {
    const short = { ...health, client: { longest_wait: 5 } };
    expect(await call(short, limited("6"), fine())).toMatchObject({ retry_after: 6, waits: [] });
    expect(await call(health, limited("31"), fine())).toMatchObject({ retry_after: 31, waits: [] });
  });

  it.each(RETRY_AFTER)("reads how long to wait from %s", async (_, headers, seconds) => {
    const once = { ...health, client: { retries: 0 } };
    expect(await call(once, refused(503, "vault_unavailable", headers))).toMatchObject({ retry_after: seconds });
  });

  it.each<[string, Turn, object]>([
    [
      "an error of Latchkey's",
      refused(409, "label_taken"),
      { status: 409, code: "label_taken", message: "Wait.", request_id: "r-1", param: "label", docs: "/docs" },
    ],
    ["a page of HTML", inFront(502), { status: 502, code: "unknown", request_id: null, docs: null }],
    [
      "JSON of something else",
      (response) => response.writeHead(500).end('{"error":{"code":1}}'),
      { status: 500, code: "unknown" },
    ],
    ["no JSON where all was well", (response) => response.end("fine"), { status: 0, code: "unreadable" }],
    [
      "a redirect",
      (response) => response.writeHead(302, { Location: "http://127.0.0.1:1/" }).end(),
      { status: 302, code: "unknown" },
    ],
  ])("that is answered with %s raises what it is", async (_, turn, error) => {
    expect(await call({ ...health, client: { retries: 0 } }, turn)).toMatchObject(error);
  });

  it("gives nothing for an answer without a body, and leaves no part of a path as it came", async () => {
    const gone: Turn = (response) => response.writeHead(204).end();
    const one = { method: "DELETE", path: "/apps/{app}/keys/{key}", options: { params: { app: "a/b", key: "ü?" } } };
    expect(await call(one, gone)).toMatchObject({ answer: null });
    expect(server.asked[0]?.url).toBe("/apps/a%2Fb/keys/%C3%BC%3F");
  });
});

describe("a list in pages", () => {
  it("is each that the document has", async () => {
    const stub = await readFile(join(installed, "latchkey_client/client.pyi"), "utf8");
    const typed = [...stub.matchAll(/def each\(self, path: Literal\["([^"]+)"\]/g)].map(([, path]) => path);
    expect((await drive({})).lists.toSorted()).toEqual(typed.toSorted());
    expect(typed.length).toBeGreaterThan(3);
  });

  it("is one iteration", async () => {
    const turns = [page(["a", "b"], "n/2"), cut, page([], "n 3"), page(["c"], null)];
    expect(await call({ ...list, options: { query: { limit: 2 } } }, ...turns)).toMatchObject({
      answer: ["a", "b", "c"],
    });
    expect(server.asked.map(({ url }) => url)).toContain("/connections?limit=2&cursor=n%2F2");
  });

  it("ends with the error of the page that is refused, and does not go round in circles", async () => {
    expect(await call(list, page(["a"], "n"), refused(400, "invalid_cursor"))).toMatchObject({
      code: "invalid_cursor",
    });
    const circle = await call(list, page(["a"], "n"), page(["b"], "n"), page(["c"], "n"));
    expect(circle.mistake).toContain("the same page again");
  });
});

describe("a delivery", () => {
  const verify = async (deliveries: readonly object[], secret: string | readonly string[] = SECRET) =>
    (await drive({ now: NOW.getTime() / 1000, deliveries: deliveries.map((one) => ({ secret, ...one })) })).deliveries;

  it("is judged as the reference judges it", async () => {
    const codes = (await verify(DELIVERIES.map(([, delivery]) => delivery))).map(({ code = null }) => code);
    expect(codes).toEqual(DELIVERIES.map(([, , code]) => code));
  });

  it("is given as its event, also of a type that is not known", async () => {
    const body = JSON.stringify({ ...event, type: "connection.moved", more: 1 });
    expect(await verify([delivered(), delivered({ body })])).toMatchObject([
      { answer: { id: "msg_1", ...event } },
      { answer: { id: "msg_1", ...event, type: "connection.moved" } },
    ]);
  });

  it("is none where its time is no number, or its content no event", async () => {
    for (const { code } of await verify(NO_TIMES)) expect(code).toMatch(/^(?:wrong_time|missing_header)$/);
    for (const { code } of await verify(NO_EVENTS.map(([, delivery]) => delivery))) expect(code).toBe("wrong_body");
  });

  it("may be of one of several secrets, never of what is none", async () => {
    const both = [delivered(), delivered({ secret: OTHER })];
    for (const { code } of await verify(both, [OTHER, SECRET])) expect(code).toBeUndefined();
    expect(await verify(both, [])).toMatchObject([{ code: "wrong_signature" }, { code: "wrong_signature" }]);
    for (const secret of NO_SECRETS)
      expect(await verify([delivered()], secret)).toMatchObject([{ mistake: expect.anything() }]);
  });
});

it("the proxy's address is made of no part that would make it another one", async () => {
  const at = { origin: "https://latchkey.example/", integration: "github-1" };
  const fineOnes = [at, { ...at, label: "work" }, { ...at, label: "work", host: "uploads.github.com" }];
  expect((await drive({ addresses: fineOnes })).addresses.map(({ answer }) => answer)).toEqual([
    "https://latchkey.example/proxy/github-1",
    "https://latchkey.example/proxy/github-1@work",
    "https://latchkey.example/proxy/github-1@work/~uploads.github.com",
  ]);
  const wrong = [
    { integration: ".." },
    { integration: "a@b" },
    { label: "" },
    { label: "a/b" },
    { label: "a\n" },
    { host: "a?" },
  ];
  for (const { mistake } of (await drive({ addresses: wrong.map((part) => ({ ...at, ...part })) })).addresses) {
    expect(mistake).toContain("not a part of a proxy's address");
  }
});

it("a call says whom it is for, in any letters", async () => {
  for (const [user, header] of USERS) {
    server.asked = [];
    await call({ ...health, client: { user } }, fine());
    expect(server.asked.map((asked) => decodeURIComponent(asked.user ?? ""))).toEqual([decodeURIComponent(header)]);
    expect(server.asked[0]?.user).toMatch(/^[\x20-\x7e]+$/);
  }
});
