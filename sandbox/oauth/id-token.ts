import { encodeBase64urlNoPadding } from "@oslojs/encoding";
import * as z from "zod";
import type { Issued } from "../service.ts";
import type { Store } from "../store.ts";

const ALGORITHM = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
const KEY_ID = "sandbox-1";
const LIFETIME = 3600;

const keySchema = z.object({ kty: z.string(), n: z.string(), e: z.string(), d: z.string() }).loose();

/** Signs an OpenID Connect id token with the service's own key. */
export async function idToken(issued: Issued, issuer: string, claims: Record<string, unknown>): Promise<string> {
  const { call, store, grant } = issued;
  const now = Math.floor(call.now / 1000);
  const payload = {
    iss: issuer,
    aud: grant.params["client_id"],
    iat: now,
    exp: now + LIFETIME,
    ...(issued.nonce === undefined ? {} : { nonce: issued.nonce }),
    ...claims,
  };
  const signed = `${part({ alg: "RS256", kid: KEY_ID, typ: "JWT" })}.${part(payload)}`;
  const key = await crypto.subtle.importKey("jwk", await signingKey(store), ALGORITHM, false, ["sign"]);
  const signature = await crypto.subtle.sign(ALGORITHM, key, new TextEncoder().encode(signed));
  const value = `${signed}.${encodeBase64urlNoPadding(new Uint8Array(signature))}`;
  if (store.token(value) === undefined) {
    store.addToken({
      value,
      grantId: grant.id,
      kind: "id",
      part: "main",
      scopes: [],
      issuedAt: call.now,
      expiresAt: null,
    });
  }
  return value;
}

/** The key set with which a service's id tokens can be checked. */
export async function keySet(store: Store): Promise<{ keys: object[] }> {
  const { n, e } = await signingKey(store);
  return { keys: [{ kty: "RSA", alg: "RS256", use: "sig", kid: KEY_ID, n, e }] };
}

async function signingKey(store: Store): Promise<z.infer<typeof keySchema>> {
  const stored = keySchema.safeParse(store.value("signing_key"));
  if (stored.success) return stored.data;
  const parameters = { ...ALGORITHM, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  const pair = await crypto.subtle.generateKey(parameters, true, ["sign", "verify"]);
  if (!("privateKey" in pair)) throw new Error("An RSA key is a pair.");
  const key = keySchema.parse(await crypto.subtle.exportKey("jwk", pair.privateKey));
  // Two first tokens at once: whichever key was stored first counts.
  const raced = keySchema.safeParse(store.value("signing_key"));
  if (raced.success) return raced.data;
  store.setValue("signing_key", key);
  return key;
}

function part(value: object): string {
  return encodeBase64urlNoPadding(new TextEncoder().encode(JSON.stringify(value)));
}
