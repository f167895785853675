/** The authorization endpoint of a played service (RFC 6749 3.1 and 4.1.1, RFC 7636 4.3, RFC 9207). */
import { type Call, singleValued } from "../http.ts";
import { readSettings } from "../journal.ts";
import { callbackQuery } from "../oauth/liberties.ts";
import type { Verdict } from "../oauth/authorize.ts";
import { randomText } from "../random.ts";
import type { Question, Store } from "../store.ts";
import { nameOf } from "./client.ts";
import { detailsOf, type Entry, type Played } from "./entry.ts";
import { isBound, JKT } from "./proof.ts";
import { captured, filledAll, type Values } from "./templates.ts";
import { typedSets } from "./people.ts";

const CODE_LIFETIME = 10 * 60_000;
/** What a reference to a request that was pushed begins with (RFC 9126 2.2). */
export const REFERENCE = "urn:ietf:params:oauth:request_uri:";

/** Whether a call is for the authorization endpoint, and what stands in its address. */
export const askedAt = ({ authorization_endpoint }: Entry, call: Call): Values | undefined =>
  authorization_endpoint === undefined ? undefined : captured(authorization_endpoint, call);

/** Checks a request. What could be an attacker's redirect URI is never redirected to. */
export function judge(call: Call, played: Played, store: Store, inAddress: Values): Verdict {
  const { entry } = played;
  const refused = (text: string): Verdict => ({ kind: "refused", text });
  const wrong = Object.entries(inAddress).find(([name, value]) => !fits(entry, name, value));
  if (wrong) return refused(`There is no ${wrong[0]} of that name.`);
  const params = singleValued(call.query);
  if (params === undefined) return refused("A parameter was given twice.");
  if (entry.pushed_authorization_request_endpoint === undefined) {
    return judgeParameters(call, played, store, inAddress, params);
  }
  const { [nameOf(entry, "client_id")]: client_id, [nameOf(entry, "request_uri")]: request_uri = "", ...more } = params;
  if (client_id !== entry.client_id) return refused("No app has this client_id.");
  if (Object.keys(more).length > 0) return refused("Everything has to be pushed.");
  const question = request_uri.startsWith(REFERENCE)
    ? store.takeQuestion(request_uri.slice(REFERENCE.length), call.now)
    : undefined;
  return question === undefined ? refused("This request was used before, or has expired.") : { kind: "ask", question };
}

/** The same of a request that is there with all its parameters. */
export function judgeParameters(call: Call, played: Played, store: Store, inAddress: Values, params: Values): Verdict {
  const { entry } = played;
  const refused = (text: string): Verdict => ({ kind: "refused", text });
  if (params[nameOf(entry, "client_id")] !== entry.client_id) return refused("No app has this client_id.");
  const redirect_uri = params[nameOf(entry, "redirect_uri")] ?? "";
  if (!isRegistered(call, entry, store, redirect_uri)) return refused("The redirect_uri is not registered.");
  const state = params[nameOf(entry, "state")] ?? "";
  const [set] = typedSets(store, played, call.now);
  const problem = complaint(entry, params, { ...set?.params, ...inAddress, client_id: entry.client_id ?? "" });
  const scopes = scopesOf(entry, params);
  const question: Question = {
    redirect_uri,
    state,
    challenge: params[nameOf(entry, "code_challenge")] ?? null,
    parts: [{ name: "main", scopes }],
    params: { ...inAddress, ...(isBound(entry) && { [JKT]: params["dpop_jkt"] ?? "" }) },
  };
  if (problem === undefined) return { kind: "ask", question };
  return { kind: "redirect", location: callback(played, question, problem) };
}

function fits({ fields = {} }: Entry, name: string, value: string): boolean {
  const { pattern, choices } = fields[name] ?? {};
  const isChoice = choices === undefined || choices.includes(value);
  return isChoice && (pattern === undefined || new RegExp(`^(?:${pattern})$`, "u").test(value));
}

