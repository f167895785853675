/** Which hosts a service may be at. */

/** Whether a host name is this machine's own; then this is a developer's Worker, since no deployed one answers there. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/**
 * Names that lead nowhere in public, whatever a network makes of them: RFC 6761, RFC 6762, RFC 8375, RFC 7686, what ICANN keeps
 * for private use, and what clusters and offices call their own.
 */
const LOCAL_NAME =
  /(?:^|\.)(?:local|localhost|localdomain|internal|intranet|private|corp|home|lan|svc|test|invalid|example|onion|alt|home\.arpa|in-addr\.arpa|ip6\.arpa)\.?$/;

/** Whether a host name looks public: top level, so it is no address and no name of a local network. */
export function isPublicHost(hostname: string): boolean {
  return /^(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*\.?$/.test(hostname) && !LOCAL_NAME.test(hostname);
}

/** Whether an address that somebody else has given leads to a public host, at whichever port. */
export function isPublicAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  return protocol === "https:" && username === "" && password === "" && isPublicHost(hostname);
}
