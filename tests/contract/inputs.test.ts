/** What people type: mended where it was pasted, refused by the name of its field, and never repeated. */
import { describe, expect, it } from "vitest";
import { describe as toProvider } from "../../src/contract/describe.ts";
import { idAtHost, readInputs } from "../../src/contract/inputs.ts";
import type { ServiceDeclaration } from "../../src/contract/provider.ts";
import { AppError } from "../../src/errors.ts";

const service = (fields: ServiceDeclaration["fields"], more: Partial<ServiceDeclaration> = {}) =>
  toProvider({ id: "acme", name: "Acme", api_base_url: "https://api.acme.com", ...(fields && { fields }), ...more });

const key = service(
  { api_key: { title: "API key", secret: true, pattern: "ak_[a-z0-9]{4,}", example: "ak_0123" } },
  { api: { stamp: { headers: { "X-Api-Key": "{api_key}" } } } },
);
const zendesk = service(
  { subdomain: { title: "Subdomain", pattern: "[a-z0-9-]+", suffix: ".zendesk.com" } },
  { api_base_url: "https://{subdomain}.zendesk.com" },
);

describe("what was pasted with something around it is mended", () => {
  it.each([
    ["blanks and line ends", "  ak_0123\r\n"],
    ["a space that does not break", "\u00a0ak_0123\u00a0"],
    ["what nobody sees", "\u200bak_\u20600123\ufeff"],
  ])("%s", (_, typed) => {
    expect(readInputs(key, { api_key: typed })).toEqual({ details: {}, fields: { api_key: "ak_0123" } });
  });

  it.each([
    "acme",
    "ACME",
    "acme.zendesk.com",
    "https://acme.zendesk.com",
    "https://acme.zendesk.com/agent/x?y#z",
    "acme.",
  ])("a host: %s", (subdomain) => {
    expect(readInputs(zendesk, { subdomain })).toEqual({ details: { subdomain: "acme" }, fields: {} });
  });

  it("a host whose name stands on calls too keeps its capitals, and is the same host without them", () => {
    const algolia = service(
      { application: { title: "Application", pattern: "[A-Za-z0-9]+", suffix: ".algolia.net" } },
      { api_base_url: "https://{application}.algolia.net", api: { stamp: { headers: { "X-App": "{application}" } } } },
    );
    const { details } = readInputs(algolia, { application: "https://TESTapp.Algolia.net/1" });
    expect(details).toEqual({ application: "TESTapp" });
    expect(idAtHost(algolia, details, "7")).toBe(idAtHost(algolia, { application: "testAPP" }, "7"));
  });

  it("the lines of a key in PEM", () => {
    const pem = service({ key: { title: "Key", secret: true, multiline: true } });
    expect(readInputs(pem, { key: " -----A\r\nb\r\n-----\n" }).fields).toEqual({ key: "-----A\nb\n-----" });
  });
});

describe("is refused by name, and never repeated", () => {
  it.each<[string, ReturnType<typeof service>, Record<string, string>, RegExp]>([
    ["nothing", key, {}, /fields\.api_key: is required/],
    ["blanks", key, { api_key: "   " }, /fields\.api_key: is required/],
    ["another field", key, { api_key: "ak_0123", constructor: "x" }, /fields\.constructor: is not asked for here/],
    ["a line break inside", key, { api_key: "ak_0123\r\nX-Evil: 1" }, /fields\.api_key: has a line break/],
    ["a letter that no header has", key, { api_key: "ak_ü123" }, /fields\.api_key: has a letter/],
    ["another shape", key, { api_key: "sk_0123" }, /fields\.api_key: does not look like one\. It looks like ak_0123/],
    ["100 KB", key, { api_key: `ak_${"x".repeat(100_000)}` }, /fields\.api_key: is longer than 8192/],
    ["half of a letter", key, { api_key: "ak_\ud800" }, /fields\.api_key: has a line break or another control/],
    ["another host", zendesk, { subdomain: "evil.com/x" }, /fields\.subdomain: does not look like one/],
    [
      "none of the choices",
      service({ region: { title: "Region", choices: ["eu", "us"] } }),
      { region: "mars" },
      /fields\.region: is one of eu, us/,
    ],
  ])("%s", (_, provider, typed, says) => {
    const read = () => readInputs(provider, typed);
    expect(read).toThrow(AppError);
    expect(read).toThrow(says);
    for (const value of Object.values(typed)) {
      if (value.trim().length > 3) expect(read).not.toThrow(value.trim());
    }
  });
});

it("what may stay empty does, and what is given for it counts", () => {
  const provider = service({ region: { title: "Region", default: "eu" }, note: { title: "Note", optional: true } });
  expect(readInputs(provider, { region: "", note: "" })).toEqual({ details: { region: "eu" }, fields: {} });
});

it("any letter may stand in HTTP Basic", () => {
  const basic = service(
    { password: { title: "Password", secret: true } },
    { api: { stamp: { basic: { user: "x", password: "{password}" } } } },
  );
  expect(readInputs(basic, { password: "pä:ß€" }).fields).toEqual({ password: "pä:ß€" });
});

it("the same id at two hosts is two accounts", () => {
  expect(idAtHost(zendesk, { subdomain: "acme" }, "1")).toBe("1@acme");
  expect(idAtHost(zendesk, { subdomain: "acme" }, null)).toBe("acme");
  expect(idAtHost(key, {}, "1")).toBe("1");
  expect(idAtHost(key, {}, null)).toBeNull();
});
