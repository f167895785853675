/**
 * Everything in which a call through the proxy differs from the same call without it. docs/proxy.md shows this list, word
 * for word; what its words name in backticks is what the tests allow, and nothing else.
 */
import type { ServiceName } from "../../sandbox/clients.ts";
import { ANSWER_DROPPED, ANSWER_SET, REQUEST_DROPPED, type Families } from "../../src/proxy/header-fields.ts";
import { securityHeaders } from "../../src/security-headers.ts";
import type { Change } from "../outside/wire-compare.ts";

export interface Difference {
  /** What differs. Headers are named in backticks, with a value where that is given. */
  readonly what: string;
  readonly becomes: string;
  readonly explains: (change: Change, call: Call, what: string) => boolean;
}

/** The call in which something differs. */
export interface Call {
  readonly service: ServiceName;
  readonly method: string;
  /** Of the answer; 0 before there is one. */
  readonly status: number;
  /** The bytes that arrive behind Latchkey. */
  readonly size: number;
  /** The user's token, and the key that stands for it. */
  readonly token: string;
  readonly key: string;
  /** Where the service is without Latchkey, and with it. */
  readonly direct: string;
  readonly through: string;
}

/** What stands in backticks. */
const quoted = (what: string): string[] => [...what.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);

/** Whether a header is one of those named: by name, by its beginning (`X-Forwarded-*`) or its end, or with its value. */
function names(what: string, name: string, value: string | null): boolean {
  return quoted(what).some((entry) => {
    const [said = "", text] = entry.toLowerCase().split(/: (.*)/);
    if (text !== undefined) return said === name && text === value?.toLowerCase();
    if (said.startsWith("*")) return name.endsWith(said.slice(1));
    return said.endsWith("*") ? name.startsWith(said.slice(0, -1)) : said === name;
  });
}

const isHeader = ({ part }: Change): boolean => part === "header";
const dropped: Difference["explains"] = (change, _, what) =>
  isHeader(change) && change.after === null && names(what, change.name, change.before);
const added: Difference["explains"] = (change, _, what) =>
  isHeader(change) && change.before === null && names(what, change.name, change.after);
const set: Difference["explains"] = (change, _, what) => isHeader(change) && names(what, change.name, change.after);

/** A row for each family of the Worker's own table: its fields, and why they do not pass. */
const rowsOf = (families: Families): Difference[] =>
  Object.entries(families).map(([family, fields]) => ({
    what: fields
      .split(" ")
      .map((field) => `\`${field}\``)
      .join(", "),
    becomes: `dropped: ${REASONS[family] ?? family}`,
    explains: dropped,
  }));
const REASONS: Readonly<Record<string, string>> = {
  connection: "they are of one connection",
  ours: "they are between the caller and Latchkey",
  browser: "they are the browser's",
  network: "they are of networks on the way, and tell where a call came from",
  tls: "they speak for whoever ended the encryption",
  override: "they would carry a path or a method past those refused",
  origin: "a browser would keep them, or act on them, for Latchkey's own origin",
  page: "they would rule what is read as a page",
  cache: "a cache on the way would act on them",
  server: "a server in front of Latchkey would act on them",
};
/** What stands beside `Connection` because that names it. */
const NAMED: Difference = {
  what: "what `Connection` names",
  becomes: "dropped: it is of one connection",
  explains: (change) => isHeader(change) && change.name === "x-named" && change.after === null,
};
const withValues = (headers: Readonly<Record<string, string>>): string =>
  Object.entries(headers)
    .map(([name, value]) => `\`${name}: ${value}\``)
    .join(", ");

const isRead = ({ method }: Call): boolean => method === "GET" || method === "HEAD";

/** Services in whose answers links are looked for. */
const READ: readonly ServiceName[] = ["facebook", "hubspot", "microsoft", "notion", "slack", "spotify"];

const isCredential = ({ part, name, before, after }: Change, { token }: Call): boolean => {
  if (part === "header" && name === "authorization") return after === `Bearer ${token}`;
  if (part === "header" && name === "x-latchkey-key") return after === null;
  if (part !== "query" && part !== "body") return false;
  if (before === null || !before.includes(`token=${token}`)) return false;
  const pairs = (text: string) =>
    text.split(/[?&]/).filter((pair) => pair !== "" && !/^(?:access_token|token)=/.test(pair));
  const proof = /[?&]appsecret_proof=[0-9a-f]{64}$/;
  return pairs((after ?? "").replace(proof, "")).join("&") === pairs(before).join("&");
};

