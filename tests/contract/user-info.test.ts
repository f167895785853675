/** The account in a userinfo answer, in the words of the services that were looked up. */
import { expect, it } from "vitest";
import { toAccount, toItem } from "../../src/contract/reading.ts";
import { verifyProfile } from "../../src/contract/user-info.ts";

const ADA = { id: "42", name: "Ada", email: "ada@example.com", avatar_url: null, url: null };

it.each<readonly [string, unknown, object | null]>([
  ["OpenID Connect Core 5.1", { sub: "42", name: "Ada", email: "ada@example.com" }, ADA],
  ["a number for an id", { sub: 42, name: "Ada", email: "ada@example.com" }, ADA],
  // https://discord.com/developers/docs/resources/user#user-object
  ["Discord", { id: "42", username: "ada", global_name: "Ada", email: "ada@example.com", avatar: "8342729096ea" }, ADA],
  // https://yandex.com/dev/id/doc/en/user-information
  ["Yandex", { id: "42", login: "ada", display_name: "Ada", default_email: "ada@example.com" }, ADA],
  // https://docs.x.com/x-api/users/get-my-user
  ["X", { data: { id: "42", name: "Ada", username: "ada" } }, { ...ADA, email: null }],
  // https://dev.twitch.tv/docs/api/reference/#get-users
  ["Twitch", { data: [{ id: "42", login: "ada", display_name: "Ada", email: "ada@example.com" }] }, ADA],
  // https://www.dropbox.com/developers/documentation/http/documentation#users-get_current_account
  ["Dropbox", { account_id: "42", name: { display_name: "Ada" }, email: "ada@example.com" }, ADA],
  [
    "an address that is none",
    { sub: "42", name: "Ada", email: "ada@example.com", picture: "javascript:alert(1)", profile: "x" },
    ADA,
  ],
  ["a name alone falls back to the id", { id: "42" }, { ...ADA, name: "42", email: null }],
  ["no id", { name: "Ada" }, null],
  ["an empty id", { sub: "", name: "Ada" }, null],
  ["a list", [], null],
  ["nothing", null, null],
  ["text", "Ada", null],
])("is found: %s", (_, user, account) => {
  expect(verifyProfile({ id: "x", userinfo_endpoint: "https://example.com/me" })?.account.parse({ user })).toEqual(
    account,
  );
});

it("is found where the configuration says it is", () => {
  const profile = verifyProfile({ id: "x", userinfo_endpoint: "https://example.com/me", userinfo_id: "viewer.key" });
  expect(profile?.account.parse({ user: { viewer: { key: "42" }, name: "Ada" } })).toMatchObject({
    id: "42",
    name: "Ada",
  });
  expect(profile?.account.parse({ user: { id: "1" } })).toBeNull();
});

it.each([
  ["javascript:alert(1)", null],
  ["data:text/html,x", null],
  ["//evil.example/x", null],
  ["not an address", null],
  ["http://", null],
  ["https://example.com/ada", "https://example.com/ada"],
])("an address is one that may be shown as a link, or none: %s", (address, shown) => {
  expect(toAccount({ id: "1", url: address, avatar_url: address })).toMatchObject({ url: shown, avatar_url: shown });
  expect(toItem({ id: "1", type: "page", name: "x", url: address }).url).toBe(shown);
});
