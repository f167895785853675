/** The API of a played service: who calls, by the entry's stamp, and the requests that tell of an account. */
import { type Call, json, jsonBody, singleValued } from "../http.ts";
import type { Grant, Store } from "../store.ts";
import { detailsOf, isTyped, type Entry, type Played, put } from "./entry.ts";
import { sorted } from "./jwt.ts";
import { answerList, type ItemList } from "./lists.ts";
import { accountOf, typedSets, valuesOf } from "./people.ts";
import { isBound, JKT, readProof } from "./proof.ts";
import { basicHeader } from "./strict.ts";
import { filled, filledAll, placeOf, placeWith, rooted, type Values } from "./templates.ts";
import { unauthorized, wrongRequest } from "./voice.ts";

export interface Caller {
  readonly grant: Grant;
  readonly values: Values;
  readonly problem: string | null;
}

/** Answers a call of the API. */
export function answerApi(call: Call, played: Played, store: Store): Response {
  const { entry } = played;
  const caller = callerOf(call, played, store);
  if (caller === undefined) return unauthorized(entry, "Nobody has this credential.");
  if (caller.problem !== null) return unauthorized(entry, caller.problem);
  const { values, grant } = caller;
  const wrongHeader = Object.entries(filledAll(entry.api?.headers, values)).find(
    ([name, value]) => call.headers.get(name) !== value,
  );
  if (wrongHeader) return wrongRequest(`The header ${wrongHeader[0]} is not what it has to be.`);
  const query = singleValued(call.query);
  if (query === undefined) return wrongRequest("A parameter was given twice.");
  const asked = Object.fromEntries(
    Object.entries(query).filter(([name]) => !Object.hasOwn(entry.api?.stamp?.query ?? {}, name)),
  );
  return (
    answerOwn(call, played, caller, asked) ??
    answerAny(call, entry, values, { account: `account-${grant.account}`, query: asked })
  );
}

/** Whose credential is stamped on a call, over or not. */
export function callerOf(call: Call, played: Played, store: Store): Caller | undefined {
  const { entry } = played;
  const isFixed = isTyped(entry) && entry.exchange === undefined;
  if (isFixed) {
    const sets = typedSets(store, played, call.now).toReversed();
    const callers = sets.map((grant): Caller => {
      const values = valuesOf(played, store, grant, call.now);
      return { grant, values, problem: grant.revoked ? "This was taken back." : null };
    });
    return callers.find(({ values }) => isStamped(call, entry, values));
  }
  for (const grant of store.grants()) {
    const values = valuesOf(played, store, grant, call.now);
    for (const token of store.tokens(grant.id).filter(({ kind }) => kind === "access")) {
      if (!isStamped(call, entry, { ...values, access_token: token.value })) continue;
      const isOver = token.revoked || (token.expiresAt !== null && token.expiresAt <= call.now);
      const problem = grant.revoked ? "The token was taken back." : isOver ? "The token is over." : null;
      return { grant, values: { ...values, access_token: token.value }, problem };
    }
  }
  return undefined;
}

const BEARER = { headers: { Authorization: "Bearer {access_token}" } };

/** The token of a call that is bound to a key. */
export const tokenIn = (call: Call): string => /^DPoP (\S+)$/.exec(call.headers.get("authorization") ?? "")?.[1] ?? "";

/** Answers a call whose token is bound to a key. */
export async function answerBound(call: Call, played: Played, store: Store): Promise<Response> {
  const token = tokenIn(call);
  const proof = await readProof(call, played, store, token);
  if ("refused" in proof) return proof.refused;
  const grantId = store.token(token)?.grantId;
  const isTheirs = grantId !== undefined && store.grant(grantId)?.params[JKT] === proof.jkt;
  return isTheirs ? answerApi(call, played, store) : unauthorized(played.entry, "The token is bound to another key.");
}

