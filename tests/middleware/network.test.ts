/** What of an address is kept: the part that many share. */
import { expect, it } from "vitest";
import { ApiKeys } from "../../src/api-apps.ts";
import { networkOf, prefixOf } from "../../src/middleware/network.ts";
import { makeApp } from "../support/integrator.ts";
import { APP, request } from "../support/visitor.ts";

it.each([
  ["203.0.113.77", "203.0.113.77", "203.0.113.0/24"],
  ["::ffff:203.0.113.77", "203.0.113.77", "203.0.113.0/24"],
  ["2001:DB8:1:2:3:4:5:6", "2001:db8:1:2", "2001:db8:1::/48"],
  ["2001:db8::6", "2001:db8:0:0", "2001:db8:0::/48"],
  ["::1", "0:0:0:0", "0:0:0::/48"],
])("%s counts as %s and is kept as %s", (address, network, prefix) => {
  expect(networkOf(address)).toBe(network);
  expect(prefixOf(address)).toBe(prefix);
});

it.each([
  ["a deployment", "https://latchkey.example", { country: "DE", colo: "FRA" }, { country: "DE", colo: "FRA" }],
  ["one that is told no country", "https://latchkey.example", {}, { country: null, colo: null }],
  ["a developer's machine", APP, { country: "US", colo: "DFW" }, null],
])("a key's list at %s says where it was used from, and no address", async (_, origin, cf, place) => {
  const { id, key } = await makeApp({ services: [] });
  const headers = { Authorization: `Bearer ${key}`, "CF-Connecting-IP": "203.0.113.77" };
  const answer = await request(`${origin}/apps/${id}/keys`, { headers, cf });
  const body = await answer.text();
  const last_used_from = place && { ...place, network: "203.0.113.0/24" };
  expect(ApiKeys.parse(JSON.parse(body)).keys).toMatchObject([{ last_used_from }]);
  expect(body).not.toContain("203.0.113.77");
});
