/** Checks a signed JWT that is presented for a token (RFC 7515 5.2, RFC 7519 7.2, RFC 7523 3). */
import { decodeBase64, decodeBase64urlIgnorePadding } from "@oslojs/encoding";
import * as z from "zod";
import type { Store } from "../store.ts";
import type { Entry } from "./entry.ts";
import { filled, filledAll, type Values } from "./templates.ts";

type Assertion = NonNullable<NonNullable<Entry["exchange"]>["assertion"]>;

const ALGORITHMS = {
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  PS256: { name: "RSA-PSS", hash: "SHA-256", saltLength: 32 },
  ES256: { name: "ECDSA", hash: "SHA-256", namedCurve: "P-256" },
  HS256: { name: "HMAC", hash: "SHA-256" },
} as const;

/** How far a clock may be off, in seconds. */
const LEEWAY = 60;
const Times = z.object({ iat: z.number(), exp: z.number(), jti: z.string().min(16) });
const JsonObject = z.record(z.string(), z.unknown());

/** What is wrong with it; null where all is well. One that was taken is not taken again. */
export async function complaintAboutJwt(
  assertion: Assertion,
  jwt: string,
  values: Values,
  { store, now }: { readonly store: Store; readonly now: number },
): Promise<string | null> {
  const parts = jwt.split(".");
  const [head = "", body = "", signature = ""] = parts;
  const header = objectIn(head);
  const claims = objectIn(body);
  if (parts.length !== 3 || header === undefined || claims === undefined) return "The assertion is no JWT.";
  const { typ = "JWT", ...rest } = header;
  const wantedHeader = { alg: assertion.algorithm, ...filledAll(assertion.headers, values) };
  if (typ !== "JWT" || !isSame(rest, wantedHeader)) return "The header of the assertion is wrong.";
  const times = Times.safeParse(claims);
  if (!times.success) return "The assertion lacks iat, exp or jti.";
  const { iat, exp, jti } = times.data;
  if (exp - iat !== assertion.lifetime) return "The assertion does not live as long as it has to.";
  if (iat > now / 1000 + LEEWAY || exp <= now / 1000) return "The assertion is not good now.";
  if (!isSame(claims, { ...filledAll(assertion.claims, values), iat, exp, jti }))
    return "The claims of the assertion are wrong.";
  const how = ALGORITHMS[assertion.algorithm];
  const key = await publicKey(how, filled(assertion.key, values));
  const signed = new TextEncoder().encode(`${head}.${body}`);
  const isSigned = await crypto.subtle.verify(how, key, bytesOf(signature), signed);
  if (!isSigned) return "The signature of the assertion is wrong.";
  if (store.value(`jti:${jti}`) !== undefined) return "The assertion was used before.";
  store.setValue(`jti:${jti}`, exp);
  return null;
}

/** Of base64url. */
export const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(decodeBase64urlIgnorePadding(text));

/** The object in a part of a JWT; undefined where there is none. */
export function objectIn(part: string): Record<string, unknown> | undefined {
  try {
    return JsonObject.safeParse(JSON.parse(new TextDecoder().decode(bytesOf(part)))).data;
  } catch {
    return undefined;
  }
}

const isSame = (one: object, other: object): boolean => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));

/** An object with its members in the order of their names. */
export const sorted = (value: object): object =>
  Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** The half of a key that its owner has registered with the service. */
async function publicKey(how: (typeof ALGORITHMS)[keyof typeof ALGORITHMS], text: string): Promise<CryptoKey> {
  if (how.name === "HMAC") {
    return crypto.subtle.importKey("raw", new TextEncoder().encode(text), how, false, ["verify"]);
  }
  const pkcs8 = decodeBase64(text.replaceAll(/-----[A-Z ]+-----|\s/g, ""));
  const whole = await crypto.subtle.importKey("pkcs8", new Uint8Array(pkcs8), how, true, ["sign"]);
  const exported = await crypto.subtle.exportKey("jwk", whole);
  if (exported instanceof ArrayBuffer) throw new TypeError("a key is exported as JSON");
  const { kty, n, e, crv, x, y } = exported;
  const open = Object.fromEntries(Object.entries({ kty, n, e, crv, x, y }).filter(([, value]) => value !== undefined));
  return crypto.subtle.importKey("jwk", { kty, ...open }, how, false, ["verify"]);
}