function isRegistered(call: Call, { id }: Entry, store: Store, uri: string): boolean {
  const { port } = new URL(call.origin);
  const app = `http${call.origin.startsWith("https") ? "s" : ""}://localhost${port === "" ? "" : `:${port}`}`;
  const local = [`${app}/callback/${id}`, `${app}/integrations/${id}/oauth2callback`];
  return [...local, ...readSettings(store).redirect_uris].includes(uri);
}

const scopeParameter = (entry: Entry): string => nameOf(entry, entry.scope_parameter ?? "scope");

const scopesOf = (entry: Entry, params: Values): string[] =>
  (params[scopeParameter(entry)] ?? "").split(entry.scope_separator ?? " ").filter((scope) => scope !== "");

/** The first thing that is not as the entry has it, as RFC 6749 4.1.2.1 says such a thing. */
function complaint(entry: Entry, params: Values, values: Values): Values | undefined {
  const problem = (error: string, error_description: string) => ({ error, error_description });
  const called = (name: string) => nameOf(entry, name);
  const { scopes = [], pkce = true } = entry;
  const more = Object.entries(filledAll(entry.authorization_parameters, values));
  const known = new Map<string, RegExp | string>([
    [called("response_type"), "code"],
    [called("client_id"), entry.client_id ?? ""],
    [called("redirect_uri"), /./],
    [called("state"), /./],
    ...(scopes.length > 0 ? [[scopeParameter(entry), /./] as const] : []),
    ...(scopes.includes("openid") ? [[called("nonce"), /./] as const] : []),
    ...(pkce ? [[called("code_challenge"), /^[\w-]{43}$/] as const] : []),
    ...(pkce ? [[called("code_challenge_method"), "S256"] as const] : []),
    ...(isBound(entry) ? [["dpop_jkt", /^[\w-]{43}$/] as const] : []),
    ...more.map(([name, value]) => [called(name), value] as const),
  ]);
  const unknown = Object.keys(params).find((name) => !known.has(name));
  if (unknown !== undefined) return problem("invalid_request", `${unknown} is not asked for.`);
  for (const [name, wanted] of known) {
    const value = params[name];
    const isRight = value !== undefined && (typeof wanted === "string" ? wanted === value : wanted.test(value));
    if (isRight) continue;
    const isType = name === called("response_type");
    return problem(isType ? "unsupported_response_type" : "invalid_request", `${name} is not what it has to be.`);
  }
  const strange = scopesOf(entry, params).find((scope) => !scopes.includes(scope));
  return strange === undefined ? undefined : problem("invalid_scope", `There is no scope ${strange}.`);
}

/** Where the browser goes with a person's decision. */
export function decide(
  call: Call,
  played: Played,
  store: Store,
  question: Question,
  { allow, account }: { readonly allow: boolean; readonly account: number },
): string {
  const { entry } = played;
  if (!allow) return callback(played, question, { error: "access_denied" });
  const value = `code_${randomText(40)}`;
  store.addCode({
    value,
    grantId: store.addGrant(account, question, call.now),
    redirectUri: question.redirect_uri,
    challenge: question.challenge,
    withRefresh: entry.refresh?.grant !== "exchange",
    expiresAt: call.now + CODE_LIFETIME,
  });
  const details = detailsOf(played, account);
  const told = Object.entries(entry.callback_details ?? {}).map(([name, detail]) => [
    typeof detail === "string" ? detail : detail.path,
    details[name] ?? "",
  ]);
  return callback(played, question, { [entry.code_parameter ?? "code"]: value, ...Object.fromEntries(told) });
}

/** The callback with an answer. */
export function callback({ entry }: Played, { redirect_uri, state }: Question, answer: Values): string {
  const { issuer } = entry;
  return `${redirect_uri}?${callbackQuery({ ...answer, state, ...(issuer === undefined ? {} : { iss: issuer }) })}`;
}
