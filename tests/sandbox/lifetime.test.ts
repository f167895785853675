/** What `npm start` shortens: tokens that are renewed by themselves. The README names the services. */
import { afterEach, expect, it } from "vitest";
import { Credentials } from "../../src/api.ts";
import { control } from "../support/emulator.ts";
import { Visitor } from "../support/visitor.ts";

const MINUTES = 3;
const DAY_MINUTES = 24 * 60;
let used = "";
afterEach(() => control(used).reset());

it.each([
  ["airtable", MINUTES],
  ["hubspot", MINUTES],
  ["spotify", MINUTES],
  ["google", MINUTES],
  ["microsoft", MINUTES],
  ["facebook", 60 * DAY_MINUTES],
  ["github", null],
  ["notion", null],
  ["slack", null],
])("a token of %s lives %s minutes", async (service, minutes) => {
  used = service;
  await control(service).settings({ renewable_lifetime: MINUTES * 60 });
  const visitor = new Visitor();
  const before = Date.now();
  await visitor.connect(service);
  const { expires_at } = await visitor.json(`/integrations/${service}/credentials`, Credentials);
  const lives = expires_at && Math.floor((Date.parse(expires_at) - before) / 60_000);
  expect(lives).toBe(minutes);
});

it("a token that nothing can renew lives as long as the service lets it", async () => {
  used = "google";
  await control("google").settings({ renewable_lifetime: MINUTES * 60 });
  const visitor = new Visitor();
  const asked = new URL(await visitor.startAt("google"));
  asked.searchParams.delete("access_type");
  const { location } = await control("google").consent({ url: asked.href, decision: "allow", account: 0 });
  await visitor.navigate(location);
  const held = await visitor.json("/integrations/google/credentials", Credentials);
  expect(held.refreshable).toBe(false);
  expect(Date.parse(held.expires_at ?? "") - Date.now()).toBeGreaterThan(50 * 60_000);
});
