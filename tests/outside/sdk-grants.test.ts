/** The SDKs with a key that may read: they read as ever, and each change is refused in a way that they report and do not try again. */
import http from "node:http";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Running } from "../browser/support.ts";
import { facebook, toFacebook } from "../sdks/facebook.ts";
import { SDKS } from "../sdks/index.ts";
import { proxied, type Calls, type Sdk } from "../sdks/sdk.ts";
import { benchOf, failureOf, makeKeys, outcomeOf, startWithWrites, writesOf, type Keys } from "./sdk-support.ts";

const PLAIN = SDKS.filter(({ needsHttps }) => !needsHttps);
const SERVICES = [...new Set(PLAIN.map(({ service }) => service))];
/** What its calls are called by, in the files of the SDKs. */
const READING = /^(?:reads|lists|searches|queries|asks|downloads|filters|goes back|makes a request)/;
/** A table is called by its name there, which has a slash in it: a server might read another path, and then it is no search. */
const HAS_SLASH = "asks by POST";

/** Facebook's calls read, all but one. */
const withWrites = (sdk: Sdk): Sdk =>
  sdk === facebook
    ? {
        ...sdk,
        calls: (at) => ({
          ...sdk.calls(at),
          "writes a post": () => toFacebook(at).call("POST", ["me", "feed"], { message: "hello" }),
          "deletes by another method": () => toFacebook(at).call("GET", ["me"], { method: "delete" }),
        }),
      }
    : sdk;

interface Passed {
  readonly status: number;
  readonly error: string | undefined;
}

let latchkey: Running;
let keys: Keys;
let counter: http.Server;
let origin: string;
/** What was answered since this was last emptied. */
let passed: Passed[] = [];

/** Stands in front of Latchkey and counts. */
function passOn(request: http.IncomingMessage, response: http.ServerResponse): void {
  const { method, headers, url } = request;
  const onward = http.request(new URL(url ?? "/", latchkey.origin), { method, headers }, (answer) => {
    const error = answer.headers["x-latchkey-error"];
    passed.push({ status: answer.statusCode ?? 0, error: typeof error === "string" ? error : undefined });
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  });
  onward.once("error", () => response.destroy());
  request.pipe(onward);
}

beforeAll(async () => {
  latchkey = await startWithWrites("http");
  keys = await makeKeys(latchkey, SERVICES);
  counter = http.createServer(passOn);
  await new Promise<void>((resolve) => counter.listen(0, "localhost", resolve));
  const address = counter.address();
  if (address === null || typeof address === "string") throw new Error("no address");
  origin = `http://localhost:${address.port}`;
});
afterAll(async () => {
  counter?.close();
  await latchkey?.stop();
});

const isChange = ([name]: readonly [string, unknown]): boolean => !READING.test(name) || name === HAS_SLASH;

const callsOf = (sdk: Sdk): Calls => withWrites(sdk).calls(proxied(origin, writesOf(sdk.service), keys.reader));

describe.each(PLAIN)("$name", (sdk) => {
  it("reads", async () => {
    const calls = Object.entries(callsOf(sdk));
    const firstWrite = calls.findIndex(([name]) => !READING.test(name));
    for (const [place, [name, call]] of calls.entries()) {
      if (!READING.test(name) || name === HAS_SLASH) continue;
      passed = [];
      const ended = await outcomeOf(call);
      // What reads a thing that was to be made before finds none.
      if (place < firstWrite) expect([name, ended]).toEqual([name, "made"]);
      expect([name, passed.filter(({ error }) => error !== undefined)]).toEqual([name, []]);
    }
  });

  it("is refused each change, once, and says why", async () => {
    const { control } = benchOf(latchkey, sdk.service);
    let refused = 0;
    for (const [name, call] of Object.entries(callsOf(sdk)).filter(isChange)) {
      passed = [];
      const reached = await control.during(async () => {
        const error = inspect(await failureOf(async () => call()), { depth: 6 });
        expect([name, error]).not.toEqual([name, expect.stringMatching(/^'(?:no failure|nothing within)/)]);
        // One that lacks the id of a thing that was to be made before may not be sent at all.
        if (passed.length > 0) expect([name, error]).toEqual([name, expect.stringMatching(/grant|403|forbidden/i)]);
      });
      expect([name, reached]).toEqual([name, []]);
      expect([name, passed.filter(({ error }) => error !== "outside_grant")]).toEqual([name, []]);
      expect([name, passed.length]).toEqual([name, Math.min(1, passed.length)]);
      refused += passed.length;
    }
    expect(refused).toBeGreaterThan(0);
  });
});
