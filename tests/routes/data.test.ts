/** Items, cursors, and what a provider's API may answer. */
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { Items } from "../../src/api.ts";
import { control } from "../support/emulator.ts";
import { Visitor, errorOf } from "../support/visitor.ts";

let visitor: Visitor;
beforeEach(async () => {
  await control("hubspot").reset();
  visitor = new Visitor();
  await visitor.connect("hubspot");
});

const load = (query: string) => visitor.fetch(`/integrations/hubspot/load?${query}`);

describe("load", () => {
  it("asks the resources at once and gives each its share of the page", async () => {
    const { items } = await visitor.json("/integrations/hubspot/load?limit=10", Items);
    expect(items.filter(({ type }) => type === "contact")).toHaveLength(5);
    expect(items.filter(({ type }) => type === "company")).toHaveLength(5);
  });

  it("has the resources' requests under way together", async () => {
    await control("hubspot").settings({ api_delay_ms: 400 });
    await control("hubspot").clearLog();
    await load("limit=10");
    const [first, second] = (await control("hubspot").log()).map(({ at }) =>
      Number(new Date(z.union([z.string(), z.number()]).parse(at))),
    );
    // One after the other they would be at least the delay apart.
    expect(Math.abs((second ?? 0) - (first ?? 0))).toBeLessThan(400);
  });

  it.each(["limit=0", "limit=101", "limit=-1", "limit=x", "limit=1.5", "limit="])(
    "refuses %s, naming the field",
    async (query) => {
      const answer = await errorOf(await load(query));
      expect(answer).toMatchObject({ status: 400, error: "invalid_request" });
      expect(answer.message).toContain("limit");
    },
  );

  it("refuses a cursor that was altered, made up, or belongs to another connection", async () => {
    const { next_cursor } = await visitor.json("/integrations/hubspot/load?limit=5", Items);
    const cursor = next_cursor ?? "";
    const altered = cursor.slice(0, 60) + (cursor[60] === "A" ? "B" : "A") + cursor.slice(61);
    const other = new Visitor();
    await other.connect("hubspot");
    const foreign = (await other.json("/integrations/hubspot/load?limit=5", Items)).next_cursor ?? "";
    for (const wrong of [altered, "x", btoa("[null]"), foreign, ""]) {
      const answer = await errorOf(await load(`cursor=${encodeURIComponent(wrong)}`));
      expect(answer).toMatchObject({ status: 400, error: "invalid_cursor" });
    }
    expect((await load(`cursor=${encodeURIComponent(cursor)}`)).status).toBe(200);
  });
});

describe("what things of a type have besides", () => {
  const text = z.string().min(1);
  it.each([
    ["github", "repository", z.strictObject({ language: text.nullable(), visibility: z.enum(["public", "private"]) })],
    ["hubspot", "contact", z.strictObject({ email: z.email().nullable() })],
    ["hubspot", "company", z.strictObject({ domain: text.nullable() })],
    ["google", "file", z.strictObject({ size: z.int().nullable() })],
    ["google", "folder", z.strictObject({ size: z.null() })],
    ["microsoft", "file", z.strictObject({ size: z.int() })],
    ["spotify", "playlist", z.strictObject({})],
  ])("%s tells of a %s", async (service, type, Details) => {
    const person = new Visitor();
    await person.connect(service);
    const { items } = await person.json(`/integrations/${service}/load?limit=50`, Items);
    const told = items.filter((item) => item.type === type).map(({ details }) => details);
    expect(told.length).toBeGreaterThan(0);
    for (const details of told) Details.parse(details);
    const values = told.flatMap((details) => Object.values(details));
    // All of them null would be a mapping that reads nothing.
    if (type !== "folder" && values.length > 0) expect(values.some((value) => value !== null)).toBe(true);
  });
});

describe("when the provider's API", () => {
  it.each([
    ["is down", { fault: "server_error" }, 502, "provider_unavailable"],
    ["limits the rate", { fault: "rate_limited", retry_after: 9 }, 503, "provider_rate_limited"],
    ["answers HTML", { fault: "html" }, 502, "invalid_provider_response"],
    ["answers garbage", { fault: "garbage" }, 502, "invalid_provider_response"],
    ["redirects", { fault: "redirect" }, 502, "provider_unavailable"],
    ["answers 10 MB", { fault: "big" }, 502, "invalid_provider_response"],
  ])("%s, it is said in our words and the connection stays", async (_, fault, status, error) => {
    await control("hubspot").fault({ endpoint: "api", times: 2, ...fault });
    const response = await load("limit=4");
    const text = await response.clone().text();
    expect(await errorOf(response)).toMatchObject({ status, error });
    expect(text).not.toContain("provider-said-this");
    if (error === "provider_rate_limited") expect(response.headers.get("Retry-After")).toBe("9");
    expect(await control("evil").log()).toEqual([]);
    expect((await visitor.fetch("/data/hubspot")).status).toBe(200);
  });
});

describe("a limit of the provider's", () => {
  // https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api; https://airtable.com/developers/web/api/rate-limits
  it.each([
    ["github", { headers: { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "{reset}" }, status: 403 }, 900],
    ["github", { headers: { "Retry-After": "{date}" }, status: 429 }, 900],
    ["airtable", { status: 429 }, 30],
    ["google", { headers: { "Retry-After": "{date}" }, status: 503 }, 900],
  ])("of %s is told with its end: %j", async (service, { status, ...rest }, seconds) => {
    await control(service).reset();
    const person = new Visitor();
    await person.connect(service);
    const until = Date.now() + 900_000;
    const headers = Object.fromEntries(
      Object.entries("headers" in rest ? rest.headers : {}).map(([name, value]) => [
        name,
        value.replace("{reset}", String(Math.floor(until / 1000))).replace("{date}", new Date(until).toUTCString()),
      ]),
    );
    await control(service).fault({ endpoint: "api", status, headers, body: "{}" });
    const answer = await person.fetch(`/data/${service}`);
    expect(answer.status).toBe(status === 503 ? 502 : 503);
    expect(Math.abs(Number(answer.headers.get("Retry-After")) - seconds)).toBeLessThan(10);
  });
});
