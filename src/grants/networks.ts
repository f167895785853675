/** Networks in CIDR notation (RFC 4632 3.1, RFC 4291 2.3), and whether an address or another network is in one. */

const BITS = 128;
const IPV4_BITS = 32;
/** Where IPv6 has the addresses of IPv4 (RFC 4291 2.5.5.2): a caller is the same one, whichever way it is written. */
const MAPPED = 0xffffn << 32n;

/** The addresses that have the first bits of one in common. */
export interface Network {
  readonly address: bigint;
  readonly bits: number;
}

/** Reads a network, or one address as the network of that alone; null for anything else. */
export function readNetwork(text: string): Network | null {
  const [, written = "", prefix] = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const address = readAddress(written);
  if (address === null) return null;
  const isIpv4 = !written.includes(":");
  const given = prefix === undefined ? (isIpv4 ? IPV4_BITS : BITS) : Number(prefix);
  if (given > (isIpv4 ? IPV4_BITS : BITS)) return null;
  const bits = isIpv4 ? given + BITS - IPV4_BITS : given;
  return { address: head(address, bits), bits };
}

/** Whether a network has an address in it, or the whole of another network. */
export const isWithin = (inner: Network, outer: Network): boolean =>
  inner.bits >= outer.bits && head(inner.address, outer.bits) === outer.address;

const head = (address: bigint, bits: number): bigint => {
  const rest = BigInt(BITS - bits);
  return (address >> rest) << rest;
};

function readAddress(text: string): bigint | null {
  if (!text.includes(":")) {
    const ipv4 = readIpv4(text);
    return ipv4 === null ? null : MAPPED + ipv4;
  }
  const dotted = /^(.*:)([\d.]+)$/.exec(text);
  const last = dotted?.[2]?.includes(".") ? readIpv4(dotted[2]) : undefined;
  if (last === null) return null;
  const written =
    last === undefined ? text : `${dotted?.[1] ?? ""}${(last >> 16n).toString(16)}:${(last & 0xffffn).toString(16)}`;
  const halves = written.split("::");
  const [before = [], after] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const left = 8 - before.length - (after?.length ?? 0);
  if (halves.length > 2 || (after ? left < 1 : left !== 0)) return null;
  const groups = [...before, ...Array.from({ length: left }, () => "0"), ...(after ?? [])];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return groups.reduce((whole, group) => (whole << 16n) + BigInt(`0x${group}`), 0n);
}

function readIpv4(text: string): bigint | null {
  const parts = text.split(".");
  const isPart = (part: string): boolean => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256;
  if (parts.length !== 4 || !parts.every(isPart)) return null;
  return parts.reduce((whole, part) => (whole << 8n) + BigInt(part), 0n);
}
