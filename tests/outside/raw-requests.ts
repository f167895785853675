/** Requests as no SDK makes them: what clients of other languages, browsers, networks and mistakes send. */
import { request } from "node:http";
import type { ServiceName } from "../../sandbox/clients.ts";
import type { At } from "../sdks/sdk.ts";
import { REQUEST_DROPPED } from "../../src/proxy/header-fields.ts";
import { REGISTERED } from "../proxy/registered-fields.ts";
import { inPairs } from "../servers/recorder.ts";
import type { Answered } from "./wire-compare.ts";

export interface RawRequest {
  readonly service: ServiceName;
  readonly method?: string;
  /** Below the API's host, sent as it stands here. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Sent with its length, or in chunks. */
  readonly body?: string | readonly string[];
}

/** Makes one on a connection of its own. Where it names no credential, the key goes with it as most clients send it. */
export function ask({ api, key }: Pick<At, "api" | "key">, raw: RawRequest): Promise<Answered> {
  const { hostname, port, pathname } = new URL(api);
  const headers = Object.entries({ Authorization: "Bearer KEY", ...raw.headers })
    .filter(([, value]) => value !== "")
    .map(([name, value]) => [name, [value].flat().map((one) => one.replaceAll("KEY", key))] as const);
  const pieces = (raw.body === undefined ? [] : [raw.body].flat()).map((piece) => piece.replaceAll("KEY", key));
  const sized = typeof raw.body === "string" ? [["Content-Length", Buffer.byteLength(pieces.join("")).toString()]] : [];
  const path = pathname + raw.path.replaceAll("KEY", key);
  const options = { agent: false, hostname, port, path, method: raw.method ?? "GET", setDefaultHeaders: true };
  return new Promise((resolve, reject) => {
    const informational: number[] = [];
    const asked = request({ ...options, headers: Object.fromEntries([...headers, ...sized]) }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk)).once("error", reject);
      answer.once("end", () =>
        resolve({
          status: `${answer.statusCode} ${answer.statusMessage}`,
          headers: inPairs(answer.rawHeaders),
          body: Buffer.concat(chunks),
          trailers: inPairs(answer.rawTrailers),
          informational,
        }),
      );
    });
    asked.on("information", ({ statusCode }) => informational.push(statusCode)).once("error", reject);
    for (const piece of pieces) asked.write(piece);
    asked.end();
  });
}

/** What a message is framed by, what rules the exchange itself, and what has a request of its own here. */
const FRAMING =
  /^(?:connection|content-length|transfer-encoding|trailer|upgrade|http2-settings|expect|host|authorization|date|location|content-location)$/i;
/** One of each, with a value that means nothing; `*` stands for the rest of a name. */
export const ofEach = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    names.filter((name) => name !== "*" && !FRAMING.test(name)).map((name) => [name.replace("*", "example"), "x"]),
  );

const FORM = { "Content-Type": "application/x-www-form-urlencoded" };

export const RAW_REQUESTS: Readonly<Record<string, RawRequest>> = {
  "an escaped slash, dots, a semicolon and a tilde": { service: "github", path: "/a%2Fb/...;x=1/~t/%E2%82%AC" },
  "escapes that are none, and in small letters": { service: "github", path: "/a%zz/%2f/100%?q=%zz&%2f" },
  "a path of Graph's with a colon and quotes": {
    service: "microsoft",
    path: "/v1.0/me/drive/root:/a%20b.txt:/delta(token='x')",
  },
  "slashes at the beginning and in between": { service: "github", path: "///a//b/" },
  "a query with nothing in it": { service: "airtable", path: "/v0/x?" },
  "a query of ends and doubles": { service: "github", path: "/x?&&a=&=b&a=1&a=2+3%20&e[]=1&?&" },
  "quotes in a query": { service: "google", path: "/drive/v3/files?q=name='a'" },
  "a browser's headers": {
    service: "github",
    path: "/x",
    headers: {
      Cookie: "a=b",
      Origin: "https://elsewhere.example",
      Referer: "https://elsewhere.example/",
      "Sec-Fetch-Site": "none",
      "X-CSRF": "1",
    },
  },
  "every registered header": { service: "github", path: "/x", headers: ofEach(REGISTERED) },
  "every header that stops here": {
    service: "google",
    path: "/x",
    headers: ofEach(Object.values(REQUEST_DROPPED).flatMap((fields) => fields.split(" "))),
  },
  "another method, by a header": {
    service: "github",
    path: "/x",
    headers: { "X-HTTP-Method-Override": "DELETE", "X-Latchkey-Raw": "0" },
  },
  "a header twice": {
    service: "github",
    path: "/x",
    headers: { "X-Twice": ["a, b", "c"], Accept: ["text/plain", "*/*"] },
  },
  "headers of one connection": {
    service: "github",
    path: "/x",
    headers: { Connection: "close, x-named", "X-Named": "1", TE: "trailers", "Keep-Alive": "timeout=5" },
  },
  "a range, a condition and a language": {
    service: "google",
    path: "/x",
    headers: {
      Range: "bytes=0-1",
      "If-None-Match": '"e"',
      "Accept-Language": "de, *;q=0.1",
      "X-Goog-User-Project": "p",
    },
  },
  "a range, where the token may be in the answer": {
    service: "facebook",
    path: "/v25.0/me",
    headers: { Range: "bytes=0-99" },
  },
  "the key in a header of ours": {
    service: "github",
    path: "/x",
    headers: { Authorization: "", "X-Latchkey-Key": "KEY" },
  },
  "the key once more in another header": { service: "github", path: "/x", headers: { "X-Copy": "KEY" } },
  "the key in a query, at Facebook": {
    service: "facebook",
    path: "/v24.0/me?fields=a%2Cb&access_token=KEY",
    headers: { Authorization: "" },
  },
  "the key in a form, at Slack": {
    service: "slack",
    method: "POST",
    path: "/api/chat.postMessage",
    headers: { ...FORM, Authorization: "" },
    body: "token=KEY&text=a+b%20%C3%BC&channel=C",
  },
  "a body with a GET": {
    service: "hubspot",
    path: "/x",
    headers: { "Content-Type": "application/json" },
    body: '{"a":1}',
  },
  "a body with a DELETE": {
    service: "github",
    method: "DELETE",
    path: "/x",
    headers: { "Content-Type": "application/json" },
    body: '{"a":1}',
  },
  "a DELETE without one": { service: "github", method: "DELETE", path: "/x" },
  "a body in chunks": {
    service: "google",
    method: "PUT",
    path: "/upload/x",
    headers: { "Content-Type": "application/octet-stream" },
    body: ["a", "ü", "c"],
  },
  "a body of two megabytes": {
    service: "microsoft",
    method: "PUT",
    path: "/v1.0/x",
    headers: { "Content-Type": "text/plain" },
    body: "0123456789abcdef".repeat(131_072),
  },
  HEAD: { service: "google", method: "HEAD", path: "/x" },
  OPTIONS: { service: "github", method: "OPTIONS", path: "/x" },
};
