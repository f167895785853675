/** The account in a userinfo answer: of OpenID Connect Core 5.1, or in whatever words a plain OAuth service has for the same. */
import * as z from "zod/mini";
import { at, toAccount, type Profile } from "./provider.ts";

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

/**
 * The profile of a provider that has an address for it.
 * @param id the path of the account's id in the answer, where the usual names do not fit
 */
export function userInfoProfile(userinfo_endpoint: string, id: string | null): Profile {
  return {
    requests: { user: { path: userinfo_endpoint } },
    account: z.pipe(
      z.object({ user: z.unknown() }),
      z.transform(({ user }) => readAccount(user, id)),
    ),
  };
}

function readAccount(user: unknown, idPath: string | null): ReturnType<typeof toAccount> | null {
  const place = PLACES.map((path) => at(user, path)).find((one) => first(one, NAMES.id) !== null);
  const id = idPath === null ? first(place, NAMES.id) : text(at(user, idPath));
  if (id === null) return null;
  const person = place ?? user;
  return toAccount({
    id,
    name: first(person, NAMES.name),
    email: first(person, NAMES.email),
    avatar_url: first(person, NAMES.avatar_url, isWebAddress),
    url: first(person, NAMES.url, isWebAddress),
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
