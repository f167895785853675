/** The headers of the pages that the Worker itself makes. */
import type { Context } from "hono";
import type { AppEnv } from "../context.ts";
import { madePagePolicy } from "../security-headers.ts";

/** For pages in a window that somebody else's page has opened: they have to be able to speak to it. */
export function openPageHeaders(c: Context<AppEnv>): void {
  c.header("Content-Security-Policy", madePagePolicy);
  keepOpener(c);
  // Under `no-referrer` a form's own origin is sent as "null", and could not be told from another site's.
  c.header("Referrer-Policy", "same-origin");
}

/** For redirects in such a window as well: browsers hold every answer on the way against it. */
export function keepOpener(c: Context<AppEnv>): void {
  c.header("Cross-Origin-Opener-Policy", "unsafe-none");
}
