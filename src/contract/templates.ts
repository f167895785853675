/**
 * Templates: texts with names in braces, filled with what a person has typed, what was captured when an account was connected,
 * and the client's id. A value can decide where a token goes, so in an address it may be nothing but what it stands for.
 */
import { AppError } from "../errors.ts";
import type { Provider, ProfileRequest } from "./provider.ts";
import { isLoopback, isPublicAddress } from "./hosts.ts";

export type Values = Readonly<Record<string, string | number>>;

const SLOT = /\{([a-z][a-z0-9_]*)\}/g;

/** The names in a template, one by one. */
export const namesIn = (template: string): string[] => [...template.matchAll(SLOT)].map(([, name = ""]) => name);

/** The names that stand in the host of an address: what they are decides where tokens go. */
export const namesInHost = (address: string): string[] =>
  namesIn(/^(?:https?:\/\/)?([^/?#]*)/.exec(address)?.[1] ?? "");

/** A template of which a value is missing, or is none that may stand there. */
export class Unfillable extends AppError {
  /** Of the value. */
  readonly slot: string;

  constructor(slot: string) {
    super(
      "reauth_required",
      `This connection does not say its ${slot}, which is a part of the address. Connect again.`,
    );
    this.slot = slot;
  }
}

/**
 * A template with its names filled in; where one has no value, it is empty.
 * @param written how a value is written there
 */
export const fill = (
  template: string,
  values: Values,
  written: (value: string) => string = (value) => value,
): string =>
  template.includes("{")
    ? template.replaceAll(SLOT, (_, name: string) => written(Object.hasOwn(values, name) ? String(values[name]) : ""))
    : template;

/** The same for every text of a record, without those that come to nothing. */
export function fillAll(templates: Readonly<Record<string, string>>, values: Values): Readonly<Record<string, string>> {
  // Most have none, and are asked for with each call.
  if (!Object.values(templates).some((template) => template.includes("{"))) return templates;
  return Object.fromEntries(
    Object.entries(templates).flatMap(([name, template]) => {
      const filled = fill(template, values);
      return filled === "" ? [] : [[name, filled]];
    }),
  );
}

/** The scheme and what stands between it and the path. */
const AUTHORITY = /^(https?:\/\/)([^/?#]*)(.*)$/s;
/** A name or labels of one, in ASCII; no dot at an end, none beside another. */
const HOST_PART = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/i;

/**
 * An address with its names filled in. In the host a value is part of a name and nothing else, and the whole host is public;
 * behind it a value is escaped. One that begins with a name has a whole address there.
 * @throws Unfillable
 */
export function fillAddress(template: string, values: Values): string {
  const names = namesIn(template);
  if (names.length === 0) return template;
  const missing = names.find((name) => !Object.hasOwn(values, name) || values[name] === "");
  if (missing !== undefined) throw new Unfillable(missing);
  const [first = ""] = names;
  if (template.startsWith("{")) {
    const base = String(values[first]).replace(/(?<!\/)\/+$/, "");
    const address = base + fill(template.slice(first.length + 2), values, encodeURIComponent);
    if (!isPublicAddress(base) || /[?#@\\]/.test(base)) throw new Unfillable(first);
    return address;
  }
  const [, scheme = "", authority = "", rest = ""] = AUTHORITY.exec(template) ?? [];
  const inHost = namesIn(authority);
  const path = fill(rest || (scheme === "" ? template : ""), values, encodeURIComponent);
  if (inHost.length === 0) return scheme + authority + path;
  // RFC 9110 4.2.3: a host is the same in capitals.
  const host = fill(authority, values).toLowerCase();
  const wrong = inHost.find((name) => !isHostPart(authority, name, String(values[name])));
  if (wrong !== undefined) throw new Unfillable(wrong);
  const address = scheme + host + path;
  if (!URL.canParse(address) || new URL(address).host !== host.replace(/:443$/, ""))
    throw new Unfillable(inHost[0] ?? "");
  const isThere = scheme === "https://" ? isPublicAddress(address) : isLoopback(new URL(address).hostname);
  if (!isThere) throw new Unfillable(inHost[0] ?? "");
  return address;
}

/** A whole host that is typed may have a port; what is a part of one may not. */
function isHostPart(authority: string, name: string, value: string): boolean {
  const [, host = value, port] = authority.endsWith(`{${name}}`) ? (/^([^:]*)(:\d{2,5})?$/.exec(value) ?? []) : [];
  return HOST_PART.test(host) && (port === undefined || Number(port.slice(1)) >= 1024 || port === ":443");
}

/** By provider, and by the values that it is filled with. */
const filled = new WeakMap<Provider, Map<string, Provider>>();
const plain = new WeakMap<Provider, boolean>();
const MAX_FILLED = 1000;

/**
 * The provider as one connection has it: the names in its addresses filled in. One without names is the very same object.
 * @param which `known`: addresses whose values are not all known yet stay templates, on the way to a connection
 * @throws Unfillable
 */
export function fillIn(provider: Provider, values: Values, which: "all" | "known" = "all"): Provider {
  if (!hasNames(provider)) return provider;
  const names = [...new Set(addressesOf(provider).flatMap(namesIn))];
  const key = JSON.stringify([which, ...names.map((name) => values[name])]);
  const known = filled.get(provider) ?? new Map<string, Provider>();
  filled.set(provider, known);
  const before = known.get(key);
  if (before) return before;
  const isKnown = (name: string): boolean => Object.hasOwn(values, name) && values[name] !== "";
  const made = withAddresses(provider, (address) =>
    which === "all" || namesIn(address).every(isKnown) ? fillAddress(address, values) : address,
  );
  if (known.size >= MAX_FILLED) known.clear();
  known.set(key, made);
  return made;
}

function hasNames(provider: Provider): boolean {
  const known = plain.get(provider);
  if (known !== undefined) return !known;
  const isPlain = addressesOf(provider).every((address) => !address.includes("{"));
  plain.set(provider, isPlain);
  return !isPlain;
}

/** Every address that a provider has, as it is declared. */
export function addressesOf(provider: Provider): string[] {
  const found: string[] = [];
  withAddresses(provider, (address) => {
    found.push(address);
    return address;
  });
  return found;
}

/** Stands for the name of the client's id while others are filled in. */
const CLIENT_ID = "-client-id-";

/** A provider with each of its addresses changed. */
function withAddresses(provider: Provider, change: (address: string) => string): Provider {
  const optional = (address: string | null): string | null => (address === null ? null : change(address));
  const request = (asked: ProfileRequest): ProfileRequest =>
    asked === "introspection" ? asked : { ...asked, path: change(asked.path) };
  const { revocation, long_lived_exchange, after_connect, exchange, profile, refresh, api } = provider;
  return {
    ...provider,
    issuer: optional(provider.issuer),
    authorization_endpoint: change(provider.authorization_endpoint),
    token_endpoint: change(provider.token_endpoint),
    pushed_authorization_request_endpoint: optional(provider.pushed_authorization_request_endpoint),
    introspection_endpoint: optional(provider.introspection_endpoint),
    revocation: revocation && {
      ...revocation,
      // The client's id is filled in where the request is made.
      endpoint: change(revocation.endpoint.replaceAll("{client_id}", CLIENT_ID)).replaceAll(CLIENT_ID, "{client_id}"),
    },
    refresh: { ...refresh, endpoint: optional(refresh.endpoint) },
    long_lived_exchange: long_lived_exchange && {
      ...long_lived_exchange,
      ...(long_lived_exchange.endpoint === undefined ? {} : { endpoint: change(long_lived_exchange.endpoint) }),
    },
    after_connect: after_connect && { ...after_connect, path: change(after_connect.path) },
    exchange: exchange && { ...exchange, endpoint: change(exchange.endpoint) },
    api: {
      ...api,
      base_url: change(api.base_url),
      hosts: Object.fromEntries(Object.entries(api.hosts).map(([name, base]) => [name, change(base)])),
    },
    profile: profile && {
      ...profile,
      requests: Object.fromEntries(
        Object.entries(profile.requests).map(([name, asked]) => [
          name,
          typeof asked === "function" ? asked : request(asked),
        ]),
      ),
    },
  };
}
