/**
 * An authenticator without a device: it makes and signs the bytes that a browser's does
 * (https://www.w3.org/TR/webauthn-3/#sctn-authenticator-data), and lies where a test asks it to.
 */
import { decodeBase64urlIgnorePadding, encodeBase64urlNoPadding } from "@oslojs/encoding";
import type { CreatedPasskey, PasskeyCreation, PasskeyRequest, UsedPasskey } from "../../src/api-passkeys.ts";
import { APP } from "./visitor.ts";

/** What an answer may have wrong with it. */
export interface Lies {
  readonly origin?: string;
  readonly crossOrigin?: boolean;
  readonly rpId?: string;
  readonly type?: string;
  readonly challenge?: string;
  /** Bits of the authenticator data's flags; 0x01 user present, 0x04 user verified. */
  readonly flags?: number;
  readonly counter?: number;
  readonly handle?: string | null;
  readonly id?: string;
}

const PRESENT_AND_VERIFIED = 0x05;
const HAS_CREDENTIAL = 0x40;

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
export const base64url = (bytes: ArrayBuffer | Uint8Array): string => encodeBase64urlNoPadding(new Uint8Array(bytes));
const fromBase64url = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(decodeBase64urlIgnorePadding(text));

function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** Web Crypto's signature, both numbers side by side, as the DER that authenticators write. */
function toDer(plain: Uint8Array): Uint8Array {
  const numbers = [plain.slice(0, 32), plain.slice(32)].map((number) => {
    const start = number.findIndex((byte) => byte !== 0);
    const short = number.slice(start);
    const positive = (short[0] ?? 0) >= 0x80 ? join(Uint8Array.of(0), short) : short;
    return join(Uint8Array.of(2, positive.length), positive);
  });
  const body = join(...numbers);
  return join(Uint8Array.of(0x30, body.length), body);
}

/** A kind of key, by its number in COSE (RFC 9053), and as Web Crypto makes it. */
const KINDS = {
  ES256: { number: -7, algorithm: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } },
  EdDSA: { number: -8, algorithm: { name: "Ed25519" } },
  RS256: {
    number: -257,
    algorithm: {
      name: "RSASSA-PKCS1-v1_5",
      hash: "SHA-256",
      modulusLength: 2048,
      publicExponent: Uint8Array.of(1, 0, 1),
    },
  },
} as const;
export type Kind = keyof typeof KINDS;

/** Behind the id stands the key once more, in a form that only browsers read. */
const KEY_IN_CBOR = new Uint8Array(77);

/** One passkey on one device. */
export class Authenticator {
  readonly id = base64url(crypto.getRandomValues(new Uint8Array(32)));
  readonly #kind: Kind;
  readonly #pair: Promise<CryptoKeyPair>;
  /** 0: it keeps none, as those whose passkeys are synchronised. */
  counter: number;
  handle: string | null = null;

  constructor({ kind = "ES256", counter = 0 }: { kind?: Kind; counter?: number } = {}) {
    this.#kind = kind;
    this.counter = counter;
    this.#pair = generate(kind);
  }

  /** What `navigator.credentials.create` would give. */
  async create({ challenge, rp, user }: PasskeyCreation, lies: Lies = {}): Promise<CreatedPasskey> {
    this.handle = user.id;
    const { publicKey } = await this.#pair;
    const id = fromBase64url(this.id);
    const credential = join(new Uint8Array(16), Uint8Array.of(id.length >> 8, id.length & 0xff), id, KEY_IN_CBOR);
    return {
      id: lies.id ?? this.id,
      type: "public-key",
      response: {
        clientDataJSON: clientData("webauthn.create", challenge, lies),
        authenticatorData: base64url(await this.#data(rp.id, { flags: PRESENT_AND_VERIFIED, ...lies }, credential)),
        publicKey: await toSpki(publicKey),
        publicKeyAlgorithm: KINDS[this.#kind].number,
        transports: ["internal", "hybrid"],
      },
    };
  }

  /** What `navigator.credentials.get` would give. */
  async get({ challenge, rpId }: PasskeyRequest, lies: Lies = {}): Promise<UsedPasskey> {
    if (this.counter > 0) this.counter += 1;
    const authData = await this.#data(rpId, { flags: PRESENT_AND_VERIFIED, ...lies });
    const clientDataJSON = clientData("webauthn.get", challenge, lies);
    const { privateKey } = await this.#pair;
    const message = join(authData, await sha256(fromBase64url(clientDataJSON)));
    const plain = new Uint8Array(await crypto.subtle.sign(KINDS[this.#kind].algorithm, privateKey, message));
    return {
      id: lies.id ?? this.id,
      type: "public-key",
      response: {
        clientDataJSON,
        authenticatorData: base64url(authData),
        signature: base64url(this.#kind === "ES256" ? toDer(plain) : plain),
        userHandle: lies.handle === undefined ? this.handle : lies.handle,
      },
    };
  }

  async #data(rpId: string, lies: Lies, credential = new Uint8Array()): Promise<Uint8Array<ArrayBuffer>> {
    const flags = (lies.flags ?? PRESENT_AND_VERIFIED) | (credential.length > 0 ? HAS_CREDENTIAL : 0);
    const counter = new DataView(new ArrayBuffer(4));
    counter.setUint32(0, lies.counter ?? this.counter);
    const rpIdHash = await sha256(new Uint8Array(utf8(lies.rpId ?? rpId)));
    return join(rpIdHash, Uint8Array.of(flags), new Uint8Array(counter.buffer), credential);
  }
}

/** A public key as `getPublicKey()` gives it (RFC 5280 4.1.2.7). */
export async function toSpki(key: CryptoKey): Promise<string> {
  const exported = await crypto.subtle.exportKey("spki", key);
  if (!(exported instanceof ArrayBuffer)) throw new TypeError("no SPKI");
  return base64url(exported);
}

async function generate(kind: Kind): Promise<CryptoKeyPair> {
  const pair = await crypto.subtle.generateKey(KINDS[kind].algorithm, true, ["sign", "verify"]);
  if (!("privateKey" in pair)) throw new TypeError("no pair");
  return pair;
}

const clientData = (type: string, challenge: string, lies: Lies): string =>
  base64url(
    utf8(
      JSON.stringify({
        type: lies.type ?? type,
        challenge: lies.challenge ?? challenge,
        origin: lies.origin ?? APP,
        crossOrigin: lies.crossOrigin ?? false,
      }),
    ),
  );
