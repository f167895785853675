/** Passkeys: the same vault on another device, for whoever has one and for nobody else. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { decodeBase64urlIgnorePadding, encodeBase64urlNoPadding } from "@oslojs/encoding";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Integrations } from "../../src/api.ts";
import { UserSession } from "../../src/api-apps.ts";
import { PasskeyOptions } from "../../src/api-passkeys.ts";
import { BOUNDS } from "../../src/bounds.ts";
import { randomId } from "../../src/crypto.ts";
import { control } from "../support/emulator.ts";
import { Authenticator, base64url, toSpki, type Kind, type Lies } from "../support/authenticator.ts";
import { call, makeApp } from "../support/integrator.ts";
import { meter } from "../support/meter.ts";
import { addPasskey, optionsFor, passkeysOf, post, signIn, signInOptions, tryToAdd } from "../support/passkeys.ts";
import { losingVaults, ringAlarm, rowsOf, tablesOf, vaultOf } from "../support/vault.ts";
import { APP, Visitor, errorOf, keyFor } from "../support/visitor.ts";

const DAY = 86_400_000;

beforeEach(async () => {
  await control("github").reset();
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => vi.useRealTimers());

const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);

async function personWith(device?: Authenticator): Promise<Visitor> {
  const visitor = new Visitor();
  await visitor.connect("github");
  if (device) await addPasskey(visitor, device);
  return visitor;
}

const statusAt = async (visitor: Visitor, service = "github"): Promise<string | undefined> =>
  (await visitor.json("/integrations", Integrations)).integrations.find(({ integration }) => integration === service)
    ?.status;

const stored = async (visitor: Visitor) => {
  const { passkeys = 0, answered = 0 } = await rowsOf(vaultOf(visitor));
  return { passkeys, answered };
};

const utf8 = (text: string): string => encodeBase64urlNoPadding(new TextEncoder().encode(text));

describe("a passkey", () => {
  it("opens the same vault in another browser", async () => {
    const device = new Authenticator();
    const first = await personWith(device);
    const second = new Visitor();
    expect(await statusAt(second)).toBe("not_connected");
    expect((await signIn(second, device)).status).toBe(204);
    expect(vaultOf(second).name).toBe(vaultOf(first).name);
    expect(await statusAt(second)).toBe("connected");
    expect((await second.fetch("/data/github")).status).toBe(200);
    expect(second.cookies.get("__Host-session")).not.toBe(first.cookies.get("__Host-session"));
  });

  it.each(["ES256", "EdDSA", "RS256"] satisfies Kind[])("may be of the kind %s", async (kind) => {
    const device = new Authenticator({ kind });
    await personWith(device);
    expect((await signIn(new Visitor(), device)).status).toBe(204);
  });

  it("is asked for as one that needs no name, and with whatever tells the person", async () => {
    const { create, confirm } = await optionsFor(await personWith());
    expect(create).toMatchObject({
      rp: { id: "localhost", name: "Latchkey" },
      pubKeyCredParams: [{ alg: -7 }, { alg: -8 }, { alg: -257 }],
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
      attestation: "none",
      excludeCredentials: [],
    });
    expect(create.user.name).not.toBe("");
    expect(atob(create.user.id.replaceAll("-", "+").replaceAll("_", "/")).length).toBeLessThanOrEqual(64);
    expect(confirm).toBeNull();
    expect(await signInOptions(new Visitor())).toMatchObject({
      rpId: "localhost",
      allowCredentials: [],
      userVerification: "required",
    });
  });

  it("is for whoever has connected something", async () => {
    const visitor = new Visitor();
    await visitor.startAt("github");
    expect(await errorOf(await post(visitor, "/passkeys/options"))).toMatchObject({
      status: 409,
      error: "not_connected",
    });
    const device = new Authenticator();
    const other = await personWith();
    const { create } = await optionsFor(other);
    await other.change("DELETE", "/integrations/github/credentials");
    const late = await post(other, "/passkeys", { name: "late", credential: await device.create(create) });
    expect(await errorOf(late)).toMatchObject({ status: 409, error: "not_connected" });
  });

  it("is listed with its name and its uses, and with nothing that opens or finds it", async () => {
    const device = new Authenticator();
    const visitor = await personWith();
    const made = await addPasskey(visitor, device, { name: "  The phone " });
    expect(made).toEqual({
      id: expect.stringMatching(/^[\w-]{16}$/),
      name: "The phone",
      created_at: new Date().toISOString(),
      last_used_at: null,
      cloned_at: null,
    });
    pass(DAY);
    await signIn(new Visitor(), device);
    expect(await passkeysOf(visitor)).toEqual([{ ...made, last_used_at: new Date().toISOString() }]);
    expect(JSON.stringify(await passkeysOf(visitor))).not.toContain(device.id);
  });

  it("makes no table in a vault before there is one", async () => {
    const visitor = await personWith();
    await optionsFor(visitor);
    await passkeysOf(visitor);
    const before = await tablesOf(vaultOf(visitor));
    expect(before).not.toContain("passkeys");
    expect(before).not.toContain("answered");
    await addPasskey(visitor, new Authenticator());
    expect(await tablesOf(vaultOf(visitor))).toEqual(expect.arrayContaining([...before, "passkeys", "answered"]));
  });

  it("goes on opening the vault when the person has signed out everywhere: nothing is disconnected", async () => {
    const device = new Authenticator();
    const visitor = await personWith(device);
    expect((await visitor.change("DELETE", "/sessions/current")).status).toBe(204);
    expect(visitor.cookies.has("__Host-session")).toBe(false);
    expect((await signIn(visitor, device)).status).toBe(204);
    expect(await statusAt(visitor)).toBe("connected");
  });

  it("that is removed opens nothing, and what it has opened stays open", async () => {
    const [device, other] = [new Authenticator(), new Authenticator()];
    const visitor = await personWith(device);
    const second = await addPasskey(visitor, other, { confirming: device });
    const elsewhere = new Visitor();
    await signIn(elsewhere, other);
    expect((await visitor.change("DELETE", `/passkeys/${second.id}`)).status).toBe(204);
    expect(await errorOf(await signIn(new Visitor(), other))).toMatchObject({ status: 404, error: "unknown_passkey" });
    expect(await statusAt(elsewhere)).toBe("connected");
    expect((await signIn(new Visitor(), device)).status).toBe(204);
  });

  it("goes as the last one only where that is said", async () => {
    const visitor = await personWith(new Authenticator());
    const [{ id } = { id: "" }] = await passkeysOf(visitor);
    expect(await errorOf(await visitor.change("DELETE", `/passkeys/${id}`))).toMatchObject({
      status: 409,
      error: "last_passkey",
    });
    expect(await passkeysOf(visitor)).toHaveLength(1);
    expect((await visitor.change("DELETE", `/passkeys/${id}?last=true`)).status).toBe(204);
    expect(await passkeysOf(visitor)).toEqual([]);
    expect(await errorOf(await visitor.change("DELETE", `/passkeys/${id}?last=true`))).toMatchObject({
      status: 404,
      error: "unknown_passkey",
    });
  });

  it("of another person is not there to be removed", async () => {
    const visitor = await personWith(new Authenticator());
    const [{ id } = { id: "" }] = await passkeysOf(visitor);
    const other = await personWith(new Authenticator());
    const refused = await errorOf(await other.change("DELETE", `/passkeys/${id}?last=true`));
    expect(refused).toMatchObject({ status: 404, error: "unknown_passkey" });
    expect(await passkeysOf(visitor)).toHaveLength(1);
  });
});

describe("at the address that people reach a deployment at", () => {
  const PUBLIC_URL = "https://connect.example.com";
  const there = { headers: { "X-CSRF": "1", Origin: PUBLIC_URL, "Content-Type": "application/json" } } as const;

  it("a passkey is for its host, and an answer from the address that the request came to counts for nothing", async () => {
    const visitor = new Visitor({ PUBLIC_URL });
    for (const [name, value] of (await personWith()).cookies) visitor.cookies.set(name, value);
    const begin = async () =>
      PasskeyOptions.parse(await (await visitor.fetch("/passkeys/options", { method: "POST", ...there })).json());
    const add = async (lies: Lies) => {
      const { create } = await begin();
      expect(create.rp.id).toBe("connect.example.com");
      const credential = await new Authenticator().create(create, lies);
      const body = JSON.stringify({ name: "one", credential });
      return visitor.fetch("/passkeys", { method: "POST", ...there, body });
    };
    for (const lies of [{ origin: APP }, { origin: PUBLIC_URL, rpId: "localhost" }]) {
      expect(await errorOf(await add(lies))).toMatchObject({ status: 400, error: "invalid_passkey" });
    }
    expect((await add({ origin: PUBLIC_URL })).status).toBe(201);
    // A page of ours under another name is told which to open; one of another site is told nothing.
    for (const [origin, site, known] of [
      [APP, "same-origin", true],
      [APP, "cross-site", false],
      ["https://evil.example", "same-origin", false],
    ] as const) {
      const headers = { "X-CSRF": "1", Origin: origin, "Sec-Fetch-Site": site };
      const refused = await errorOf(await visitor.fetch("/passkeys/options", { method: "POST", headers }));
      expect(refused).toMatchObject({ status: 403, error: "csrf" });
      expect(refused.message.includes(`Open ${PUBLIC_URL} and try again there.`)).toBe(known);
    }
  });
});

describe("another passkey", () => {
  it("takes the word of one that is there already", async () => {
    const [device, other] = [new Authenticator(), new Authenticator()];
    const visitor = await personWith(device);
    const refused = await errorOf(await tryToAdd(visitor, other));
    expect(refused).toMatchObject({ status: 403, error: "confirmation_required" });
    expect(await passkeysOf(visitor)).toHaveLength(1);
    const { confirm, create } = await optionsFor(visitor);
    expect(confirm?.allowCredentials.map(({ id }) => id)).toEqual([device.id]);
    expect(create.excludeCredentials).toEqual(confirm?.allowCredentials);
    await addPasskey(visitor, other, { confirming: device });
    expect(await passkeysOf(visitor)).toHaveLength(2);
    expect((await signIn(new Visitor(), other)).status).toBe(204);
  });

  it("is not confirmed by itself, nor by another person's", async () => {
    const [device, other] = [new Authenticator(), new Authenticator()];
    const visitor = await personWith(device);
    await personWith(other);
    const fresh = new Authenticator();
    for (const confirming of [fresh, other]) {
      const refused = await errorOf(await tryToAdd(visitor, fresh, { confirming }));
      expect(refused).toMatchObject({ status: 404, error: "unknown_passkey" });
    }
    expect(await passkeysOf(visitor)).toHaveLength(1);
  });

  it("takes a word given for this, just now, and once", async () => {
    const device = new Authenticator();
    const visitor = await personWith(device);
    const { create, confirm } = await optionsFor(visitor);
    if (!confirm) throw new Error("nothing to confirm");
    const confirmation = await device.get(confirm);
    const signedIn = await device.get({ ...confirm, challenge: (await signInOptions(visitor)).challenge });
    const add = async (request: typeof create, word: unknown) =>
      post(visitor, "/passkeys", {
        name: "another",
        credential: await new Authenticator().create(request),
        confirmation: word,
      });
    expect(await errorOf(await add(create, signedIn))).toMatchObject({ status: 400, error: "challenge_spent" });
    expect((await add(create, confirmation)).status).toBe(201);
    const next = await optionsFor(visitor);
    expect(await errorOf(await add(next.create, confirmation))).toMatchObject({ error: "challenge_spent" });
    const late = await optionsFor(visitor);
    if (!late.confirm) throw new Error("nothing to confirm");
    const old = await device.get(late.confirm);
    pass(301_000);
    expect(await errorOf(await add((await optionsFor(visitor)).create, old))).toMatchObject({
      error: "challenge_spent",
    });
    expect(await passkeysOf(visitor)).toHaveLength(2);
  });

  it("that is here already is said to be, and the one there is stays as it is", async () => {
    const device = new Authenticator();
    const visitor = await personWith(device);
    const refused = await errorOf(await tryToAdd(visitor, device, { confirming: device, name: "again" }));
    expect(refused).toMatchObject({ status: 400, error: "invalid_passkey" });
    expect((await passkeysOf(visitor)).map(({ name }) => name)).toEqual(["My device"]);
  });

  it("is refused where there are as many as there may be", async () => {
    const device = new Authenticator();
    const visitor = await personWith(device);
    await runInDurableObject(vaultOf(visitor), (_, { storage: { sql } }) => {
      sql.exec(
        `WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ${BOUNDS.passkeys})
         INSERT INTO passkeys SELECT 'id' || i, 'one', '{}', '', 0, 0, NULL, NULL, 0 FROM n`,
      );
    });
    const refused = await errorOf(await tryToAdd(visitor, new Authenticator(), { confirming: device }));
    expect(refused).toMatchObject({ status: 409, error: "too_many" });
    expect(await passkeysOf(visitor)).toHaveLength(BOUNDS.passkeys);
  });
});

/** What an answer may have wrong with it, whichever it is an answer to. */
const LIES: readonly (readonly [string, Lies, code: string])[] = [
  ["from another origin", { origin: "https://latchkey.example" }, "invalid_passkey"],
  ["from another port", { origin: "http://localhost:8788" }, "invalid_passkey"],
  ["from within a page of another origin", { crossOrigin: true }, "invalid_passkey"],
  ["for another host", { rpId: "example.com" }, "invalid_passkey"],
  ["without asking who it is", { flags: 0x01 }, "invalid_passkey"],
  ["without anybody there", { flags: 0x04 }, "invalid_passkey"],
  ["of another type", { type: "payment.get" }, "invalid_passkey"],
  ["to a challenge that was made up", { challenge: utf8(randomId()) }, "challenge_spent"],
  ["to a sealed challenge that was made up", { challenge: utf8(`v1.sandbox.${randomId()}.AAAA`) }, "challenge_spent"],
  ["to no challenge", { challenge: "" }, "challenge_spent"],
  ["to what is no base64url", { challenge: "%%%" }, "invalid_passkey"],
];

