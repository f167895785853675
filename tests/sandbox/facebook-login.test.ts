/** What the emulated Facebook does in its login dialog: what it asks, what it remembers, and how it says so. */
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { control } from "../support/emulator.ts";
import { ask, consentTo, jsonOf, redeem, redirectUri } from "../support/sandbox.ts";
import { sandboxClient } from "../../sandbox/clients.ts";

const DIALOG = "https://www.facebook.com/v25.0/dialog/oauth";
const TOKEN = "https://graph.facebook.com/v25.0/oauth/access_token";
const ASKED = { scope: "public_profile,email,pages_show_list", return_scopes: "true" };
const EVERYTHING = ["public_profile", "email", "pages_show_list"];

beforeEach(() => control("facebook").reset());

/** Goes through the dialog. @returns what the callback says of the scopes, and what /me/permissions says of them */
async function login(more: Record<string, string>, ticked?: readonly string[], account = 0) {
  const back = await consentTo("facebook", DIALOG, { ...ASKED, ...more }, { account, ...(ticked ? { ticked } : {}) });
  const issued = await redeem("facebook", TOKEN, back.get("code"));
  const token = z.string().parse(issued["access_token"]);
  return { back, issued, token, permissions: await permissionsOf(token) };
}

async function permissionsOf(token: string): Promise<Record<string, string>> {
  const answer = await ask(
    "facebook",
    `https://graph.facebook.com/v25.0/me/permissions?access_token=${encodeURIComponent(token)}`,
  );
  const { data } = z
    .object({ data: z.array(z.object({ permission: z.string(), status: z.string() })) })
    .parse(await answer.json());
  return Object.fromEntries(data.map(({ permission, status }) => [permission, status]));
}

const listOf = (back: URLSearchParams, name: string) => (back.get(name) ?? "").split(",").filter(Boolean).toSorted();

describe("a permission that was declined", () => {
  it("is told in the callback where that was asked for, never in the token answer, and by /me/permissions", async () => {
    const { back, issued, permissions } = await login({}, ["pages_show_list"]);
    expect(listOf(back, "granted_scopes")).toEqual(["pages_show_list", "public_profile"]);
    expect(listOf(back, "denied_scopes")).toEqual(["email"]);
    expect(Object.keys(issued)).not.toContain("scope");
    expect(permissions).toEqual({ public_profile: "granted", pages_show_list: "granted", email: "declined" });
    const quiet = await consentTo("facebook", DIALOG, { scope: ASKED.scope });
    expect([...quiet.keys()].toSorted()).toEqual(["code", "state", "unheard_of"]);
  });

  it("is not asked for again by the same request, and is with auth_type=rerequest", async () => {
    await login({}, []);
    expect((await login({}, EVERYTHING)).permissions).toEqual({
      public_profile: "granted",
      email: "declined",
      pages_show_list: "declined",
    });
    expect((await login({ auth_type: "rerequest" }, EVERYTHING)).permissions).toEqual({
      public_profile: "granted",
      email: "granted",
      pages_show_list: "granted",
    });
  });

  it("stays with the account that declined it, and is forgotten with the app", async () => {
    await login({}, []);
    expect((await login({}, EVERYTHING, 1)).permissions["email"]).toBe("granted");
    await control("facebook").revoke();
    expect((await login({}, EVERYTHING)).permissions["email"]).toBe("granted");
  });

  it("is what a permission taken back is from then on, for the tokens there are too", async () => {
    const { token } = await login({});
    const url = `https://graph.facebook.com/v25.0/me/permissions/email?access_token=${encodeURIComponent(token)}`;
    expect(await jsonOf(await ask("facebook", url, { method: "DELETE" }))).toEqual({ success: true });
    expect((await permissionsOf(token))["email"]).toBe("declined");
    const me = await ask(
      "facebook",
      `https://graph.facebook.com/me?fields=id,email&access_token=${encodeURIComponent(token)}`,
    );
    expect(Object.keys(await jsonOf(me))).toEqual(["id"]);
    expect((await login({}, EVERYTHING)).permissions["email"]).toBe("declined");
  });

  it("is not on the consent page of that account, and is on the others'", async () => {
    await login({}, ["pages_show_list"]);
    const page = await ask(
      "facebook",
      `${DIALOG}?${new URLSearchParams({
        client_id: sandboxClient("facebook").client_id,
        redirect_uri: redirectUri("facebook"),
        state: "s",
        scope: ASKED.scope,
      }).toString()}`,
    );
    const ticks = [...(await page.text()).matchAll(/name="(ticked[^"]*)" value="([^"]+)"/g)].map(
      ([, name, value]) => `${name} ${value}`,
    );
    expect(ticks).toEqual(["ticked-1 email", "ticked-1 pages_show_list", "ticked-2 email", "ticked-2 pages_show_list"]);
  });
});

it("says that a person declined in four parameters, and an error of the dialog's own without `error`", async () => {
  const declined = await consentTo("facebook", DIALOG, ASKED, { decision: "deny" });
  expect(Object.fromEntries(declined)).toMatchObject({
    error: "access_denied",
    error_code: "200",
    error_reason: "user_denied",
    state: "a state",
  });
  await control("facebook").fault({ endpoint: "authorize" });
  const failed = await consentTo("facebook", DIALOG, ASKED);
  expect([...failed.keys()].toSorted()).toEqual(["error_code", "error_message", "state", "unheard_of"]);
  await control("facebook").fault({ endpoint: "authorize", override: { error_code: 1 } });
  expect((await consentTo("facebook", DIALOG, ASKED)).get("error_code")).toBe("1");
  expect((await consentTo("facebook", DIALOG, ASKED)).has("code")).toBe(true);
});
