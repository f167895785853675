/** The caller's key: where SDKs put it, and its removal from everywhere before a request goes on. */
import { isOurKey } from "../connections/names.ts";
import { AppError } from "../errors.ts";
import type { Provider } from "../contract/provider.ts";

/** For callers that cannot set Authorization. */
const KEY_HEADER = "X-Latchkey-Key";

export interface PresentedKey {
  /** undefined: the caller has presented none outside a cookie. */
  readonly key: string | undefined;
  /** The query without our key. */
  readonly query: string;
  /** The form body without our key, where there was one to look at; undefined: the body is as it came. */
  readonly form: string | undefined;
  /** A token of the provider's that the caller brings along (a Facebook page's); it is used instead of the user's. */
  readonly foreign_token: string | null;
}

/**
 * Finds the key and takes every copy of it out.
 * @param form the text of a form body, where the provider's SDK may have put the key into one
 * @throws AppError `credential_denied` for somebody else's credential where ours belongs, and ours elsewhere in a form
 */
export function takeKey(provider: Provider, headers: Headers, query: string, form: string | undefined): PresentedKey {
  const { parameter, passes_foreign } = provider.api.credential;
  const fromQuery = takeParameter(query.slice(1), parameter);
  const fromForm = form === undefined ? undefined : takeParameter(form, parameter);
  if (fromForm && holdsKey(fromForm.rest)) throw keyInRequest();
  const found = [...fromQuery.values, ...(fromForm?.values ?? [])];
  // A link followed from our own page comes with none: its cookie says who it is.
  const foreign = found.filter((value) => value !== "" && !isOurKey(value));
  if (foreign.length > 0 && !passes_foreign) {
    throw new AppError(
      "credential_denied",
      `Leave out ${parameter ?? "the token"}: the user's own token is added here.`,
    );
  }
  const stamped = takeStamped(provider, fromQuery.rest);
  const key = readHeader(headers) ?? readStamped(provider, headers) ?? found.find(isOurKey) ?? stamped.key;
  const rest = stamped.rest;
  return {
    key,
    query: rest === query.slice(1) ? query : rest === "" ? "" : `?${rest}`,
    form: fromForm?.rest,
    foreign_token: foreign[0] ?? null,
  };
}

/** The key where this service's SDK puts its own: in the headers of its stamp. */
function readStamped({ api: { stamp } }: Provider, headers: Headers): string | undefined {
  for (const [name, template] of Object.entries(stamp.headers ?? {})) {
    const value = headers.get(name) ?? "";
    const [before = "", after = ""] = template.toLowerCase().split(/\{[^{}]*\}/);
    const written = value.toLowerCase();
    const isAs = written.startsWith(before) && written.endsWith(after);
    const key = isAs ? value.slice(before.length, value.length - after.length) : value;
    if (isOurKey(key)) return key;
  }
  return undefined;
}

/** The same in its query, out of which it is taken. */
function takeStamped({ api: { stamp } }: Provider, encoded: string): { key: string | undefined; rest: string } {
  let rest = encoded;
  let key: string | undefined;
  for (const name of Object.keys(stamp.query ?? {})) {
    const taken = takeParameter(rest, name);
    key ??= taken.values.find(isOurKey);
    rest = taken.rest;
  }
  return { key, rest };
}

/** The key in a request's headers or query, where it is not known yet whose SDK has put it there; undefined: there is none. */
export const findKey = (headers: Headers, query: string): string | undefined =>
  readHeader(headers) ??
  Array.from(headers.values(), inWords).find((key) => key !== undefined) ??
  [...new URLSearchParams(query).values()].find(isOurKey);

/** Behind a word of whatever scheme a service has: `SSWS`, `Bot`, `Token token=`. */
const inWords = (value: string): string | undefined =>
  value.length < KEY_LENGTH ? undefined : value.split(/[\s=":,;]+/).find(isOurKey);

/** What our keys look like in the middle of something. */
const ANY_KEY = /lk_[A-Za-z0-9_-]{86}/;
const KEY_LENGTH = 89;

/** Whether a key of ours stands in a text, as it is or escaped, as an address in an address is twice. */
export function holdsKey(text: string): boolean {
  if (text.length < KEY_LENGTH) return false;
  if (ANY_KEY.test(text)) return true;
  if (!text.includes("%")) return false;
  const once = unescaped(text);
  return ANY_KEY.test(once) || (once.includes("%") && ANY_KEY.test(unescaped(once)));
}

const unescaped = (text: string): string =>
  text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** Whether a key of ours stands in a header, as it is or as one half of Basic, whatever the header is called. */
export function headerHoldsKey(value: string): boolean {
  if (value.length < KEY_LENGTH) return false;
  const [, encoded] = /^Basic +(\S+)$/i.exec(value) ?? [];
  return holdsKey(value) || (encoded !== undefined && inBasic(encoded) !== undefined);
}

/** For a key where it would reach the provider. */
export function keyInRequest(): AppError {
  return new AppError(
    "credential_denied",
    "Your Latchkey key stands where the provider would see it. Send it in the Authorization header alone.",
  );
}

/** `Bearer` of RFC 6750, `token` of GitHub's SDK, either half of Basic (RFC 7617), and a header of our own. */
function readHeader(headers: Headers): string | undefined {
  const own = headers.get(KEY_HEADER);
  if (own !== null) return own;
  const [, scheme = "", credential] =
    /^(Bearer|token|Basic) +([^\s]+)$/i.exec(headers.get("Authorization") ?? "") ?? [];
  return scheme.toLowerCase() === "basic" ? inBasic(credential ?? "") : credential;
}

function inBasic(encoded: string): string | undefined {
  try {
    return atob(encoded).split(":").find(isOurKey);
  } catch {
    return undefined;
  }
}

/** Takes a parameter out of a query or a form and leaves every other byte as it was. */
function takeParameter(encoded: string, parameter: string | null): { values: string[]; rest: string } {
  if (parameter === null) return { values: [], rest: encoded };
  const values: string[] = [];
  const rest = encoded.split("&").filter((pair) => {
    const [[name, value] = ["", ""]] = new URLSearchParams(pair);
    if (name !== parameter) return true;
    values.push(value);
    return false;
  });
  return { values, rest: rest.join("&") };
}
