/** Networks in CIDR notation: what is read as one, and what is in which. */
import { describe, expect, it } from "vitest";
import { isWithin, readNetwork } from "../../src/grants/networks.ts";

function within(inner: string, outer: string): boolean {
  const [one, other] = [readNetwork(inner), readNetwork(outer)];
  if (!one || !other) throw new Error("no network");
  return isWithin(one, other);
}

describe("a network has in it", () => {
  it.for([
    ["192.0.2.7", "192.0.2.0/24"],
    ["192.0.2.7", "192.0.2.7"],
    ["192.0.2.7", "192.0.2.99/24"],
    ["192.0.2.7", "0.0.0.0/0"],
    ["192.0.2.0/25", "192.0.2.0/24"],
    ["::ffff:192.0.2.7", "192.0.2.0/24"],
    ["192.0.2.7", "::ffff:192.0.2.0/120"],
    ["2001:db8::1", "2001:db8::/32"],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["::1", "::/0"],
    ["64:ff9b::192.0.2.1", "64:ff9b::/96"],
  ])("%s in %s", ([inner = "", outer = ""]) => {
    expect(within(inner, outer)).toBe(true);
  });
});

describe("a network does not have in it", () => {
  it.for([
    ["192.0.3.7", "192.0.2.0/24"],
    ["192.0.2.0/23", "192.0.2.0/24"],
    ["0.0.0.0/0", "10.0.0.0/8"],
    ["2001:db9::1", "2001:db8::/32"],
    ["::1", "0.0.0.0/0"],
    ["2001:db8::1", "0.0.0.0/0"],
  ])("%s in %s", ([inner = "", outer = ""]) => {
    expect(within(inner, outer)).toBe(false);
  });
});

it.for([
  "",
  "192.0.2",
  "192.0.2.256",
  "192.0.2.01",
  "192.0.2.1/33",
  "192.0.2.1/",
  "1.2.3.4.5",
  "::1/129",
  "1::2::3",
  "1:2:3:4:5:6:7",
  "1:2:3:4:5:6:7:8:9",
  "1:2:3:4:5:6:7::8",
  "12345::",
  "::1.2.3",
  "example.com",
  "localhost/8",
])("takes %s for no network", (text) => {
  expect(readNetwork(text)).toBeNull();
});
