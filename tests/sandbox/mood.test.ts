/** A thousand refreshes at services in a bad mood: what passes is met in every one of their own words, and nothing is lost. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { SERVICES } from "../../sandbox/clients.ts";
import { findService } from "../../sandbox/services/index.ts";
import { Credentials } from "../../src/api.ts";
import { control } from "../support/emulator.ts";
import { Visitor, errorOf, locationOf } from "../support/visitor.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ROUNDS = 112;

// One clock for the file: tests that run side by side must not set each other's back.
beforeAll(() => vi.useFakeTimers({ toFake: ["Date"] }));
afterAll(() => vi.useRealTimers());

const held = (visitor: Visitor, service: string) => visitor.json(`/integrations/${service}/credentials`, Credentials);

describe.concurrent("in a bad mood", { timeout: 400_000 }, () => {
  it.each(SERVICES)(`${ROUNDS} refreshes at %s lose nothing`, async (service) => {
    await control(service).reset();
    await control(service).settings({ token_rotation: true });
    const visitor = new Visitor();
    expect(locationOf(await visitor.connect(service))).toContain(`connected=${service}`);
    await control(service).settings({ mood: "bad" });
    let renewed = 0;
    let refused = 0;
    while (renewed < ROUNDS) {
      const answer = await visitor.change("POST", `/integrations/${service}/refresh`);
      const { status, failure } = await held(visitor, service);
      expect(status, JSON.stringify(failure)).toBe("connected");
      if (answer.ok && failure === null) renewed += 1;
      else refused += 1;
      // A refresh can be forced once in half a minute, and what failed waits for five minutes at the most.
      vi.setSystemTime(Date.now() + 31_000);
    }
    expect(refused).toBeGreaterThan(0);
    await control(service).settings({ mood: "good" });
    expect((await visitor.fetch(`/data/${service}`)).status).toBe(200);
    const { grants } = await control(service).grants();
    expect(grants).toMatchObject([{ revoked: false, reuse_detected: false }]);
  });
});

it("in a worse one a person takes their consent back, and that is noticed", { timeout: 120_000 }, async () => {
  await control("google").reset();
  const visitor = new Visitor();
  await visitor.connect("google");
  await control("google").settings({ mood: "worse" });
  for (let round = 0; round < 500 && (await held(visitor, "google")).status === "connected"; round += 1) {
    await visitor.change("POST", "/integrations/google/refresh");
    vi.setSystemTime(Date.now() + 31_000);
  }
  expect(await held(visitor, "google")).toMatchObject({
    status: "reauth_required",
    failure: { reason: "grant_refused" },
  });
});

describe("what is said", () => {
  const words = SERVICES.flatMap((service) => {
    const { token, api } = findService(service).words;
    return [
      ...token.passing.map((_, which) => ({ service, kind: "passing", endpoint: "token", which })),
      ...token.dead.map((_, which) => ({ service, kind: "dead", endpoint: "token", which })),
      ...api.dead.map((_, which) => ({ service, kind: "dead", endpoint: "api", which })),
    ];
  });

  it.each(SERVICES.map((service) => [service]))("by %s names the page that has it", (service) => {
    const { token, api } = findService(service).words;
    for (const { source } of [token.passing, token.dead, api.passing, api.dead].flat()) {
      expect(source).toMatch(/^https:\/\//);
    }
    expect(token.passing.length).toBeGreaterThan(0);
    expect(token.dead.length).toBeGreaterThan(0);
  });

  it.each(words.filter(({ endpoint }) => endpoint === "token"))(
    "at a refresh is understood: $service, $kind $which",
    async ({ service, kind, which }) => {
      await control(service).reset();
      await control(service).settings({ token_rotation: true });
      const visitor = new Visitor();
      await visitor.connect(service);
      await control(service).fault({ endpoint: "token", fault: kind, which, times: 2 });
      await visitor.change("POST", `/integrations/${service}/refresh`);
      const { status, failure } = await held(visitor, service);
      expect(status).toBe(kind === "dead" ? "reauth_required" : "connected");
      // Nothing that counts towards the end, however often it comes; null where asking once more has helped.
      if (kind === "passing") expect(failure?.reason ?? "provider_unavailable").toMatch(/^provider_/);
      vi.setSystemTime(Date.now() + DAY / 24);
    },
  );

  it.each(words.filter(({ endpoint }) => endpoint === "api"))(
    "by an API that takes the token no more is understood: $service, $which",
    async ({ service, which }) => {
      await control(service).reset();
      const visitor = new Visitor();
      await visitor.connect(service);
      await control(service).fault({ endpoint: "api", fault: "dead", which, times: 20 });
      await control(service).fault({ endpoint: "introspect", status: 200, body: '{"active":false}', times: 5 });
      await control(service).fault({ endpoint: "token", fault: "dead", times: 5 });
      await visitor.fetch(`/data/${service}`);
      expect((await held(visitor, service)).status).toBe("reauth_required");
    },
  );

  it.each(
    SERVICES.flatMap((service) => findService(service).words.api.passing.map((_, which) => ({ service, which }))),
  )("by an API where something passes is taken for nothing else: $service, $which", async ({ service, which }) => {
    await control(service).reset();
    const visitor = new Visitor();
    await visitor.connect(service);
    await control(service).fault({ endpoint: "api", fault: "passing", which, times: 20 });
    expect(await errorOf(await visitor.fetch(`/data/${service}`))).toMatchObject({
      error: expect.stringMatching(/^provider_(?:unavailable|rate_limited)$/),
    });
    expect((await held(visitor, service)).status).toBe("connected");
  });
});
