/**
 * `npm run client-key`: a new key for clients that show who they are by one (`private_key_jwt`), in front of those that
 * CLIENT_KEYS has already: the first signs, and the public half of each is served at `/.well-known/jwks.json`.
 */
import { randomUUID, webcrypto } from "node:crypto";
import * as z from "zod";

const known = z.array(z.unknown()).parse(JSON.parse(process.env["CLIENT_KEYS"] || "[]"));
const { privateKey } = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
  "sign",
  "verify",
]);
const { kty, crv, x, y, d } = await webcrypto.subtle.exportKey("jwk", privateKey);
// The value alone, for `npm run --silent client-key | npx wrangler secret put CLIENT_KEYS`.
console.log(JSON.stringify([{ kid: randomUUID(), kty, crv, x, y, d }, ...known]));
