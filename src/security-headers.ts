/** The headers of every answer, static files included: the Worker sets them here, the build writes them to `_headers`. */

/** On everything Latchkey answers. */
export const securityHeaders: Readonly<Record<string, string>> = {
  "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  "Cross-Origin-Resource-Policy": "same-origin",
  // Not `same-origin`: that would cut a popup that connects an account off from the page that opened it.
  "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
};

/** Own files and own routes, nothing inline, no strings into HTML. */
const OWN_FILES = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
];

/** For the page. */
export const pageHeaders: Readonly<Record<string, string>> = {
  "Content-Security-Policy": [...OWN_FILES, "form-action 'self'"].join("; "),
};

/**
 * For the page of connect links, where it is not as the page's. Without `form-action`, which browsers hold against redirects to
 * providers too; it has to be able to speak to the page that has opened it; and under `no-referrer` a form's own origin would
 * be sent as "null", and could not be told from another site's.
 */
export const hostedHeaders: Readonly<Record<string, string>> = {
  "Content-Security-Policy": OWN_FILES.join("; "),
  "Cross-Origin-Opener-Policy": "unsafe-none",
  "Referrer-Policy": "same-origin",
};

/** For the form of a service: what is typed there is sent by a script to this origin, and by no form to anywhere. */
export const formHeaders: Readonly<Record<string, string>> = {
  ...hostedHeaders,
  "Content-Security-Policy": [...OWN_FILES, "form-action 'none'"].join("; "),
};

/**
 * For the pages that the Worker itself makes: own scripts and styles and nothing else. Without `form-action`, which browsers
 * hold against redirects to providers too.
 */
export const madePagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** For JSON and redirects: they need nothing, so they may load nothing, and no cache may keep them. */
export const answerHeaders: Readonly<Record<string, string>> = {
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
  "Cache-Control": "no-store",
};
