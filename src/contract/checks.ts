/** What each field of a service may be right by itself and wrong beside the others: found before anything is connected. */
import { flawOfLists } from "./item-lists.ts";
import { matches } from "./patterns.ts";
import type { Details, Field, ServiceDeclaration } from "./provider.ts";
import { namesIn, namesInHost } from "./templates.ts";

/** A field that is missing or does not go with the others, and what would be right. */
export interface Flaw {
  readonly field: string;
  readonly reason: string;
}

/** A service, and the built-in provider that has what is left out, where it says one. */
type Described = ServiceDeclaration & { readonly extends?: string };

/** Whether what people type is the credential, in the place of a consent. */
export const isOfFields = (service: Described): boolean =>
  service.extends === undefined && service.authorization_endpoint === undefined && service.fields !== undefined;

const OF_OAUTH = ["name", "authorization_endpoint", "token_endpoint", "api_base_url", "scopes"] as const;
const OF_FIELDS = ["name", "api_base_url"] as const;
/** What says how a consent is asked for, and what it brings. */
const OF_CONSENT = ["pushed_authorization_request_endpoint", "dpop_bound_access_tokens"] as const;

/** Names that stand for more than a service says: the client's id, the token, and a signed JWT. */
const CLIENT = ["client_id"];

/** The first thing that is wrong; null where all is well. */
export function flawOf(service: Described): Flaw | null {
  return (
    (service.extends === undefined ? missing(service) : null) ??
    first(capturesOf(service), flawOfCapture) ??
    first(Object.entries(service.fields ?? {}), ([name, field]) =>
      flawOfField(`fields.${name}`, name, field, service),
    ) ??
    first(addressFields(service), (address) => flawOfAddress(address, service)) ??
    first(templatesOf(service), (template) => flawOfTemplate(template, service)) ??
    first(headersOf(service), flawOfHeader) ??
    flawOfLists(service.items) ??
    null
  );
}

function first<T>(of: readonly T[], look: (one: T) => Flaw | null): Flaw | null {
  for (const one of of) {
    const flaw = look(one);
    if (flaw) return flaw;
  }
  return null;
}

function missing(service: Described): Flaw | null {
  const ofConsent = isOfFields(service) ? OF_CONSENT.find((field) => service[field]) : undefined;
  if (ofConsent) return { field: ofConsent, reason: "is of services with a consent. Leave it out" };
  const ofClient = isOfFields(service) ? clientIn(service) : undefined;
  if (ofClient) return { field: ofClient, reason: "is of a client, and there is none where people type fields" };
  if (service.refresh?.grant === "exchange" && !service.long_lived_exchange) {
    return { field: "long_lived_exchange", reason: "is required where refresh.grant is exchange" };
  }
  const isFields = isOfFields(service);
  const absent = (isFields ? OF_FIELDS : OF_OAUTH).find((field) => service[field] === undefined);
  if (absent) return { field: absent, reason: "is required" };
  if (!isFields) return null;
  if (Object.keys(service.fields ?? {}).length === 0) return { field: "fields", reason: "needs at least one input" };
  if (service.exchange) return null;
  if (!service.verify) return { field: "verify", reason: "is required, so that nothing is kept that does not work" };
  if (!service.api?.stamp)
    return { field: "api.stamp", reason: "is required: it says where the fields stand on a call" };
  return null;
}

/** What has to be shown by a client. */
function clientIn(service: ServiceDeclaration): string | undefined {
  if (service.token_endpoint_auth_method === "private_key_jwt") return "token_endpoint_auth_method";
  if (service.revocation_endpoint !== undefined) return "revocation_endpoint";
  return service.revocation?.authentication === "client" ? "revocation.authentication" : undefined;
}

function flawOfField(at: string, name: string, field: Field, service: Described): Flaw | null {
  const { pattern, choices = [], default: unsaid } = field;
  if (RESERVED_NAMES.includes(name) || (CLIENT_NAMES.includes(name) && !isOfFields(service)))
    return { field: at, reason: "has a name that stands for something else" };
  if (detailsOf(service).has(name)) return { field: at, reason: "has the name of a detail" };
  const fits = (value: string): boolean => pattern === undefined || matches(pattern, value);
  if (choices.some((choice) => !fits(choice)))
    return { field: `${at}.choices`, reason: "has one that its pattern refuses" };
  if (unsaid !== undefined && !fits(unsaid)) return { field: `${at}.default`, reason: "is refused by its pattern" };
  if (unsaid !== undefined && field.secret === true)
    return { field: `${at}.default`, reason: "of a secret would be none" };
  return null;
}

