/** Private keys of people who do not exist, made for one run. */

/** One in PEM, as PKCS #8 has it and people paste it. */
async function privateKey(how: SubtleCryptoGenerateKeyAlgorithm): Promise<string> {
  const pair = await crypto.subtle.generateKey(how, true, ["sign", "verify"]);
  if (!("privateKey" in pair)) throw new TypeError("a pair of keys was asked for");
  const bytes = await crypto.subtle.exportKey("pkcs8", pair.privateKey);
  if (!(bytes instanceof ArrayBuffer)) throw new TypeError("PKCS #8 is bytes");
  const lines = btoa(String.fromCharCode(...new Uint8Array(bytes))).match(/.{1,64}/g) ?? [];
  return ["-----BEGIN PRIVATE KEY-----", ...lines, "-----END PRIVATE KEY-----"].join("\n");
}

const rsa = (name: string) => ({
  name,
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: "SHA-256",
});

export const PRIVATE_KEYS = {
  RS256: await privateKey(rsa("RSASSA-PKCS1-v1_5")),
  PS256: await privateKey(rsa("RSA-PSS")),
  ES256: await privateKey({ name: "ECDSA", namedCurve: "P-256" }),
} as const;