/** Whether a call has the whole stamp with these values, and no other credential. */
function isStamped(call: Call, entry: Entry, values: Values): boolean {
  const { api } = entry;
  const { headers = {}, query = {}, basic }: NonNullable<NonNullable<Entry["api"]>["stamp"]> = api?.stamp ?? BEARER;
  const wanted = new Map(
    Object.entries(filledAll(headers, values)).map(([name, value]) => [name.toLowerCase(), value]),
  );
  if (isBound(entry)) wanted.set("authorization", `DPoP ${values["access_token"]}`);
  if (basic) wanted.set("authorization", basicHeader(filled(basic.user, values), filled(basic.password, values)));
  if (!wanted.has("authorization") && call.headers.has("authorization")) return false;
  for (const [name, value] of wanted) if (call.headers.get(name) !== value) return false;
  return Object.entries(filledAll(query, values)).every(([name, value]) => {
    const given = call.query.getAll(name);
    return given.length === 1 && given[0] === value;
  });
}

/** The requests that the entry itself names: they are made as it says, or refused. */
function answerOwn(call: Call, played: Played, { grant, values }: Caller, query: Values): Response | undefined {
  const { entry } = played;
  const { userinfo_endpoint, verify, after_connect } = entry;
  const isAt = (path: string): boolean => placeOf(call) === rooted(placeUnder(entry, call, path, values));
  const wrong = (request: { method?: string; query?: Values; body?: object }): string | null => {
    if (call.method !== (request.method ?? "GET")) return "The method is another one.";
    if (!isSame(query, request.query ?? {})) return "The query is not what it has to be.";
    return isSame(jsonBody(call) ?? {}, request.body ?? {}) ? null : "The body is not what it has to be.";
  };
  // Lists and the account may be at one place, and differ in what they are asked for.
  const lists = entry.items?.filter(({ path }) => isAt(path)) ?? [];
  const given: Readonly<Record<string, unknown>> = { ...query, ...jsonBody(call) };
  const isFor = (list: ItemList): boolean =>
    Object.entries({ ...list.query, ...list.body }).every(([name, value]) => isEqual(given[name], value));
  const asked = verify ?? (userinfo_endpoint === undefined ? undefined : { path: userinfo_endpoint });
  const list = lists.find(isFor) ?? (asked && isAt(asked.path) ? undefined : lists[0]);
  if (list) {
    const address = `${schemeOf(entry, call)}${placeOf(call)}?${new URLSearchParams(query).toString()}`;
    const about = asked && isAt(asked.path) ? accountOf(played, grant.account) : {};
    return answerList(call, list, { query, address, about });
  }
  // One request may tell of both.
  const [account, more] = [asked, after_connect].map((request) =>
    request && isAt(request.path) ? request : undefined,
  );
  const request = account ?? more;
  if (request === undefined) return undefined;
  const problem = wrong(request);
  if (problem !== null) return wrongRequest(problem);
  const answer = account ? accountOf(played, grant.account) : {};
  const details = detailsOf(played, grant.account);
  for (const [name, detail] of Object.entries(more ? (after_connect?.details ?? {}) : {})) {
    put(answer, typeof detail === "string" ? detail : detail.path, details[name]);
  }
  return json(answer);
}

const isEqual = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

const isSame = (one: object, other: object): boolean => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));

function placeUnder({ api_base_url = "", api }: Entry, call: Call, path: string, values: Values): string {
  return placeWith(path.startsWith("/") ? api_base_url + (api?.base_path ?? "") + path : path, call, values);
}

/** What stands before the host in an address of the service: nothing but a scheme, or where the sandbox serves it. */
function schemeOf({ api_base_url: base = "" }: Pick<Entry, "api_base_url">, call: Call): string {
  if (base.startsWith(`${call.origin}/`)) return `${call.origin}/${call.service}/`;
  return /^https?:\/\//.exec(base)?.[0] ?? "https://";
}

/** Anything else that is under the API says what was asked. */
function answerAny(call: Call, entry: Entry, values: Values, about: { account: string; query: Values }): Response {
  const { api_base_url = "", api } = entry;
  const bases = [api_base_url + (api?.base_path ?? ""), ...Object.values(api?.hosts ?? {})];
  const base = bases.find((address) => `${placeOf(call)}/`.startsWith(`${placeWith(address, call, values)}/`));
  if (base === undefined) return json({ error: "not_found", at: call.host }, 404, { "x-sandbox": "not this service" });
  const [link] = api?.link_fields ?? [];
  const answer = { ...about, method: call.method, host: call.host, path: call.path, body: call.text };
  return json(
    link === undefined
      ? answer
      : { ...answer, [link]: `${schemeOf({ api_base_url: base }, call)}${placeOf(call)}?page=2` },
  );
}
