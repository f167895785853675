/** Every answer: its headers, its errors, its request id. */
import { describe, expect, it, vi } from "vitest";
import { answerHeaders, securityHeaders } from "../src/security-headers.ts";
import { errorOf, request } from "./support/visitor.ts";

describe("every answer of the Worker", () => {
  it.each([
    ["/health", 200],
    ["/integrations", 200],
    ["/nowhere", 404],
    ["/auth/github", 200],
    ["/data/github", 401],
    ["/callback/github", 400],
  ])("%s has the security headers", async (path, status) => {
    const response = await request(path);
    expect(response.status).toBe(status);
    for (const [name, value] of Object.entries({ ...securityHeaders, ...answerHeaders })) {
      expect(response.headers.get(name)).toBe(value);
    }
    expect(response.headers.get("X-Request-Id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("names its error in a header and its request in the body", async () => {
    const response = await request("/nowhere");
    expect(response.headers.get("X-Latchkey-Error")).toBe("not_found");
    expect(await response.clone().json()).toMatchObject({ request_id: response.headers.get("X-Request-Id") });
  });

  it("says nothing of what broke inside", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const KV = {
      get() {
        throw new Error("token ghp_secret at /src/kv-store.ts");
      },
    };
    const headers = { Cookie: `__Host-session=lk_${"A".repeat(86)}` };
    const answer = await errorOf(await request("/integrations", { headers }, { KV }));
    expect(answer).toMatchObject({ status: 500, error: "internal" });
    expect(JSON.stringify([answer, logged.mock.calls])).not.toContain("ghp_secret");
    expect(logged).toHaveBeenCalledOnce();
  });

  it("tells liveness and nothing else", async () => {
    expect(await (await request("/health")).json()).toEqual({ status: "ok" });
  });

  it.each(["POST", "PUT", "PATCH"])("%s to a read is 405", async (method) => {
    expect((await request("/health", { method })).status).toBe(405);
  });
});