const RESERVED_NAMES = ["access_token", "assertion"];
/** Of the integration's own client, where there is one. */
const CLIENT_NAMES = ["client_id", "client_secret"];

/** An address, and where what stands in it may come from. */
interface AddressField {
  readonly field: string;
  readonly address: string;
  readonly from: readonly ("fields" | "callback" | "token" | "after_connect" | "client")[];
}

/** Every address of a service, by the field that says it. */
export function addressFields(service: ServiceDeclaration): AddressField[] {
  const { api = {}, refresh, revocation, long_lived_exchange, verify, after_connect, exchange } = service;
  const callback = ["fields", "callback"] as const;
  const token = [...callback, "token"] as const;
  const all = [...token, "after_connect"] as const;
  const client = [...all, "client"] as const;
  const listed: (readonly [string, string | undefined, AddressField["from"]])[] = [
    ["authorization_endpoint", service.authorization_endpoint, ["fields"]],
    ["pushed_authorization_request_endpoint", service.pushed_authorization_request_endpoint, ["fields"]],
    ["exchange.endpoint", exchange?.endpoint, ["fields"]],
    ["token_endpoint", service.token_endpoint, callback],
    ["long_lived_exchange.endpoint", long_lived_exchange?.endpoint, token],
    ["refresh.endpoint", refresh?.endpoint, all],
    ["revocation_endpoint", service.revocation_endpoint, client],
    ["revocation.endpoint", revocation?.endpoint, client],
    ["introspection_endpoint", service.introspection_endpoint, all],
    ["userinfo_endpoint", service.userinfo_endpoint, all],
    ["verify.path", wholeAddress(verify?.path), all],
    ["api_base_url", service.api_base_url, all],
    // Under the API it is asked where that is, before its own answer has told.
    ["after_connect.path", after_connect?.path.startsWith("/") ? service.api_base_url : after_connect?.path, token],
    ...Object.entries(api.hosts ?? {}).map(([name, base]) => [`api.hosts.${name}`, base, all] as const),
  ];
  return listed.flatMap(([field, address, from]) => (address === undefined ? [] : [{ field, address, from }]));
}

const wholeAddress = (path: string | undefined): string | undefined => (path?.startsWith("/") ? undefined : path);

function flawOfAddress({ field, address, from }: AddressField, service: ServiceDeclaration): Flaw | null {
  const inHost = namesInHost(address);
  const details = detailsOf(service);
  return first(namesIn(address), (name) => {
    const input = service.fields?.[name];
    const detail = details.get(name);
    if (name === "client_id" && from.includes("client")) return null;
    if (input?.secret) return { field, reason: `has {${name}}, and a secret may stand in no address` };
    if (!input && !(detail && from.includes(detail.from))) {
      return { field, reason: `has {${name}}, which is no field or detail that is known by then` };
    }
    const isBounded = input
      ? input.pattern !== undefined || input.choices !== undefined
      : detail?.pattern !== undefined;
    if (inHost.includes(name) && !isBounded) {
      return {
        field: input ? `fields.${name}.pattern` : field,
        reason: `is required, because {${name}} decides where tokens go`,
      };
    }
    return null;
  });
}

interface KnownDetail {
  readonly from: "callback" | "token" | "after_connect";
  readonly pattern: string | undefined;
}

function detailsOf(service: ServiceDeclaration): Map<string, KnownDetail> {
  const sources: (readonly [KnownDetail["from"], Details | undefined])[] = [
    ["callback", service.callback_details],
    ["token", service.token_details],
    ["after_connect", service.after_connect?.details],
  ];
  return new Map(
    sources.flatMap(([from, details = {}]) =>
      Object.entries(details).map(([name, detail]) => [
        name,
        { from, pattern: typeof detail === "string" ? undefined : detail.pattern },
      ]),
    ),
  );
}

/** A detail, and the names under which something secret stands where it is read. */
interface Capture {
  readonly field: string;
  readonly path: string;
  readonly secrets: readonly string[];
}

const lastOf = (path: string): string => path.split(".").at(-1) ?? path;

function capturesOf({ callback_details, token_details, after_connect, ...service }: ServiceDeclaration): Capture[] {
  const { access_token, refresh_token } = service.token_response ?? {};
  const tokens = [...TOKENS, ...[access_token, refresh_token].flatMap((path = "") => [lastOf(path)])];
  const named = (field: string, details: Details | undefined, secrets: readonly string[]) =>
    Object.entries(details ?? {}).map(([name, detail]) => {
      const path = typeof detail === "string" ? detail : detail.path;
      return { field: `${field}.${name}`, path, secrets };
    });
  return [
    ...named("callback_details", callback_details, [...tokens, "code", "state", service.code_parameter ?? "code"]),
    ...named("token_details", token_details, tokens),
    ...named("after_connect.details", after_connect?.details, tokens),
  ];
}

