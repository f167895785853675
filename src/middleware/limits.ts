/** How much a caller may ask for: by app and by user, so that a noisy one of either slows nobody else. */
import type { Context } from "hono";
import { APP_ITSELF, DEFAULT_APP } from "../connections/connection.ts";
import type { AppEnv } from "../context.ts";
import { digest } from "../crypto.ts";
import { AppError } from "../errors.ts";
import { Remembered } from "../remembered.ts";
import type { Caller } from "./caller.ts";
import { networkOf } from "./network.ts";

/** What callers are told of the limits in wrangler.toml: calls in a window of so many seconds. A test holds one to the other. */
export const QUOTAS = { app: 6000, user: 1500 } as const;
export const WINDOW_SECONDS = 10;

/** https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-10 */
const POLICY_HEADER = "RateLimit-Policy";
/** How many calls are left is known only where it is none: the platform counts, and says no more than whether. */
const LIMIT_HEADER = "RateLimit";
const policyOf = (whose: keyof typeof QUOTAS): string => `"${whose}";q=${QUOTAS[whose]};w=${WINDOW_SECONDS}`;

/** A binding is one object for the life of an isolate. */
const stoppedNetworks = new WeakMap<RateLimit, Map<string, number>>();
const MAX_STOPPED = 10_000;

/**
 * Counts a call. The platform counts per location and roughly, which is what a limit against noise needs; a limiter that
 * does not answer stops nobody.
 * @throws AppError `rate_limited`
 */
export async function limitCalls(c: Context<AppEnv>, { app, user }: Pick<Caller, "app" | "user">): Promise<void> {
  const { APP_LIMIT, USER_LIMIT } = c.env;
  const ofUser = user !== APP_ITSELF && isOver(USER_LIMIT, limitKey("user", app, user));
  const ofApp = app !== DEFAULT_APP && isOver(APP_LIMIT, limitKey("app", app));
  const [isUserOver, isAppOver] = await Promise.all([ofUser, ofApp]);
  if (!isUserOver && !isAppOver) return;
  const whose = isUserOver ? "user" : "app";
  throw new AppError("rate_limited", `This ${whose} calls more often than it may. Slow down and try again.`, {
    headers: {
      "Retry-After": String(WINDOW_SECONDS),
      [POLICY_HEADER]: policyOf(whose),
      [LIMIT_HEADER]: `"${whose}";r=0;t=${WINDOW_SECONDS}`,
    },
  });
}

/** What callers are counted by: the same few come again and again. */
const limitKeys = new Remembered<string>({ ms: 60_000, most: 10_000 });

function limitKey(...whose: readonly string[]): string {
  const name = whose.join("\n");
  const known = limitKeys.get(name);
  if (known !== undefined) return known;
  const key = digest(...whose);
  limitKeys.set(name, key);
  return key;
}

/** Says of an answer how often its caller may call. */
export function tellLimits(c: Context<AppEnv>, { app, user }: Pick<Caller, "app" | "user">): void {
  const policies = [user !== APP_ITSELF && policyOf("user"), app !== DEFAULT_APP && policyOf("app")];
  const told = policies.filter((policy) => policy !== false);
  if (told.length > 0) c.header(POLICY_HEADER, told.join(", "));
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
  if (address === undefined || limit === undefined) return;
  const network = networkOf(address);
  const stopped = stoppedBy(limit);
  if ((stopped.get(network) ?? 0) <= Date.now()) {
    if (!(await isOver(limit, digest("address", network)))) return;
    if (stopped.size >= MAX_STOPPED) stopped.clear();
    stopped.set(network, Date.now() + WINDOW_SECONDS * 1000);
  }
  throw new AppError("rate_limited", `${sentence} Slow down and try again.`, {
    headers: { "Retry-After": String(WINDOW_SECONDS) },
  });
}

/**
 * The networks that a limit has stopped, and until when: for as long as they are told to wait, nothing is asked for them, not
 * even the limit.
 */
function stoppedBy(limit: RateLimit): Map<string, number> {
  const known = stoppedNetworks.get(limit) ?? new Map<string, number>();
  stoppedNetworks.set(limit, known);
  return known;
}

async function isOver(limit: RateLimit | undefined, key: string): Promise<boolean> {
  try {
    return limit !== undefined && !(await limit.limit({ key })).success;
  } catch {
    return false;
  }
}
