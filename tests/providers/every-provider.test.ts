/** What every provider has to do, over the registry. */
import { describe, expect, it } from "vitest";
import { Account, Items, Profile, type Item } from "../../src/api.ts";
import { builtInProviders } from "../../src/providers/index.ts";
import { control } from "../support/emulator.ts";
import { APP, Visitor, errorOf, locationOf } from "../support/visitor.ts";

/** Which kinds of things each account has. */
const ITEM_TYPES: Readonly<Record<string, readonly string[]>> = {
  airtable: ["base", "table"],
  hubspot: ["contact", "company"],
  notion: ["page", "data_source"],
  spotify: ["playlist"],
  github: ["repository"],
  google: ["file", "folder"],
  facebook: ["page"],
  slack: ["channel", "private_channel"],
  microsoft: ["file", "folder", "team"],
};

/** Every item of the list, or of its first pages, by what makes it one of a kind. */
async function walk(visitor: Visitor, id: string, limit: number, maxPages = 100): Promise<Map<string, Item>> {
  const seen = new Map<string, Item>();
  let cursor: string | null = null;
  for (let pages = 0; pages < maxPages; pages += 1) {
    const from: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Items = await visitor.json(`/integrations/${id}/load?limit=${limit}${from}`, Items);
    expect(page.items.length).toBeLessThanOrEqual(limit);
    for (const item of page.items) {
      const key = `${item.type} ${item.parent_id} ${item.id}`;
      expect(seen.has(key), `${key} comes once`).toBe(false);
      seen.set(key, item);
    }
    cursor = page.next_cursor;
    if (cursor === null) return seen;
  }
  return seen;
}

describe.each(builtInProviders)("$id", ({ id, docs, authorization_endpoint, token_endpoint, api, revocation }) => {
  it("declares https endpoints and its documentation", () => {
    for (const url of [docs, authorization_endpoint, token_endpoint, api.base_url]) expect(url).toMatch(/^https:\/\//);
  });

  it("connects, tells the account, lists every item once, and is gone after disconnect, here and there", async () => {
    await control(id).reset();
    const visitor = new Visitor();
    const back = await visitor.connect(id);
    expect(back.status).toBe(303);
    expect(locationOf(back)).toBe(`${APP}/?connected=${id}`);

    const profile = await visitor.json(`/data/${id}`, Profile);
    expect(profile.provider).toBe(id);
    expect(Account.parse(profile.account).name).not.toBe("");
    expect(profile.raw).toBeTypeOf("object");

    const seen = await walk(visitor, id, 100);
    expect(new Set([...seen.values()].map((item) => item.type))).toEqual(new Set(ITEM_TYPES[id]));
    for (const item of seen.values()) expect(item.url ?? "https://").toMatch(/^https:\/\//);

    const gone = await visitor.change("DELETE", `/integrations/${id}/credentials`);
    expect(gone.status).toBe(200);
    const { grants } = await control(id).grants();
    // Where there is nothing to ask, tokens run out.
    const revocable = revocation !== null;
    expect(await gone.json()).toEqual({ disconnected: true, revoked_at_provider: revocable });
    expect(grants.length).toBe(1);
    if (revocable)
      expect(
        grants[0]?.["revoked"] === true ||
          grants[0]?.["live_access_tokens"] === 0 ||
          grants[0]?.["live_refresh_tokens"] === 0,
      ).toBe(true);
    expect(await errorOf(await visitor.fetch(`/data/${id}`))).toMatchObject({ status: 409, error: "not_connected" });
  });

  it("gives the same items in pages of any size", async () => {
    const visitor = new Visitor();
    await visitor.connect(id);
    const inHundreds = await walk(visitor, id, 100);
    expect(new Set((await walk(visitor, id, 33)).keys())).toEqual(new Set(inHundreds.keys()));
    for (const limit of [1, 2]) {
      const first = [...(await walk(visitor, id, limit, 3)).keys()];
      expect(first).toHaveLength(limit * 3);
      for (const key of first) expect(inHundreds.has(key)).toBe(true);
    }
  });

  it("comes back with a code and no connection when the person declines", async () => {
    const visitor = new Visitor();
    const back = await visitor.connect(id, { decision: "deny" });
    expect(locationOf(back)).toBe(`${APP}/?integration=${id}&error=access_denied`);
    expect(await errorOf(await visitor.fetch(`/data/${id}`))).toMatchObject({ status: 409, error: "not_connected" });
  });
});
