import { googleUser } from "../data/google.ts";
import { type Call, json, mapped, png } from "../http.ts";
import { picture } from "../png.ts";
import { api, open, type Route } from "../routes.ts";

const PICTURES = "lh3.googleusercontent.com";
const APIS = "www.googleapis.com";

export const EMAIL = "https://www.googleapis.com/auth/userinfo.email";
export const PROFILE = "https://www.googleapis.com/auth/userinfo.profile";
const IDENTITY = ["openid", PROFILE, EMAIL];

/** Who somebody is, in the words of OpenID Connect and in those from before it. */
export const userinfoRoutes: readonly Route[] = [
  ...[
    { host: "openidconnect.googleapis.com", path: "/v1/userinfo" },
    { host: APIS, path: "/oauth2/v3/userinfo" },
  ].map(({ host, path }) =>
    api("GET|POST", host, path, IDENTITY, ({ call, account, token }) => json(claims(call, account, token.scopes))),
  ),
  // The discovery document of oauth2/v2 has both, with the same answer.
  ...["/oauth2/v2/userinfo", "/userinfo/v2/me"].map((path) =>
    api("GET", APIS, path, IDENTITY, ({ call, account, token }) => json(earlier(call, account, token.scopes))),
  ),
  open("GET", PICTURES, "/a/:id", ({ params }) => png(picture(`google/${params["id"] ?? ""}`))),
];

/** What the scopes let be said of a person. https://developers.google.com/identity/openid-connect/openid-connect#an-id-tokens-payload */
export function claims(call: Call, account: number, scopes: readonly string[]): Record<string, unknown> {
  const { sub, name, givenName, familyName, email, hasPicture } = googleUser(account);
  const face = hasPicture ? { picture: mapped(call, PICTURES, `/a/${sub}=s96-c`) } : {};
  return {
    sub,
    ...(scopes.includes(PROFILE) ? { name, given_name: givenName, family_name: familyName, ...face } : {}),
    ...(scopes.includes(EMAIL) ? { email, email_verified: true } : {}),
  };
}

function earlier(call: Call, account: number, scopes: readonly string[]): object {
  const { sub, email_verified, ...rest } = claims(call, account, scopes);
  return { id: sub, ...rest, ...(email_verified === undefined ? {} : { verified_email: email_verified }) };
}
