/** What callers are told of how often they may call (draft-ietf-httpapi-ratelimit-headers). */
import { expect, it } from "vitest";
import { call, makeApp } from "../support/integrator.ts";
import { Visitor, errorOf, request } from "../support/visitor.ts";

const over = { limit: () => Promise.resolve({ success: false }) };
const policyOf = (answer: Response) => answer.headers.get("RateLimit-Policy");

it("each answer that counts says how many there may be: of the app, of its user, of a person at the page", async () => {
  const app = await makeApp({ services: [] });
  expect(policyOf(await call(app.key, "GET", "/connections"))).toBe('"app";q=6000;w=10');
  const ofUser = await request("/integrations", {
    headers: { Authorization: `Bearer ${app.key}`, "X-Latchkey-User": "ann" },
  });
  expect(policyOf(ofUser)).toBe('"user";q=1500;w=10, "app";q=6000;w=10');
  const visitor = new Visitor();
  await visitor.connect("github");
  expect(policyOf(await visitor.fetch("/sessions"))).toBe('"user";q=1500;w=10');
  expect(policyOf(await request("/health"))).toBeNull();
});

it.each([
  ["user", { USER_LIMIT: over }],
  ["app", { APP_LIMIT: over }],
])("a %s that is over its limit is told which, that none is left, and when there are again", async (whose, limits) => {
  const app = await makeApp({ services: [] });
  const headers = { Authorization: `Bearer ${app.key}`, "X-Latchkey-User": "ann" };
  const refused = await request("/integrations", { headers }, limits);
  expect(refused.headers.get("RateLimit")).toBe(`"${whose}";r=0;t=10`);
  expect(policyOf(refused)).toContain(`"${whose}";q=`);
  expect(refused.headers.get("Retry-After")).toBe("10");
  expect(await errorOf(refused)).toMatchObject({ status: 429, error: "rate_limited" });
});
