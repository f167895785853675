/**
 * Where what people type becomes a token: client credentials (RFC 6749 4.4), a login request of the service's own, or a
 * signed JWT (RFC 7523 2.1).
 */
import type { Call } from "../http.ts";
import { isRefusal, refusal } from "../oauth/client-auth.ts";
import type { Refusal } from "../service.ts";
import type { Store } from "../store.ts";
import type { Entry, Played } from "./entry.ts";
import { complaintAboutJwt } from "./jwt.ts";
import { typedSets, valuesOf } from "./people.ts";
import { basicHeader, readStrictly, type Wanted } from "./strict.ts";
import { captured, filled, filledAll, placeOf, placeWith, type Values } from "./templates.ts";
import { issue } from "./token.ts";

type Exchange = NonNullable<Entry["exchange"]>;

interface Asked {
  readonly call: Call;
  readonly played: Played;
  readonly store: Store;
}

export const isExchangeCall = ({ exchange }: Entry, call: Call): boolean =>
  exchange !== undefined && captured(exchange.endpoint, call) !== undefined;

/** Answers it. What is said wrongly is one thing, and that nobody has such a key is another. */
export async function answerExchange(asked: Asked): Promise<{ readonly answer: Record<string, unknown> } | Refusal> {
  const { call, played, store } = asked;
  const { entry } = played;
  const { exchange } = entry;
  if (!exchange) return refusal("unsupported_grant_type", "unsupported_grant", "Nothing is exchanged here.");
  const asWritten = readStrictly(call, anybodys(exchange, call));
  if (isRefusal(asWritten)) return asWritten;
  const assertion = assertionIn(exchange, call, asWritten.params);
  for (const grant of typedSets(store, played, call.now)) {
    const values = valuesOf(played, store, grant, call.now);
    if (placeOf(call) !== placeWith(exchange.endpoint, call, values)) continue;
    const read = readStrictly(call, wantedOf(exchange, { ...values, assertion }));
    if (isRefusal(read)) continue;
    const about =
      exchange.assertion && (await complaintAboutJwt(exchange.assertion, assertion, values, { store, now: call.now }));
    if (about) return refusal("invalid_grant", "malformed", about);
    if (grant.revoked) return refusal("invalid_client", "revoked", "This was taken back.");
    return issue(asked, grant, { renewable: false, short: false });
  }
  return refusal("invalid_client", "bad_secret", "Nobody has these credentials.");
}

const hasNames = (template: string): boolean => template.includes("{");

/** What stands where the entry has `{assertion}`. */
function assertionIn({ headers = {}, parameters = {} }: Exchange, call: Call, params: Values): string {
  const places = [
    ...Object.entries(headers).map(([name, template]) => [template, call.headers.get(name) ?? ""] as const),
    ...Object.entries(parameters).map(([name, template]) => [template, params[name] ?? ""] as const),
  ];
  const [template, text] = places.find(([one]) => one.includes("{assertion}")) ?? ["", ""];
  const [before = "", after = ""] = template.split("{assertion}");
  return text.slice(before.length, text.length - after.length);
}

/** The request with one person's values. */
function wantedOf({ method = "POST", format = "form", headers, parameters, basic }: Exchange, values: Values): Wanted {
  const { Authorization: authorization = null, ...others } = filledAll(headers, values);
  return {
    method,
    format: method === "GET" ? "none" : format,
    headers: others,
    authorization: basic ? basicHeader(filled(basic.user, values), filled(basic.password, values)) : authorization,
    parameters: filledAll(parameters, values),
  };
}

/** The request with whatever anybody could have typed. */
function anybodys(exchange: Exchange, call: Call): Wanted {
  const { headers = {}, parameters = {}, basic } = exchange;
  const wanted = wantedOf(exchange, {});
  const held = call.headers.get("authorization");
  const isOpen = hasNames(headers["Authorization"] ?? "") || (basic !== undefined && held?.startsWith("Basic "));
  const asHeld = (name: string, text: string) => (hasNames(text) ? (call.headers.get(name) ?? "missing") : text);
  const { Authorization: _, ...others } = headers;
  return {
    ...wanted,
    headers: Object.fromEntries(Object.entries(others).map(([name, text]) => [name, asHeld(name, text)])),
    authorization: isOpen ? held : wanted.authorization,
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([name, text]) => [name, hasNames(text) ? null : text]),
    ),
  };
}
