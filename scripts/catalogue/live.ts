/**
 * Entries held against what their servers say of themselves today: RFC 8414 and OpenID Connect Discovery. Few services publish
 * that; of the others nothing is said. It asks for public documents alone, with no client and no account.
 */
import * as z from "zod/mini";
import type { EntryFile } from "./entry.ts";

const Texts = z.optional(z.array(z.string()));
const Metadata = z.object({
  authorization_endpoint: z.optional(z.string()),
  token_endpoint: z.optional(z.string()),
  revocation_endpoint: z.optional(z.string()),
  userinfo_endpoint: z.optional(z.string()),
  token_endpoint_auth_methods_supported: Texts,
  code_challenge_methods_supported: Texts,
});
export type Metadata = z.output<typeof Metadata>;

const ADDRESSES = ["authorization_endpoint", "token_endpoint", "revocation_endpoint", "userinfo_endpoint"] as const;
const TIMEOUT_MS = 10_000;
const HOUR_MS = 3_600_000;

/** Where a server's document may be (RFC 8414 3, OpenID Connect Discovery 4). */
export function metadataAddresses(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/(?<!\/)\/+$/, "");
  return [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ];
}

/** What a server says of itself; null where it says nothing. */
export async function readMetadata(issuer: string, ask: typeof fetch = fetch): Promise<Metadata | null> {
  for (const address of metadataAddresses(issuer)) {
    const answer = await ask(address, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => null);
    const read = answer?.ok ? Metadata.safeParse(await answer.json().catch(() => null)) : null;
    if (read?.success) return read.data;
  }
  return null;
}

/** What differs, in lines that can be sent as a correction: the field, what the entry has, and what the server says. */
export function differences(entry: EntryFile, metadata: Metadata): string[] {
  const said = ADDRESSES.flatMap((field) => {
    const [ours, theirs] = [entry[field], metadata[field]];
    return ours === undefined || theirs === undefined || ours === theirs ? [] : [`${field}: ${ours} is ${theirs} now`];
  });
  const { token_endpoint_auth_method: method = "client_secret_basic", pkce = true } = entry;
  // RFC 8414 2: what it means where it is left out.
  const methods = metadata.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  const challenges = metadata.code_challenge_methods_supported;
  return [
    ...said,
    ...(methods.includes(method) ? [] : [`token_endpoint_auth_method: ${method} is none of ${methods.join(", ")}`]),
    ...(pkce && challenges && !challenges.includes("S256") ? ["pkce: S256 is not among its challenges"] : []),
  ];
}

/** How many days ago an entry's pages were read. */
export const ageOf = ({ provenance }: EntryFile, now: number): number =>
  Math.floor((now - Date.parse(provenance.read)) / (24 * HOUR_MS));
