/** Kinds of answers that APIs give, by name. Each is sent as its bytes stand here. */
import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { gzipBomb } from "../servers/hostile.ts";
import { ANSWER_DROPPED } from "../../src/proxy/header-fields.ts";
import { REGISTERED } from "../proxy/registered-fields.ts";
import { ofEach } from "./raw-requests.ts";

/** @param here the address of the API itself @param token what its caller has sent as the user's */
type Kind = (response: ServerResponse, here: string, token: string) => void;

const JSON_TYPE = { "Content-Type": "application/json" };
/** Of the registered ones, those that would say something untrue of the body. */
const PLAIN = { "Content-Encoding": "identity", "Content-Range": "bytes 0-1/2" };
const PIXEL = Buffer.from("89504e470d0a1a0a0000000d49484452ff00fe0a0d", "hex");

const whole =
  (status: number, headers: Readonly<Record<string, string | string[]>>, body?: string | Buffer): Kind =>
  (response) =>
    void response.writeHead(status, headers).end(body);

/** Links of all the kinds that the nine services write. */
const links = (here: string) => ({
  next: `${here}/kinds/next?after=a%2Fb&limit=2`,
  previous: `${here}/x`,
  href: `${here}/me?q="quoted"`,
  link: `${here}/l`,
  "@odata.nextLink": `${here}/v1.0/me?$skiptoken=a`,
  upload_url: `${here}/upload/v1/x`,
  elsewhere: { next: "https://elsewhere.example/next" },
});

