/** Who is asking: a person whose browser goes somewhere, a program, or a browser that only looks ahead. */

/** Whether a browser is navigating, so that a redirect or a page is of use. */
export function isNavigation(request: Request): boolean {
  const mode = request.headers.get("Sec-Fetch-Mode");
  if (mode !== null) return mode === "navigate";
  return (request.headers.get("Accept") ?? "").includes("text/html");
}

/** Whether nobody has asked yet: a prefetch, or a scanner that only wants the headers. */
export function isLookAhead(request: Request): boolean {
  const purpose = request.headers.get("Sec-Purpose") ?? request.headers.get("Purpose") ?? "";
  return request.method === "HEAD" || purpose.startsWith("prefetch");
}

/**
 * Whether a request was not made on purpose: by an image, a frame or a script of some page, which a person has only looked at.
 * A program says nothing of the kind, and browsers from before Fetch Metadata neither (W3C Fetch Metadata 2).
 */
export function isIncidental(request: Request): boolean {
  const destination = request.headers.get("Sec-Fetch-Dest");
  const site = request.headers.get("Sec-Fetch-Site");
  if (destination !== null && destination !== "document" && destination !== "empty") return true;
  return destination === "empty" && site !== "same-origin" && site !== "none";
}

/** Whether a person comes by a link on somebody else's page, so that it was that page which chose what to do. */
export function isSentByOthers(request: Request): boolean {
  const site = request.headers.get("Sec-Fetch-Site");
  return site === "cross-site" || site === "same-site";
}

/** Whether a person comes by a link on a page of our own. */
export const isFromHere = (request: Request): boolean => request.headers.get("Sec-Fetch-Site") === "same-origin";
