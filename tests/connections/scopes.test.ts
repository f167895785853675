/** Scopes that were asked for and granted under other names, for every provider that has such names. */
import { expect, it } from "vitest";
import { missingScopes } from "../../src/connections/scopes.ts";
import { builtInProviders } from "../../src/providers/index.ts";

const providerOf = (id: string) => {
  const provider = builtInProviders.find((each) => each.id === id);
  if (!provider) throw new Error(`no provider ${id}`);
  return provider;
};

const DRIVE = "https://www.googleapis.com/auth/drive.metadata.readonly";
const EMAIL = "https://www.googleapis.com/auth/userinfo.email";

it.each([
  ["google", ["openid", "email", DRIVE], ["openid", EMAIL, DRIVE], []],
  ["google", ["openid", "email", "profile", DRIVE], ["openid", EMAIL], ["profile", DRIVE]],
  ["github", ["read:user", "user:email", "public_repo"], ["user", "repo"], []],
  // What is implied implies further.
  ["github", ["read:org"], ["admin:org"], []],
  ["github", ["repo"], ["public_repo"], ["repo"]],
  ["microsoft", ["openid", "offline_access", "User.Read"], ["User.Read"], []],
  ["microsoft", ["user.read", "Files.Read"], ["https://graph.microsoft.com/User.Read"], ["Files.Read"]],
  ["microsoft", ["https://graph.microsoft.com/Files.Read"], ["User.Read", "Files.Read"], []],
  ["facebook", ["public_profile", "email"], ["public_profile"], ["email"]],
  // A GitHub App's token tells of no scope, and Notion has none: nobody can tell.
  ["github", ["read:user"], [], []],
  ["notion", [], [], []],
])("%s: asked for %j and granted %j, it does without %j", (id, asked, granted, missing) => {
  expect(missingScopes(providerOf(id), asked, granted)).toEqual(missing);
});