describe("a new passkey is refused", () => {
  it.each([
    ...LIES,
    ["that is an answer to signing in", { type: "webauthn.get" }, "invalid_passkey"],
    ["that says it is another than it is", { id: base64url(new Uint8Array(32)) }, "invalid_passkey"],
  ] as typeof LIES)("%s", async (_, lies, code) => {
    const visitor = await personWith();
    const answer = await tryToAdd(visitor, new Authenticator(), { lies });
    expect(await errorOf(answer)).toMatchObject({ status: 400, error: code });
    expect(await stored(visitor)).toEqual({ passkeys: 0, answered: 0 });
  });

  it("whose challenge is another person's, of another kind, old or answered", async () => {
    const [visitor, other] = [await personWith(), await personWith()];
    const theirs = await optionsFor(other);
    const signingIn = await signInOptions(visitor);
    const mine = await optionsFor(visitor);
    const device = new Authenticator();
    const add = async (create: typeof mine.create, one = device) =>
      post(visitor, "/passkeys", { name: "one", credential: await one.create(create) });
    for (const create of [theirs.create, { ...mine.create, challenge: signingIn.challenge }]) {
      expect(await errorOf(await add(create))).toMatchObject({ status: 400, error: "challenge_spent" });
    }
    expect(await stored(visitor)).toEqual({ passkeys: 0, answered: 0 });
    expect((await add(mine.create)).status).toBe(201);
    expect(await errorOf(await add(mine.create, new Authenticator()))).toMatchObject({ error: "challenge_spent" });
    const late = await personWith();
    const { create } = await optionsFor(late);
    pass(301_000);
    const answer = await post(late, "/passkeys", { name: "one", credential: await device.create(create) });
    expect(await errorOf(answer)).toMatchObject({ status: 400, error: "challenge_spent" });
    expect(await stored(late)).toEqual({ passkeys: 0, answered: 0 });
  });

  it("whose key is none that was asked for", async () => {
    const visitor = await personWith();
    const generate = async (namedCurve: string): Promise<string> => {
      const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve }, true, ["sign", "verify"]);
      if (!("publicKey" in pair)) throw new TypeError("no pair");
      return toSpki(pair.publicKey);
    };
    const p256 = await generate("P-256");
    const keys = [
      { publicKeyAlgorithm: -35 },
      { publicKeyAlgorithm: -8 },
      { publicKeyAlgorithm: -257 },
      { publicKeyAlgorithm: 0 },
      { publicKey: await generate("P-384") },
      { publicKey: `${p256.slice(0, 40)}${"A".repeat(p256.length - 40)}` },
      { publicKey: p256.slice(0, -4) },
      { publicKey: "AA" },
    ];
    for (const key of keys) {
      const { create } = await optionsFor(visitor);
      const made = await new Authenticator().create(create);
      const credential = { ...made, response: { ...made.response, ...key } };
      const answer = await post(visitor, "/passkeys", { name: "one", credential });
      expect(await errorOf(answer)).toMatchObject({ status: 400, error: "invalid_passkey" });
    }
    expect(await stored(visitor)).toEqual({ passkeys: 0, answered: 0 });
  });
});

