/** What stands on a call for the service to know who it is for: by default `Authorization: Bearer` (RFC 6750 2.1). */
import { encodeBase64 } from "@oslojs/encoding";
import type { Provider, Stamp } from "./provider.ts";
import { fill, fillAll, type Values } from "./templates.ts";

/** What a connection's calls are made with. */
export interface Stampable {
  readonly access_token: string;
  readonly details: Values;
  readonly fields?: Readonly<Record<string, string>>;
}

/** Headers and parameters of a query that are put on a call. */
export interface Stamped {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** What of it nobody else may read, as it stands there. */
  readonly secrets: readonly string[];
}

/** What is shorter stands in much that has nothing to do with it. */
const SHORTEST_SECRET = 8;

/** What is stamped where a service does not say otherwise. */
export const BEARER: Stamp = { headers: { Authorization: "Bearer {access_token}" } };

const NO_QUERY = {};

/** The stamp of a service with the credential filled in. */
export function stampOf({ api: { stamp } }: Provider, client_id: string, held: Stampable): Stamped {
  // Most calls of all.
  if (stamp === BEARER) {
    const { access_token } = held;
    return {
      headers: { Authorization: `Bearer ${access_token}` },
      query: NO_QUERY,
      secrets: secretsOf([access_token]),
    };
  }
  // Where there is no client, a field may be called so.
  const values = { client_id, ...held.details, ...held.fields, access_token: held.access_token };
  const { headers = {}, query = {}, basic: pair } = stamp;
  const pairAsSent = pair && basic(fill(pair.user, values), fill(pair.password, values));
  return {
    headers: { ...fillAll(headers, values), ...(pairAsSent === undefined ? {} : { Authorization: pairAsSent }) },
    query: fillAll(query, values),
    secrets: secretsOf([
      held.access_token,
      ...Object.values(held.fields ?? {}),
      ...(pairAsSent === undefined ? [] : [pairAsSent.slice("Basic ".length)]),
    ]),
  };
}

const secretsOf = (said: readonly string[]): string[] => said.filter(({ length }) => length >= SHORTEST_SECRET);

const utf8 = new TextEncoder();

/** The credentials of HTTP Basic (RFC 7617 2), in UTF-8 as its 2.1 has it. */
export const basic = (user: string, password: string): string =>
  `Basic ${encodeBase64(utf8.encode(`${user}:${password}`))}`;

/** A raw query with the stamp's parameters in the place of any of their name. */
export function stampQuery(query: string, stamped: Stamped["query"]): string {
  const names = Object.keys(stamped);
  if (names.length === 0) return query;
  const others = query
    .slice(1)
    .split("&")
    .filter((pair) => pair !== "" && !names.includes([...new URLSearchParams(pair).keys()][0] ?? ""));
  return `?${[...others, new URLSearchParams(stamped).toString()].join("&")}`;
}