/** On the way there. */
export const THERE: readonly Difference[] = [
  {
    what: "the key: in `Authorization` (`Bearer` and `token`), `X-Latchkey-Key`, Facebook's `access_token`, Slack's form field `token`",
    becomes: "taken out; the user's own token stands in `Authorization: Bearer`",
    explains: isCredential,
  },
  {
    what: "any other header that holds a key",
    becomes: "dropped; in a path, a query or a kept body a key is refused",
    explains: (change, { token }) => isHeader(change) && change.after === null && (change.before ?? "").includes(token),
  },
  ...rowsOf(REQUEST_DROPPED),
  NAMED,
  {
    what: "`User-Agent: Latchkey`, `Accept-Encoding: identity`, Notion's `Notion-Version: 2026-03-11`, GitHub's `Accept: application/vnd.github+json` and `X-GitHub-Api-Version: 2022-11-28`",
    becomes: "added where absent",
    explains: added,
  },
  {
    what: "`Cache-Control: no-cache`, `Pragma: no-cache`",
    becomes: "added where absent: a cache on the way goes by the address, and would give one user's answer to another",
    explains: added,
  },
  {
    what: "`CF-Worker`, `CF-Connecting-IP`",
    becomes: "added by Cloudflare itself",
    explains: added,
  },
  {
    what: "`CDN-Loop`",
    becomes:
      "names this deployment's host, and those of other Latchkeys before it: a call that comes back is refused (RFC 8586)",
    explains: ({ part, name, after }) =>
      part === "header" && name === "cdn-loop" && /^[\w.:[\]-]+; via=latchkey$/.test(after ?? ""),
  },
  {
    what: "`Accept-Encoding: gzip`, `Accept-Encoding: identity`",
    becomes: "`gzip` if the caller takes that, else `identity`, at services whose links are rewritten",
    explains: (change, call, what) => READ.includes(call.service) && set(change, call, what),
  },
  {
    what: "Facebook's query",
    becomes: "`appsecret_proof` is added where absent",
    explains: ({ part, before, after }, { service, token }) =>
      service === "facebook" &&
      part === "query" &&
      (before ?? "").replace(/[?&]access_token=[^&]+/, (pair) => (pair.endsWith(token) ? "" : pair)) ===
        after?.replace(/[?&]appsecret_proof=[0-9a-f]{64}$/, ""),
  },
  {
    what: "the body of a GET or HEAD, with its `Content-Type`",
    becomes: "dropped",
    explains: ({ part, name, after }, call) =>
      isRead(call) && ((part === "body" && after === "") || (name === "content-type" && after === null)),
  },
  {
    what: "`Content-Length`",
    becomes: "that of the body as it goes on: `0` for a DELETE without one",
    explains: ({ part, name, after }, { size }) =>
      part === "header" && name === "content-length" && (after === null ? size === 0 : after === String(size)),
  },
  {
    what: "`Range`, where an answer may have the user's token in it (Facebook)",
    becomes: "dropped",
    explains: ({ part, name, after }, { service }) =>
      service === "facebook" && part === "header" && name === "range" && after === null,
  },
  {
    what: "several headers of one name; the order of headers and the case of their names",
    becomes: "one, its values joined with commas; any",
    explains: (change) => isHeader(change) && change.before?.replaceAll("\n", ", ") === change.after,
  },
  {
    what: "`'` in a query",
    becomes: "`%27`",
    explains: ({ part, before, after }) => part === "query" && before?.replaceAll("'", "%27") === after,
  },
  {
    what: "several slashes at the beginning of a path",
    becomes: "one",
    explains: ({ part, before, after }) =>
      part === "path" && before?.replace(/(\/[^/]+\/[^/]+)\/{2,}/, "$1/") === after,
  },
];

const LINK_HEADERS = ["link", "location", "content-location"];
const BODY_LINKS =
  "`Link`, `Location`, `Content-Location`; in JSON Graph's `@odata.nextLink` and `@odata.deltaLink`, Facebook's and Spotify's `next` and `previous`, Spotify's `href`, HubSpot's `link`, `upload_url` of Slack and Notion";

