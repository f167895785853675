/** A service as data: put together from flags and documents, and held to the very rules that the product has. */
import { InvalidProvider, toProvider } from "../../src/contract/custom.ts";
import { ProviderFields, flawOfEntry } from "../../src/contract/entry.ts";
import { Service } from "../../src/contract/service.ts";
import { namesIn } from "../../src/contract/templates.ts";
import { among, catalogued } from "../../src/catalogue/catalogue.ts";
import { builtInProviders } from "../../src/providers/index.ts";
import { Json, type JsonObject } from "../openapi/schemas.ts";
import { SERVICE_SCHEMA } from "../service-schema.ts";
import { known, Refused } from "./document.ts";
import type { Values } from "./flags.ts";
import { titleOf } from "./servers.ts";

const LOCAL = "http://localhost:8787";
/** The client is for the person to add: a secret belongs into no flag, and what is made up into no file. */
const someClient = (service: JsonObject): JsonObject => ({
  client_id: "x",
  ...(service["token_endpoint_auth_method"] === "private_key_jwt" ? {} : { client_secret: "x" }),
});

/** The flag that says a field. */
const FLAGS: Readonly<Record<string, string>> = {
  id: "--id",
  slug: "--slug",
  name: "--name",
  category: "--category",
  docs: "--docs",
  authorization_endpoint: "--authorization-endpoint, or --stamp or --basic where people type a key or a password,",
  token_endpoint: "--token-endpoint",
  token_endpoint_auth_method: "--auth-method",
  revocation_endpoint: "--revocation-endpoint",
  userinfo_endpoint: "--userinfo-endpoint",
  scopes: "--scope",
  api_base_url: "--api",
  verify: "--verify",
  fields: "--stamp",
  api: "--stamp",
};

/**
 * The entry, as it is written down.
 * @throws Refused in one sentence about the first field that is missing or wrong
 */
export function toEntry(values: Values, found: JsonObject): JsonObject {
  const service = together(values, found);
  const id = values.slug ?? values.id;
  if (id === undefined) throw refusal("id", "is required, of a-z, 0-9 and -");
  check({ id, ...service, ...("authorization_endpoint" in service ? someClient(service) : {}) });
  const order = Object.keys(Service.shape);
  const sorted = Object.entries(service).toSorted(([one], [other]) => order.indexOf(one) - order.indexOf(other));
  return {
    $schema: `${(values.deployment ?? LOCAL).replace(/\/+$/, "")}${SERVICE_SCHEMA}`,
    ...(values.slug === undefined ? { id } : { slug: id }),
    ...Object.fromEntries(sorted),
  };
}

/** What flags say goes before what was found. */
function together(values: Values, found: JsonObject): JsonObject {
  const typed = typedBy(values);
  const said = known({
    name: values.name,
    category: values.category,
    docs: values.docs,
    authorization_endpoint: values["authorization-endpoint"],
    token_endpoint: values["token-endpoint"],
    token_endpoint_auth_method: values["auth-method"],
    revocation_endpoint: values["revocation-endpoint"],
    userinfo_endpoint: values["userinfo-endpoint"],
    scopes: values.scope,
    api_base_url: values.api,
    verify: values.verify === undefined ? undefined : { path: values.verify },
  });
  const fields = { ...typed.fields, ...Json.catch({}).parse(found["fields"]) };
  const service: JsonObject = {
    ...found,
    ...said,
    ...(Object.keys(fields).length > 0 ? { fields } : {}),
    ...(typed.stamp ? { api: { stamp: typed.stamp } } : {}),
  };
  if (!("authorization_endpoint" in service)) return service;
  // A guess goes after what OpenID Connect has for it.
  const { verify, ...rest } = service;
  const isGuess = values.verify === undefined && "userinfo_endpoint" in service;
  return { scopes: [], ...rest, ...(verify === undefined || isGuess ? {} : { verify }) };
}

/** What people type, as --stamp and --basic have it: each name in braces is an input. */
function typedBy({ stamp = [], basic }: Values): { fields: JsonObject; stamp: JsonObject | null } {
  const parts = stamp.map((template) => {
    const [, header, value] = /^([^:\s?]+):\s*(\S.*)$/.exec(template) ?? [];
    const [, parameter, behind] = /^\?([^=\s]+)=(.+)$/.exec(template) ?? [];
    if (header !== undefined) return { headers: { [header]: value } };
    if (parameter !== undefined) return { query: { [parameter]: behind } };
    throw new Refused(`--stamp ${template}: write it as "X-Api-Key: {api_key}" or as "?key={api_key}".`);
  });
  const inputs = stamp.flatMap(namesIn).filter((name) => !["access_token", "client_id"].includes(name));
  const keys = Object.fromEntries(inputs.map((name) => [name, { title: titleOf(name), secret: true }]));
  const pair = { username: { title: "User name" }, password: { title: "Password", secret: true } };
  const headers: JsonObject = Object.assign({}, ...parts.map((part) => part.headers ?? {}));
  const query: JsonObject = Object.assign({}, ...parts.map((part) => part.query ?? {}));
  const stamped = {
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
    ...(Object.keys(query).length > 0 ? { query } : {}),
    ...(basic ? { basic: { user: "{username}", password: "{password}" } } : {}),
  };
  return { fields: { ...keys, ...(basic ? pair : {}) }, stamp: Object.keys(stamped).length > 0 ? stamped : null };
}

function check(written: JsonObject): void {
  if (builtInProviders.some(({ id }) => id === written["id"]))
    throw refusal("id", `${String(written["id"])} is there already`);
  const parsed = ProviderFields.safeParse(written);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refusal(issue?.path.join(".") || "the entry", issue?.message ?? "cannot be read");
  }
  const flaw = flawOfEntry(parsed.data, catalogued);
  if (flaw) throw refusal(flaw.field, flaw.reason);
  try {
    toProvider(parsed.data, among(builtInProviders), true);
  } catch (error) {
    if (!(error instanceof InvalidProvider)) throw error;
    const [, reason = error.message] = /^[^:]+: (.*)$/s.exec(error.message) ?? [];
    throw refusal(error.field ?? "the entry", reason);
  }
}

function refusal(field: string, reason: string): Refused {
  const flag = FLAGS[field] ?? FLAGS[field.split(".")[0] ?? ""];
  return new Refused(`${field}: ${reason.replace(/\.$/, "")}.${flag === undefined ? "" : ` ${flag} says it.`}`);
}
