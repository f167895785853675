/**
 * One call to a provider's own API: the user's token stamped on, everything else as it came, the exact answer back.
 * Bodies stream both ways; only what has to be looked at is read.
 */
import type { AccessToken } from "../connections/connection.ts";
import type { ScopesRefused } from "../connections/scopes.ts";
import { AppError } from "../errors.ts";
import { USER_AGENT } from "../oauth/transport.ts";
import type { TokenEndpoint } from "../oauth/client.ts";
import { dpopHeaders, noteNonce, wantsNonce } from "../oauth/dpop.ts";
import type { Outgoing } from "../world.ts";
import { stampProof } from "./appsecret-proof.ts";
import { readAnswer, type Answered } from "./answer.ts";
import type { RequestBody } from "./body.ts";
import { toUpstreamHeaders } from "./headers.ts";
import { holdsKey, keyInRequest } from "./credentials.ts";
import { toTarget } from "./target.ts";
import { stampOf, stampQuery } from "../contract/stamp.ts";
import { fillAll, fillIn } from "../contract/templates.ts";

const NO_PROOF = {};

/** How long a provider may take to begin its answer, once it has the whole request. */
const FIRST_BYTE_MS = 30_000;

/** A call as the proxy has understood it. */
export interface ProxyCall {
  readonly request: Request;
  readonly path: string;
  /** Raw, with its question mark and without our key. */
  readonly query: string;
  readonly body: RequestBody;
  /** A token of the provider's that the caller brings instead of the user's. */
  readonly foreign_token: string | null;
  /** The caller's key, to stand in links where the provider writes its token; empty for a cookie. */
  readonly key: string;
  /** The address of the integration's proxy, without a slash at its end. */
  readonly proxy: string;
  /** Whether the caller wants bodies as the provider wrote them. */
  readonly raw: boolean;
}

/** Where the user's tokens come from. */
export interface Tokens {
  readonly current: () => Promise<AccessToken>;
  /** A younger one than this; null where there is none to be had. */
  readonly younger: (than: AccessToken) => Promise<AccessToken | null>;
  /** Is told of the younger token that has succeeded where the one before was refused. */
  readonly noteReplay: (token: AccessToken) => void;
  /** Is told of a token that the API has refused and that there is no younger one for. */
  readonly suspect: (refused: AccessToken) => void;
  /** What is said of a refusal for want of a scope, as headers. */
  readonly lacking: (token: AccessToken, refused: ScopesRefused) => Promise<Readonly<Record<string, string>>>;
}

/**
 * Makes the call, and once more with a younger token where the provider refuses the first and the body can be sent again.
 * @throws AppError for everything that is ours: the path, the token, a provider that does not answer
 */
export async function forward(endpoint: TokenEndpoint, call: ProxyCall, tokens: Tokens): Promise<Response> {
  const token = await tokens.current();
  const answered = await attempt(endpoint, call, token);
  // What another token lacks is not this connection's affair.
  if (call.foreign_token !== null) return answered.toResponse();
  if (!answered.isTokenRejected) return answered.toResponse(await lacking(answered, token, tokens));
  const younger = await tokens.younger(token).catch(async (error: unknown) => {
    // The provider's own refusal says it better than an error about the attempt to mend it.
    if (error instanceof AppError) return null;
    await answered.discard();
    throw error;
  });
  if (younger === null) {
    tokens.suspect(token);
    return answered.toResponse();
  }
  if (!call.body.isRepeatable) return answered.toResponse({ "X-Latchkey-Token": "refreshed" });
  await answered.discard();
  const again = await attempt(endpoint, call, younger);
  if (!again.isTokenRejected) tokens.noteReplay(younger);
  return again.toResponse(await lacking(again, younger, tokens));
}

const lacking = async ({ scopesRefused }: Answered, token: AccessToken, tokens: Tokens) =>
  scopesRefused === null ? {} : tokens.lacking(token, scopesRefused);