describe("signing in is refused", () => {
  it.each([
    ...LIES,
    ["with what makes a passkey", { type: "webauthn.create" }, "invalid_passkey"],
    ["with a passkey that says nothing of whose it is", { handle: null }, "unknown_passkey"],
    [
      "with a passkey for a vault that was made up",
      { handle: utf8(`${randomId()}${randomId()}`.slice(0, 59)) },
      "unknown_passkey",
    ],
    ["with a handle that is none to look at", { handle: utf8("me") }, "unknown_passkey"],
  ] as typeof LIES)("%s, and leads to no vault", async (_, lies, code) => {
    const device = new Authenticator();
    await personWith(device);
    const { bindings, take } = meter();
    const stranger = new Visitor({ ...bindings });
    // Once in an isolate the name key is read.
    await signIn(stranger, device, { handle: utf8(`${randomId()}${randomId()}`.slice(0, 59)) });
    take();
    const answer = await errorOf(await signIn(stranger, device, lies));
    expect(answer.error).toBe(code);
    const { counted: _counted, counted_changes: _changes, ...asked } = take();
    expect(asked).toEqual({});
    expect(stranger.cookies.has("__Host-session")).toBe(false);
  });

  it("with a signature that is another's, cut, doubled or empty", async () => {
    const [device, other] = [new Authenticator(), new Authenticator()];
    const person = await personWith(device);
    const stranger = new Visitor();
    const forge = async (change: (signature: string) => string) => {
      const credential = await device.get(await signInOptions(stranger));
      const signature = change(credential.response.signature);
      return post(stranger, "/passkeys/sign-in", {
        credential: { ...credential, response: { ...credential.response, signature } },
      });
    };
    const foreign = (await other.get(await signInOptions(stranger))).response.signature;
    for (const change of [
      () => foreign,
      (signature: string) => signature.slice(0, 40),
      (signature: string) => signature + signature,
      () => "AA",
      () => "MAYCAQACAQA",
    ]) {
      const { error } = await errorOf(await forge(change));
      expect(["unknown_passkey", "invalid_passkey"]).toContain(error);
    }
    expect((await forge((signature) => signature)).status).toBe(204);
    expect(await stored(person)).toEqual({ passkeys: 1, answered: 2 });
  });

  it("with a passkey of one vault in the name of another", async () => {
    const [device, other] = [new Authenticator(), new Authenticator()];
    const victim = await personWith(device);
    await personWith(other);
    const answer = await errorOf(await signIn(new Visitor(), other, { handle: device.handle }));
    expect(answer).toMatchObject({ status: 404, error: "unknown_passkey" });
    const renamed = await errorOf(await signIn(new Visitor(), other, { handle: device.handle, id: device.id }));
    expect(renamed).toMatchObject({ status: 404, error: "unknown_passkey" });
    expect((await passkeysOf(victim))[0]?.last_used_at).toBeNull();
  });

  it("with an answer that has let somebody in, also when it comes twenty times at once", async () => {
    const device = new Authenticator();
    await personWith(device);
    const credential = await device.get(await signInOptions(new Visitor()));
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => post(new Visitor(), "/passkeys/sign-in", { credential })),
    );
    const refused = answers.filter(({ status }) => status !== 204);
    expect(refused).toHaveLength(19);
    for (const answer of refused)
      expect(await errorOf(answer)).toMatchObject({ status: 400, error: "challenge_spent" });
  });

  it("five minutes after it was begun", async () => {
    const device = new Authenticator();
    await personWith(device);
    const credential = await device.get(await signInOptions(new Visitor()));
    pass(301_000);
    const answer = await errorOf(await post(new Visitor(), "/passkeys/sign-in", { credential }));
    expect(answer).toMatchObject({ status: 400, error: "challenge_spent" });
  });

  it("with a counter that has not gone on, which is noted; the one that goes on is let in", async () => {
    const device = new Authenticator({ counter: 7 });
    const visitor = await personWith(device);
    const before = device.counter;
    expect((await signIn(new Visitor(), device)).status).toBe(204);
    for (const counter of [before, before + 1, 0]) {
      const answer = await errorOf(await signIn(new Visitor(), device, { counter }));
      expect(answer).toMatchObject({ status: 403, error: "passkey_cloned" });
    }
    expect((await passkeysOf(visitor))[0]?.cloned_at).toBe(new Date().toISOString());
    expect((await signIn(new Visitor(), device, { counter: before + 20 })).status).toBe(204);
  });

  it("by another site, and to programs", async () => {
    const device = new Authenticator();
    const { key } = await keyFor("github");
    await personWith(device);
    const credential = await device.get(await signInOptions(new Visitor()));
    const body = JSON.stringify({ credential });
    const visitor = new Visitor();
    for (const headers of [{ Origin: APP }, { Origin: "https://other.example", "X-CSRF": "1" }]) {
      const init = { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body };
      for (const path of ["/passkeys/sign-in", "/passkeys/sign-in/options"]) {
        expect(await errorOf(await visitor.fetch(path, init))).toMatchObject({ status: 403, error: "csrf" });
      }
    }
    const program = { "X-CSRF": "1", "Content-Type": "application/json", Authorization: `Bearer ${key}` };
    const answer = await errorOf(await visitor.fetch("/passkeys/sign-in", { method: "POST", headers: program, body }));
    expect(answer).toMatchObject({ status: 401, error: "invalid_session" });
    expect((await post(visitor, "/passkeys/sign-in", { credential })).status).toBe(204);
  });
});

