/** Facebook's proof that a call comes from the app's own server: the token's HMAC-SHA-256 under the client secret. */
import { encodeHexLowerCase } from "@oslojs/encoding";
import type { TokenEndpoint } from "../oauth/client.ts";

const utf8 = new TextEncoder();

/** The query with `appsecret_proof`, where the provider takes one and the caller has not brought it. */
export async function stampProof({ provider, client }: TokenEndpoint, query: string, token: string): Promise<string> {
  const { client_secret } = client;
  if (!provider.api.appsecret_proof || client_secret === null) return query;
  if (new URLSearchParams(query).has("appsecret_proof")) return query;
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", utf8.encode(client_secret), algorithm, false, ["sign"]);
  const proof = encodeHexLowerCase(new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8.encode(token))));
  return `${query.length <= 1 ? "?" : `${query}&`}appsecret_proof=${proof}`;
}
