/** Each service takes the redirect URIs that it says it takes, and no others. */
import { beforeEach, describe, expect, it } from "vitest";
import { sandboxClient, type ServiceName } from "../../sandbox/clients.ts";
import { findService } from "../../sandbox/services/index.ts";
import { control } from "../support/emulator.ts";
import { ask } from "../support/sandbox.ts";

const CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/** Whether a service shows its consent page to an app that has registered one URI and asks with another. */
async function takes(service: ServiceName, registered: string, asked = registered): Promise<boolean> {
  await control(service).settings({ local_redirects: false, redirect_uris: [registered] });
  const [endpoint] = findService(service).oauth.authorize;
  const query = new URLSearchParams({
    client_id: sandboxClient(service).client_id,
    redirect_uri: asked,
    response_type: "code",
    state: "a state that is long enough for all of them",
    code_challenge: CHALLENGE,
    code_challenge_method: "S256",
    ...(service === "notion" ? { owner: "user" } : {}),
    ...(service === "slack" ? { user_scope: "users:read" } : {}),
    ...(service === "hubspot" ? { scope: "oauth" } : {}),
    ...(service === "google" ? { scope: "openid" } : {}),
    ...(service === "microsoft" ? { scope: "openid" } : {}),
    ...(service === "airtable" ? { scope: "data.records:read" } : {}),
  });
  const page = await ask(service, `https://${endpoint?.host ?? ""}${endpoint?.path ?? ""}?${query.toString()}`, {
    redirect: "manual",
  });
  const text = await page.text();
  if (/redirect_uri is not one of those registered/.test(text)) return false;
  expect(page.status, text).toBe(200);
  return true;
}

const EVERY = [
  "airtable",
  "hubspot",
  "notion",
  "spotify",
  "github",
  "google",
  "facebook",
  "slack",
  "microsoft",
] as const;

describe.each(EVERY)("%s", (service) => {
  beforeEach(() => control(service).reset());

  it("takes what was registered with https, and says where it says so", async () => {
    expect(await takes(service, "https://app.example/callback")).toBe(true);
    expect(URL.canParse(findService(service).oauth.redirectUris.source)).toBe(true);
  });

  it.each([
    ["another host", "https://other.example/callback"],
    ["a host that begins so", "https://app.example.evil.example/callback"],
    ["a path beside it", "https://app.example/callback2"],
    ["a step upwards", "https://app.example/callback/../steal"],
    ["an encoded step upwards", "https://app.example/callback/%2e%2e/steal"],
    ["somebody in front of the host", "https://app.example@evil.example/callback"],
    ["a fragment", "https://app.example/callback#x"],
    ["another scheme", "http://app.example/callback"],
    ["another port", "https://app.example:8443/callback"],
  ])("does not take %s", async (_, asked) => {
    expect(await takes(service, "https://app.example/callback", asked)).toBe(false);
  });

  it("takes its own callback on localhost where nothing else is set", async () => {
    expect(await takes(service, "http://localhost:8787/unused", `http://localhost:8787/callback/${service}`)).toBe(
      false,
    );
    await control(service).reset();
    const { local_redirects } = Object(await control(service).settings({}));
    expect(local_redirects).toBe(true);
  });
});

const CASES: readonly (readonly [ServiceName, boolean, string, string?])[] = [
  // The name of this machine, and its addresses, without https.
  ["airtable", true, "http://localhost:3000/cb"],
  ["airtable", false, "http://127.0.0.1:3000/cb"],
  ["airtable", false, "http://localhost:3000/cb", "http://localhost:3001/cb"],
  ["hubspot", true, "http://localhost:3000/cb"],
  ["hubspot", false, "http://app.example/cb"],
  ["notion", true, "http://localhost:3000/cb"],
  ["facebook", true, "http://localhost:3000/cb"],
  ["facebook", false, "https://app.example/cb", "https://app.example/cb/"],
  ["slack", false, "http://localhost:3000/cb"],
  ["slack", true, "https://localhost:3000/cb"],
  ["slack", true, "https://app.example/cb", "https://app.example/cb/below"],
  ["slack", false, "https://app.example/cb", "https://sub.app.example/cb"],
  ["spotify", false, "http://localhost:3000/cb"],
  ["spotify", false, "https://localhost:3000/cb"],
  ["spotify", true, "http://127.0.0.1:3000/cb"],
  ["spotify", true, "http://[::1]:3000/cb"],
  ["spotify", true, "http://127.0.0.1/cb", "http://127.0.0.1:51004/cb"],
  ["spotify", false, "http://127.0.0.1:3000/cb", "http://127.0.0.1:51004/cb"],
  ["spotify", false, "http://127.0.0.1/cb", "http://127.0.0.1:51004/cb/below"],
  ["github", true, "http://app.example/cb"],
  ["github", true, "http://example.com/path", "http://example.com/path/subdir/other"],
  ["github", true, "http://example.com/path", "http://oauth.example.com/path"],
  ["github", true, "http://example.com/path", "http://oauth.example.com/path/subdir/other"],
  ["github", false, "http://example.com/path", "http://example.com/bar"],
  ["github", false, "http://example.com/path", "http://example.com/"],
  ["github", false, "http://example.com/path", "http://example.com:8080/path"],
  ["github", false, "http://example.com/path", "http://oauth.example.com:8080/path"],
  ["github", false, "http://example.com/path", "http://example.org"],
  ["github", true, "http://127.0.0.1/path", "http://127.0.0.1:1234/path"],
  ["github", false, "http://localhost/path", "http://localhost:1234/path"],
  ["google", true, "http://localhost:3000/cb"],
  ["google", true, "http://127.0.0.1:3000/cb"],
  ["google", false, "https://192.0.2.7/cb"],
  ["google", false, "https://user@app.example/cb"],
  ["google", false, "https://app.example/a/../cb"],
  ["google", false, "https://*.app.example/cb"],
  ["google", false, "https://app.example/cb", "https://app.example/CB"],
  ["microsoft", true, "http://localhost:3000/cb", "http://localhost:51004/cb"],
  ["microsoft", false, "http://127.0.0.1:3000/cb"],
  ["microsoft", false, "https://app.example/cb", "https://app.example/CB"],
  ["microsoft", false, "https://app.example/c(b)"],
];

it.each(CASES.map(([service, isTaken, registered, asked]) => ({ service, isTaken, registered, asked })))(
  "$service, taken $isTaken: $registered $asked",
  async ({ service, isTaken, registered, asked }) => {
    await control(service).reset();
    expect(await takes(service, registered, asked)).toBe(isTaken);
  },
);