it("keys, sessions of apps and other sites have no part in passkeys", async () => {
  const app = await makeApp({ services: [] });
  const made = await call(app.key, "POST", "/sessions", { user: "ann" });
  const { key: session } = UserSession.parse(await made.json());
  const { key, visitor } = await keyFor("github");
  const ask = (method: string, path: string, headers: Record<string, string>) =>
    new Visitor().fetch(path, { method, headers: { "X-CSRF": "1", ...headers } });
  for (const [method, path] of [
    ["GET", "/passkeys"],
    ["POST", "/passkeys/options"],
    ["DELETE", "/passkeys/none"],
  ] as const) {
    for (const bearer of [app.key, session, key]) {
      const answer = await errorOf(await ask(method, path, { Authorization: `Bearer ${bearer}` }));
      expect(answer).toMatchObject({ status: 401, error: "invalid_session" });
      expect(answer.message).toContain("page");
    }
  }
  const foreign = { method: "POST", headers: { "X-CSRF": "1", Origin: "https://other.example" } };
  expect(await errorOf(await visitor.fetch("/passkeys/options", foreign))).toMatchObject({
    status: 403,
    error: "csrf",
  });
});

describe("garbage", () => {
  const BYTES = fc.uint8Array({ maxLength: 400 }).map((bytes) => base64url(bytes) || "AA");

  it("of any length in the place of what a browser has made is refused, and nothing is stored", async () => {
    const visitor = await personWith();
    const { create } = await optionsFor(visitor);
    const made = await new Authenticator().create(create);
    const id = new Uint8Array(decodeBase64urlIgnorePadding(made.id));
    // Behind the id stands what nobody reads.
    const whole = decodeBase64urlIgnorePadding(made.response.authenticatorData).slice(0, 55 + id.length);
    const cut = fc.nat(whole.length - 1).map((length) => base64url(whole.slice(0, length)) || "AA");
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(BYTES, cut),
        fc.constantFrom("authenticatorData", "clientDataJSON", "publicKey"),
        async (bytes, field) => {
          const credential = { ...made, response: { ...made.response, [field]: bytes } };
          const answer = await post(visitor, "/passkeys", { name: "one", credential });
          expect(await errorOf(answer)).toMatchObject({ status: 400, error: "invalid_passkey" });
        },
      ),
      { seed: 20_261_126, numRuns: 150 },
    );
    expect(await stored(visitor)).toEqual({ passkeys: 0, answered: 0 });
  });

  it("in the place of a passkey's answer lets nobody in, and nothing is stored", async () => {
    const device = new Authenticator();
    const person = await personWith(device);
    const before = await stored(person);
    const answer = await device.get(await signInOptions(new Visitor()));
    const fields = ["authenticatorData", "clientDataJSON", "signature", "userHandle"] as const;
    await fc.assert(
      fc.asyncProperty(BYTES, fc.constantFrom(...fields), async (bytes, field) => {
        const stranger = new Visitor();
        const credential = { ...answer, response: { ...answer.response, [field]: bytes } };
        const refused = await errorOf(await post(stranger, "/passkeys/sign-in", { credential }));
        expect(["invalid_passkey", "unknown_passkey", "invalid_request"]).toContain(refused.error);
        expect(stranger.cookies.has("__Host-session")).toBe(false);
      }),
      { seed: 20_261_126, numRuns: 150 },
    );
    expect(await stored(person)).toEqual(before);
  });
});

