/**
 * What is shown of a call before it is made, and what that is bound to: everything that is sent but the credential, and what
 * says who calls and how the answer is wanted.
 */
import { encodeHexLowerCase } from "@oslojs/encoding";
import type { ApprovalWhole } from "../api-approvals.ts";
import { digest } from "../crypto.ts";
import { fieldTest } from "../proxy/header-fields.ts";
import { toUpstreamHeaders } from "../proxy/headers.ts";

/** Up to this size a body is shown whole. */
const SHOWN_BYTES = 64 * 1024;

/**
 * Header fields that change nothing of what is done: a call is the same with others of these. Whatever is not here may, since a
 * service can have its verb in a header (`Dropbox-API-Arg`, https://www.dropbox.com/developers/documentation/http/documentation),
 * and its version in `Accept`. SDKs set a new one of some for each try.
 */
const isUnbound = fieldTest({
  answer: "Accept-Charset Accept-Encoding Accept-Language Accept-Datetime Cache-Control Pragma Priority Expect",
  caller: "User-Agent X-Airtable-User-Agent X-Requested-With Date DNT",
  traced:
    "Traceparent Tracestate Baggage Request-Id X-Request-Id X-Correlation-Id Client-Request-Id X-Client-Request-Id X-B3-* B3 Sentry-Trace X-Amzn-Trace-Id X-Cloud-Trace-Context",
  sdk: "X-Stainless-* X-Goog-Api-Client X-Stripe-Client-* SdkVersion X-Ms-Client-Request-Id Return-Client-Request-Id",
  // One call goes through once: under which name its sender keeps it from going through twice is all the same.
  once: "Idempotency-Key X-Idempotency-Key",
});

/** A call, as it would be sent. */
export interface SentCall {
  readonly method: string;
  /** Its whole address, without what the credential adds to the query. */
  readonly target: string;
  readonly headers: Headers;
  readonly bytes: Uint8Array<ArrayBuffer> | null;
}

/** What is shown of it beside its address. */
export type Content = Pick<ApprovalWhole, "headers" | "body">;

/** What of a call is shown. @param stamped names of the fields in which the credential is sent */
export async function contentOf(
  { headers, bytes }: Pick<SentCall, "headers" | "bytes">,
  stamped: readonly string[],
): Promise<Content> {
  const dropped = stamped.map((name) => name.toLowerCase());
  const fields = [...toUpstreamHeaders(headers, {}, {})].filter(
    ([name]) => !isUnbound(name) && !dropped.includes(name),
  );
  return {
    headers: fields.map(([name, value]) => ({ name, value })),
    body: bytes === null || bytes.byteLength === 0 ? null : await bodyOf(headers, bytes),
  };
}

async function bodyOf(headers: Headers, bytes: Uint8Array<ArrayBuffer>): Promise<NonNullable<Content["body"]>> {
  const type = headers.get("Content-Type");
  const sha256 = encodeHexLowerCase(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
  const is_whole = bytes.byteLength <= SHOWN_BYTES;
  // What the service reads in another way than it is shown is none.
  const isReadAsShown =
    !headers.has("Content-Encoding") && !/charset(?!\s*=\s*"?(?:utf-8|us-ascii)\b)/i.test(type ?? "");
  // A letter that the bound cuts through is left out.
  const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
  const text = decoder.decode(bytes.subarray(0, SHOWN_BYTES), { stream: !is_whole });
  return { type, bytes: bytes.byteLength, sha256, text, is_text: isReadAsShown && isUtf8(bytes), is_whole };
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/**
 * Tells a call from every other.
 * @param whose the key, the integration, and the service's own token that the caller has brought along, if any
 */
export const digestOf = (
  whose: readonly string[],
  { method, target }: Pick<SentCall, "method" | "target">,
  { headers, body }: Content,
): string =>
  digest(
    "approval",
    JSON.stringify(whose),
    method,
    target,
    JSON.stringify(headers.map(({ name, value }) => [name, value])),
    body === null ? "" : `${body.bytes} ${body.sha256}`,
  );
