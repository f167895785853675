/** Whatever RFC 6749 leaves to a server, the emulated services do in the way that a sloppy client breaks on. */
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { SERVICES, sandboxClient } from "../../sandbox/clients.ts";
import { builtInProviders } from "../../src/providers/index.ts";
import { control } from "../support/emulator.ts";
import { ask, redirectUri } from "../support/sandbox.ts";
import { decide, Visitor } from "../support/visitor.ts";

const TokenLog = z.object({ headers: z.record(z.string(), z.string()), body: z.string() });

describe.each(SERVICES)("%s", (service) => {
  beforeEach(() => control(service).reset());

  it("calls back with everything that may be encoded encoded, and a parameter that nobody knows", async () => {
    const callback = new URL(await decide(service, await new Visitor().startAt(service)));
    const { searchParams } = callback;
    expect(searchParams.get("unheard_of")).toBe("code=none&state=none");
    expect(searchParams.get("code")).toMatch(/ !#\$%&'\(\)\*\+,\/:;<=>\?@\[\]\^`\{\|\}%2B$/);
    expect(callback.search).not.toMatch(/[^A-Za-z0-9?&=%+_]/);
  });

  it("has the state come back as it was, whatever it is", async () => {
    const state = `a b+c%20d&e=f#g/"h'\\~${"é".repeat(40)}`;
    const url = new URL(await new Visitor().startAt(service));
    url.searchParams.set("state", state);
    expect(new URL(await decide(service, url.href)).searchParams.get("state")).toBe(state);
  });

  it("gives tokens that need every care, which the product sends as they are", async () => {
    await control(service).settings({ token_rotation: true });
    const visitor = new Visitor();
    await visitor.connect(service);
    const { issued } = await control(service).grants();
    expect(issued.some((secret) => secret.endsWith("-._~+/=="))).toBe(true);
    if (service !== "facebook") {
      expect(issued.filter((secret) => secret.includes(" !#$%&'()*+,/:;<=>?@[]^`{|}%2B")).length).toBeGreaterThan(1);
    }
    await control(service).clearLog();
    await visitor.fetch(`/data/${service}`);
    const log = z.array(TokenLog).parse(await control(service).log());
    const sent = log.flatMap(({ headers }) => headers["authorization"]?.match(/^Bearer (.+)$/)?.[1] ?? []);
    expect(sent.length).toBeGreaterThan(0);
    for (const token of sent) expect(issued).toContain(token);
  });

  it("writes a token answer in no way that is usual", async () => {
    const callback = new URL(await decide(service, await new Visitor().startAt(service)));
    const provider = builtInProviders.find(({ id }) => id === service);
    const asked = new URL(await new Visitor().startAt(service));
    if (asked.searchParams.has("code_challenge")) return;
    const { client_id, client_secret } = sandboxClient(service);
    const params = {
      grant_type: "authorization_code",
      code: callback.searchParams.get("code") ?? "",
      redirect_uri: redirectUri(service),
    };
    const isJson = provider?.token_request_format === "json";
    const isBasic = provider?.token_endpoint_auth_method === "client_secret_basic";
    const all = isBasic ? params : { ...params, client_id, client_secret };
    const answer = await ask(service, provider?.token_endpoint ?? "", {
      method: "POST",
      headers: {
        ...(isBasic ? { Authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}` } : {}),
        ...(isJson ? { "Content-Type": "application/json" } : {}),
        ...provider?.token_request_headers,
      },
      body: isJson ? JSON.stringify(all) : new URLSearchParams(all),
    });
    expect(answer.headers.get("content-type")).toBe("Application/JSON;charset=UTF-8");
    const text = await answer.text();
    expect(text).toContain('"access\\u005ftoken"');
    const read = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
    expect(read).toHaveProperty("unheard_of");
    if (service !== "slack") expect(read["token_type"]).toBe("BEARER");
  });
});

it("has tokens and codes of the length that Google says they can have", async () => {
  await control("google").reset();
  const visitor = new Visitor();
  const code = new URL(await decide("google", await visitor.startAt("google"))).searchParams.get("code") ?? "";
  expect([code.startsWith("4/0A"), code.length]).toEqual([true, 256]);
  await visitor.connect("google");
  const { issued } = await control("google").grants();
  expect(issued.filter((secret) => secret.startsWith("ya29.")).map(({ length }) => length)).toEqual([2048]);
  expect(issued.filter((secret) => secret.startsWith("1//")).map(({ length }) => length)).toEqual([512]);
});

it("keeps a token of four kilobytes", async () => {
  await control("spotify").reset();
  const visitor = new Visitor();
  const callback = await decide("spotify", await visitor.startAt("spotify"));
  const access_token = "a".repeat(4096);
  await control("spotify").fault({ endpoint: "token", override: { access_token } });
  await visitor.navigate(callback);
  const log = z.array(TokenLog).parse(await control("spotify").log());
  expect(log.some(({ headers }) => headers["authorization"] === `Bearer ${access_token}`)).toBe(true);
});