/** On the way back. */
export const BACK: readonly Difference[] = [
  ...rowsOf(ANSWER_DROPPED),
  NAMED,
  {
    what: "`Connection`, `Keep-Alive`, `Transfer-Encoding`",
    becomes: "those of the connection to the caller",
    explains: (change, _, what) => isHeader(change) && names(what, change.name, null),
  },
  {
    what: "`WWW-Authenticate` with a challenge for a password, `Link` to what a browser loads by itself (`preload`, `preconnect`, `stylesheet` and the like)",
    becomes: "dropped where the caller is a browser",
    explains: ({ part, name, before, after }) =>
      part === "header" &&
      ((name === "www-authenticate" && after === null && before?.startsWith("Basic") === true) ||
        (name === "link" && /rel=preload/.test(before ?? "") && !/rel=preload/.test(after ?? ""))),
  },
  { what: withValues(ANSWER_SET), becomes: "set", explains: set },
  { what: withValues(securityHeaders), becomes: "set, as on every answer of Latchkey's", explains: set },
  { what: "`X-Request-Id`", becomes: "added where absent", explains: added },
  {
    what: "`X-Latchkey-Request-Id`",
    becomes: "says which request it was, as the lists of requests name it",
    explains: added,
  },
  { what: "`X-Latchkey-Connection`", becomes: "says which connection it was", explains: added },
  {
    what: "`X-Latchkey-Scope-Missing`, `X-Latchkey-Reconnect`",
    becomes: "where the API refuses for want of a scope: what is lacking, and where its person gives it",
    explains: added,
  },
  {
    what: "`Content-Disposition: attachment`",
    becomes: "set to types that a browser would run, where it is not there already",
    explains: added,
  },
  {
    what: BODY_LINKS,
    becomes: "links to the API lead back through the proxy, as whole URLs; `X-Latchkey-Raw: 1` leaves bodies alone",
    explains: ({ part, name, before, after }, { direct, through }) => {
      if (part !== "body" && !LINK_HEADERS.includes(name)) return false;
      const whole = before?.startsWith("/") ? new URL(before, direct).href : (before ?? "");
      return whole.replaceAll(direct, through) === after;
    },
  },
  {
    what: "Facebook's links and whatever else holds the token",
    becomes: "the caller's key stands in its place, always",
    explains: ({ part, before, after }, { service, direct, through, token, key }) =>
      service === "facebook" &&
      part === "body" &&
      (before ?? "").replaceAll(direct, through).replaceAll(token, key) === after,
  },
  {
    what: "any header that says the token, or what was typed in its place",
    becomes: "dropped; at Facebook the caller's key stands there",
    explains: (change, { service, token, key }) =>
      isHeader(change) &&
      (change.before ?? "").includes(token) &&
      change.after === (service === "facebook" ? change.before?.replaceAll(token, key) : null),
  },
  {
    what: "`Content-Encoding`, `Content-Length`",
    becomes: "answers that are looked into for links or for what an error means come decompressed",
    explains: ({ part, name, after }, { service, size, status }) =>
      (READ.includes(service) || status >= 400) &&
      ((name === "content-encoding" && after === null) ||
        (name === "content-length" && (after === null || after === String(size))) ||
        part === "body"),
  },
  {
    what: "`ETag` of an answer that is changed or comes decompressed, or is looked into for links and longer than 64 KiB or slow",
    becomes: "weak",
    explains: ({ part, name, before, after }) => part === "header" && name === "etag" && after === `W/${before}`,
  },
  {
    what: "`Content-Digest`, `Repr-Digest`, `Unencoded-Digest`, `Digest`, `Content-MD5` of an answer that is changed or comes decompressed, or is looked into for links and longer than 64 KiB or slow",
    becomes: "dropped",
    explains: ({ part, name, after }) =>
      part === "header" &&
      after === null &&
      ["content-digest", "repr-digest", "unencoded-digest", "digest", "content-md5"].includes(name),
  },
  {
    what: "several headers of one name; the order of headers and the case of their names",
    becomes: "one, its values joined with commas; any",
    explains: (change) => isHeader(change) && change.before?.replaceAll("\n", ", ") === change.after,
  },
  {
    what: "what comes before and behind an answer: 1xx, trailers",
    becomes: "dropped",
    explains: ({ part, after }) => (part === "informational" && after === "") || (part === "trailer" && after === null),
  },
];
