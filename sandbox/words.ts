import { json } from "./http.ts";
import type { Spoken, Words } from "./service.ts";

const RFC_6749 = "https://www.rfc-editor.org/rfc/rfc6749#section-5.2";
const RFC_9110 = "https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3";

/** What stands in front of any service says this before the service is asked: RFC 9110 15.6, and both forms of Retry-After. */
export const GATEWAY: readonly Spoken[] = [
  { status: 500, body: "", source: RFC_9110 },
  { status: 502, body: "<html><body><h1>502 Bad Gateway</h1></body></html>", source: RFC_9110 },
  { status: 503, body: "upstream connect error", headers: { "retry-after": "1" }, source: RFC_9110 },
  { status: 503, body: "", headers: { "retry-after": "{date}" }, source: RFC_9110 },
  { status: 504, body: "", source: RFC_9110 },
];

/** What RFC 6749 has of its own, for a service whose words are not known. */
export const RFC_WORDS: Words = {
  passing: [...GATEWAY, { status: 400, body: { error: "temporarily_unavailable" }, source: RFC_6749 }],
  dead: [{ status: 400, body: { error: "invalid_grant" }, source: RFC_6749 }],
};

/** Says it. `{date}` in a header is an HTTP date one second from now, `{epoch}` the same in seconds since 1970. */
export function speak({ status, body, headers = {} }: Spoken): Response {
  const inASecond = Date.now() + 1000;
  const date = new Date(inASecond).toUTCString();
  const epoch = String(Math.ceil(inASecond / 1000));
  const said = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.replace("{date}", date).replace("{epoch}", epoch)]),
  );
  return typeof body === "string" ? new Response(body, { status, headers: said }) : json(body, status, said);
}
