/** The catalogue: every entry is whole, says where it was found, and is what the Worker, the documents and the check have. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { problemsOf, someClient } from "../../scripts/catalogue/check.ts";
import { listEntries, readEntries } from "../../scripts/catalogue/entries.ts";
import { EntryFile, confidenceOf, untold } from "../../scripts/catalogue/entry.ts";
import { generated } from "../../scripts/catalogue/generate.ts";
import { ageOf, differences, metadataAddresses, readMetadata } from "../../scripts/catalogue/live.ts";
import { countsBySource, countsOf } from "../../scripts/catalogue/page.ts";
import { CATALOGUE, readSources } from "../../scripts/catalogue/sources.ts";
import { builtInProviders } from "../../src/providers/index.ts";

const files = await readEntries(CATALOGUE);
const entries = await listEntries();
const sources = await readSources();

it("no entry has a flaw", () => {
  const problems = [...files].flatMap(([file, text]) =>
    problemsOf(file, text, sources).map((said) => `${file}: ${said}`),
  );
  expect(problems).toEqual([]);
});

it("what is made of the entries is as they are", async () => {
  for (const [place, text] of await generated()) {
    expect(await readFile(place, "utf8"), `${fileURLToPath(place)}: npm run catalogue`).toBe(text);
  }
});

it("an id is one service's, and an alternative is another kind of a service that there is", () => {
  const ids = [...builtInProviders.map(({ id }) => id), ...entries.map(({ id }) => id)];
  expect(new Set(ids).size).toBe(ids.length);
  for (const { id, alternative_to } of entries)
    if (alternative_to !== undefined) expect(ids, id).toContain(alternative_to);
});

it("the check counts what the page has", async () => {
  const { oauth2, key, all } = countsOf(entries);
  expect(oauth2.all + key.all).toBe(all);
  expect(oauth2.confirmed + oauth2.attested + key.confirmed + key.attested).toBe(all);
  const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  expect(readme).toContain(`${all} services of the [catalogue](docs/catalogue.md) (${oauth2.all} by OAuth 2`);
  const attested = entries.filter((entry) => confidenceOf(entry) === "attested");
  const counts = countsBySource(entries).map(([, count]) => count);
  expect(counts.length).toBeGreaterThan(1);
  expect(Math.max(...counts)).toBeLessThanOrEqual(attested.length);
});

describe("where a fact was found", () => {
  const entry = EntryFile.parse({
    id: "acme",
    name: "Acme",
    category: "Other",
    docs: "https://acme.com/docs",
    authorization_endpoint: "https://acme.com/authorize",
    token_endpoint: "https://acme.com/token",
    scopes: [],
    api_base_url: "https://api.acme.com",
    api: { headers: { "X-A": "1", "X-B": "2" } },
    provenance: {
      read: "2026-11-28",
      fields: {
        authorization_endpoint: ["https://acme.com/docs"],
        token_endpoint: ["https://acme.com/docs"],
        scopes: ["https://acme.com/docs"],
        api_base_url: ["https://acme.com/docs"],
        api: ["https://acme.com/docs"],
      },
    },
  });
  const told = (fields: Record<string, string[]>) => ({
    ...entry,
    provenance: { ...entry.provenance, fields: { ...entry.provenance.fields, ...fields } },
  });
  const without = ({ provenance, ...rest }: EntryFile, name: string) => ({
    ...rest,
    provenance: {
      ...provenance,
      fields: Object.fromEntries(Object.entries(provenance.fields).filter(([field]) => field !== name)),
    },
  });

  it("is said of each field, or of the group that it stands in", () => {
    expect(untold(entry, sources)).toEqual([]);
    expect(untold(without(entry, "token_endpoint"), sources)).toEqual([
      "token_endpoint: provenance does not say where it was found",
    ]);
    const halved = without(told({ "api.headers.X-A": ["https://acme.com/docs"] }), "api");
    expect(untold(halved, sources)).toEqual(["api.headers.X-B: provenance does not say where it was found"]);
  });

  it("is a page, or two sources that are listed", () => {
    expect(confidenceOf(entry)).toBe("confirmed");
    const attested = told({ token_endpoint: ["goth:a.go", "allauth:b.py"] });
    expect(untold(attested, sources)).toEqual([]);
    expect(confidenceOf(attested)).toBe("attested");
    const one = "token_endpoint: neither a page of the service's own nor two sources";
    expect(untold(told({ token_endpoint: ["goth:a.go"] }), sources)).toEqual([one]);
    expect(untold(told({ token_endpoint: ["goth:a.go", "goth:b.go"] }), sources)).toEqual([one]);
    expect(untold(told({ token_endpoint: ["goth:a.go", "nowhere:b"] }), sources)).toEqual([
      "provenance.fields.token_endpoint: nowhere is not in sources.json",
    ]);
  });

  it("is of something that the entry says", () => {
    expect(untold(told({ issuer: ["https://acme.com/docs"] }), sources)).toEqual([
      "provenance.fields.issuer: the entry says nothing of it",
    ]);
  });
});

it("a file is held against its name, the schema and the rules of a service", () => {
  const text = [...files.values()][0] ?? "";
  const entry = EntryFile.parse(JSON.parse(text));
  const file = `${entry.id}.json`;
  expect(problemsOf(file, text, sources)).toEqual([]);
  expect(problemsOf("other.json", text, sources)).toEqual([`id: the file of ${entry.id} is called ${file}`]);
  expect(problemsOf(file, "{", sources)).toEqual(["is not JSON"]);
  expect(problemsOf(file, JSON.stringify({ ...entry, x: 1 }), sources)).toHaveLength(1);
  expect(problemsOf(file, JSON.stringify({ ...entry, api_base_url: "http://acme.com" }), sources)).toContainEqual(
    expect.stringContaining("https"),
  );
  expect(someClient({ token_endpoint_auth_method: "none" })).toEqual({ client_id: "client" });
});

describe("what a server says of itself", () => {
  const entry = entries.find(({ id }) => id === "gmail");
  if (!entry) throw new Error("the catalogue has no Gmail");
  const same = {
    authorization_endpoint: entry.authorization_endpoint,
    token_endpoint: entry.token_endpoint,
    token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic"],
    code_challenge_methods_supported: ["plain", "S256"],
  };

  it("is read where RFC 8414 or OpenID Connect Discovery has it, and may be nowhere", async () => {
    const asked: string[] = [];
    const answering = (right: string) => (input: string | URL | Request) => {
      asked.push(String(input instanceof Request ? input.url : input));
      return Promise.resolve(asked.at(-1) === right ? Response.json(same) : new Response("<html>", { status: 404 }));
    };
    const issuer = "https://acme.com/tenant/";
    const [first = "", second = ""] = metadataAddresses(issuer);
    expect(first).toBe("https://acme.com/.well-known/oauth-authorization-server/tenant");
    expect(second).toBe("https://acme.com/tenant/.well-known/openid-configuration");
    expect(await readMetadata(issuer, answering(second))).toEqual(same);
    expect(asked).toEqual([first, second]);
    expect(await readMetadata(issuer, answering("nowhere"))).toBeNull();
    expect(await readMetadata(issuer, () => Promise.reject(new TypeError("no network")))).toBeNull();
  });

  it("differs in lines that name the field and what is there now", () => {
    expect(differences(entry, same)).toEqual([]);
    expect(differences(entry, { ...same, token_endpoint: "https://new.example/token" })).toEqual([
      `token_endpoint: ${entry.token_endpoint} is https://new.example/token now`,
    ]);
    expect(differences(entry, { ...same, token_endpoint_auth_methods_supported: undefined })).toEqual([
      "token_endpoint_auth_method: client_secret_post is none of client_secret_basic",
    ]);
    expect(differences(entry, { ...same, code_challenge_methods_supported: ["plain"] })).toHaveLength(1);
  });

  it("is as old as the day on which its pages were read", () => {
    expect(ageOf(entry, Date.parse(entry.provenance.read) + 3 * 86_400_000)).toBe(3);
  });
});
