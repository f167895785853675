/** The sandbox says where it ends in words of its own, and takes Basic credentials as they are sent. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { sandboxClient, SERVICES } from "../../sandbox/clients.ts";
import { askEmulator } from "../../sandbox/world.ts";
import { PROVIDERS, control } from "../support/emulator.ts";
import { keyFor, request } from "../support/visitor.ts";

beforeEach(() => Promise.all(SERVICES.map((service) => control(service).reset())));

it.each(SERVICES)(
  "a path that %s has and the sandbox has not is never said to be missing at the service",
  async (service) => {
    const { key } = await keyFor(service);
    const path = service === "slack" ? "api/nothing.here" : "v99/nothing-here";
    const answer = await request(`/proxy/${service}/${path}`, { headers: { Authorization: `Bearer ${key}` } });
    expect(answer.headers.get("X-Sandbox")).toBe("not emulated");
    expect(answer.status).not.toBe(404);
    expect(await answer.text()).toContain("sandbox: not emulated");
  },
);

describe("Basic credentials", () => {
  const ENDPOINTS = {
    airtable: "airtable.com/oauth2/v1/token",
    notion: "api.notion.com/v1/oauth/token",
    spotify: "accounts.spotify.com/api/token",
    slack: "slack.com/api/oauth.v2.access",
  } as const;
  const services = Object.keys(ENDPOINTS).filter((name): name is keyof typeof ENDPOINTS => name in ENDPOINTS);

  async function asked(service: keyof typeof ENDPOINTS, encode: (part: string) => string): Promise<string> {
    const { client_id, client_secret } = sandboxClient(service);
    const isJson = service === "notion";
    const parameters = { grant_type: "refresh_token", refresh_token: "none" };
    const answer = await askEmulator(
      env.EMULATOR,
      new Request(`${PROVIDERS}/${service}/${ENDPOINTS[service]}`, {
        method: "POST",
        headers: {
          Authorization: `Basic ${btoa(`${encode(client_id)}:${encode(client_secret)}`)}`,
          "Content-Type": isJson ? "application/json" : "application/x-www-form-urlencoded",
          "Notion-Version": "2026-03-11",
        },
        body: isJson ? JSON.stringify(parameters) : new URLSearchParams(parameters).toString(),
      }),
    );
    return answer.text();
  }

  const REFUSES_CLIENT = /invalid_client|bad_client|invalid_client_id/;

  it.each(services)("of %s are right as they are, and wrong with their hyphens percent-encoded", async (service) => {
    expect(await asked(service, (part) => part)).not.toMatch(REFUSES_CLIENT);
    expect(await asked(service, (part) => part.replaceAll("-", "%2D"))).toMatch(REFUSES_CLIENT);
  });
});