const TOKENS = ["access_token", "refresh_token", "id_token", "client_secret"];

/** Details are kept in the open, and stand in addresses. */
const flawOfCapture = ({ field, path, secrets }: Capture): Flaw | null =>
  secrets.includes(lastOf(path))
    ? { field, reason: "is a secret, and a detail is kept in the open. Leave it out" }
    : null;

interface Template {
  readonly field: string;
  readonly template: string;
  readonly known: readonly string[];
}

/** Every template that is no address, with the names that may stand in it. */
function templatesOf(service: Described): Template[] {
  const { api = {}, exchange, refresh } = service;
  const inputs = Object.entries(service.fields ?? {});
  const open = inputs.filter(([, { secret }]) => secret !== true).map(([name]) => name);
  const every = inputs.map(([name]) => name);
  const details = [...detailsOf(service).keys()];
  const token = isOfFields(service) && !exchange ? [] : ["access_token"];
  const record = (field: string, texts: Readonly<Record<string, string>> | undefined, known: readonly string[]) =>
    Object.entries(texts ?? {}).map(([name, template]) => ({ field: `${field}.${name}`, template, known }));
  const stamped = [...every, ...details, ...token, ...CLIENT];
  const typed = [...every, ...CLIENT];
  const assertion = exchange?.assertion;
  return [
    { field: "issuer", template: service.issuer ?? "", known: open },
    ...record("authorization_parameters", service.authorization_parameters, [...open, ...CLIENT]),
    ...record("token_parameters", service.token_parameters, [...every, ...details, ...CLIENT]),
    ...record("token_request_headers", service.token_request_headers, [...open, ...CLIENT]),
    ...record("refresh.parameters", refresh?.parameters, [...every, ...details, "access_token", ...CLIENT]),
    ...record("api.headers", api.headers, [...open, ...details, ...CLIENT]),
    ...record("api.stamp.headers", api.stamp?.headers, stamped),
    ...record("api.stamp.query", api.stamp?.query, stamped),
    ...record("api.stamp.basic", api.stamp?.basic, stamped),
    ...record("exchange.headers", exchange?.headers, [...typed, ...(assertion ? ["assertion"] : [])]),
    ...record("exchange.parameters", exchange?.parameters, [...typed, ...(assertion ? ["assertion"] : [])]),
    ...record("exchange.basic", exchange?.basic, typed),
    ...record("exchange.assertion.claims", assertion?.claims, typed),
    ...record("exchange.assertion.headers", assertion?.headers, typed),
    ...record("exchange.assertion", assertion && { key: assertion.key }, typed),
  ];
}

function flawOfTemplate({ field, template, known }: Template, service: ServiceDeclaration): Flaw | null {
  const unknown = namesIn(template).find((name) => !known.includes(name));
  if (unknown !== undefined) return { field, reason: `has {${unknown}}, which is not known there` };
  const lines = namesIn(template).find((name) => service.fields?.[name]?.multiline);
  if (lines !== undefined && field !== "exchange.assertion.key") {
    return { field, reason: `has {${lines}}, which has lines and may be a key of exchange.assertion alone` };
  }
  return null;
}

/** Headers that are about the connection or Latchkey's own, and those that decide who calls. */
const OURS =
  /^(?:host|content-length|transfer-encoding|connection|keep-alive|te|trailer|upgrade|cookie2?|cdn-loop|proxy-.*|x-latchkey-.*|dpop)$/i;

function headersOf({ api, exchange, token_request_headers }: ServiceDeclaration) {
  const named = (field: string, headers: Readonly<Record<string, string>> | undefined) =>
    Object.keys(headers ?? {}).map((name) => ({
      field: `${field}.${name}`,
      name,
      mayAuthorize: field !== "api.headers",
    }));
  return [
    ...named("api.headers", api?.headers),
    ...named("api.stamp.headers", api?.stamp?.headers),
    ...named("exchange.headers", exchange?.headers),
    ...named("token_request_headers", token_request_headers),
  ];
}

function flawOfHeader({ field, name, mayAuthorize }: ReturnType<typeof headersOf>[number]): Flaw | null {
  if (OURS.test(name)) return { field, reason: "is a header that Latchkey sets itself. Leave it out" };
  if (!mayAuthorize && name.toLowerCase() === "authorization") return { field, reason: "belongs into api.stamp" };
  return null;
}
