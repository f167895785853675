import { sandboxClient } from "../clients.ts";
import { type Call, mapped, singleValued } from "../http.ts";
import { readSettings } from "../journal.ts";
import { randomText } from "../random.ts";
import type { Part, Service } from "../service.ts";
import type { Question, Store } from "../store.ts";
import { grantedParts } from "./consent.ts";
import { awkwardCode, callbackQuery } from "./liberties.ts";
import { isRegistrable, isTaken } from "./redirect-uris.ts";

const CODE_LIFETIME = 10 * 60_000;
/** RFC 6749 4.1.2.1. */
const DECLINED = { error: "access_denied", error_description: "The person declined." };
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

/** What becomes of an authorization request before a person sees it. */
export type Verdict =
  | { readonly kind: "refused"; readonly text: string }
  | { readonly kind: "redirect"; readonly location: string }
  | { readonly kind: "ask"; readonly question: Question };

/** A person's answer on the consent page. */
export interface Decision {
  readonly allow: boolean;
  readonly account: number;
  /** The scopes left ticked, where the service lets people untick any; undefined for all. */
  readonly ticked?: readonly string[];
}

/** Checks an authorization request. What could be an attacker's redirect URI is never redirected to. */
export function judge(call: Call, service: Service, store: Store): Verdict {
  const params = singleValued(call.query);
  if (params === undefined) return refused("A parameter was given twice.");
  if (params["client_id"] !== sandboxClient(service.name).client_id) return refused("No app has this client_id.");
  const redirectUri = params["redirect_uri"];
  if (redirectUri === undefined || !isRegistered(call, service, store, redirectUri)) {
    return refused("The redirect_uri is not one of those registered for this app.");
  }
  const parts = service.oauth.scopes.parts({ params, path: call.path }).map(withoutRepeats);
  const unknown = parts.flatMap((part) => part.scopes).filter((scope) => !isKnown(service, scope));
  if (unknown.length > 0 && service.oauth.scopes.unknown === "page") return refused("A scope is not one this app has.");

  const problem = complaint(service, call, params, unknown);
  if (problem !== undefined) {
    const answer = { error: problem.error, error_description: problem.text };
    return { kind: "redirect", location: callback(call, service, redirectUri, params["state"], answer) };
  }
  const question = {
    redirect_uri: redirectUri,
    state: params["state"] ?? "",
    challenge: service.oauth.pkce === "ignored" ? null : (params["code_challenge"] ?? null),
    parts: parts.map((part) => ({ ...part, scopes: part.scopes.filter((scope) => isKnown(service, scope)) })),
    params,
  };
  return { kind: "ask", question };
}

/** Carries out a decision; the answer is where the browser goes next. */
export function decide(call: Call, service: Service, store: Store, question: Question, decision: Decision): string {
  const back = (answer: Record<string, string>) => toCallback(call, service, question, answer);
  if (!decision.allow) return back(service.oauth.declined ?? DECLINED);

  const firstConsent = !store.hasLiveGrant(decision.account);
  const granted = { ...question, parts: grantedParts(service, store, question, decision.account, decision.ticked) };
  const grantId = store.addGrant(decision.account, granted, call.now);
  const code = awkwardCode(service, service.oauth.codePrefix + randomText(40));
  store.addCode({
    value: code,
    grantId,
    redirectUri: question.redirect_uri,
    challenge: question.challenge,
    withRefresh: service.oauth.wantsRefresh({
      params: question.params,
      scopes: granted.parts.flatMap((part) => part.scopes),
      firstConsent,
      settings: readSettings(store),
    }),
    expiresAt: call.now + CODE_LIFETIME,
  });
  return back({ code, ...service.oauth.callbackExtras?.(granted.parts, question) });
}

/** Where the browser goes with an answer to an authorization request. */
export function toCallback(call: Call, service: Service, question: Question, answer: Record<string, string>): string {
  return callback(call, service, question.redirect_uri, question.state, answer);
}

/**
 * Whether a redirect URI is the app's: one of the two local ones on the origin's own port, or one that was registered, as
 * this service takes them. What is on `localhost` is taken as it is unless `local_redirects` is off.
 */
function isRegistered(call: Call, { oauth }: Service, store: Store, asked: string): boolean {
  const { local_redirects, redirect_uris } = readSettings(store);
  const { protocol, port } = new URL(call.origin);
  const app = `${protocol}//localhost${port === "" ? "" : `:${port}`}`;
  const local = [`${app}/callback/${call.service}`, `${app}/integrations/${call.service}/oauth2callback`];
  const isLocal = (uri: string) => URL.canParse(uri) && new URL(uri).hostname === "localhost";
  if (local_redirects && isLocal(asked) && [...local, ...redirect_uris].includes(asked)) return true;
  const registered = redirect_uris.filter((uri) => isRegistrable(oauth.redirectUris, uri));
  return registered.some((uri) => isTaken(oauth.redirectUris, uri, asked));
}

function complaint(
  service: Service,
  call: Call,
  params: Record<string, string>,
  unknown: readonly string[],
): { error: string; text: string } | undefined {
  const { oauth } = service;
  const type = params["response_type"];
  if (type === undefined ? oauth.responseType === "required" : type !== "code") {
    return { error: "unsupported_response_type", text: "response_type must be code." };
  }
  const state = params["state"] ?? "";
  if (state === "") return { error: "invalid_request", text: "state is required." };
  if (state.length < oauth.minimumState) return { error: "invalid_request", text: "state is too short." };
  const pkce = oauth.pkce === "ignored" ? undefined : pkceComplaint(params, oauth.pkce === "required");
  if (pkce !== undefined) return { error: "invalid_request", text: pkce };
  if (unknown.length > 0 && oauth.scopes.unknown === "redirect") {
    return { error: "invalid_scope", text: "A scope is not one this service knows." };
  }
  return oauth.inspect?.({ params, path: call.path });
}

function pkceComplaint(params: Record<string, string>, required: boolean): string | undefined {
  const challenge = params["code_challenge"];
  const method = params["code_challenge_method"];
  if (challenge === undefined) {
    if (method !== undefined) return "code_challenge_method without code_challenge.";
    return required ? "code_challenge is required." : undefined;
  }
  // RFC 7636 section 4.3: without a method it is "plain", which no service here takes.
  if (method !== "S256") return "code_challenge_method must be S256.";
  return CHALLENGE.test(challenge) ? undefined : "code_challenge is not a SHA-256 digest in base64url.";
}

function callback(
  call: Call,
  service: Service,
  redirectUri: string,
  state: string | undefined,
  answer: Record<string, string>,
): string {
  const { issuer, callbackFragment = "" } = service.oauth;
  const query = callbackQuery({
    ...answer,
    ...(state === undefined ? {} : { state }),
    ...(issuer === undefined ? {} : { iss: mapped(call, issuer.host, issuer.path) }),
  });
  return `${redirectUri}${redirectUri.includes("?") ? "&" : "?"}${query}${callbackFragment}`;
}

function refused(text: string): Verdict {
  return { kind: "refused", text };
}

function isKnown(service: Service, scope: string): boolean {
  return Object.hasOwn(service.oauth.scopes.known, scope);
}

function withoutRepeats(part: Part): Part {
  return { ...part, scopes: [...new Set(part.scopes)] };
}
