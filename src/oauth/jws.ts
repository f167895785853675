/** Signed JSON (RFC 7515, compact): a JWT that a service takes, and the proof that a token's key is here. */
import { encodeBase64urlNoPadding } from "@oslojs/encoding";

/** RFC 7518 3.1, as Web Crypto has them. */
export const ALGORITHMS = {
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  PS256: { name: "RSA-PSS", hash: "SHA-256", saltLength: 32 },
  ES256: { name: "ECDSA", hash: "SHA-256", namedCurve: "P-256" },
  HS256: { name: "HMAC", hash: "SHA-256" },
} as const;

export type Algorithm = keyof typeof ALGORITHMS;

const utf8 = new TextEncoder();
const encode = (part: object): string => encodeBase64urlNoPadding(utf8.encode(JSON.stringify(part)));

/** Signs it. `header` says with which algorithm. */
export async function sign(
  header: { readonly alg: Algorithm; readonly typ: string } & Readonly<Record<string, unknown>>,
  payload: object,
  key: CryptoKey,
): Promise<string> {
  const signing = `${encode(header)}.${encode(payload)}`;
  const signature = await crypto.subtle.sign(ALGORITHMS[header.alg], key, utf8.encode(signing));
  return `${signing}.${encodeBase64urlNoPadding(new Uint8Array(signature))}`;
}

/** SHA-256 in base64url, as RFC 7638 and RFC 9449 4.2 have it. */
export async function sha256(text: string): Promise<string> {
  return encodeBase64urlNoPadding(new Uint8Array(await crypto.subtle.digest("SHA-256", utf8.encode(text))));
}