describe("an answer of the vault that is lost on its way", () => {
  it("does not cost the sign-in", async () => {
    const device = new Authenticator({ counter: 1 });
    await personWith(device);
    expect((await signIn(new Visitor({ VAULT: losingVaults("usePasskey") }), device)).status).toBe(204);
  });

  it("does not cost the new passkey", async () => {
    const visitor = new Visitor({ VAULT: losingVaults("addPasskey") });
    await visitor.connect("github");
    await addPasskey(visitor, new Authenticator());
    expect(await passkeysOf(visitor)).toHaveLength(1);
  });

  it("does not undo a removal, nor deny it", async () => {
    const visitor = new Visitor({ VAULT: losingVaults("removePasskey") });
    await visitor.connect("github");
    const { id } = await addPasskey(visitor, new Authenticator());
    expect((await visitor.change("DELETE", `/passkeys/${id}?last=true`)).status).toBe(204);
    expect(await passkeysOf(visitor)).toEqual([]);
  });
});

describe("a browser that has connected something of its own", () => {
  it("is asked what is to become of that, and the answer of the passkey still counts", async () => {
    const device = new Authenticator();
    await personWith(device);
    const visitor = new Visitor();
    await visitor.connect("github", { account: 1 });
    const own = vaultOf(visitor);
    const credential = await device.get(await signInOptions(visitor));
    const asked = await errorOf(await post(visitor, "/passkeys/sign-in", { credential }));
    expect(asked).toMatchObject({ status: 409, error: "connected_already" });
    expect(vaultOf(visitor).name).toBe(own.name);
    expect(await statusAt(visitor)).toBe("connected");
    expect((await post(visitor, "/passkeys/sign-in", { credential, before: "leave" })).status).toBe(204);
    expect(vaultOf(visitor).name).not.toBe(own.name);
    expect(await own.connections()).toEqual([]);
  });

  it("is signed in at once where that is the same vault, or an empty one", async () => {
    const device = new Authenticator();
    const visitor = await personWith(device);
    const before = visitor.cookies.get("__Host-session");
    expect((await signIn(visitor, device)).status).toBe(204);
    expect(visitor.cookies.get("__Host-session")).not.toBe(before);
    expect(await statusAt(visitor)).toBe("connected");
    const started = new Visitor();
    await started.startAt("github");
    expect((await signIn(started, device)).status).toBe(204);
    expect(await statusAt(started)).toBe("connected");
  });
});

