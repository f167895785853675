/** Which redirect URIs a service lets an app register, and which of those that are asked it takes for a registered one. */
/** This machine, by its name, or by its addresses as they stand in a URL. */
type Loopback = "localhost" | "literal";

/** What a service has published about it. */
export interface RedirectRule {
  /** Which hosts may go without https. */
  readonly plain: readonly Loopback[] | "anywhere";
  /** `below`: what lies below a registered one too; `on subdomains`: and the same of the host's own subdomains. */
  readonly match: "exact" | "below" | "below, on subdomains";
  /** Hosts of this machine whose port is free, whatever the registered one says or only where it says none. */
  readonly freePort?: { readonly of: Loopback; readonly where: "always" | "unnamed" };
  /** What else may not stand in one. */
  readonly refuses?: RegExp;
  /** The address of the page. */
  readonly source: string;
}

/** What most services have: letter for letter, https, and http on localhost. */
export const EXACT = { plain: ["localhost"], match: "exact" } as const;

function loopbackOf({ hostname }: URL): Loopback | undefined {
  if (hostname === "localhost") return "localhost";
  return hostname === "127.0.0.1" || hostname === "[::1]" ? "literal" : undefined;
}

/** Whether an app can register a redirect URI there. */
export function isRegistrable({ plain, refuses }: RedirectRule, uri: string): boolean {
  if (!URL.canParse(uri) || uri.includes("#") || refuses?.test(uri) === true) return false;
  const url = new URL(uri);
  if (url.protocol === "https:") return true;
  const loopback = loopbackOf(url);
  return url.protocol === "http:" && (plain === "anywhere" || (loopback !== undefined && plain.includes(loopback)));
}

/** Whether what is asked is what was registered, or near enough to it for this service. */
export function isTaken({ match, freePort }: RedirectRule, registered: string, asked: string): boolean {
  if (asked === registered) return true;
  if (!URL.canParse(asked) || asked.includes("#")) return false;
  const known = new URL(registered);
  const wanted = new URL(asked);
  const isPortFree =
    freePort !== undefined &&
    loopbackOf(known) === freePort.of &&
    (freePort.where === "always" || !/^[a-z]+:\/\/[^/]+:\d/i.test(registered));
  if (isPortFree) wanted.port = known.port;
  if (match === "exact")
    return (
      isPortFree &&
      wanted.href === known.href &&
      asked.replace(/:\d+(?=\/|$)/, "") === registered.replace(/:\d+(?=\/|$)/, "")
    );
  const isHost =
    wanted.hostname === known.hostname ||
    (match === "below, on subdomains" &&
      loopbackOf(known) === undefined &&
      wanted.hostname.endsWith(`.${known.hostname}`));
  const top = known.pathname.replace(/\/$/, "");
  const isBelow = wanted.pathname === known.pathname || `${wanted.pathname}/`.startsWith(`${top}/`);
  // A step upwards is gone from a parsed path, and so is what it may have been meant to hide.
  const isStraight = !/\/(?:\.|%2e){2}(?:\/|\?|$)|@/i.test(asked);
  return wanted.protocol === known.protocol && isHost && wanted.port === known.port && isBelow && isStraight;
}
