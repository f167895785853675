/**
 * What authenticators say, read and held against the rules of Web Authentication (https://www.w3.org/TR/webauthn-3/, 7.1 and
 * 7.2). The formats are a library's affair, the signatures those of the platform.
 */
import { decodeBase64urlIgnorePadding, decodeHex, encodeBase64urlNoPadding } from "@oslojs/encoding";
import {
  ClientDataType,
  coseAlgorithmES256,
  coseAlgorithmEdDSA,
  coseAlgorithmRS256,
  coseEllipticCurveEd25519,
  coseEllipticCurveP256,
  createAssertionSignatureMessage,
  parseAttestationObject,
  parseAuthenticatorData,
  parseClientDataJSON,
  type AuthenticatorData,
  type COSEPublicKey,
} from "@oslojs/webauthn";
import * as z from "zod/mini";
import type { CreatedPasskey, UsedPasskey } from "../api-passkeys.ts";
import { AppError } from "../errors.ts";

/** As Web Crypto takes it (a JSON Web Key). */
const PublicKey = z.discriminatedUnion("kty", [
  z.object({ kty: z.literal("EC"), crv: z.literal("P-256"), x: z.string(), y: z.string() }),
  z.object({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: z.string() }),
  z.object({ kty: z.literal("RSA"), n: z.string(), e: z.string() }),
]);
type PublicKey = z.output<typeof PublicKey>;

/** The kinds of key that are taken, the one that every authenticator has first. */
export const ALGORITHMS = [coseAlgorithmES256, coseAlgorithmEdDSA, coseAlgorithmRS256] as const;

/** The same, as Web Crypto calls them. */
const WEB_CRYPTO = {
  EC: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  OKP: { name: "Ed25519" },
  RSA: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
} as const;

/** The relying party's id of an origin: passkeys are for its host and no other. */
export const relyingParty = (origin: string): string => new URL(origin).hostname;

/** A passkey that a browser has made. */
export interface Registration {
  readonly challenge: string;
  readonly id: string;
  readonly public_key: string;
  readonly counter: number;
}

/**
 * Reads what a browser has made. Who has built the authenticator is not asked (attestation `none`), so no statement of it is
 * looked at.
 * @throws AppError `invalid_passkey`
 */
export async function readRegistration({ id, response }: CreatedPasskey, origin: string): Promise<Registration> {
  const challenge = readClientData(response.clientDataJSON, ClientDataType.Create, origin);
  const { authenticatorData } = readable(() => parseAttestationObject(toBytes(response.attestationObject)));
  checkAuthenticator(authenticatorData, origin);
  const { credential, signatureCounter: counter } = authenticatorData;
  if (!credential || encodeBase64urlNoPadding(credential.id) !== id) throw unreadable();
  const key = readable(() => toPublicKey(credential.publicKey));
  await importKey(key).catch((cause: unknown) => {
    throw unreadable(cause);
  });
  return { challenge, id, public_key: JSON.stringify(key), counter };
}

/** An answer of a passkey to a challenge, whose signature is still to be looked at. */
export interface Assertion {
  readonly challenge: string;
  readonly id: string;
  readonly counter: number;
  /** Empty where the authenticator has not told it. */
  readonly handle: string;
  readonly signed: Uint8Array<ArrayBuffer>;
  readonly signature: Uint8Array<ArrayBuffer>;
}

/** Reads the answer of a passkey, and checks all but its signature. @throws AppError `invalid_passkey` */
export function readAssertion({ id, response }: UsedPasskey, origin: string): Assertion {
  const challenge = readClientData(response.clientDataJSON, ClientDataType.Get, origin);
  const encoded = toBytes(response.authenticatorData);
  const data = readable(() => parseAuthenticatorData(encoded));
  checkAuthenticator(data, origin);
  const message = createAssertionSignatureMessage(encoded, toBytes(response.clientDataJSON));
  return {
    challenge,
    id,
    counter: data.signatureCounter,
    handle: toText(response.userHandle ?? ""),
    signed: new Uint8Array(message),
    signature: toBytes(response.signature),
  };
}

