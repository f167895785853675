/** How much a caller may ask for: by app and by user, so that a noisy one of either slows nobody else. */
import type { Context } from "hono";
import { APP_ITSELF, DEFAULT_APP } from "../connections/connection.ts";
import type { AppEnv } from "../context.ts";
import { digest } from "../crypto.ts";
import { AppError } from "../errors.ts";
import type { Caller } from "./caller.ts";

/** The window of the limits in wrangler.toml. */
const WINDOW_SECONDS = 10;

/**
 * Counts a call. The platform counts per location and roughly, which is what a limit against noise needs; a limiter that
 * does not answer stops nobody.
 * @throws AppError `rate_limited`
 */
export async function limitCalls(c: Context<AppEnv>, { app, user }: Pick<Caller, "app" | "user">): Promise<void> {
  const { APP_LIMIT, USER_LIMIT } = c.env;
  const ofUser = user !== APP_ITSELF && isOver(USER_LIMIT, digest("user", app, user));
  const ofApp = app !== DEFAULT_APP && isOver(APP_LIMIT, digest("app", app));
  const [isUserOver, isAppOver] = await Promise.all([ofUser, ofApp]);
  if (!isUserOver && !isAppOver) return;
  const whose = isUserOver ? "user" : "app";
  throw new AppError("rate_limited", `This ${whose} calls more often than it may. Slow down and try again.`, {
    headers: { "Retry-After": String(WINDOW_SECONDS) },
  });
}

/**
 * Counts a call that comes without a credential, or with one that is not known at once, before anything is asked for it.
 * @throws AppError `rate_limited`
 */
export function limitAddress(c: Context<AppEnv>): Promise<void> {
  return holdAddress(c, c.env.ADDRESS_LIMIT, "Too much comes from this address without a valid key.");
}

/**
 * Counts what is begun or changed at the page. Anybody may be a user of it, so that only their address bounds what they have
 * written: a hundred times the price of a call that reads.
 * @throws AppError `rate_limited`
 */
export function limitChanges(c: Context<AppEnv>): Promise<void> {
  return holdAddress(c, c.env.CHANGE_LIMIT, "Too much is begun or changed from this address.");
}

async function holdAddress(c: Context<AppEnv>, limit: RateLimit | undefined, sentence: string): Promise<void> {
  const address = c.req.header("CF-Connecting-IP");
  // On Cloudflare there always is one.
  if (address === undefined || !(await isOver(limit, digest("address", networkOf(address))))) return;
  throw new AppError("rate_limited", `${sentence} Slow down and try again.`, {
    headers: { "Retry-After": String(WINDOW_SECONDS) },
  });
}

/**
 * Of an IPv6 address the network: each subscriber has 2^64 addresses (RFC 6177). Zeros are written out, since where `::`
 * stands depends on the whole address (RFC 5952 4.2): one network would have several names, and several networks one.
 */
function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = [], tail = []] = address
    .toLowerCase()
    .split("::")
    .map((part) => part.split(":").filter(Boolean));
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => "0");
  return [...head, ...zeros, ...tail].slice(0, 4).join(":");
}

async function isOver(limit: RateLimit | undefined, key: string): Promise<boolean> {
  try {
    return limit !== undefined && !(await limit.limit({ key })).success;
  } catch {
    return false;
  }
}
