/**
 * Tokens that are bound to a key (RFC 9449): each connection has a key of its own, and each request a proof that it is here.
 * A server may want its latest nonce in a proof (8, 9); what it has said last is remembered, and is no secret.
 */
import { PrivateKey, publicPart } from "../contract/private-key.ts";
import type { Provider } from "../contract/provider.ts";
import { randomId } from "../crypto.ts";
import { ALGORITHMS, sha256, sign } from "./jws.ts";

/** A new key where the provider binds tokens to one, and nothing where it does not. */
export async function dpopKeyFor({ dpop_bound_access_tokens }: Provider): Promise<{ readonly dpop_key?: PrivateKey }> {
  if (!dpop_bound_access_tokens) return {};
  const pair = await crypto.subtle.generateKey(ALGORITHMS.ES256, true, ["sign", "verify"]);
  return {
    dpop_key: PrivateKey.parse("privateKey" in pair ? await crypto.subtle.exportKey("jwk", pair.privateKey) : null),
  };
}

/** The key's thumbprint (RFC 7638), which the authorization request names (RFC 9449 10). */
export async function thumbprint({ crv, kty, x, y }: PrivateKey): Promise<string> {
  // In the order of their names (RFC 7638 3.2).
  return sha256(JSON.stringify({ crv, kty, x, y }));
}

/** What a proof is made for. */
export interface Proved {
  readonly method: string;
  /** Its query does not count. */
  readonly url: string;
  /** The access token that goes along. */
  readonly access_token?: string;
}

/** The proof for one request (RFC 9449 4.2). */
export async function dpopProof(key: PrivateKey, { method, url, access_token }: Proved): Promise<string> {
  const { origin, pathname } = new URL(url);
  const nonce = nonces.get(origin);
  const payload = {
    jti: randomId(),
    htm: method,
    htu: origin + pathname,
    iat: Math.floor(Date.now() / 1000),
    ...(nonce === undefined ? {} : { nonce }),
    ...(access_token === undefined ? {} : { ath: await sha256(access_token) }),
  };
  return sign({ typ: "dpop+jwt", alg: "ES256", jwk: publicPart(key) }, payload, await imported(key));
}

/** By key, for as long as the token that has it is remembered. */
const keys = new WeakMap<PrivateKey, CryptoKey>();

async function imported(key: PrivateKey): Promise<CryptoKey> {
  const known = keys.get(key);
  if (known) return known;
  const made = await crypto.subtle.importKey("jwk", key, ALGORITHMS.ES256, false, ["sign"]);
  keys.set(key, made);
  return made;
}

/** What servers want in the next proof, by origin. */
const nonces = new Map<string, string>();
const MAX_NONCES = 1000;
const LONGEST_NONCE = 512;

/**
 * Remembers the nonce of an answer (RFC 9449 8.2).
 * @returns whether it is the refusal of a proof without it, so that the same request with it is worth making
 */
export function noteNonce(url: string, { status, headers }: Pick<Response, "status" | "headers">): boolean {
  const nonce = headers.get("DPoP-Nonce");
  if (nonce === null || nonce.length > LONGEST_NONCE) return false;
  const { origin } = new URL(url);
  const isNew = nonces.get(origin) !== nonce;
  if (nonces.size >= MAX_NONCES) nonces.clear();
  nonces.set(origin, nonce);
  return isNew && (status === 400 || status === 401);
}

/** The headers of a call with a token that is bound to a key (RFC 9449 7.1). */
export async function dpopHeaders(
  key: PrivateKey,
  access_token: string,
  { method, url }: Pick<Proved, "method" | "url">,
): Promise<Readonly<Record<string, string>>> {
  return { Authorization: `DPoP ${access_token}`, DPoP: await dpopProof(key, { method, url, access_token }) };
}

/** Whether a resource server refuses a proof for want of its nonce (RFC 9449 9). */
export const wantsNonce = ({ status, headers }: Pick<Response, "status" | "headers">): boolean =>
  status === 401 && /\buse_dpop_nonce\b/.test(headers.get("WWW-Authenticate") ?? "");