/** @param nonce that the server wants in the proof; it has refused one without it */
async function attempt(endpoint: TokenEndpoint, call: ProxyCall, held: AccessToken, nonce?: string): Promise<Answered> {
  const { client_id } = endpoint.client;
  const provider = fillIn(endpoint.provider, held.details);
  const token = call.foreign_token ?? held.access_token;
  const stamped = stampOf(provider, client_id, call.foreign_token === null ? held : { ...held, access_token: token });
  const query = stampQuery(await stampProof(endpoint, call.query, token), stamped.query);
  const target = toTarget(provider, call.path, query);
  const defaults = { "User-Agent": USER_AGENT, ...fillAll(provider.api.headers, { client_id, ...held.details }) };
  const { method } = call.request;
  const key = call.foreign_token === null ? held.dpop_key : undefined;
  const proved = key ? await dpopHeaders({ key, access_token: token }, { method, url: target, nonce }) : NO_PROOF;
  const headers = toUpstreamHeaders(call.request.headers, defaults, { ...stamped.headers, ...proved });
  if (provider.api.link_fields.length > 0) headers.set("Accept-Encoding", readableEncoding(call.request.headers));
  // Two parts of an answer could have half of the token each. Any server may answer with the whole (RFC 9110 14.2).
  if (provider.api.token_in_links) headers.delete("Range");
  if (holdsKey(target)) throw keyInRequest();
  // A GET with a body is an error to the platform, and SDKs send them.
  const isRead = method === "GET" || method === "HEAD";
  const body = isRead ? null : call.body.next();
  if (isRead) headers.delete("Content-Type");
  const outgoing = { method, headers, body, redirect: "manual" } as const;
  // How long a body that streams takes to get there is its sender's affair.
  const limit = call.body.isRepeatable ? FIRST_BYTE_MS : undefined;
  const upstream = await send(endpoint, target, outgoing, limit);
  const latest = key && noteNonce(target, upstream);
  const isForNonce = key !== undefined && wantsNonce(upstream);
  if (isForNonce && latest !== undefined && nonce === undefined && call.body.isRepeatable) {
    await upstream.body?.cancel();
    return attempt(endpoint, call, held, latest);
  }
  const links = {
    provider,
    proxy: call.proxy,
    called: target,
    access_token: token,
    key: call.key,
    isForeign: call.foreign_token !== null,
    secrets: provider.api.token_in_links || call.foreign_token !== null ? [] : stamped.secrets,
  };
  const answered = await readAnswer(upstream, links, { headers: call.request.headers, raw: call.raw });
  return isForNonce ? { ...answered, isTokenRejected: false } : answered;
}

const tooSlow = (): AppError =>
  new AppError("provider_timeout", "The provider did not begin to answer within 30 seconds. Try again in a moment.");

/**
 * No signal ends the call, which would cost a part of each: the platform ends it with the request that it is made for, when that
 * has its answer, or when its caller has gone (https://developers.cloudflare.com/workers/runtime-apis/context/#waituntil).
 * @param limit milliseconds to the first byte; undefined: none
 */
async function send(
  { fetch }: TokenEndpoint,
  target: string,
  outgoing: Outgoing,
  limit: number | undefined,
): Promise<Response> {
  const { promise: timeIsUp, reject } = Promise.withResolvers<never>();
  const timer = limit === undefined ? undefined : setTimeout(() => reject(tooSlow()), limit);
  try {
    return await Promise.race([fetch(target, outgoing), timeIsUp]);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError("provider_unavailable", "The provider could not be reached. Try again in a moment.", { cause });
  } finally {
    if (timer !== undefined) clearTimeout(timer);
  }
}

/** Of the encodings the caller takes, one that the platform can undo: answers with links are looked into. */
const readableEncoding = (headers: Headers): string =>
  /\bgzip\b/i.test(headers.get("Accept-Encoding") ?? "") ? "gzip" : "identity";
