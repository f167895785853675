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
