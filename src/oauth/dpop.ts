/**
 * Tokens that are bound to a key (RFC 9449): each connection has a key of its own, and each request a proof that it is here.
 * A server may want its latest nonce in a proof (8, 9); what it has said last is remembered, and is no secret.
 */
import { PrivateKey, publicPart } from "../contract/private-key.ts";
import type { Provider } from "../contract/provider.ts";
import { at } from "../contract/reading.ts";
import { randomId } from "../crypto.ts";
import { Remembered } from "../remembered.ts";
import type { World } from "../world.ts";
import { toMembers } from "./body.ts";
import { ALGORITHMS, sha256, sign } from "./jws.ts";
import { send, type Answer, type Limits } from "./transport.ts";

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
  /** What its server has said it wants, of this very request; else what it has said last. */
  readonly nonce?: string | undefined;
}

/** The proof for one request (RFC 9449 4.2). */
export async function dpopProof(key: PrivateKey, { method, url, access_token, nonce: said }: Proved): Promise<string> {
  const { origin, pathname } = new URL(url);
  const nonce = said ?? nonces.get(origin);
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

/** What servers want in the next proof, by origin. One that is over costs a second request, which brings the next. */
const nonces = new Remembered<string>({ ms: 3_600_000, most: 1000 });
const LONGEST_NONCE = 512;

/** Remembers the nonce of an answer (RFC 9449 8.2). @returns it; undefined where there is none */
export function noteNonce(url: string, { headers }: Pick<Response, "headers">): string | undefined {
  const nonce = headers.get("DPoP-Nonce");
  if (nonce === null || nonce.length > LONGEST_NONCE) return undefined;
  nonces.set(new URL(url).origin, nonce);
  return nonce;
}

/** What a request is proved with. */
export interface Bound {
  readonly key: PrivateKey;
  /** Where a token goes along, which is bound to the key; else the client asks for one. */
  readonly access_token?: string;
}

/** Nothing where there is no key. */
export const boundTo = ({ dpop_key: key }: { readonly dpop_key?: PrivateKey }): Bound | null => (key ? { key } : null);

/** What is put on a request: a proof, and the token in the way of those that are bound (RFC 9449 7.1). */
export async function dpopHeaders(
  { key, access_token }: Bound,
  asked: Pick<Proved, "method" | "url" | "nonce">,
): Promise<Readonly<Record<string, string>>> {
  const { method, url, nonce } = asked;
  if (access_token === undefined) return { DPoP: await dpopProof(key, { method, url, nonce }) };
  return { Authorization: `DPoP ${access_token}`, DPoP: await dpopProof(key, { method, url, nonce, access_token }) };
}

/**
 * Sends a request with the proof that the key is here, where there is one, and once more where a server refuses the proof for
 * want of its nonce (RFC 9449 8 and 9).
 * @param make makes it anew: an assertion in it is good for once
 * @throws AppError like `send`
 */
export async function sendProved(
  fetch: World["fetch"],
  make: () => Promise<Request>,
  bound: Bound | null,
  limits?: Limits,
): Promise<Answer> {
  if (!bound) return send(fetch, await make(), limits);
  const once = async (nonce?: string): Promise<{ readonly answer: Answer; readonly wanted: string | undefined }> => {
    const request = await make();
    const { method, url } = request;
    const proved = await dpopHeaders(bound, { method, url, nonce });
    for (const [name, value] of Object.entries(proved)) request.headers.set(name, value);
    const answer = await send(fetch, request, limits);
    const said = noteNonce(url, answer);
    // An authorization server says 400, or 401 where it takes the client to be refused.
    const isRefused =
      answer.status < 500 && answer.status >= 400 && at(toMembers(answer), "error") === "use_dpop_nonce";
    return { answer, wanted: isRefused || wantsNonce(answer) ? said : undefined };
  };
  const { answer, wanted } = await once();
  return wanted === undefined ? answer : (await once(wanted)).answer;
}

/** Whether a resource server refuses a proof for want of its nonce (RFC 9449 9): then it has not looked at the request. */
export const wantsNonce = ({ status, headers }: Pick<Response, "status" | "headers">): boolean =>
  status === 401 && /\buse_dpop_nonce\b/.test(headers.get("WWW-Authenticate") ?? "");
