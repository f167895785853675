/** Pages elsewhere that an app has registered (CORS). Credentials are bearers, so cookies are never allowed along. */
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../context.ts";
import { limitAddress } from "./limits.ts";

const ALLOWED_METHODS = "GET, POST, PUT, PATCH, DELETE";
/** Each provider has headers of its own, and their SDKs send them; a bearer has to be named apart (Fetch, 3.3.5). */
const ALLOWED_HEADERS = "*, Authorization";
const PREFLIGHT_SECONDS = "600";

/**
 * Answers preflights for origins that some app has registered: a browser does not say yet for which app it asks. Whether the
 * call itself may be read is decided when its session is known.
 */
export const crossOrigin = createMiddleware<AppEnv>(async function crossOrigin(c, next) {
  const origin = c.req.header("Origin");
  const isPreflight = c.req.method === "OPTIONS" && c.req.header("Access-Control-Request-Method") !== undefined;
  if (origin !== undefined && isPreflight && c.req.header("Authorization") === undefined) {
    const headers = new Headers({ Vary: "Origin" });
    if (await c.get("services").apps.knowsOrigin(origin, () => limitAddress(c))) {
      headers.set("Access-Control-Allow-Origin", origin);
      headers.set("Access-Control-Allow-Methods", ALLOWED_METHODS);
      headers.set("Access-Control-Allow-Headers", ALLOWED_HEADERS);
      headers.set("Access-Control-Max-Age", PREFLIGHT_SECONDS);
    }
    return c.body(null, { status: 204, headers: Object.fromEntries(headers) });
  }
  await next();
  const allowed = c.get("corsOrigin");
  if (allowed !== undefined) {
    c.res.headers.set("Access-Control-Allow-Origin", allowed);
    c.res.headers.set("Access-Control-Expose-Headers", "*");
    c.res.headers.append("Vary", "Origin");
  }
});
