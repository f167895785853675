/** The address of the proxy as the client makes it; that SDKs work with it is said by tests/outside/sdk-*.test.ts. */
import { proxied, sdks } from "latchkey-client/sdks";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";

const at = { origin: "https://latchkey.example", integration: "github-1", key: "lk_1" };

describe("the proxy of an integration", () => {
  it.each([
    [{}, "https://latchkey.example/proxy/github-1"],
    [{ label: "work" }, "https://latchkey.example/proxy/github-1@work"],
    [{ host: "uploads.github.com" }, "https://latchkey.example/proxy/github-1/~uploads.github.com"],
    [{ label: "work", host: "a.b" }, "https://latchkey.example/proxy/github-1@work/~a.b"],
    [{ origin: "http://localhost:8787/" }, "http://localhost:8787/proxy/github-1"],
  ])("with %j is at %s", (parts, api) => {
    expect(proxied({ ...at, ...parts })).toEqual({ api, key: "lk_1" });
  });

  it.each([
    [{ integration: "../sessions" }],
    [{ integration: "github@work" }],
    [{ integration: ".." }],
    [{ integration: "" }],
    [{ label: "" }],
    [{ label: "a/b" }],
    [{ label: "a?b" }],
    [{ label: "a%2fb" }],
    [{ host: "a.b/c" }],
    [{ host: "a.b#" }],
  ])("is made of no part that would make it another address: %j", (parts) => {
    expect(() => proxied({ ...at, ...parts })).toThrow(TypeError);
  });
});

describe("every SDK that docs/proxy.md has", () => {
  it("has its options here, and the key stands in them", async () => {
    const page = await readFile(new URL("../../docs/proxy.md", import.meta.url), "utf8");
    const [table = ""] = page.match(/^\| SDK .*?(?=\n\n)/ms) ?? [];
    const rows = table.split("\n").slice(2);
    expect(Object.keys(sdks)).toHaveLength(rows.length);
    const { graph, ...others } = sdks;
    for (const options of Object.values(others)) expect(JSON.stringify(options(proxied(at)))).toContain("lk_1");
    const handed = new Promise((resolve) => graph(proxied(at)).authProvider((_, token) => resolve(token)));
    expect(await handed).toBe("lk_1");
  });
});