/** Whether an answer is signed with the key. @param public_key as a registration has it */
export async function isSignedWith(public_key: string, { signed, signature }: Assertion): Promise<boolean> {
  const key = PublicKey.parse(JSON.parse(public_key));
  const plain = key.kty === "EC" ? fromDer(signature) : signature;
  return crypto.subtle.verify(WEB_CRYPTO[key.kty], await importKey(key), plain, signed);
}

/** @returns the challenge */
function readClientData(encoded: string, type: ClientDataType, origin: string): string {
  const client = readable(() => parseClientDataJSON(toBytes(encoded)));
  if (client.origin !== origin || client.crossOrigin === true) {
    throw new AppError("invalid_passkey", "The passkey was used on another page than this one. Try again here.");
  }
  if (client.type !== type) throw unreadable();
  return new TextDecoder().decode(client.challenge);
}

function checkAuthenticator(data: AuthenticatorData, origin: string): void {
  if (!data.verifyRelyingPartyIdHash(relyingParty(origin))) {
    throw new AppError("invalid_passkey", "This passkey is for another host. Use one that was made here.");
  }
  if (!data.userPresent || !data.userVerified) {
    throw new AppError(
      "invalid_passkey",
      "The passkey was used without asking who you are. Use one with a fingerprint, a face or a PIN.",
    );
  }
}

function toPublicKey(key: COSEPublicKey): PublicKey {
  const algorithm = key.algorithm();
  if (algorithm === coseAlgorithmES256) {
    const { curve, x, y } = key.ec2();
    if (curve === coseEllipticCurveP256) return { kty: "EC", crv: "P-256", x: toNumber(x, 32), y: toNumber(y, 32) };
  }
  if (algorithm === coseAlgorithmEdDSA) {
    const { curve, x } = key.okp();
    if (curve === coseEllipticCurveEd25519) return { kty: "OKP", crv: "Ed25519", x: encodeBase64urlNoPadding(x) };
  }
  if (algorithm === coseAlgorithmRS256) {
    const { n, e } = key.rsa();
    return { kty: "RSA", n: toNumber(n, 256), e: toNumber(e, 3) };
  }
  throw new TypeError("another kind of key than was asked for");
}

const importKey = (key: PublicKey): Promise<CryptoKey> =>
  crypto.subtle.importKey("jwk", key, WEB_CRYPTO[key.kty], false, ["verify"]);

/** Authenticators sign ECDSA in DER (6.5.5), Web Crypto takes both numbers side by side; of what is no DER it gets none. */
function fromDer(der: Uint8Array): Uint8Array<ArrayBuffer> {
  const r = der.subarray(4, 4 + (der[3] ?? 0));
  const s = der.subarray(6 + r.length, 6 + r.length + (der[5 + r.length] ?? 0));
  const plain = new Uint8Array(64);
  if (der.length !== 6 + r.length + s.length) return plain;
  plain.set(r.subarray(-32), 32 - Math.min(r.length, 32));
  plain.set(s.subarray(-32), 64 - Math.min(s.length, 32));
  return plain;
}

const toNumber = (value: bigint, length: number): string =>
  encodeBase64urlNoPadding(decodeHex(value.toString(16).padStart(2 * length, "0")));

const toBytes = (text: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readable(() => decodeBase64urlIgnorePadding(text)));
const toText = (text: string): string => new TextDecoder().decode(toBytes(text));

/** The library's errors say what is wrong with which byte, which helps nobody who is at the page. */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw unreadable(cause);
  }
}

const unreadable = (cause?: unknown): AppError =>
  new AppError("invalid_passkey", "This is not what was asked of the passkey. Try again, or use another one.", {
    cause,
  });
