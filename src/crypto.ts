/**
 * Sealing, digests and random ids.
 *
 * A sealed value is `v1.<key id>.<IV>.<ciphertext and tag>` (base64url, nothing in it needs escaping in a URL): AES-256-GCM under a key derived by HKDF-SHA-256
 * for one app and one purpose, with a random 96-bit IV (NIST SP 800-38D 8.2.2). The additional data binds it to the
 * record it was made for, so that moved to another record it no longer opens.
 */
import { hmac } from "@oslojs/crypto/hmac";
import { SHA256, sha256 } from "@oslojs/crypto/sha2";
import { encodeBase64urlNoPadding } from "@oslojs/encoding";
import { AppError } from "./errors.ts";

/** Master keys by id. New values are sealed with `active`; every listed key opens. Each key is 32 bytes. */
export interface KeyRing {
  readonly active: string;
  readonly keys: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/** What a sealed value belongs to: the app whose key seals it, what it is, and which record it is part of. */
export interface SealContext {
  readonly app: string;
  readonly purpose: string;
  readonly record: readonly string[];
}

const VERSION = "v1";
const IV_BYTES = 12;
const utf8 = new TextEncoder();

/**
 * A tuple as bytes that no other tuple encodes to: each part behind its length.
 * @throws AppError `invalid_request` for what is no text
 */
function encodeTuple(parts: readonly string[]): Uint8Array<ArrayBuffer> {
  // UTF-8 has no lone surrogates: they would all become the same character, and different tuples the same bytes.
  if (!parts.every((part) => part.isWellFormed())) {
    throw new AppError("invalid_request", "Half of a character (a lone surrogate) is no text. Send whole ones.");
  }
  const encoded = parts.map((part) => utf8.encode(part));
  const bytes = new Uint8Array(encoded.reduce((size, part) => size + 4 + part.length, 0));
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const part of encoded) {
    view.setUint32(offset, part.length);
    bytes.set(part, offset + 4);
    offset += 4 + part.length;
  }
  return bytes;
}

/**
 * HMAC-SHA-256 of a tuple (RFC 2104), as 32 bytes: what only the holder of the key can make, or confirm a guess with.
 * @throws AppError `invalid_request` for what is no text
 */
export function keyedDigest(key: Uint8Array, ...parts: readonly string[]): Uint8Array {
  return hmac(SHA256, key, encodeTuple(parts));
}

/** SHA-256 of a tuple, as 43 characters of base64url: the name of a stored thing, or the digest kept of a secret. */
export function digest(...parts: readonly string[]): string {
  return encodeBase64urlNoPadding(sha256(encodeTuple(parts)));
}

/** 256 random bits as 43 characters of `[A-Za-z0-9_-]`. */
export function randomId(): string {
  return encodeBase64urlNoPadding(crypto.getRandomValues(new Uint8Array(32)));
}

/** 20 characters of a-z and 0-9, of about 100 random bits: for names that people see. */
export function shortId(): string {
  return `${randomId()}${randomId()}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "")
    .slice(0, 20);
}

/** Whether two secrets are alike. Digests are compared, so how long it takes tells nothing of where they differ. */
export const isSame = (one: string, other: string): boolean => digest(one) === digest(other);

// Derivation costs about as much as opening a token; the derived keys are as secret as the ring, which lives as long.
const derivedKeys = new WeakMap<KeyRing, Map<string, CryptoKey>>();

async function deriveKey(ring: KeyRing, keyId: string, context: SealContext): Promise<CryptoKey> {
  const master = ring.keys.get(keyId);
  if (!master) {
    throw new AppError(
      "key_unavailable",
      "This record was sealed with a key this deployment does not have. Add that key to SEALING_KEYS and try again.",
    );
  }
  const cache = derivedKeys.get(ring) ?? new Map<string, CryptoKey>();
  derivedKeys.set(ring, cache);
  const name = JSON.stringify([keyId, context.app, context.purpose]);
  const cached = cache.get(name);
  if (cached) return cached;
  const base = await crypto.subtle.importKey("raw", master, "HKDF", false, ["deriveKey"]);
  const info = encodeTuple(["latchkey", VERSION, context.app, context.purpose]);
  const derived = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info },
    base,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
  // One app's keys must not crowd out another's for ever.
  if (cache.size >= 1000) cache.clear();
  cache.set(name, derived);
  return derived;
}

function additionalData(keyId: string, context: SealContext): Uint8Array<ArrayBuffer> {
  return encodeTuple([VERSION, keyId, context.purpose, context.app, ...context.record]);
}

/** Seals `plaintext` for `context` with the ring's active key. */
export async function seal(ring: KeyRing, context: SealContext, plaintext: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const key = await deriveKey(ring, ring.active, context);
  const ciphertext = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv, additionalData: additionalData(ring.active, context) },
    key,
    utf8.encode(plaintext),
  );
  return [
    VERSION,
    ring.active,
    encodeBase64urlNoPadding(iv),
    encodeBase64urlNoPadding(new Uint8Array(ciphertext)),
  ].join(".");
}

/**
 * Opens what `seal` made for the same context.
 * @throws AppError `key_unavailable` when its key is not in the ring; `vault_integrity` when it was altered or belongs elsewhere.
 */
export async function open(ring: KeyRing, context: SealContext, sealed: string): Promise<string> {
  const [version, keyId, iv, ciphertext, ...rest] = sealed.split(".");
  if (version !== VERSION || !keyId || !iv || !ciphertext || rest.length > 0) throw notIntact();
  const key = await deriveKey(ring, keyId, context);
  try {
    const plaintext = await crypto.subtle.decrypt(
      {
        name: "AES-GCM",
        iv: fromBase64url(iv),
        additionalData: additionalData(keyId, context),
      },
      key,
      fromBase64url(ciphertext),
    );
    return new TextDecoder().decode(plaintext);
  } catch (cause) {
    throw notIntact(cause);
  }
}

/**
 * The platform's own decoder: every call opens a token, and the library's takes half of that time.
 * @throws DOMException for what is no base64url
 */
function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

/** Whether a sealed value needs no other key than the active one. */
export function isSealedWithActiveKey(ring: KeyRing, sealed: string): boolean {
  return sealed.split(".")[1] === ring.active;
}

function notIntact(cause?: unknown): AppError {
  return new AppError(
    "vault_integrity",
    "A stored record is not intact, so it was not used. Connect the account again, and tell the operator.",
    { cause },
  );
}
