/**
 * Every service of the catalogue, run as its entry stands: an emulator that knows the entry alone, and refuses whatever is not
 * said there, has every host of it. And with an entry that is wrong in one thing, which the emulator has to notice.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Credentials, Profile } from "../../src/api.ts";
import { clientVariables } from "../../src/config.ts";
import { playEverywhere } from "../../sandbox/world.ts";
import { catalogueIds, catalogued, type Catalogued } from "../../src/catalogue/catalogue.ts";
import { answered, callThrough, connectPlayed, errorOf, listed, play, played, thingsOf } from "../support/played.ts";
import { forgetOthers } from "../support/vault.ts";
import { APP, Visitor } from "../support/visitor.ts";
import { playable, typedInto } from "./catalogued.ts";
import { mistakesIn } from "./mistakes.ts";

const SECOND = 1000;
const HOUR = 3600;

const services = catalogueIds.map((id) => catalogued(id)).filter((service) => service !== undefined);

beforeEach(() => vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => {
  playEverywhere(null);
  vi.useRealTimers();
});

const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * SECOND);

/** Seconds that the emulator's tokens live: what is long-lived ends within the test, before the browser's session does. */
const lifetimeOf = ({ refresh }: Catalogued): number => refresh?.default_lifetime ?? HOUR;

describe.each(services)("$id", (service) => {
  const { id } = service;
  const { entry } = playable(service);
  const [idName, secretName] = clientVariables(id);
  const isKey = entry.authorization_endpoint === undefined;

  it("connects, is called, is renewed, says when it is refused, and is taken back", async () => {
    await forgetOthers();
    playEverywhere(id);
    await play(playable(service));
    if (service.long_lived_exchange) await played(id).settings({ access_token_lifetime: HOUR });
    const configured = isKey ? { KEY_SERVICES: id } : { [idName]: entry.client_id, [secretName]: entry.client_secret };
    const visitor = new Visitor(configured);
    const connect = () => connectPlayed(visitor, entry, typedInto(service));
    const status = async () => (await visitor.json(`/integrations/${id}/credentials`, Credentials)).status;

    expect(await connect()).toBe(`${APP}/?connected=${id}`);
    expect(await status()).toBe("connected");
    if (entry.verify ?? entry.userinfo_endpoint) {
      const { account } = await visitor.json(`/data/${id}`, Profile);
      // Where its name, its page or its address for mail is what tells it from others, that is its id.
      expect(account?.id).toMatch(
        /^(?:account-0|ada@northwind\.example|Ada Lindqvist|https:\/\/people\.any\.example\.com\/ada-lindqvist)(?:@|$)/,
      );
    }

    if (entry.items) expect(await listed(visitor, id)).toEqual(thingsOf(entry.items));

    expect(await answered(await callThrough(visitor, id, "/things?a=1"))).toMatchObject({ query: { a: "1" } });
    const written = await callThrough(visitor, id, "/things", { method: "POST", body: "{}" });
    expect(await answered(written)).toMatchObject({ method: "POST", body: "{}" });

    if (!isKey || entry.exchange) {
      pass(lifetimeOf(service) - 1);
      expect((await callThrough(visitor, id, "/things")).status).toBe(200);
      expect((await played(id).log()).filter(({ status: told }) => (told ?? 500) >= 400 && told !== 401)).toEqual([]);
    }

    await played(id).revoke();
    pass(lifetimeOf(service));
    await (await callThrough(visitor, id, "/things")).text();
    // A token without an end is still taken there, and the service's own refusal comes back.
    expect((await callThrough(visitor, id, "/things")).status).toBe(401);
    expect(await status()).toBe("reauth_required");

    await play(playable(service));
    expect(await connect()).toContain(`connected=${id}`);
    expect((await visitor.change("DELETE", `/integrations/${id}/credentials`)).status).toBe(200);
    const { grants } = await played(id).grants();
    // Some end the one token that is sent, and the access token runs out by itself.
    const renewable = entry.revocation?.ends === "token" && entry.revocation.body?.token === "refresh_token";
    const living = grants.filter(
      ({ revoked, live_access_tokens, live_refresh_tokens }) =>
        !revoked && (renewable ? live_refresh_tokens : live_access_tokens) !== 0,
    );
    if (entry.revocation || entry.revocation_endpoint) expect(living).toEqual([]);
    expect(await errorOf(await callThrough(visitor, id, "/things"))).toMatchObject({ error: "not_connected" });
  });

  it.each(mistakesIn(entry))("is refused with %s", async (_, mistaken) => {
    await forgetOthers();
    playEverywhere(id);
    await play(playable(service));
    const visitor = new Visitor({ CUSTOM_PROVIDERS: JSON.stringify([mistaken]) });
    const came = await connectPlayed(visitor, mistaken, typedInto(service)).catch(String);
    if (came.includes("connected=")) await (await callThrough(visitor, id, "/things")).text();
    // By the service, and not by us: at its consent page, or in an answer of its.
    const isRefusedThere = /is not what it has to be|is not asked for|There is no scope|error=|fields_refused/.test(
      came,
    );
    const refused = (await played(id).log()).filter(({ status }) => (status ?? 0) >= 400);
    expect(isRefusedThere || refused.length > 0, came).toBe(true);
    expect(came).not.toContain("config_error");
  });
});
