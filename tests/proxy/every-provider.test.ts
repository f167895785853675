/** The proxy over the registry: each API answers through it as it does to its own token, and our errors in its own shape. */
import { describe, expect, it } from "vitest";
import { builtInProviders } from "../../src/providers/index.ts";
import { control } from "../support/emulator.ts";
import { APP, keyFor, request } from "../support/visitor.ts";

/** A read of each API, as its users write it. */
const READS: Readonly<Record<string, string>> = {
  airtable: "/v0/meta/whoami",
  hubspot: "/crm/v3/objects/contacts?limit=2&properties=email%2Cfirstname",
  notion: "/v1/users/me",
  spotify: "/v1/me/playlists?limit=2",
  github: "/user/repos?per_page=2&sort=full_name",
  google: "/drive/v3/files?pageSize=2&fields=nextPageToken%2Cfiles(id%2Cname)",
  facebook: "/v25.0/me/accounts?limit=2&fields=id%2Cname",
  slack: "/api/conversations.list?limit=2",
  microsoft: "/v1.0/me/drive/root/children?$top=2",
};

/** How each API says that somebody is not signed in. */
const OWN_SHAPE: Readonly<Record<string, RegExp>> = {
  airtable: /^{"error":{"type":"INVALID_SESSION","message":/,
  hubspot: /^{"status":"error","category":"INVALID_SESSION","message":.*"correlationId":/,
  notion: /^{"object":"error","status":401,"code":"unauthorized","message":/,
  spotify: /^{"error":{"status":401,"message":/,
  github: /^{"message":.*"documentation_url":/,
  google: /^{"error":{"code":401,"message":.*"status":"UNAUTHENTICATED"/,
  facebook: /^{"error":{"message":.*"type":"OAuthException","code":190}}/,
  slack: /^{"ok":false,"error":"invalid_auth","response_metadata":{"messages":\["\[ERROR\] /,
  microsoft: /^{"error":{"code":"InvalidAuthenticationToken","message":/,
};

describe.each(builtInProviders.map(({ id }) => id))("%s", (id) => {
  const path = READS[id] ?? "/";

  it("answers through the proxy, and its API sees one token and none of our keys", async () => {
    await control(id).reset();
    const { key } = await keyFor(id);
    await control(id).clearLog();
    const response = await request(`/proxy/${id}${path}`, { headers: { Authorization: `Bearer ${key}` } });
    expect(response.status).toBe(200);
    expect(response.headers.get("X-Latchkey-Error")).toBeNull();
    expect(response.headers.get("Content-Security-Policy")).toContain("sandbox");
    expect(response.headers.get("Set-Cookie")).toBeNull();
    const log = await control(id).log();
    expect(log).toHaveLength(1);
    const { issued } = await control(id).grants();
    expect(JSON.stringify(log)).not.toContain(key);
    const headers = log[0]?.["headers"];
    expect(issued.some((secret) => JSON.stringify(headers).includes(`Bearer ${secret}`))).toBe(true);
    const text = await response.text();
    for (const secret of issued) expect(text).not.toContain(secret);
  });

  it("keeps its pages inside the proxy", async () => {
    const { key } = await keyFor(id);
    const headers = { Authorization: `Bearer ${key}` };
    const response = await request(`/proxy/${id}${path}`, { headers });
    const links = [response.headers.get("Link") ?? "", await response.text()].join("\n").replaceAll("\\/", "/");
    const api = `http://127.0.0.1:8787/${id}/`;
    for (const [found] of links.matchAll(/"(?:@odata\.nextLink|next|previous|href)":\s*"([^"]+)"/g))
      expect(found).not.toContain(api);
    const next = /<([^>]+)>; rel="next"|"(?:@odata\.nextLink|next)":\s*"([^"]+)"/.exec(links);
    const target = next?.[1] ?? next?.[2];
    if (target === undefined) return;
    expect(target.startsWith(`${APP}/proxy/${id}/`)).toBe(true);
    const followed = await request(target, target.includes(key) ? {} : { headers });
    expect(followed.status).toBe(200);
  });

  it.each([
    ["a bad key", { Authorization: `Bearer lk_${"A".repeat(86)}` }, "invalid_session"],
    ["no key", {}, "invalid_session"],
    ["a provider's token in the place of the key", { Authorization: "Bearer ghp_something" }, "invalid_session"],
  ])("says in its own shape, marked as ours, that there is %s", async (_, headers, code) => {
    const response = await request(`/proxy/${id}${path}`, { headers: new Headers(headers) });
    expect(response.headers.get("X-Latchkey-Error")).toBe(code);
    expect(response.status).toBe(id === "slack" ? 200 : 401);
    const text = await response.text();
    expect(text).toMatch(OWN_SHAPE[id] ?? /never/);
  });
});
