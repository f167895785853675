/**
 * Official SDKs of services that ask for a key, unmodified, by base URL and key alone: the account is connected by typing the
 * service's key into the form over HTTP, and the SDK has one of ours in its place.
 */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import deepgram from "../descriptions/extracts/deepgram.json" with { type: "json" };
import openai from "../descriptions/extracts/openai.json" with { type: "json" };
import resend from "../descriptions/extracts/resend.json" with { type: "json" };
import sendgrid from "../descriptions/extracts/sendgrid.json" with { type: "json" };
import twilio from "../descriptions/extracts/twilio.json" with { type: "json" };
import { openApi } from "../descriptions/openapi.ts";
import { KEY_SDKS } from "../sdks/keys/index.ts";
import { KINDS } from "../sdks/keys/key-sdk.ts";
import { flawOf } from "../../src/contract/checks.ts";
import packages from "../../package.json" with { type: "json" };
import { playServices, startTyped, type PlayedServices, type TypedApp } from "./key-services.ts";

const CHECKERS = {
  deepgram: openApi(deepgram),
  openai: openApi(openai),
  resend: openApi(resend),
  sendgrid: openApi(sendgrid),
  twilio: openApi(twilio),
};
/** However an SDK waits between attempts, this is too long for a key that is none. */
const AT_ONCE_MS = 2_000;

let played: PlayedServices;
let app: TypedApp;

beforeAll(async () => {
  played = await playServices(KEY_SDKS, CHECKERS);
  app = await startTyped(played.origin, KEY_SDKS);
});
afterAll(async () => {
  await app?.stop();
  await played?.stop();
});

describe.each(KEY_SDKS)("what is said of $file.service.id", ({ name, file: { service, sources } }) => {
  it("is a service without a flaw, each fact with a page of the service's own beside it", () => {
    expect(flawOf(service)).toBeNull();
    const { api = {} } = service;
    const { base_path: _, ...facts } = api;
    const said = ["fields", "verify", "api_base_url", ...Object.keys(facts).map((fact) => `api.${fact}`)];
    expect(Object.keys(sources)).toEqual(expect.arrayContaining(said));
  });

  it("docs/proxy.md has beside the version that is installed", async () => {
    const document = await readFile(new URL("../../docs/proxy.md", import.meta.url), "utf8");
    const version = new Map(Object.entries(packages.devDependencies)).get(name);
    const row = document.split("\n").find((line) => line.startsWith(`| \`${name}\``) && line.includes(`${version}`));
    expect(row).toContain(`/proxy/${service.id}`.replace("/proxy/stripe", "see below"));
  });
});

describe.each(KEY_SDKS)("$name", (sdk) => {
  const none = { api: "http://localhost", host: () => "http://localhost", key: `lk_${"A".repeat(86)}` };
  const named = Object.keys(sdk.does(none));

  it("does everything that people do with one, or says why not", () =>
    expect([...named, ...Object.keys(sdk.lacks)].toSorted()).toEqual(KINDS.toSorted()));

  it.each(KINDS.filter((kind) => named.includes(kind)))("%s", async (kind) => {
    played.take();
    if (kind === "waits for a limit") played.limitOnce(sdk);
    await sdk.does(app.at(sdk))[kind]?.();
    const asked = played.take();
    expect(asked.length).toBeGreaterThanOrEqual(kind === "waits for a limit" ? 2 : 1);
    expect(played.complaints()).toEqual([]);
  });

  it("is told at once of a key of ours that has ended, as of one of the service's own", async () => {
    const { key, end } = await app.makeKey();
    await end();
    played.take();
    const started = performance.now();
    const { isAuthentication } = sdk.unauthorized(await sdk.failure(app.atId(sdk, key)));
    expect([isAuthentication, performance.now() - started < AT_ONCE_MS]).toEqual([true, true]);
    // By a slug nobody knows whose shape it would be: the status says it.
    const { status } = await fetch(app.at(sdk).api, { headers: { "X-Latchkey-Key": key } });
    expect(status).toBe(401);
    expect(played.take()).toEqual([]);
  });

  it("never gets the service's key, nor does anything else of it come back", async () => {
    const { api, key } = app.at(sdk);
    const { path = "", query = {} } = sdk.file.service.verify ?? {};
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => sdk.typed[name] ?? "");
    const inQuery = sdk.file.service.api?.stamp?.query === undefined ? {} : { key };
    const asked = new URLSearchParams({ ...query, ...inQuery }).toString();
    const answer = await fetch(`${api}${filled}?${asked}`, { headers: { "X-Latchkey-Key": key } });
    expect([answer.status, answer.headers.get("X-Played"), answer.headers.has("X-Echo")]).toEqual([200, "1", false]);
    const seen = JSON.stringify([...answer.headers]) + (await answer.text());
    expect(seen).not.toContain(sdk.secret);
    expect(seen).not.toContain(btoa(Object.values(sdk.typed).join(":")).replace(/=+$/, ""));
  });

  it("has its form say that a key is wrong, and keeps what was typed before", async () => {
    expect(await app.typeWrong(sdk)).toMatchObject({ error: "fields_refused" });
    expect(played.complaints()).toEqual([expect.stringMatching(/: not authorized$/)]);
    await sdk.does(app.at(sdk)).reads?.();
  });
});

it("nothing that no service should have been sent was sent, and every described route was held against its description", () => {
  expect(played.complaints()).toEqual([]);
  const known = [deepgram, openai, resend, sendgrid, twilio].flatMap(({ operations }) => Object.keys(operations));
  expect([...played.described].toSorted()).toEqual(known.toSorted());
});

// Last: what is revoked at the service stays so.
describe.each(KEY_SDKS)("$name, whose key was revoked at the service,", (sdk) => {
  it("gets the service's own refusal, and then ours in its shape, at once", async () => {
    played.revoke(sdk);
    await sdk.failure(app.at(sdk));
    const reconnect = await vi.waitFor(
      async () => {
        const started = performance.now();
        const outcome = sdk.unauthorized(await sdk.failure(app.at(sdk)));
        expect(outcome.says).toMatch(/reauth_required|[Cc]onnect(?:ion)? .*again/);
        return { ...outcome, ms: performance.now() - started };
      },
      { timeout: 20_000, interval: 300 },
    );
    expect([reconnect.isAuthentication, reconnect.ms < AT_ONCE_MS]).toEqual([true, true]);
  });
});
