/** Two accounts of one person at one service, called by official SDKs in one process at once: each client gets its own. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { SDKS } from "../sdks/index.ts";
import { whoseOf } from "../sdks/whose.ts";
import { expectOwn, makeAccounts, type Accounts } from "./sdk-accounts-support.ts";
import { startWithWrites } from "./sdk-support.ts";
import type { Running } from "../browser/support.ts";

// Microsoft's older one, which wants https, is in a file of its own.
const sdks = SDKS.filter(({ needsHttps }) => !needsHttps);

let latchkey: Running;
let accounts: Accounts;

beforeAll(async () => {
  latchkey = await startWithWrites("http");
  accounts = await makeAccounts(latchkey, [...new Set(sdks.map(({ service }) => service))]);
});
afterAll(() => latchkey?.stop());

it.each(SDKS)("$name could not take one account for the other", ({ name }) => {
  const [first, second] = [0, 1].map((account) => whoseOf(name).held(account));
  expect(first?.who).not.toEqual(second?.who);
  expect(first?.ids.length).toBeGreaterThan(0);
  expect(second?.ids.length).toBeGreaterThan(0);
  expect(first?.ids.filter((id) => second?.ids.includes(id))).toEqual([]);
});

it.each(sdks.filter(({ name }) => !whoseOf(name).one_address))(
  "$name reads two accounts at once, each by the label in its address, which links keep",
  async ({ name, service }) => {
    await expectOwn(whoseOf(name), accounts.get(service)?.map(({ byLabel }) => byLabel) ?? []);
  },
);

it.each(sdks)("$name reads two accounts at once, each by a key of its own", async ({ name, service }) => {
  await expectOwn(whoseOf(name), accounts.get(service)?.map(({ byKey }) => byKey) ?? []);
});
