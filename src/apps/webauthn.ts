/**
 * What authenticators say, read and held against the rules of Web Authentication (https://www.w3.org/TR/webauthn-3/, 7.1 and
 * 7.2). A browser takes apart what is CBOR itself (5.2.1.1): a fixed layout is left to read, and the platform's keys and
 * signatures do the rest.
 */
import { decodeBase64urlIgnorePadding, encodeBase64urlNoPadding } from "@oslojs/encoding";
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

/** The same kinds of key, as Web Crypto calls them. */
const WEB_CRYPTO = {
  EC: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  OKP: { name: "Ed25519" },
  RSA: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
} as const;

/** The kinds that are taken, the one that every authenticator has first (https://www.iana.org/assignments/cose: algorithms). */
const KINDS: ReadonlyMap<number, PublicKey["kty"]> = new Map([
  [-7, "EC"],
  [-8, "OKP"],
  [-257, "RSA"],
] as const);
export const ALGORITHMS: readonly number[] = [...KINDS.keys()];

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
 * Reads what a browser has made. Who has built the authenticator is not asked (attestation `none`): with nothing signed, the
 * key is as good from beside the authenticator's data as from within it.
 * @throws AppError `invalid_passkey`
 */
export async function readRegistration({ id, response }: CreatedPasskey, origin: string): Promise<Registration> {
  const challenge = readClientData(response.clientDataJSON, "webauthn.create", origin);
  const data = readAuthenticatorData(toBytes(response.authenticatorData));
  await checkAuthenticator(data, origin);
  if (data.credential === null || encodeBase64urlNoPadding(data.credential) !== id) throw unreadable();
  const key = await readKey(response.publicKeyAlgorithm, toBytes(response.publicKey));
  return { challenge, id, public_key: JSON.stringify(key), counter: data.counter };
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
export async function readAssertion({ id, response }: UsedPasskey, origin: string): Promise<Assertion> {
  const challenge = readClientData(response.clientDataJSON, "webauthn.get", origin);
  const bytes = toBytes(response.authenticatorData);
  const data = readAuthenticatorData(bytes);
  await checkAuthenticator(data, origin);
  return {
    challenge,
    id,
    counter: data.counter,
    handle: toText(response.userHandle ?? ""),
    signed: Uint8Array.of(...bytes, ...(await sha256(toBytes(response.clientDataJSON)))),
    signature: toBytes(response.signature),
  };
}

/** Whether an answer is signed with the key. @param public_key as a registration has it */
export async function isSignedWith(public_key: string, { signed, signature }: Assertion): Promise<boolean> {
  const key = PublicKey.parse(JSON.parse(public_key));
  const plain = key.kty === "EC" ? fromDer(signature) : signature;
  const imported = await crypto.subtle.importKey("jwk", key, WEB_CRYPTO[key.kty], false, ["verify"]);
  return crypto.subtle.verify(WEB_CRYPTO[key.kty], imported, plain, signed);
}

/** https://www.w3.org/TR/webauthn-3/#dictdef-collectedclientdata */
const ClientData = z.object({
  type: z.string(),
  challenge: z.string(),
  origin: z.string(),
  crossOrigin: z.optional(z.boolean()),
});

/** @returns the challenge */
function readClientData(encoded: string, type: "webauthn.create" | "webauthn.get", origin: string): string {
  const text = toText(encoded);
  const client = readable(() => ClientData.parse(JSON.parse(text)));
  if (client.origin !== origin || client.crossOrigin === true) {
    throw new AppError("invalid_passkey", "The passkey was used on another page than this one. Try again here.");
  }
  if (client.type !== type) throw unreadable();
  return toText(client.challenge);
}

/** https://www.w3.org/TR/webauthn-3/#sctn-authenticator-data */
interface AuthenticatorData {
  readonly rpIdHash: Uint8Array;
  readonly flags: number;
  readonly counter: number;
  /** The id of the passkey that was made; null where none was. */
  readonly credential: Uint8Array | null;
}

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const HAS_CREDENTIAL = 0x40;

/** @throws AppError `invalid_passkey` where it is cut off */
function readAuthenticatorData(bytes: Uint8Array<ArrayBuffer>): AuthenticatorData {
  return readable(() => {
    const view = new DataView(bytes.buffer);
    const [flags, counter] = [view.getUint8(32), view.getUint32(33)];
    // The authenticator's model stands before it, and the key behind.
    const size = (flags & HAS_CREDENTIAL) === 0 ? null : view.getUint16(53);
    if (size !== null && bytes.length < 55 + size) throw new RangeError("no whole id");
    return {
      rpIdHash: bytes.subarray(0, 32),
      flags,
      counter,
      credential: size === null ? null : bytes.subarray(55, 55 + size),
    };
  });
}

async function checkAuthenticator({ rpIdHash, flags }: AuthenticatorData, origin: string): Promise<void> {
  const ours = await sha256(new Uint8Array(new TextEncoder().encode(relyingParty(origin))));
  if (encodeBase64urlNoPadding(rpIdHash) !== encodeBase64urlNoPadding(ours)) {
    throw new AppError("invalid_passkey", "This passkey is for another host. Use one that was made here.");
  }
  if ((flags & USER_PRESENT) === 0 || (flags & USER_VERIFIED) === 0) {
    throw new AppError(
      "invalid_passkey",
      "The passkey was used without asking who you are. Use one with a fingerprint, a face or a PIN.",
    );
  }
}

/** @param spki as `getPublicKey()` gives it (RFC 5280 4.1.2.7) @throws AppError `invalid_passkey` for another kind of key */
async function readKey(algorithm: number, spki: Uint8Array<ArrayBuffer>): Promise<PublicKey> {
  const kind = KINDS.get(algorithm);
  if (kind === undefined) throw unreadable();
  try {
    const key = await crypto.subtle.importKey("spki", spki, WEB_CRYPTO[kind], true, ["verify"]);
    return PublicKey.parse(await crypto.subtle.exportKey("jwk", key));
  } catch (cause) {
    throw unreadable(cause);
  }
}

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

const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

const toBytes = (text: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readable(() => decodeBase64urlIgnorePadding(text)));
const toText = (text: string): string => new TextDecoder().decode(toBytes(text));

/** What a parser says is wrong with which byte helps nobody who is at the page. */
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
