/**
 * What a played service holds its client to beside a secret: an assertion signed with a key that is registered there (RFC 7523
 * 2.2 and 3), and a proof with each request that the key of its tokens is there (RFC 9449 4.3, 8 and 9).
 */
import { encodeBase64urlNoPadding } from "@oslojs/encoding";
import * as z from "zod";
import { type Call, json, singleValued } from "../http.ts";
import { readSettings } from "../journal.ts";
import { refusal } from "../oauth/client-auth.ts";
import type { Refusal } from "../service.ts";
import type { Store } from "../store.ts";
import type { Entry, Played } from "./entry.ts";
import { bytesOf, objectIn } from "./jwt.ts";
import { placeOf } from "./templates.ts";

const ES256 = { name: "ECDSA", hash: "SHA-256", namedCurve: "P-256" } as const;
/** In seconds. */
const PROOF_LIVES = 60;
const ASSERTION_LIVES = 300;
/** Of a grant: the thumbprint of the key that its tokens are bound to. No name in braces is like it. */
export const JKT = "@jkt";

const PublicKey = z.strictObject({ kty: z.literal("EC"), crv: z.literal("P-256"), x: z.string(), y: z.string() });

/** As it is registered, with more beside it. */
const RegisteredKey = z.object(PublicKey.shape);

/** A JWT whose signature is right. @param keyOf the key, by the header that is there; undefined: no such key */
async function openJwt(
  jwt: string,
  keyOf: (header: Record<string, unknown>) => z.infer<typeof PublicKey> | undefined,
): Promise<{ header: Record<string, unknown>; claims: Record<string, unknown> } | undefined> {
  const [head = "", body = "", signature = "", ...more] = jwt.split(".");
  const header = objectIn(head);
  const claims = objectIn(body);
  const key = header && keyOf(header);
  if (more.length > 0 || header?.["alg"] !== "ES256" || claims === undefined || key === undefined) return undefined;
  const imported = await crypto.subtle.importKey("jwk", key, ES256, false, ["verify"]);
  const signed = new TextEncoder().encode(`${head}.${body}`);
  return (await crypto.subtle.verify(ES256, imported, bytesOf(signature), signed)) ? { header, claims } : undefined;
}

/** Whether a jti is there for the first time. */
function isNew(store: Store, jti: unknown): boolean {
  if (typeof jti !== "string" || jti.length < 16 || store.value(`jti:${jti}`) !== undefined) return false;
  store.setValue(`jti:${jti}`, true);
  return true;
}

const TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const AssertionClaims = z.strictObject({
  jti: z.string(),
  aud: z.union([z.string(), z.tuple([z.string()])]),
  exp: z.number(),
  iat: z.number(),
  nbf: z.number(),
  iss: z.string(),
  sub: z.string(),
});

/** What is wrong with the client's assertion; null where it needs none, or all is well. */
export async function complaintAboutAssertion(
  call: Call,
  { entry, keys }: Played,
  store: Store,
): Promise<Refusal | null> {
  if (entry.token_endpoint_auth_method !== "private_key_jwt") return null;
  const wrong = (text: string): Refusal => refusal("invalid_client", "bad_secret", text);
  const form = singleValued(new URLSearchParams(call.text));
  if (form?.["client_assertion_type"] !== TYPE) return wrong("There is no assertion of the client's.");
  const jwt = await openJwt(
    form["client_assertion"] ?? "",
    ({ kid }) => RegisteredKey.safeParse(keys.find((known) => known.kid === kid)).data,
  );
  const claims = AssertionClaims.safeParse(jwt?.claims).data;
  if (claims === undefined) return wrong("The assertion is not signed with a key that is registered.");
  const { aud, exp, iat, nbf, iss, sub, jti } = claims;
  const now = call.now / 1000;
  if (iss !== entry.client_id || sub !== entry.client_id) return wrong("The assertion is another client's.");
  if (![entry.issuer, entry.token_endpoint].includes(typeof aud === "string" ? aud : aud[0]))
    return wrong("The assertion is for another server.");
  if (exp <= now || exp > now + ASSERTION_LIVES || iat > now + 1 || nbf > now + 1)
    return wrong("The assertion is not good now.");
  return isNew(store, jti) ? null : wrong("The assertion was used before.");
}

const ProofHeader = z.strictObject({ typ: z.literal("dpop+jwt"), alg: z.literal("ES256"), jwk: PublicKey });
const ProofClaims = z.strictObject({
  jti: z.string(),
  htm: z.string(),
  htu: z.string(),
  iat: z.number(),
  nonce: z.string().optional(),
  ath: z.string().optional(),
});

/** A proof that is right, by its key's thumbprint; or the answer to one that is not. */
export type Proof = { readonly jkt: string | null } | { readonly refused: Response };

/**
 * Holds the proof of a request against the request.
 * @param access_token that comes along; undefined: one is asked for
 */
export async function readProof(call: Call, { entry }: Played, store: Store, access_token?: string): Promise<Proof> {
  if (!isBound(entry)) return { jkt: null };
  const no = (error: string, headers: Record<string, string> = {}): Proof => ({
    refused:
      access_token === undefined
        ? json({ error }, 400, headers)
        : json({ error }, 401, { "www-authenticate": `DPoP error="${error}", algs="ES256"`, ...headers }),
  });
  const read = (header: unknown) => ProofHeader.safeParse(header).data;
  const jwt = await openJwt(call.headers.get("dpop") ?? "", (header) => read(header)?.jwk);
  const header = read(jwt?.header);
  const claims = ProofClaims.safeParse(jwt?.claims).data;
  if (header === undefined || claims === undefined) return no("invalid_dpop_proof");
  const { htm, htu, iat, jti, nonce, ath } = claims;
  const { dpop_nonce } = readSettings(store);
  const places = [`https://${placeOf(call)}`, `${call.origin}/${call.service}/${placeOf(call)}`];
  const isOfThis = htm === call.method && places.includes(htu);
  const isOfToken = ath === (access_token === undefined ? undefined : await hashOf(access_token));
  if (!isOfThis || !isOfToken || Math.abs(iat - call.now / 1000) > PROOF_LIVES) return no("invalid_dpop_proof");
  if (dpop_nonce !== null && nonce !== dpop_nonce) return no("use_dpop_nonce", { "dpop-nonce": dpop_nonce });
  if (!isNew(store, jti)) return no("invalid_dpop_proof");
  const { crv, kty, x, y } = header.jwk;
  return { jkt: await hashOf(JSON.stringify({ crv, kty, x, y })) };
}

/** Whether a service binds its tokens to keys. */
export const isBound = ({ dpop_bound_access_tokens }: Entry): boolean => dpop_bound_access_tokens === true;

/** SHA-256 in base64url: `ath`, and a thumbprint (RFC 7638). */
async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return encodeBase64urlNoPadding(new Uint8Array(digest));
}