describe("a vault that a passkey leads to", () => {
  /** Lets time go by as it does, day after day, with the alarms that come due. */
  async function wait(visitor: Visitor, days: number, step = 10): Promise<void> {
    for (let day = 0; day < days; day += step) {
      pass(step * DAY);
      await ringAlarm(visitor);
    }
  }

  it("is kept for a year after its last session has ended, and given up then: the token is revoked", async () => {
    const device = new Authenticator();
    const visitor = await personWith(device);
    const vault = vaultOf(visitor);
    await wait(visitor, 390);
    expect(await vault.connections()).toHaveLength(1);
    await wait(visitor, 20);
    expect(await vault.connections()).toEqual([]);
    await expect
      .poll(async () => (await control("github").grants()).grants.map((grant) => grant.live_access_tokens))
      .toEqual([0]);
    await wait(visitor, 10, 1);
    expect(await tablesOf(vault)).toEqual([]);
    expect(await errorOf(await signIn(new Visitor(), device))).toMatchObject({ status: 404, error: "unknown_passkey" });
    expect(await tablesOf(vault)).toEqual([]);
  });

  it("is kept for a year more with each use, also one that ends with signing out", async () => {
    const device = new Authenticator();
    const visitor = await personWith(device);
    const vault = vaultOf(visitor);
    await wait(visitor, 390);
    const again = new Visitor();
    expect((await signIn(again, device)).status).toBe(204);
    await again.change("DELETE", "/sessions/current");
    await wait(visitor, 360);
    expect(await vault.connections()).toHaveLength(1);
    await wait(visitor, 20);
    expect(await vault.connections()).toEqual([]);
  });

  it("is given up with its last session once the last passkey is removed", async () => {
    const visitor = await personWith(new Authenticator());
    const vault = vaultOf(visitor);
    const [{ id } = { id: "" }] = await passkeysOf(visitor);
    await visitor.change("DELETE", `/passkeys/${id}?last=true`);
    await wait(visitor, 31, 1);
    expect(await vault.connections()).toEqual([]);
  });

  it("is there for a person who has disconnected everything", async () => {
    const device = new Authenticator();
    const visitor = await personWith(device);
    await visitor.change("DELETE", "/integrations/github/credentials");
    await wait(visitor, 60);
    const again = new Visitor();
    expect((await signIn(again, device)).status).toBe(204);
    expect(await again.json("/integrations", Integrations)).toMatchObject({ signed_in: true });
    expect(vaultOf(again).name).toBe(vaultOf(visitor).name);
  });
});

