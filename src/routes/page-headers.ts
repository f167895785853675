/** The headers of the pages that the Worker itself makes. */
import type { Context } from "hono";
import type { AppEnv } from "../context.ts";

/** Own scripts and styles and nothing else. Without `form-action`, which browsers hold against redirects to providers too. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** For pages in a window that somebody else's page has opened: they have to be able to speak to it. */
export function openPageHeaders(c: Context<AppEnv>): void {
  c.header("Content-Security-Policy", CONTENT_SECURITY_POLICY);
  keepOpener(c);
  // Under `no-referrer` a form's own origin is sent as "null", and could not be told from another site's.
  c.header("Referrer-Policy", "same-origin");
}

/** For redirects in such a window as well: browsers hold every answer on the way against it. */
export function keepOpener(c: Context<AppEnv>): void {
  c.header("Cross-Origin-Opener-Policy", "unsafe-none");
}
