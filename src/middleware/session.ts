/** Cookies, sessions and the protection against other sites. */
import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { BROWSER_SESSION_SECONDS, type Session } from "../apps/sessions.ts";
import type { AppEnv } from "../context.ts";
import { randomId } from "../crypto.ts";
import { AppError } from "../errors.ts";

const SESSION_COOKIE = "session";
/** Tells the browser that starts a flow, or opens a link, from every other; it opens nothing. */
const BROWSER_COOKIE = "browser";
/** As long as the longest link: whoever leaves its page open goes on from there. */
const BROWSER_SECONDS = 86_400;

/**
 * `__Host-`: only this host, only over https (or on localhost), never for a subdomain. Lax and not Strict, because the
 * callback is a navigation that begins at the provider, and the session has to be seen there.
 */
const COOKIE = { prefix: "host", path: "/", secure: true, httpOnly: true, sameSite: "Lax" } as const;

/** A session, the id it was found by, and how that was presented. */
export interface FoundSession {
  readonly id: string;
  readonly session: Session;
  readonly by: "cookie" | "bearer";
}

/** The live session that is presented in `Authorization: Bearer` or the cookie. */
export async function findSession(c: Context<AppEnv>): Promise<FoundSession | undefined> {
  const authorization = c.req.header("Authorization");
  const bearer = authorization === undefined ? undefined : readBearer(authorization);
  // A caller who presents something else than a cookie is taken at that, and never at the cookie as well.
  const id = authorization === undefined ? sessionCookie(c) : bearer;
  if (!id) return undefined;
  const session = await c.get("services").sessions.find(id);
  return session && { id, session, by: bearer ? "bearer" : "cookie" };
}

/** The credential of an `Authorization: Bearer` (RFC 6750 2.1). */
export function readBearer(authorization: string): string | undefined {
  return /^Bearer ([^\s]+)$/i.exec(authorization)?.[1];
}

/**
 * For callers without a session that counts here: says what of theirs does not count (RFC 6750 3).
 * @param isKey whether it is a key, where that was not looked for in `Authorization` alone
 */
export function invalidSession(c: Context<AppEnv>, isKey = false): AppError {
  const authorization = c.req.header("Authorization");
  const bearer = isKey || authorization !== undefined;
  const headers = { "WWW-Authenticate": bearer ? 'Bearer error="invalid_token"' : "Bearer" };
  return new AppError("invalid_session", sentence(), { headers });

  function sentence(): string {
    if (isKey || (authorization !== undefined && readBearer(authorization) !== undefined)) {
      return "This key is not known here, or it has ended. Check that all of it was copied, or make a new one.";
    }
    if (authorization !== undefined) return "Authorization has to be Bearer, a space and one key of Latchkey's.";
    if (sessionCookie(c)) return "Your session has ended. Connect an account to start a new one.";
    return "This needs a key, in Authorization: Bearer. At Latchkey's own page, connect an account to start a session.";
  }
}

/** Gives the browser its session. */
export function setSessionCookie(c: Context<AppEnv>, id: string): void {
  setCookie(c, SESSION_COOKIE, id, { ...COOKIE, maxAge: BROWSER_SESSION_SECONDS });
}

/** Takes the session from the browser. */
export function clearSessionCookie(c: Context<AppEnv>): void {
  setCookie(c, SESSION_COOKIE, "", { ...COOKIE, maxAge: 0 });
}

/** The id that binds flows to this browser; undefined where it has none. */
export function getBrowser(c: Context<AppEnv>): string | undefined {
  return getCookie(c, BROWSER_COOKIE, "host");
}

/** The same, given to a browser that has none. Tabs share it, so flows in two of them do not disturb each other. */
export function ensureBrowser(c: Context<AppEnv>): string {
  const known = getBrowser(c);
  const id = known && /^[A-Za-z0-9_-]{43}$/.test(known) ? known : randomId();
  setCookie(c, BROWSER_COOKIE, id, { ...COOKIE, maxAge: BROWSER_SECONDS });
  return id;
}

/** The session id in the browser's cookie. */
export function sessionCookie(c: Context<AppEnv>): string | undefined {
  return getCookie(c, SESSION_COOKIE, "host");
}

/**
 * Refuses what another site makes a browser send: what a cookie vouches for takes a header that only our own pages can
 * add, and the origin must be ours where the browser names one.
 * @throws AppError `csrf`
 */
export function requireOwnOrigin(c: Context<AppEnv>): void {
  const origin = c.req.header("Origin");
  const site = c.req.header("Sec-Fetch-Site");
  if (isForeign(c) || c.req.header("X-CSRF") !== "1") {
    const { requestOrigin, origin: known } = c.get("services");
    // The page itself, where the deployment is reached by another name than people are told.
    if (site === "same-origin" && origin === requestOrigin && origin !== known) {
      throw new AppError("csrf", `This is not Latchkey's own address. Open ${known} and try again there.`);
    }
    throw new AppError("csrf", "This needs the header X-CSRF: 1 and has to come from Latchkey's own pages.");
  }
}

/**
 * The same for a WebSocket, to which a page can add no header, and which browsers open to whoever asks (RFC 6455 10.2): its origin
 * is there, and ours.
 * @throws AppError `csrf`
 */
export function requireOwnPage(c: Context<AppEnv>): void {
  if (isForeign(c) || c.req.header("Origin") === undefined) {
    throw new AppError("csrf", "This has to come from Latchkey's own pages.");
  }
}

/** Whether a browser says that another site's page has it ask. */
function isForeign(c: Context<AppEnv>): boolean {
  const origin = c.req.header("Origin");
  const site = c.req.header("Sec-Fetch-Site");
  return (
    (origin !== undefined && origin !== c.get("services").origin) ||
    (site !== undefined && site !== "same-origin" && site !== "none")
  );
}
