/** Whatever a token endpoint answers, the caller gets a sentence of ours, and nothing wrong is stored. */
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { Authorization, Integrations } from "../../src/api.ts";
import { control } from "../support/emulator.ts";
import { APP, Visitor, decide, errorOf, locationOf, request } from "../support/visitor.ts";

/** Text that the emulator's faults carry. */
const PROVIDER_TEXT = /provider-said-this/;

beforeEach(async () => {
  await control("github").reset();
  await control("google").reset();
});

/** The callback of a flow started through the API, which answers its errors as they are. */
async function callbackAfter(
  service: string,
  fault: Record<string, unknown>,
): Promise<{ person: Visitor; callback: string }> {
  const { authorization_url } = Authorization.parse(await (await request(`/auth/${service}`)).json());
  const person = new Visitor();
  const callback = await decide(service, locationOf(await person.navigate(authorization_url)));
  await control(service).fault({ endpoint: "token", ...fault });
  return { person, callback };
}

describe.each(["github", "google"])("when %s's token endpoint", (service) => {
  it.each([
    ["refuses the code", { fault: "invalid_grant" }, 502, "token_request_rejected"],
    ["answers an error", { fault: "error" }, 502, "token_request_rejected"],
    ["does not know the client", { fault: "invalid_client" }, 502, "client_credentials_invalid"],
    ["answers HTML", { fault: "html" }, 502, "invalid_token_response"],
    ["answers nothing", { fault: "empty" }, 502, "invalid_token_response"],
    ["answers a list", { fault: "array" }, 502, "invalid_token_response"],
    ["answers garbage", { fault: "garbage" }, 502, "invalid_token_response"],
    ["answers without a token", { fault: "no_token" }, 502, "invalid_token_response"],
    ["redirects", { fault: "redirect" }, 502, "provider_unavailable"],
    ["is down", { fault: "server_error" }, 502, "provider_unavailable"],
    ["limits the rate", { fault: "rate_limited", retry_after: 7 }, 503, "provider_rate_limited"],
    ["answers 10 MB", { fault: "big" }, 502, "invalid_provider_response"],
    ["gives a token with a line break", { override: { access_token: "a\r\nX: y" } }, 502, "invalid_token_response"],
    ["gives an empty token", { override: { access_token: "" } }, 502, "invalid_token_response"],
    ["gives a token of another type", { override: { token_type: "mac" } }, 502, "invalid_token_response"],
  ])("%s", async (_, fault, status, error) => {
    const { person, callback } = await callbackAfter(service, fault);
    const response = await person.fetch(callback);
    const text = await response.clone().text();
    expect(await errorOf(response)).toMatchObject({ status, error });
    expect(text).not.toMatch(PROVIDER_TEXT);
    if (error === "provider_rate_limited") expect(response.headers.get("Retry-After")).toBe("7");
    expect(await control("evil").log()).toEqual([]);
  });

  it.each([
    ["a string", "3600", 3600],
    ["zero", 0, null],
    ["negative", -5, null],
    ["words", "soon", null],
    ["ten years", 315_705_599, 315_705_599],
    ["enormous", 1e308, null],
    ["absent", null, null],
  ])("gives an expires_in that is %s, the connection is in and its time is right", async (_, expires_in, lifetime) => {
    const visitor = new Visitor();
    const callback = await decide(service, await visitor.startAt(service));
    await control(service).fault({ endpoint: "token", override: { expires_in } });
    expect(locationOf(await visitor.navigate(callback))).toBe(`${APP}/?connected=${service}`);
    const { integrations } = await visitor.json("/integrations", Integrations);
    const expires_at = integrations.find(({ integration }) => integration === service)?.expires_at ?? null;
    if (lifetime === null) expect(expires_at).toBeNull();
    else expect(Math.abs(Date.parse(z.string().parse(expires_at)) - Date.now() - lifetime * 1000)).toBeLessThan(60_000);
  });
});

it("gives up after ten seconds, headers or body", { timeout: 40_000 }, async () => {
  const { person, callback } = await callbackAfter("github", { fault: "hang" });
  const started = Date.now();
  expect(await errorOf(await person.fetch(callback))).toMatchObject({ status: 504, error: "provider_timeout" });
  expect(Date.now() - started).toBeLessThan(15_000);
});

it("shows a person who started on the page the page again, with the code and nothing of the provider's", async () => {
  const visitor = new Visitor();
  const callback = await decide("github", await visitor.startAt("github"));
  await control("github").fault({ endpoint: "token", fault: "error" });
  expect(locationOf(await visitor.navigate(callback))).toBe(`${APP}/?integration=github&error=token_request_rejected`);
});
