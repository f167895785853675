/**
 * What eleven SDKs send and are answered: once straight to a recorder, and once through Latchkey. Whatever is not the same
 * has to stand in the list of differences, which docs/proxy.md shows.
 */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { ServiceName } from "../../sandbox/clients.ts";
import { BACK, THERE, type Call, type Difference } from "../sdks/differences.ts";
import { SDKS } from "../sdks/index.ts";
import type { Recorded } from "../servers/recorder.ts";
import { ANSWER_KINDS } from "./answer-kinds.ts";
import { ask, RAW_REQUESTS } from "./raw-requests.ts";
import { startWire, TOKEN, type Wire } from "./sdk-wire-support.ts";
import { answerChanges, requestChanges, type Change } from "./wire-compare.ts";

let wire: Wire;
/** Of the published differences, those that were met. */
const met = new Set<Difference>();
let calls = 0;

beforeAll(async () => {
  // For this file alone: its tests run in a process of their own.
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  wire = await startWire(({ path }, response) => {
    const [, service, host, kinds, name = ""] = path.split("/");
    const kind = kinds === "kinds" ? ANSWER_KINDS[decodeURIComponent(name)] : undefined;
    kind?.(response, `${wire.recorder.origin}/${service}/${host}`, TOKEN);
    return kind !== undefined;
  });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await wire?.stop();
});

/** What no published difference explains. */
function unexplained(changes: readonly Change[], published: readonly Difference[], call: Call): Change[] {
  return changes.filter((change) => {
    const found = published.filter(({ explains, what }) => explains(change, call, what));
    for (const difference of found) met.add(difference);
    return found.length === 0;
  });
}

function callOf(service: ServiceName, method: string, size: number, status = 0): Call {
  const [direct, through] = [wire.direct(service, false).api, wire.through(service, false).api];
  return { service, method, status, size, token: TOKEN, key: wire.key, direct, through };
}

function expectSame(service: ServiceName, direct: readonly Recorded[], through: readonly Recorded[]): void {
  expect(through.map(({ method, path }) => [method, path])).toHaveLength(direct.length);
  for (const [at, sent] of direct.entries()) {
    const got = through[at] ?? sent;
    const call = callOf(service, sent.method, got.body.length);
    expect(unexplained(requestChanges(sent, got), THERE, call), `${sent.method} ${sent.path}`).toEqual([]);
  }
}

describe.each(SDKS)("$name sends the same", (sdk) => {
  const names = Object.keys(sdk.calls({ api: "http://localhost", host: () => "", key: "none" }));
  const sent: Record<string, Recorded[]> = {};

  beforeAll(async () => {
    // One client after the other: two of the SDKs know one address for the whole process.
    for (const [name, call] of Object.entries(sdk.calls(wire.direct(sdk.service, sdk.needsHttps)))) {
      await call();
      sent[name] = wire.recorder.take();
    }
    const through = Object.entries(sdk.calls(wire.through(sdk.service, sdk.needsHttps)));
    for (const [name, call] of through) {
      await call();
      sent[`${name}, through Latchkey`] = wire.recorder.take();
    }
  });

  it.each(names)("%s", (name) => {
    const direct = sent[name] ?? [];
    expect(direct.length).toBeGreaterThan(0);
    expectSame(sdk.service, direct, sent[`${name}, through Latchkey`] ?? []);
    expect(JSON.stringify(sent)).not.toContain(wire.key);
    calls += 1;
  });
});

it("at least a hundred and ten calls of eleven SDKs were compared, and of each ten", () => {
  expect(SDKS).toHaveLength(11);
  for (const { name, calls: list } of SDKS) {
    const names = Object.keys(list({ api: "http://localhost", host: () => "", key: "none" }));
    expect(names.length, name).toBeGreaterThanOrEqual(10);
  }
  expect(calls).toBeGreaterThanOrEqual(110);
});

describe("a client of another kind sends the same", () => {
  it.each(Object.entries(RAW_REQUESTS))("%s", async (_, raw) => {
    await ask(wire.direct(raw.service, false), raw);
    const direct = wire.recorder.take();
    await ask(wire.through(raw.service, false), raw);
    expect(direct).toHaveLength(1);
    expectSame(raw.service, direct, wire.recorder.take());
  });
});

// Answers that are passed on as they come, that are looked into for links, and that are rid of the token.
describe.each(["github", "spotify", "facebook"] as const)("a caller of %s is answered the same", (service) => {
  const kinds = Object.keys(ANSWER_KINDS).map((kind) => ["GET", kind] as const);

  // None has trailers to a HEAD.
  const heads = kinds.filter(([, kind]) => kind !== "trailers").map(([, kind]) => ["HEAD", kind] as const);

  it.each([...kinds, ...heads])("%s: %s", async (method, kind) => {
    const raw = { service, method, path: `/kinds/${encodeURIComponent(kind)}`, headers: { "Accept-Encoding": "gzip" } };
    const direct = await ask(wire.direct(service, false), raw);
    const through = await ask(wire.through(service, false), raw);
    const call = callOf(service, method, through.body.length, Number.parseInt(direct.status, 10));
    expect(unexplained(answerChanges(direct, through), BACK, call)).toEqual([]);
  });
});

it("a browser is not made to load or to ask for a password", async () => {
  const raw = {
    service: "github",
    path: "/kinds/orders%20to%20a%20browser",
    headers: { "Sec-Fetch-Mode": "cors" },
  } as const;
  const direct = await ask(wire.direct("github", false), raw);
  const through = await ask(wire.through("github", false), raw);
  const call = callOf("github", "GET", through.body.length, 401);
  expect(unexplained(answerChanges(direct, through), BACK, call)).toEqual([]);
  expect(through.headers.map(([name]) => name.toLowerCase())).not.toContain("www-authenticate");
});

it("every published difference is met in one of these calls", () => {
  expect([...THERE, ...BACK].filter((difference) => !met.has(difference)).map(({ what }) => what)).toEqual([]);
});

it("docs/proxy.md shows the differences word for word, and no others", async () => {
  const document = await readFile(new URL("../../docs/proxy.md", import.meta.url), "utf8");
  const [, there = "", back = ""] = document.split(/^On the way (?:there|back):$/m);
  const rows = (text: string) =>
    (/^\|[^]*?(?=\n\n)/m.exec(text)?.[0] ?? "")
      .split("\n")
      .slice(2)
      .map((row) => row.split(" | ").map((cell) => cell.replace(/^\| | *\|$/g, "").trim()));
  expect(rows(there)).toEqual(THERE.map(({ what, becomes }) => [what, becomes]));
  expect(rows(back)).toEqual(BACK.map(({ what, becomes }) => [what, becomes]));
});
