/** A signed JWT (RFC 7519, RFC 7515) that a service takes for a token (RFC 7523 2.1). */
import { decodeBase64IgnorePadding } from "@oslojs/encoding";
import { fill, fillAll, namesIn, type Values } from "../contract/templates.ts";
import type { Exchange } from "../contract/provider.ts";
import { randomId } from "../crypto.ts";
import { invalidField } from "../errors.ts";
import { ALGORITHMS, sign } from "./jws.ts";

type Assertion = NonNullable<Exchange["assertion"]>;

const utf8 = new TextEncoder();

/**
 * Signs one, good from now on.
 * @param values what its templates are filled with, the key among them
 * @throws AppError `invalid_request` naming the field, for a key that is none
 */
export async function signedJwt(
  { algorithm, key, headers = {}, claims, lifetime }: Assertion,
  values: Values,
): Promise<string> {
  const how = ALGORITHMS[algorithm];
  const now = Math.floor(Date.now() / 1000);
  const head = { ...fillAll(headers, values), alg: algorithm, typ: "JWT" };
  const body = { ...fillAll(claims, values), iat: now, exp: now + lifetime, jti: randomId() };
  const secret = await readKey(fill(key, values), how).catch(() => {
    throw invalidField(
      `fields.${namesIn(key)[0] ?? "key"}`,
      "is no private key in PEM, as PKCS #8 has it: it begins with -----BEGIN PRIVATE KEY-----.",
    );
  });
  return sign(head, body, secret);
}

async function readKey(text: string, how: (typeof ALGORITHMS)[keyof typeof ALGORITHMS]): Promise<CryptoKey> {
  if (how.name === "HMAC") return crypto.subtle.importKey("raw", utf8.encode(text), how, false, ["sign"]);
  const [, pem = ""] = /-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END PRIVATE KEY-----/.exec(text) ?? [];
  const bytes = new Uint8Array(decodeBase64IgnorePadding(pem.replaceAll(/[\s=]/g, "")));
  return crypto.subtle.importKey("pkcs8", bytes, how, false, ["sign"]);
}
