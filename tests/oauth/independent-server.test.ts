/** The whole flow against a certified server that is not ours, over the network, for each way a client authenticates. */
import { describe, expect, inject, it } from "vitest";
import { Profile } from "../../src/api.ts";
import { OIDC_CLIENTS, oidcEntries } from "../support/oidc-clients.ts";
import { signInAt } from "../support/oidc.ts";
import { APP, Visitor, errorOf, locationOf } from "../support/visitor.ts";

const issuer = inject("oidc");
const overrides = { CUSTOM_PROVIDERS: JSON.stringify(oidcEntries(issuer)) };

describe.each(OIDC_CLIENTS.map(({ id }) => id))("%s", (id) => {
  it("connects, tells the account, and disconnects at the server too", async () => {
    const visitor = new Visitor(overrides);
    const atServer = await visitor.startAt(id);
    expect(atServer.startsWith(`${issuer}/auth?`)).toBe(true);
    const callback = await signInAt(atServer, "ada");
    expect(new URL(callback).searchParams.get("iss")).toBe(issuer);
    expect(locationOf(await visitor.navigate(callback))).toBe(`${APP}/?connected=${id}`);

    const profile = await visitor.json(`/data/${id}`, Profile);
    expect(profile.account).toMatchObject({ id: "ada", name: "ada Independent", email: "ada@example.org" });
    expect(await (await visitor.fetch(`/integrations/${id}/load`)).json()).toEqual({ items: [], next_cursor: null });

    const gone = await visitor.change("DELETE", `/integrations/${id}/credentials`);
    expect(await gone.json()).toEqual({ disconnected: true, revoked_at_provider: true });
    expect((await visitor.fetch(`/data/${id}`)).status).toBe(409);
  });

  it("refuses an answer of another issuer", async () => {
    const visitor = new Visitor(overrides);
    const callback = new URL(await signInAt(await visitor.startAt(id), "ada"));
    callback.searchParams.set("iss", "https://evil.example");
    expect(locationOf(await visitor.navigate(callback.href))).toBe(`${APP}/?integration=${id}&error=issuer_mismatch`);
  });

  it("is refused by the server with a code that was used before", async () => {
    const [one, other] = [new Visitor(overrides), new Visitor(overrides)];
    const first = new URL(await signInAt(await one.startAt(id), "ada"));
    const second = new URL(await signInAt(await other.startAt(id), "bob"));
    await one.navigate(first.href);
    second.searchParams.set("code", first.searchParams.get("code") ?? "");
    expect(locationOf(await other.navigate(second.href))).toContain("error=token_request_rejected");
  });
});

it("says so when the server does not know our secret", async () => {
  const [basic] = oidcEntries(issuer);
  const visitor = new Visitor({ CUSTOM_PROVIDERS: JSON.stringify([{ ...basic, client_secret: "wrong" }]) });
  const callback = await signInAt(await visitor.startAt("oidc-basic"), "ada");
  expect(locationOf(await visitor.navigate(callback))).toContain("error=client_credentials_invalid");
});

it("is not reachable on this machine for a deployed Worker", async () => {
  const visitor = new Visitor(overrides);
  const answer = await errorOf(await visitor.fetch("https://latchkey.example.com/auth/oidc-basic"));
  expect(answer).toMatchObject({ status: 500, error: "config_error" });
});
