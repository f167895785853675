/** Where tokens are taken back: RFC 7009, or a call of the service's own. */
import type { Call } from "../http.ts";
import { isRefusal, refusal } from "../oauth/client-auth.ts";
import type { Refusal } from "../service.ts";
import type { Store } from "../store.ts";
import { callerOf } from "./api.ts";
import { authenticated } from "./client.ts";
import type { Entry, Played } from "./entry.ts";
import { valuesOf } from "./people.ts";
import { readStrictly } from "./strict.ts";
import { captured, filledAll, placeOf, placeWith } from "./templates.ts";

type Revocation = NonNullable<Entry["revocation"]>;

function revocationOf({ revocation, revocation_endpoint }: Entry): Revocation | undefined {
  if (revocation || revocation_endpoint === undefined) return revocation;
  const body = { token: "both", parameter: "token", format: "form" } as const;
  return { endpoint: revocation_endpoint, method: "POST", authentication: "client", body, ends: "grant" };
}

export const isRevocationCall = (entry: Entry, call: Call): boolean => {
  const revocation = revocationOf(entry);
  return revocation !== undefined && captured(revocation.endpoint, call) !== undefined;
};

/** Answers it; what is not known is as good as taken back (RFC 7009 2.2). */
export function answerRevocation(call: Call, played: Played, store: Store): Response | Refusal {
  const { entry } = played;
  const revocation = revocationOf(entry);
  if (!revocation) return refusal("invalid_request", "malformed", "There is no such endpoint.");
  const { endpoint, method, authentication, body } = revocation;
  const isHolders = authentication === "token";
  const holder = isHolders ? callerOf(call, played, store) : undefined;
  if (isHolders && holder === undefined) return refusal("invalid_client", "unknown_client", "Nobody has this token.");
  const client =
    authentication === "client" ? authenticated(entry, { alwaysBasic: method === "DELETE", named: false }) : undefined;
  const { authorization = null, parameters = {}, ofClient = [] } = client ?? {};
  // The stamp has been held against the token already.
  const stamped = Object.keys(isHolders ? (entry.api?.stamp?.query ?? {}) : {});
  const query = new URLSearchParams(call.query);
  for (const name of stamped) query.delete(name);
  const asked = { ...call, search: query.size === 0 ? "" : `?${query.toString()}` };
  const read = readStrictly(asked, {
    method,
    format: body?.format ?? "none",
    headers: {},
    authorization: isHolders ? call.headers.get("authorization") : authorization,
    parameters: { ...parameters, ...(body && { [body.parameter]: null }) },
    ofClient,
  });
  if (isRefusal(read)) return read;
  const value = body ? (read.params[body.parameter] ?? "") : (holder?.values["access_token"] ?? "");
  const token = store.token(value);
  const grant = token && store.grant(token.grantId);
  const values = valuesOf(played, store, grant, call.now);
  if (placeOf(call) !== placeWith(endpoint, call, values))
    return refusal("invalid_request", "malformed", "This is asked for at another address.");
  const said = Object.entries(filledAll({ ...entry.api?.headers, ...entry.token_request_headers }, values));
  const wrong = said.find(([name, text]) => grant && call.headers.has(name) && call.headers.get(name) !== text);
  if (wrong) return refusal("invalid_request", "malformed", `The header ${wrong[0]} is not what it has to be.`);
  if (token && revocation.ends === "grant") store.revokeGrant(token.grantId);
  else if (token) store.revokeToken(value);
  return new Response(null, { status: 200 });
}
