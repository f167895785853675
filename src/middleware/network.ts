/** Where a request comes from, as far as that is kept: never a whole address. */
import type { Context } from "hono";
import * as z from "zod/mini";
import type { UsedFrom } from "../api.ts";
import type { AppEnv } from "../context.ts";

/** https://developers.cloudflare.com/workers/runtime-apis/request/#incomingrequestcfproperties */
const Place = z.object({ country: z.nullish(z.string()), colo: z.nullish(z.string()) });

/** The parts of an address: four of IPv4, also where that is mapped into IPv6, or eight groups with the zeros written out. */
function partsOf(address: string): readonly string[] {
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1] ?? address;
  if (!mapped.includes(":")) return mapped.split(".");
  const [head = [], tail = []] = mapped
    .toLowerCase()
    .split("::")
    .map((part) => part.split(":").filter(Boolean));
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => "0");
  return [...head, ...zeros, ...tail];
}

/**
 * The network whose calls count together. Of IPv6 each subscriber has 2^64 addresses (RFC 6177). Zeros are written out, since
 * where `::` stands depends on the whole address (RFC 5952 4.2): one network would have several names, and several networks one.
 */
export function networkOf(address: string): string {
  const parts = partsOf(address);
  return parts.length === 4 ? parts.join(".") : parts.slice(0, 4).join(":");
}

/** The prefix of an address that many share, in CIDR notation (RFC 4632, RFC 4291 2.3): /24 of IPv4, /48 of IPv6. */
export function prefixOf(address: string): string {
  const parts = partsOf(address);
  return parts.length === 4 ? `${parts.slice(0, 3).join(".")}.0/24` : `${parts.slice(0, 3).join(":")}::/48`;
}

/** Where a request came from, coarsely; null on a developer's machine, where nothing true is known of it. */
export function usedFrom(c: Context<AppEnv>, isLocal: boolean): UsedFrom | null {
  const address = c.req.header("CF-Connecting-IP");
  if (isLocal || address === undefined) return null;
  const { country = null, colo = null } = Place.safeParse(c.req.raw.cf).data ?? {};
  return { country, colo, network: prefixOf(address) };
}
