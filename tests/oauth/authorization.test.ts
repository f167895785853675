/** The way to the provider and back: what is asked for, and which answers are taken for one. */
import { afterEach, describe, expect, it, vi } from "vitest";
import type { KeyRing } from "../../src/crypto.ts";
import {
  authorizationUrl,
  checkCallback,
  createCodeVerifier,
  createState,
  openState,
  readCallback,
} from "../../src/oauth/authorization.ts";
import type { Provider } from "../../src/contract/provider.ts";
import { plain } from "./answers.ts";

afterEach(() => void vi.useRealTimers());

const ring: KeyRing = { active: "k1", keys: new Map([["k1", new Uint8Array(32).fill(1)]]) };
const claims = { app: "app", vault: "vault", integration: "plain", signed_in: true };
const issued: Provider = { ...plain, issuer: "https://plain.example" };
const read = (query: string) => readCallback(new URLSearchParams(query));
const check = (query: string, provider = plain) => checkCallback(provider, "client", read(query));
const coded = (code: string) => expect.objectContaining({ code });

describe("a state", () => {
  it("says what it was made with, for ten minutes and no longer", async () => {
    vi.useFakeTimers({ now: 1000, toFake: ["Date"] });
    const state = await createState(ring, claims);
    vi.setSystemTime(600_999);
    expect(await openState(ring, state, "plain")).toMatchObject({ ...claims, expires_at: 601_000 });
    vi.setSystemTime(601_000);
    await expect(openState(ring, state, "plain")).rejects.toThrow(coded("state_expired"));
  });

  it("is another each time", async () => {
    const states = await Promise.all([createState(ring, claims), createState(ring, claims)]);
    const [one, other] = await Promise.all(states.map((state) => openState(ring, state, "plain")));
    expect(one?.nonce).not.toBe(other?.nonce);
  });

  it("counts at its own integration alone, and only as it was made", async () => {
    const state = await createState(ring, claims);
    await expect(openState(ring, state, "other")).rejects.toThrow(coded("callback_mismatch"));
    await expect(openState(ring, `${state}A`, "plain")).rejects.toThrow(coded("invalid_state"));
    await expect(openState(ring, "", "plain")).rejects.toThrow(coded("invalid_state"));
  });
});

describe("the request to the provider", () => {
  const urlOf = (own: Partial<Provider>, verifier: string | null = null) =>
    authorizationUrl({ ...plain, ...own }, "client", "https://connect.example/callback", "the-state", verifier);

  it("has what RFC 6749 4.1.1 asks for, and no more", () => {
    expect(Object.fromEntries(urlOf({}).searchParams)).toEqual({
      response_type: "code",
      client_id: "client",
      redirect_uri: "https://connect.example/callback",
      state: "the-state",
      scope: "read",
    });
  });

  it("joins the scopes as the provider takes them, and names none where there are none", () => {
    const own = { scopes: ["a", "b"], scope_separator: ",", scope_parameter: "user_scope" };
    expect(urlOf(own).searchParams.get("user_scope")).toBe("a,b");
    expect(urlOf({ scopes: [] }).searchParams.has("scope")).toBe(false);
  });

  it("has a challenge where there is a verifier (RFC 7636 4.3)", () => {
    const url = urlOf({}, "verifier");
    expect(url.searchParams.get("code_challenge_method")).toBe("S256");
    expect(url.searchParams.get("code_challenge")).toMatch(/^[\w-]{43}$/);
  });

  it("has a nonce where an ID token is asked for, another each time", () => {
    const nonces = [1, 2].map(() => urlOf({ scopes: ["openid", "read"] }).searchParams.get("nonce"));
    expect(nonces[0]).toMatch(/./);
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  it("has the provider's own parameters", () => {
    expect(urlOf({ authorization_parameters: { prompt: "consent" } }).searchParams.get("prompt")).toBe("consent");
  });

  it("has a verifier only for a provider that takes one", () => {
    expect(createCodeVerifier({ ...plain, code_challenge_method: "S256" })).toMatch(/^[\w.~-]{43,128}$/);
    expect(createCodeVerifier({ ...plain, code_challenge_method: null })).toBeNull();
  });
});

describe("of a callback", () => {
  it("the parameters are read, and unknown ones and empty ones are not", () => {
    expect(read("state=s&code=c&iss=i&error=&session_state=x")).toEqual({
      state: "s",
      code: "c",
      error: null,
      iss: "i",
    });
    expect(read("state=s&state=&code=c&code=")).toMatchObject({ state: "s", code: "c" });
  });

  it.each(["", "code=c", "state=", "state=a&state=b", `state=${"s".repeat(2049)}`])(
    "without a state that can be used nothing is read: %s",
    (query) => expect(() => read(query)).toThrow(coded("invalid_state")),
  );

  it("each parameter is read to its length and no further", () => {
    expect(read(`state=${"s".repeat(2048)}`).state).toHaveLength(2048);
    for (const [name, most] of [
      ["code", 4096],
      ["error", 256],
      ["iss", 2048],
    ] as const) {
      expect(read(`state=s&${name}=${"x".repeat(most)}`)[name]).toHaveLength(most);
      expect(read(`state=s&${name}=${"x".repeat(most + 1)}`)[name]).toBe(" ");
    }
  });

  it.each(["error_code", "error_message", "error_reason", "error_description"])(
    "an error is one that is told in %s alone",
    (name) => {
      expect(read(`state=s&${name}=x`).error).toBe("");
      expect(read(`state=s&${name}=`).error).toBeNull();
    },
  );

  it("a code is taken", () => {
    expect(check("state=s&code=c").get("code")).toBe("c");
  });

  it("a code is taken though something is told in other words beside it", () => {
    expect(check("state=s&code=c&error_description=granted").get("code")).toBe("c");
  });

  it.each([
    ["state=s", "invalid_callback"],
    ["state=s&code=a&code=b", "invalid_callback"],
    [`state=s&code=${"c".repeat(4097)}`, "invalid_callback"],
    ["state=s&code=c&error=access_denied", "access_denied"],
    ["state=s&error=access_denied", "access_denied"],
    ["state=s&error=user_cancelled_login", "access_denied"],
    ["state=s&error=consent.declined", "access_denied"],
    ["state=s&error=canceled", "access_denied"],
    ["state=s&error=undeniedly", "authorization_failed"],
    ["state=s&error=temporarily_unavailable", "provider_unavailable"],
    ["state=s&error=server_error", "provider_unavailable"],
    ["state=s&error=invalid_scope", "authorization_failed"],
    ["state=s&error_reason=x", "authorization_failed"],
    ["state=s&error=a&error=b", "authorization_failed"],
  ])("%s is told as %s", (query, code) => expect(() => check(query)).toThrow(coded(code)));

  it("the issuer is held against the provider's, where both name one (RFC 9207)", () => {
    expect(check("state=s&code=c&iss=https://plain.example", issued).get("code")).toBe("c");
    expect(check("state=s&code=c", issued).get("code")).toBe("c");
    expect(check("state=s&code=c&iss=https://evil.example").get("code")).toBe("c");
    for (const query of ["code=c", "error=access_denied"])
      expect(() => check(`state=s&${query}&iss=https://evil.example`, issued)).toThrow(coded("issuer_mismatch"));
  });
});
