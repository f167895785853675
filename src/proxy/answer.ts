/**
 * What a provider has answered, as the caller gets it. Of a body that has to be looked into no more than its beginning is
 * held: what is longer streams, and what is to be changed in it is changed on the way.
 */
import type { ScopesRefused } from "../connections/scopes.ts";
import { judge } from "../data/provider-api.ts";
import { maySayScopes, readScopeRefusal } from "../data/scope-refusal.ts";
import { AppError } from "../errors.ts";
import { answers } from "../held.ts";
import { toJson } from "../oauth/body.ts";
import type { Provider } from "../contract/provider.ts";
import { readWithin, type Read } from "./body.ts";
import { toCallerHeaders } from "./headers.ts";
import { bodyFinders, rewriteHeaders, type LinkContext } from "./links.ts";
import { rewriteStream, rewriteWhole, type Bytes, type Finder } from "./rewriting.ts";

/**
 * Of an answer that is looked into, so much is held. What says of itself that it is an error is shorter, and comes at once.
 * Links are found as well in what streams, and nobody waits long for the rest of those.
 */
const LOOK = { bytes: 64 * 1024, telling_ms: 2000, links_ms: 250 } as const;

/** An answer that has not been passed on yet. */
export interface Answered {
  readonly isTokenRejected: boolean;
  /** What it says was not granted; null: it says nothing of the kind. */
  readonly scopesRefused: ScopesRefused | null;
  readonly toResponse: (more?: Readonly<Record<string, string>>) => Response;
  /** Lets go of it, for another attempt. */
  readonly discard: () => Promise<void>;
}

/**
 * Reads as much of an answer as has to be known.
 * @param asked what the caller has asked for: `raw` for links in the body as the provider wrote them
 * @throws AppError `bad_upstream_status`; `invalid_provider_response` where it cannot be looked into and has to be
 */
export async function readAnswer(
  upstream: Response,
  links: LinkContext,
  asked: { readonly headers: Headers; readonly raw: boolean },
): Promise<Answered> {
  const { status, statusText } = upstream;
  const { provider } = links;
  if (status < 200 || status > 599) {
    await upstream.body?.cancel();
    throw new AppError("bad_upstream_status", "The provider answered with a status that is none. Try again later.");
  }
  const type = upstream.headers.get("Content-Type") ?? "";
  const isJson = /json/i.test(type);
  // A part is to fit the other parts, in which nothing tells where a link begins.
  const hasLinks = isJson && !asked.raw && status !== 206;
  const finders = OPAQUE_TYPE.test(type) ? [] : bodyFinders(links, hasLinks);
  const comesInPieces = IN_PIECES.test(type);
  const mayTell = mayTellRefusal(provider, status) || maySayScopes(provider, status);
  const isTelling = isJson && !comesInPieces && mayTell;
  const isEmpty = status === 204 || status === 205 || status === 304;
  const source = isEmpty || (finders.length === 0 && !isTelling) ? null : upstream.body;
  const ms = isTelling ? LOOK.telling_ms : comesInPieces ? 0 : LOOK.links_ms;
  const looked = source === null ? null : await lookInto(provider, source, upstream.headers, ms);
  const { body, change } = looked === null ? { body: upstream.body, change: null } : rewrite(looked, finders);
  const said = isTelling && looked?.isWhole ? toJson({ bytes: looked.bytes, headers: upstream.headers }) : undefined;
  return {
    scopesRefused: readScopeRefusal(provider, status, upstream.headers, said),
    isTokenRejected: judge(provider, status, upstream.headers, said) === "token_rejected",
    toResponse: (more = {}) => {
      // Its own copy of the headers is the only one that is made.
      const response = new Response(isEmpty ? null : body, { status, statusText, headers: upstream.headers });
      const { headers } = response;
      toCallerHeaders(upstream.headers, asked.headers, headers, links.secrets);
      rewriteHeaders(headers, links);
      if (change !== null) tellChange(headers, change);
      for (const [name, value] of Object.entries(more)) headers.set(name, value);
      return response;
    },
    discard: async () => {
      if (body instanceof ReadableStream) await body.cancel().catch(() => {});
    },
  };
}

/** Lines, events and parts that somebody waits for one by one. */
const IN_PIECES = /event-stream|ndjson|jsonl|json-?lines|json-seq|stream\+json|json-stream|x-mixed-replace/i;

/** What nobody writes a token into. */
const OPAQUE_TYPE = /^(?:image|audio|video|font)\/|octet-stream|zip/i;

/** Whether the body may say of the token what the status does not. */
const mayTellRefusal = ({ api: { errors } }: Provider, status: number): boolean =>
  errors !== null && (status >= 400 || errors.in_success);

/** Whether the platform has undone an answer's encoding by the time it is read. */
const isReadable = (headers: Headers): boolean =>
  /^(?:|identity|gzip|br)$/i.test(headers.get("Content-Encoding") ?? "");

/** As much of an answer as was waited for. */
type Looked = Read | { readonly isWhole: false; readonly rest: ReadableStream<Bytes> };

/**
 * @param ms how long it may take; 0: not at all
 * @returns null for what cannot be looked into and does not have to be
 */
async function lookInto(
  { api }: Provider,
  body: ReadableStream<Bytes>,
  headers: Headers,
  ms: number,
): Promise<Looked | null> {
  if (!isReadable(headers)) {
    if (!api.token_in_links) return null;
    await body.cancel();
    throw new AppError(
      "invalid_provider_response",
      "The provider's answer is in an encoding that was not asked for. Try again.",
    );
  }
  const held = answers.hold(ms);
  try {
    return ms === 0 ? { isWhole: false, rest: body } : await readWithin(body, { bytes: LOOK.bytes, ms, held });
  } catch (cause) {
    throw new AppError(
      "invalid_provider_response",
      "The provider's answer broke off or cannot be decoded. Try again.",
      { cause },
    );
  } finally {
    held.release();
  }
}

/** What has been done to a body: read, or changed as well, for all that is known before its headers have to go. */
type Change = "read" | "changed";

/** The body with its changes made, or to be made on the way. */
function rewrite(
  looked: Looked,
  finders: readonly Finder[],
): { readonly body: Bytes | ReadableStream<Bytes>; readonly change: Change } {
  if (!looked.isWhole) {
    return finders.length === 0
      ? { body: looked.rest, change: "read" }
      : { body: rewriteStream(looked.rest, finders), change: "changed" };
  }
  const body = rewriteWhole(looked.bytes, finders);
  return { body, change: body === looked.bytes ? "read" : "changed" };
}

/** Makes the headers those of the body as it is now. */
function tellChange(headers: Headers, change: Change): void {
  // Reading has taken the compression off: these are other bytes than a strong tag names (RFC 9110 8.8.3.3).
  if (change === "changed" || headers.has("Content-Encoding")) nameAnother(headers);
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
}

/** A changed body is another one than its tag and its digests name (RFC 9110 8.8.3). */
function nameAnother(headers: Headers): void {
  dropDigests(headers);
  const tag = headers.get("ETag");
  if (tag !== null && !tag.startsWith("W/")) headers.set("ETag", `W/${tag}`);
}

/** What is counted over the bytes as they were sent (RFC 9530 2 and 3): a client that checks it would refuse the others. */
function dropDigests(headers: Headers): void {
  for (const name of ["Content-Digest", "Repr-Digest", "Unencoded-Digest", "Digest", "Content-MD5"])
    headers.delete(name);
}
