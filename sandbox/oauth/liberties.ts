/**
 * What RFC 6749 leaves to the server, done in the way that breaks a sloppy client. Nobody knows of every service what it
 * does here, and each may do otherwise tomorrow; what one has documented itself stands in its own file.
 */
import type { ServiceName } from "../clients.ts";
import type { Service } from "../service.ts";

/** RFC 6750 2.1: what may stand in an access token beside letters and digits; `=` at the end alone. */
const IN_ACCESS_TOKENS = "-._~+/==";

/**
 * RFC 6749 A.11 and A.17: codes and refresh tokens are any printable ASCII, the space too. Quotation mark and backslash are
 * left out, so that a token that leaks in JSON is still found by its own text.
 */
const ANYWHERE = "-._~ !#$%&'()*+,/:;<=>?@[]^`{|}%2B";

interface Sizes {
  readonly access: number;
  readonly refresh: number;
  readonly code: number;
  readonly source: string;
}

/** Where a service says how long they can get, they are that long. */
const SIZES: Readonly<Partial<Record<ServiceName, Sizes>>> = {
  google: {
    access: 2048,
    refresh: 512,
    code: 256,
    source: "https://developers.google.com/identity/protocols/oauth2#size",
  },
};

const grown = (value: string, tail: string, size: number): string =>
  value + "x".repeat(Math.max(0, size - value.length - tail.length)) + tail;

/** A token as awkward as it may be. */
export function awkwardToken({ name }: Pick<Service, "name">, kind: "access" | "refresh", value: string): string {
  return grown(value, kind === "access" ? IN_ACCESS_TOKENS : ANYWHERE, SIZES[name]?.[kind] ?? 0);
}

/** A code as awkward as it may be. */
export function awkwardCode({ name }: Pick<Service, "name">, value: string): string {
  return grown(value, ANYWHERE, SIZES[name]?.code ?? 0);
}

/**
 * The query of a callback. RFC 6749 4.1.2 has it form-encoded: a space is a plus, and whatever is no letter and no digit may
 * be percent-encoded, in either case of the digits (RFC 3986 2.1). It comes with a parameter that nobody knows, whose value
 * looks like two of those that everybody does.
 */
export function callbackQuery(params: Readonly<Record<string, string>>): string {
  const written = Object.entries({ ...params, unheard_of: "code=none&state=none" }).map(
    ([name, value]) => `${name}=${formEncoded(value)}`,
  );
  return written.toReversed().join("&");
}

function formEncoded(value: string): string {
  const bytes = new TextEncoder().encode(value);
  return Array.from(bytes, (byte) => {
    const character = String.fromCodePoint(byte);
    if (/[A-Za-z0-9]/.test(character)) return character;
    return character === " " ? "+" : `%${byte.toString(16).padStart(2, "0")}`;
  }).join("");
}

/**
 * A token answer with what RFC 6749 5.1 allows: members that nobody knows, of every kind; and a token type in another case.
 * Slack's types are words of its own, which tell its tokens apart.
 */
export function awkwardAnswer(answer: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { token_type } = answer;
  const isBearer = typeof token_type === "string" && token_type.toLowerCase() === "bearer";
  return {
    unheard_of: { access_token: null, refresh_token: ["none"], expires_in: 1 },
    ...answer,
    ...(isBearer ? { token_type: "BEARER" } : {}),
    "unheard of": null,
  };
}

/** JSON as RFC 8259 lets it be written: blanks around it, slashes and anything else escaped; its media type in any case. */
export function awkwardJson(answer: Readonly<Record<string, unknown>>): Response {
  const text = JSON.stringify(answer, null, 1).replaceAll("/", "\\/").replaceAll("_", "\\u005f");
  return new Response(`\r\n\t${text}\n`, { headers: { "content-type": "Application/JSON;charset=UTF-8" } });
}
