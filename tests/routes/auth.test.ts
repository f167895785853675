/** The start of a flow, from the page and through the API. */
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { Authorization, Integrations } from "../../src/api.ts";
import { builtInProviders } from "../../src/providers/index.ts";
import { control, tokenCalls } from "../support/emulator.ts";
import { APP, Visitor, decide, errorOf, locationOf, request } from "../support/visitor.ts";

beforeEach(() => control("github").reset());

const SessionAnswer = z.object({ session_id: z.string(), integration: z.string(), expires_in: z.number() });

describe("starting on the page", () => {
  it("binds the browser with cookies that only this host sees", async () => {
    const response = await new Visitor().navigate("/auth/github?return_to=/");
    expect(response.status).toBe(303);
    const cookies = response.headers.getSetCookie();
    expect(new Set(cookies.map((cookie) => cookie.split("=")[0]))).toEqual(
      new Set(["__Host-browser", "__Host-session"]),
    );
    for (const cookie of cookies) {
      for (const attribute of ["Path=/", "HttpOnly", "Secure", "SameSite=Lax"]) expect(cookie).toContain(attribute);
      expect(cookie).not.toMatch(/domain=/i);
    }
  });

  it.each(builtInProviders.filter((provider) => provider.code_challenge_method !== null).map(({ id }) => id))(
    "asks %s with PKCE, fresh each time, the verifier nowhere to be seen",
    async (id) => {
      const visitor = new Visitor();
      const urls = [new URL(await visitor.startAt(id)), new URL(await visitor.startAt(id))];
      for (const { searchParams } of urls) {
        expect(searchParams.get("code_challenge_method")).toBe("S256");
        expect(searchParams.get("code_challenge")).toMatch(/^[A-Za-z0-9_-]{43}$/);
        expect(searchParams.has("code_verifier")).toBe(false);
      }
      expect(urls[0]?.searchParams.get("code_challenge")).not.toBe(urls[1]?.searchParams.get("code_challenge"));
      expect(urls[0]?.searchParams.get("state")).not.toBe(urls[1]?.searchParams.get("state"));
    },
  );

  it("gives a browser a session of its own, whatever somebody else has put into it", async () => {
    const visitor = new Visitor();
    const planted = `lk_${"A".repeat(86)}`;
    visitor.cookies.set("__Host-session", planted);
    await visitor.connect("github");
    expect(visitor.cookies.get("__Host-session")).toMatch(/^lk_/);
    expect(visitor.cookies.get("__Host-session")).not.toBe(planted);
    expect((await request("/data/github", { headers: { Cookie: `__Host-session=${planted}` } })).status).toBe(401);
  });

  it("gives every integration a redirect URI of its own", async () => {
    const visitor = new Visitor();
    const uris = await Promise.all(
      builtInProviders.map(async ({ id }) => new URL(await visitor.startAt(id)).searchParams.get("redirect_uri")),
    );
    expect(new Set(uris).size).toBe(builtInProviders.length);
    expect(uris).toEqual(builtInProviders.map(({ id }) => `${APP}/callback/${id}`));
  });

  it.each([
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "/x",
    "http://localhost:8787/",
    "/%2f",
    " /",
    "",
  ])("refuses to return to %j", async (place) => {
    const response = await new Visitor().fetch(`/auth/github?return_to=${encodeURIComponent(place)}`);
    expect(await errorOf(response)).toMatchObject({ status: 400, error: "invalid_return_to" });
  });

  it("does the same under the integration's own routes, with their own redirect URI", async () => {
    const visitor = new Visitor();
    const url = locationOf(await visitor.navigate("/integrations/github/authorize?return_to=/"));
    expect(new URL(url).searchParams.get("redirect_uri")).toBe(`${APP}/integrations/github/oauth2callback`);
    const back = await visitor.navigate(await decide("github", url));
    expect(locationOf(back)).toBe(`${APP}/?connected=github`);
  });

  it("lets two tabs connect at once", async () => {
    const visitor = new Visitor();
    const [first, second] = [await visitor.startAt("github"), await visitor.startAt("notion")];
    expect(locationOf(await visitor.navigate(await decide("github", first)))).toBe(`${APP}/?connected=github`);
    expect(locationOf(await visitor.navigate(await decide("notion", second)))).toBe(`${APP}/?connected=notion`);
  });

  it("is not set off by a browser that looks ahead", async () => {
    const response = await request("/auth/github", {
      headers: { "Sec-Purpose": "prefetch", "Sec-Fetch-Mode": "navigate" },
    });
    expect(response.status).toBe(204);
    expect(response.headers.getSetCookie()).toEqual([]);
  });
});