export const ANSWER_KINDS: Readonly<Record<string, Kind>> = {
  json: whole(200, JSON_TYPE, '{"a": 1,\n  "b": [true, null, "ü ✓"]}'),
  "binary with an ETag": whole(200, { "Content-Type": "image/png", ETag: '"strong"' }, PIXEL),
  "part of a file": whole(206, { "Content-Type": "text/plain", "Content-Range": "bytes 1-3/9", ETag: '"e"' }, "bcd"),
  "a redirection elsewhere": whole(302, { Location: "https://elsewhere.example/file?sig=a%2Fb" }, "moved"),
  "a redirection to the API": (response, here) =>
    void response.writeHead(307, { Location: `${here}/other/place` }).end(),
  "a redirection to a path": (response, here) =>
    void response.writeHead(308, { Location: `${new URL(here).pathname}/other/place?x=1` }).end(),
  "nothing: 204": whole(204, { "X-Request-Id": "theirs" }),
  "accepted, to be asked for": (response, here) =>
    void response.writeHead(202, { ...JSON_TYPE, Location: `${here}/operations/1`, "Retry-After": "3" }).end("{}"),
  "not modified": whole(304, { ETag: 'W/"weak"', "Cache-Control": "max-age=60" }),
  "too many, with a time": whole(429, { ...JSON_TYPE, "Retry-After": "30" }, '{"error":"slow down"}'),
  "too many, without": whole(429, JSON_TYPE, '{"errors":{"type":"TOO_MANY"}}'),
  "overloaded: 529": whole(529, JSON_TYPE, '{"message":"overloaded"}'),
  "text of a gateway": whole(503, { "Content-Type": "text/plain" }, "upstream connect error\n"),
  "a page of a gateway": whole(502, { "Content-Type": "text/html; charset=utf-8" }, "<h1>Bad gateway</h1>"),
  gzip: whole(
    200,
    { ...JSON_TYPE, "Content-Encoding": "gzip", "Content-Digest": "sha-256=:eA==:", ETag: '"g"' },
    gzipSync('{"a":"packed"}'),
  ),
  chunked: (response) => {
    response.writeHead(200, JSON_TYPE);
    for (const piece of ['{"a":', '"b', ' c"}']) response.write(piece);
    response.end();
  },
  "empty: 200": whole(200, { "Content-Length": "0" }),
  "early hints first": (response) => {
    response.writeEarlyHints({ link: "</style.css>; rel=preload; as=style" }, () =>
      response.writeHead(200, JSON_TYPE).end("{}"),
    );
  },
  "numbers no double holds": whole(200, JSON_TYPE, '{"id":12345678901234567890,"n":1.0,"e":1E400,"id":-0}'),
  "a byte order mark": whole(200, JSON_TYPE, '\uFEFF{"a":1}'),
  "text that is no UTF-8": whole(
    200,
    { "Content-Type": "application/json; charset=latin1" },
    Buffer.from('{"a":"\xfc"}', "latin1"),
  ),
  "headers twice": whole(200, { ...JSON_TYPE, "X-Twice": ["a, b", "c"], Vary: ["Accept", "Origin"] }, "{}"),
  cookies: whole(200, { ...JSON_TYPE, "Set-Cookie": ["a=1; Path=/", "b=2"] }, "{}"),
  trailers: (response) => {
    response.writeHead(200, { ...JSON_TYPE, Trailer: "X-Checksum" });
    response.write("{}");
    response.addTrailers({ "X-Checksum": "abc" });
    response.end();
  },
  "links in headers": (response, here) =>
    void response
      .writeHead(200, {
        ...JSON_TYPE,
        Link: `<${here}/list?page=2>; rel="next", <https://elsewhere.example/x>; rel="help"`,
        "Content-Location": `${here}/list?page=1`,
      })
      .end("[]"),
  "links with the token in them": (response, here, token) =>
    void response
      .writeHead(200, JSON_TYPE)
      .end(JSON.stringify({ paging: { next: `${here}/v24.0/me?access_token=${token}&after=a` } })),
  "the token in headers": (response, _, token) =>
    void response.writeHead(200, { ...JSON_TYPE, "X-Echoed": `Bearer ${token}`, "X-Other": "1" }).end("{}"),
  "links in a body": (response, here) =>
    void response.writeHead(200, { ...JSON_TYPE, ETag: '"links"' }).end(JSON.stringify(links(here), null, 1)),
  "more than is held, with links": (response, here, token) => {
    const one = { ...links(here), token, filling: "ü".repeat(900) };
    const body = JSON.stringify(Array.from({ length: 300 }, () => one));
    response.writeHead(200, { ...JSON_TYPE, "Content-Encoding": "gzip", ETag: '"many"' }).end(gzipSync(body));
  },
  "a gzip bomb": whole(200, { ...JSON_TYPE, "Content-Encoding": "gzip" }, gzipBomb(16)),
  "an error that is longer than errors are": whole(400, JSON_TYPE, JSON.stringify({ error: "x".repeat(200_000) })),
  "what rules a browser": whole(
    200,
    {
      "Content-Type": "image/svg+xml",
      "Clear-Site-Data": '"*"',
      "Access-Control-Allow-Origin": "*",
      "Strict-Transport-Security": "max-age=0",
      "Content-Security-Policy": "default-src *",
      "Cache-Control": "public, max-age=60",
      Expires: "Thu, 26 Nov 2026 17:00:00 GMT",
      Refresh: "0;url=https://elsewhere.example",
      "X-Frame-Options": "ALLOWALL",
      "X-Latchkey-Error": "forged",
      "Cross-Origin-Opener-Policy": "unsafe-none",
    },
    "<svg onload='alert(1)'/>",
  ),
  "a limit's headers": whole(
    200,
    { ...JSON_TYPE, "X-RateLimit-Remaining": "41", Deprecation: "true", Warning: "299" },
    "{}",
  ),
  "every registered header": whole(200, { ...ofEach(REGISTERED), ...JSON_TYPE, ...PLAIN }, "{}"),
  "every header that stops here": whole(
    200,
    { ...JSON_TYPE, ...ofEach(Object.values(ANSWER_DROPPED).flatMap((fields) => fields.split(" "))) },
    "{}",
  ),
  "orders to a browser": (response, here) =>
    void response
      .writeHead(401, {
        ...JSON_TYPE,
        "WWW-Authenticate": 'Basic realm="x"',
        Link: `<${here}/list?page=2>; rel="next", <https://elsewhere.example/x>; rel=preload`,
      })
      .end("{}"),
  "a scope that is missing": whole(
    403,
    { ...JSON_TYPE, "WWW-Authenticate": 'Bearer error="insufficient_scope", scope="admin:org"' },
    "{}",
  ),
  "what Connection names": whole(200, { ...JSON_TYPE, Connection: "close, x-named", "X-Named": "1" }, "{}"),
};
