/**
 * Calls that would come back to where they are made. This deployment's own origin is no service; a call that has gone out and
 * comes in again by another of its names is known by the hosts that it carries (RFC 8586).
 */
import { AppError } from "./errors.ts";
import type { World } from "./world.ts";

export const LOOP_HEADER = "CDN-Loop";
/** Told from other networks' entries, which stay where they were made. */
const MARK = "; via=latchkey";

/** The hosts of Latchkey that a request has come through, as its header names them. */
function hostsOf(header: string): string[] {
  return header
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry.endsWith(MARK));
}

/**
 * The network, but not the way back here.
 * @param origins this deployment's own
 * @param through the header of the request that is being answered
 */
export function guardNetwork(fetch: World["fetch"], origins: readonly string[], through: string): World["fetch"] {
  return async (input, outgoing) => {
    const url = typeof input === "string" ? input : input.url;
    if (origins.includes(originOf(url))) throw ownOrigin();
    const here = hostOf(origins[0] ?? url).host + MARK;
    outgoing.headers.set(LOOP_HEADER, through === "" ? here : [...hostsOf(through), here].join(", "));
    return fetch(input, outgoing);
  };
}

/** Origins that were asked for, with their hosts: a deployment has a few. */
const hosts = new Map<string, Pick<URL, "host" | "hostname">>();
const MAX_HOSTS = 100;

function hostOf(origin: string): Pick<URL, "host" | "hostname"> {
  const known = hosts.get(origin);
  if (known !== undefined) return known;
  const { host, hostname } = new URL(origin);
  if (hosts.size >= MAX_HOSTS) hosts.clear();
  hosts.set(origin, { host, hostname });
  return { host, hostname };
}

/** The host of an origin that requests come to, without its port. */
export const hostnameOf = (origin: string): string => hostOf(origin).hostname;

/** The origin of an address that is as the platform writes it: nothing, or a slash, stands behind it. */
export function originOf(url: string): string {
  const end = url.indexOf("/", "https://".length);
  const origin = end === -1 ? url : url.slice(0, end);
  // A name and a password may stand in front of the host, and are no part of it.
  return origin.includes("@") ? new URL(url).origin : origin;
}

/** Whether an address is at one of these origins. Where one leads that begins with a name in braces, its calls will tell. */
export function isOwnOrigin(address: string, origins: readonly string[]): boolean {
  return URL.canParse(address) && origins.includes(new URL(address).origin);
}

/** @throws AppError `loop_detected` where a request has come through here before */
export function checkLoop(origins: readonly string[], through: string): void {
  if (through === "") return;
  const own = origins.map((origin) => new URL(origin).host + MARK);
  if (hostsOf(through).some((entry) => own.includes(entry))) {
    throw new AppError(
      "loop_detected",
      "This call has come through this Latchkey before: an integration leads back to it. Correct its endpoints.",
    );
  }
}

const ownOrigin = (): AppError =>
  new AppError(
    "host_denied",
    "This integration leads back to this Latchkey itself. Register it with the service's own addresses.",
  );
