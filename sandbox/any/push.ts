/** Pushed authorization requests of a played service (RFC 9126). */
import { type Call, json, singleValued } from "../http.ts";
import { isRefusal } from "../oauth/client-auth.ts";
import type { Store } from "../store.ts";
import { judgeParameters, REFERENCE } from "./authorize.ts";
import { authenticated } from "./client.ts";
import type { Entry, Played } from "./entry.ts";
import { JKT } from "./proof.ts";
import { readStrictly } from "./strict.ts";
import { captured, filledAll } from "./templates.ts";
import { refuseToken } from "./voice.ts";
import { valuesOf } from "./people.ts";

/** RFC 9126 2.2: "a relatively short lifetime". */
const LIVES = 60;

export const isPushCall = ({ pushed_authorization_request_endpoint: endpoint }: Entry, call: Call): boolean =>
  endpoint !== undefined && captured(endpoint, call) !== undefined;

/** Answers it. @param jkt thumbprint of the key that has proved to be there; null: none is asked for */
export function answerPush(call: Call, played: Played, store: Store, jkt: string | null): Response {
  const { entry } = played;
  const client = authenticated(entry, {});
  const given = Object.keys(singleValued(new URLSearchParams(call.text)) ?? {});
  const asked = given.filter((name) => !Object.hasOwn(client.parameters, name));
  const read = readStrictly(call, {
    ...client,
    parameters: { ...client.parameters, ...Object.fromEntries(asked.map((name) => [name, null])) },
    method: "POST",
    format: "form",
    headers: filledAll(entry.token_request_headers, valuesOf(played, store, undefined, call.now)),
  });
  if (isRefusal(read)) return refuseToken(entry, read);
  const inAddress = captured(entry.pushed_authorization_request_endpoint ?? "", call) ?? {};
  const { client_id = "" } = entry;
  const params = { client_id, ...Object.fromEntries(asked.map((name) => [name, read.params[name] ?? ""])) };
  const verdict = judgeParameters(call, played, store, inAddress, params);
  if (verdict.kind === "refused") return json({ error: "invalid_request", error_description: verdict.text }, 400);
  if (verdict.kind === "redirect") return json(Object.fromEntries(new URL(verdict.location).searchParams), 400);
  if (jkt !== null && verdict.question.params[JKT] !== jkt)
    return json({ error: "invalid_dpop_proof", error_description: "dpop_jkt is another key's." }, 400);
  const request_uri = REFERENCE + store.ask(verdict.question, call.now + LIVES * 1000);
  return json({ request_uri, expires_in: LIVES }, 201);
}
