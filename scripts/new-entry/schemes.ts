/** The security schemes of an OpenAPI 3 description, as fields of a service. */
import * as z from "zod";
import { Json, type JsonObject } from "../openapi/schemas.ts";
import { known, Refused, type Found } from "./document.ts";
import { readScheme, type Reading } from "./scheme.ts";

/** One of the ways to connect: each of its schemes has to be met. */
type Requirement = Readonly<Record<string, readonly string[]>>;
const Requirements = z.array(z.record(z.string(), z.array(z.string()).catch([]))).catch([]);

const NO_WAY = "Its securitySchemes have no way to connect that can be said as data.";

/**
 * The way that asks people for the least: a consent, then what they type.
 * @param wanted names of schemes, where somebody has chosen
 * @param base what relative addresses are relative to
 * @throws Refused
 */
export function schemesOf(content: JsonObject, wanted: readonly string[], base: string | undefined): Found {
  const components = Json.catch({}).parse(content["components"]);
  const schemes = Json.catch({}).parse(components["securitySchemes"]);
  const names = Object.keys(schemes);
  const missing = wanted.find((name) => !names.includes(name));
  if (missing !== undefined)
    throw new Refused(`--scheme ${missing}: the description has ${names.join(", ") || "none"}.`);
  const read = (name: string, isAlone: boolean): Reading => readScheme(schemes[name], base, isAlone);
  const readings = new Map(names.map((name) => [name, read(name, true)] as const));
  const ways = wanted.length > 0 ? [onlyNames(wanted)] : waysOf(content, names);
  const usable = ways.filter((way) => Object.keys(way).every((name) => typeof readings.get(name) === "object"));
  const [chosen] = usable.toSorted((one, other) => rank(one, readings) - rank(other, readings));
  const unusable = [...readings].flatMap(([name, why]) => (typeof why === "string" ? [`${name} ${why}`] : []));
  if (!chosen) return { service: {}, notes: [NO_WAY, ...unusable] };
  const taken = Object.keys(chosen);
  const isAlone = taken.length === 1;
  const service = together(Object.entries(chosen).map(([name, scopes]) => narrowed(read(name, isAlone), scopes)));
  const others = names.filter((name) => !taken.includes(name) && typeof readings.get(name) === "object");
  return { service, notes: [...toldOf(taken, others), ...toldOfScopes(service, Object.values(chosen).flat())] };
}

const toldOf = (taken: readonly string[], others: readonly string[]): string[] =>
  others.length === 0 ? [] : [`People connect by ${taken.join(" and ")}; --scheme takes another: ${others.join(", ")}`];

function toldOfScopes({ scopes }: JsonObject, demanded: readonly string[]): string[] {
  const { length } = z.array(z.string()).catch([]).parse(scopes);
  return length < 2 || demanded.length > 0
    ? []
    : [`People will be asked for all ${length} scopes that it describes: --scope asks for less.`];
}

const onlyNames = (names: readonly string[]): Requirement => Object.fromEntries(names.map((name) => [name, []]));

/** What the whole description demands, then what its operations do, then each scheme by itself. */
function waysOf(content: JsonObject, names: readonly string[]): Requirement[] {
  const operations = Object.values(Json.catch({}).parse(content["paths"])).flatMap((item) =>
    Object.values(Json.catch({}).parse(item)).flatMap((operation) =>
      Requirements.parse(Json.catch({}).parse(operation)["security"]).map((way) => onlyNames(Object.keys(way))),
    ),
  );
  return [...Requirements.parse(content["security"]), ...operations, ...names.map((name) => onlyNames([name]))].filter(
    (way) => Object.keys(way).length > 0,
  );
}

/** A consent before what people type, and before what lacks its token endpoint. */
function rank(way: Requirement, readings: ReadonlyMap<string, Reading>): number {
  const services = Object.keys(way).map((name) => Json.catch({}).parse(readings.get(name)));
  if (services.some((service) => "token_endpoint" in service)) return 0;
  return services.some((service) => "authorization_endpoint" in service) ? 2 : 1;
}

/** With the scopes alone that are demanded, where any are. */
function narrowed(service: Reading, scopes: readonly string[]): JsonObject {
  const { ...fields } = Json.catch({}).parse(service);
  return scopes.length > 0 && "authorization_endpoint" in fields ? { ...fields, scopes } : fields;
}

function together(services: readonly JsonObject[]): JsonObject {
  const part = (of: JsonObject, name: string): JsonObject => Json.catch({}).parse(of[name]);
  const stamps = services.map((service) => part(part(service, "api"), "stamp"));
  const merged = known({
    headers: merge(stamps.map((stamp) => part(stamp, "headers"))),
    query: merge(stamps.map((stamp) => part(stamp, "query"))),
    basic: merge(stamps.map((stamp) => part(stamp, "basic"))),
  });
  const hasToken = services.some((service) => "authorization_endpoint" in service || "exchange" in service);
  const token = hasToken ? { Authorization: "Bearer {access_token}" } : {};
  const stamp =
    Object.keys(merged).length > 0 ? { ...merged, headers: { ...token, ...part(merged, "headers") } } : null;
  const isConsent = services.some((service) => "authorization_endpoint" in service);
  // Where there is a consent there is a client, which people are not asked for.
  const { client_id, ...fields } = merge(services.map((service) => part(service, "fields"))) ?? {};
  return known({
    ...Object.assign({}, ...services),
    fields: merge([fields, isConsent || client_id === undefined ? {} : { client_id }]),
    api: stamp ? { stamp: known({ ...stamp, headers: merge([stamp.headers]) }) } : undefined,
  });
}

function merge(records: readonly JsonObject[]): JsonObject | undefined {
  const merged: JsonObject = Object.assign({}, ...records);
  return Object.keys(merged).length > 0 ? merged : undefined;
}