it("signing in is written down, without anything that the passkey has said", async () => {
  const device = new Authenticator();
  await personWith(device);
  const written: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((line: unknown) => void written.push(String(line)));
  const credential = await device.get(await signInOptions(new Visitor()));
  expect((await post(new Visitor(), "/passkeys/sign-in", { credential })).status).toBe(204);
  log.mockRestore();
  expect(written.join("\n")).toContain('"action":"post /passkeys/sign-in","target":{"by":"passkey"}');
  const said = [device.id, device.handle ?? "", ...Object.values(credential.response)];
  for (const part of said) expect(written.join("\n")).not.toContain(part);
});

it("no vault is made by a passkey whose vault is gone", async () => {
  const device = new Authenticator();
  const { create } = await optionsFor(await personWith(device));
  expect(create.excludeCredentials).toHaveLength(1);
  const handle = atob((device.handle ?? "").replaceAll("-", "+").replaceAll("_", "/"));
  const vault = env.VAULT.getByName(handle.slice(0, 43));
  await runInDurableObject(vault, (_, { storage }) => storage.deleteAll());
  await runInDurableObject(vault, (_, state) => state.abort("Instance dispose")).catch(() => {});
  expect(await errorOf(await signIn(new Visitor(), device))).toMatchObject({ status: 404, error: "unknown_passkey" });
  expect(await tablesOf(env.VAULT.getByName(handle.slice(0, 43)))).toEqual([]);
});
