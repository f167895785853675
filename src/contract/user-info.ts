/** The account in a userinfo answer: of OpenID Connect Core 5.1, or in whatever words a plain OAuth service has for the same. */
import * as z from "zod/mini";
import type { ApiRequest, Profile, ServiceDeclaration } from "./provider.ts";
import { at, toAccount } from "./reading.ts";

/** Where services put the person: at the top, or one step down (X, Twitch, TikTok). */
const PLACES = ["", "data", "data.0", "user", "data.user", "response", "result", "me"];

/** Names of the same thing, the usual one first. Seen at OpenID providers, Discord, Yandex, Twitch, X, Dropbox, Figma and Zoom. */
const NAMES = {
  id: ["sub", "id", "user_id", "userId", "uid", "account_id", "accountId", "open_id", "guid"],
  name: [
    "name",
    "name.display_name",
    "display_name",
    "displayName",
    "global_name",
    "full_name",
    "real_name",
    "preferred_username",
    "username",
    "login",
    "handle",
    "nickname",
  ],
  email: ["email", "default_email", "mail", "email_address", "emailAddress"],
  avatar_url: [
    "picture",
    "avatar_url",
    "profile_image_url",
    "profile_photo_url",
    "profile_picture",
    "img_url",
    "pic_url",
    "avatar",
  ],
  url: ["profile", "html_url", "profile_url", "web_url", "link"],
} as const;

type Paths = NonNullable<NonNullable<ServiceDeclaration["verify"]>["account"]>;

/** The profile of a service that has a request for it; null where it has none. */
export function verifyProfile({ verify, userinfo_endpoint, userinfo_id }: ServiceDeclaration): Profile | null {
  if (verify) {
    const { account = {}, ...request } = verify;
    return accountProfile(request, account);
  }
  if (userinfo_endpoint === undefined) return null;
  return accountProfile({ path: userinfo_endpoint }, userinfo_id === undefined ? {} : { id: userinfo_id });
}

/** @param paths where in the answer the usual names do not fit */
function accountProfile(request: ApiRequest, paths: Paths): Profile {
  return {
    requests: { user: request },
    account: z.pipe(
      z.object({ user: z.unknown() }),
      z.transform(({ user }) => readAccount(user, paths)),
    ),
  };
}

function readAccount(user: unknown, paths: Paths): ReturnType<typeof toAccount> | null {
  const place = PLACES.map((path) => at(user, path)).find((one) => first(one, NAMES.id) !== null);
  const person = place ?? user;
  const read = (name: keyof typeof NAMES, fits?: (value: string) => boolean): string | null => {
    const path = paths[name];
    return path === undefined ? first(person, NAMES[name], fits) : first(user, [path], fits);
  };
  const id = read("id");
  if (id === null) return null;
  return toAccount({
    id,
    name: read("name"),
    email: read("email"),
    avatar_url: read("avatar_url", isWebAddress),
    url: read("url", isWebAddress),
  });
}

function first(
  person: unknown,
  names: readonly string[],
  fits: (value: string) => boolean = () => true,
): string | null {
  const found = names.map((name) => text(at(person, name)));
  return found.find((value) => value !== null && fits(value)) ?? null;
}

const text = (value: unknown): string | null => {
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  return typeof value === "string" && value !== "" ? value : null;
};

const isWebAddress = (value: string): boolean => /^https?:\/\//.test(value) && URL.canParse(value);