describe("starting through the API", () => {
  it("gives a link of ours; whoever opens it and finishes has the session id, and it reads that connection only", async () => {
    const started = Authorization.parse(await (await request("/auth/github")).json());
    expect(started.authorization_url.startsWith(`${APP}/auth/github?state=`)).toBe(true);
    expect(started.expires_in).toBe(600);

    const person = new Visitor();
    const atProvider = locationOf(await person.navigate(started.authorization_url));
    const back = await person.fetch(await decide("github", atProvider));
    expect(back.status).toBe(200);
    const { session_id, expires_in } = SessionAnswer.parse(await back.json());
    expect(expires_in).toBe(3600);

    const query = `session_id=${session_id}`;
    expect((await request(`/data/github?${query}`)).status).toBe(200);
    expect((await request(`/integrations/github/load?limit=5&${query}`)).status).toBe(200);
    expect((await request("/data/github", { headers: { Authorization: `Bearer ${session_id}` } })).status).toBe(200);
    for (const path of ["/data/notion", "/integrations/notion/load", "/integrations/github/credentials"]) {
      expect(await errorOf(await request(`${path}?${query}`))).toMatchObject({ status: 401, error: "invalid_session" });
    }
    const revoke = { method: "DELETE", headers: { Authorization: `Bearer ${session_id}` } };
    expect((await request("/integrations/github/credentials", revoke)).status).toBe(401);
  });

  it("gives a session id that calls nothing at the provider: it stands in URLs and logs", async () => {
    const { authorization_url } = Authorization.parse(await (await request("/auth/github")).json());
    const person = new Visitor();
    const back = await person.fetch(await decide("github", locationOf(await person.navigate(authorization_url))));
    const { session_id } = SessionAnswer.parse(await back.json());
    await control("github").clearLog();
    const callers: Record<string, string>[] = [
      { Authorization: `Bearer ${session_id}` },
      { "X-Latchkey-Key": session_id },
      { Cookie: `__Host-session=${session_id}`, "X-CSRF": "1", Origin: APP, "Sec-Fetch-Site": "same-origin" },
    ];
    for (const headers of callers) {
      for (const method of ["GET", "POST"]) {
        const answer = await request("/proxy/github/user", { method, headers });
        expect([answer.status, answer.headers.get("X-Latchkey-Error")]).toEqual([401, "invalid_session"]);
      }
    }
    expect(await control("github").log()).toEqual([]);
  });

  it("lets a link be opened once", async () => {
    const { authorization_url } = Authorization.parse(await (await request("/auth/github")).json());
    expect((await request(authorization_url, { headers: { "Sec-Purpose": "prefetch" } })).status).toBe(204);
    await new Visitor().navigate(authorization_url);
    expect(await errorOf(await new Visitor().fetch(authorization_url))).toMatchObject({
      status: 410,
      error: "link_used",
    });
  });

  it("binds the flow to the browser that opened the link", async () => {
    const { authorization_url } = Authorization.parse(await (await request("/auth/github")).json());
    const callback = await decide("github", locationOf(await new Visitor().navigate(authorization_url)));
    expect(await errorOf(await new Visitor().fetch(callback))).toMatchObject({
      status: 403,
      error: "state_browser_mismatch",
    });
    expect(await tokenCalls("github")).toBe(0);
  });

  it("cannot be used to put somebody else's account into the starter's hands", async () => {
    const attacker = new Visitor();
    await attacker.connect("notion");
    const started = await attacker.json("/auth/github", Authorization);
    const victim = new Visitor();
    const callback = await decide("github", locationOf(await victim.navigate(started.authorization_url)));
    expect(await errorOf(await victim.fetch(callback))).toMatchObject({ status: 403, error: "user_mismatch" });
    expect(await tokenCalls("github")).toBe(0);
    expect(await errorOf(await attacker.fetch("/data/github"))).toMatchObject({ status: 409, error: "not_connected" });
  });

  it("ends at FRONTEND_SUCCESS_URL where that is set, with the session id or the reason", async () => {
    const overrides = { FRONTEND_SUCCESS_URL: "https://app.example.com/done?tab=2" };
    const person = new Visitor(overrides);
    for (const decision of ["allow", "deny"] as const) {
      const { authorization_url } = await new Visitor(overrides).json("/auth/github", Authorization);
      const atProvider = locationOf(await person.navigate(authorization_url));
      const back = await person.navigate(await decide("github", atProvider, { decision }));
      expect(back.status).toBe(303);
      const end = new URL(locationOf(back));
      expect(end.origin + end.pathname).toBe("https://app.example.com/done");
      expect(end.searchParams.get("tab")).toBe("2");
      if (decision === "deny") expect(end.searchParams.get("error")).toBe("access_denied");
      else expect((await request(`/data/github?session_id=${end.searchParams.get("session_id")}`)).status).toBe(200);
    }
  });

  it("still brings people back to the page who started there", async () => {
    const visitor = new Visitor({ FRONTEND_SUCCESS_URL: "https://app.example.com/done" });
    expect(locationOf(await visitor.connect("github"))).toBe(`${APP}/?connected=github`);
  });

  it("takes POST, with protection against other sites", async () => {
    expect((await new Visitor().change("POST", "/integrations/github/authorize")).status).toBe(200);
    expect((await request("/integrations/github/authorize", { method: "POST" })).status).toBe(403);
  });
});

describe("an integration", () => {
  it.each(["nowhere", "GITHUB", "github%00", "..%2fgithub", "github%20", "x".repeat(500)])(
    "%s is not there",
    async (id) => {
      expect(await errorOf(await request(`/auth/${id}`))).toMatchObject({ status: 404, error: "unknown_integration" });
    },
  );

  it("without a client says which variables to set, and is listed as not configured", async () => {
    const visitor = new Visitor({ GITHUB_CLIENT_ID: " ", GITHUB_CLIENT_SECRET: undefined });
    expect(await errorOf(await visitor.fetch("/auth/github"))).toMatchObject({ status: 500, error: "config_error" });
    const bare = new Visitor({ NOTION_CLIENT_SECRET: "" });
    const answer = await errorOf(await bare.fetch("/auth/notion"));
    expect(answer).toMatchObject({ status: 503, error: "not_configured" });
    expect(answer.message).toContain("NOTION_CLIENT_SECRET");
    const { integrations } = await bare.json("/integrations", Integrations);
    expect(integrations.find(({ integration }) => integration === "notion")).toMatchObject({
      status: "not_configured",
      missing: ["NOTION_CLIENT_SECRET"],
    });
  });
});
