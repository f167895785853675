/** `npm run docs:fields`: the tables of docs/custom-services.md, out of the schema of a service and its comments. */
import { readFile, writeFile } from "node:fs/promises";
import { format, resolveConfig } from "prettier";
import * as z from "zod";
import { Json, type JsonObject } from "./openapi/schemas.ts";
import { serviceSchema } from "./service-schema.ts";

const GUIDE = new URL("../docs/custom-services.md", import.meta.url);
const BEGIN = "<!-- fields: npm run docs:fields -->";
const END = "<!-- /fields -->";

/** What each group is called, in the order in which a reader meets them. */
const TITLES: Readonly<Record<string, string>> = {
  Field: "An input, of `fields`",
  Api: "How the API is called: `api`",
  Calls: "Which calls change something: `api.calls`",
  ScopeRefusal: "How a missing scope is said: `api.scope_refusal`",
  Stamp: "Where the credential stands: `api.stamp`",
  Basic: "HTTP Basic: `basic`",
  Verify: "The request that verifies: `verify`",
  AccountPaths: "Where the account stands: `verify.account`",
  ItemList: "A list of the account's things: `items`",
  ItemPaths: "Where the parts of a thing stand: `items.item`",
  ItemPaging: "How a list goes on: `items.paging`",
  Exchange: "A token that is fetched: `exchange`",
  Refresh: "How tokens are renewed: `refresh`",
  LongLivedExchange: "A longer life: `long_lived_exchange`",
  TokenResponse: "Where tokens stand: `token_response`",
  BoundDetail: "A detail with a pattern, of `token_details`, `callback_details` and `after_connect.details`",
  AfterConnect: "A request after connecting: `after_connect`",
  Revocation: "Taking a token back: `revocation`",
  RefusalRule: "What a refusal means, of `token_refusals`",
};

/** Of schemas that are no group: a value that may be any JSON. */
const isGroup = (name: string): boolean => !name.startsWith("__");

/** The guide with its tables as the schema has them now. */
export async function withTables(guide: string): Promise<string> {
  const { ProviderFields: service, IntegrationSettings: registered, ...groups } = Json.parse(serviceSchema()["$defs"]);
  const untold = Object.keys(groups).filter((name) => isGroup(name) && !(name in TITLES));
  if (untold.length > 0)
    throw new TypeError(`nobody says what ${untold.join(", ")} is called: scripts/service-fields.ts`);
  const tables = [
    table("A service", Json.parse(service)),
    table("Of an app's integration alone", without(Json.parse(registered), Json.parse(service))),
    ...Object.entries(TITLES).map(([name, title]) => table(title, Json.parse(groups[name]))),
  ];
  const [before = "", rest = ""] = guide.split(BEGIN);
  const [, after = ""] = rest.split(END);
  const text = `${before}${BEGIN}\n\n${tables.join("\n\n")}\n\n${END}${after}`;
  return format(text, { ...(await resolveConfig(GUIDE)), parser: "markdown" });
}

/** The schema with those fields alone that the other one does not have. */
function without(schema: JsonObject, other: JsonObject): JsonObject {
  const known = Json.parse(other["properties"]);
  const own = Object.entries(Json.parse(schema["properties"])).filter(([name]) => !Object.hasOwn(known, name));
  return { ...schema, properties: Object.fromEntries(own) };
}

function table(title: string, schema: JsonObject): string {
  const required = z.array(z.string()).parse(schema["required"] ?? []);
  const rows = Object.entries(Json.parse(schema["properties"])).map(([name, of]) => {
    const field = Json.parse(of);
    const said = z
      .string()
      .parse(field["description"] ?? "")
      .replaceAll("|", "\\|");
    return `| \`${name}\`${required.includes(name) ? " (required)" : ""} | ${valueOf(field)} | ${said} |`;
  });
  return [`### ${title}`, "", "| field | value | what |", "| --- | --- | --- |", ...rows].join("\n");
}

/** What may stand in a field, in a few words. */
function valueOf(schema: JsonObject): string {
  const choices = z.array(z.unknown()).safeParse(schema["enum"]).data;
  if (choices) return choices.map((choice) => `\`${String(choice)}\``).join(", ");
  const group = z.string().safeParse(schema["$ref"]).data?.split("/").at(-1);
  if (group !== undefined) return isGroup(group) ? "see below" : "any JSON";
  const options = z.array(Json).safeParse(schema["anyOf"]).data;
  if (options) return [...new Set(options.map(valueOf))].join(" or ");
  switch (schema["type"]) {
    case "array":
      return `list of ${valueOf(Json.parse(schema["items"]))}`;
    case "object":
      return "properties" in schema
        ? "see below"
        : `by name: ${valueOf(Json.parse(schema["additionalProperties"] ?? {}))}`;
    case "boolean":
      return "`true`, `false`";
    case "string":
      return schema["format"] === "uri" ? "address" : "text";
    case undefined:
      return "any JSON";
    default:
      return z.string().parse(schema["type"]);
  }
}

if (import.meta.main) await writeFile(GUIDE, await withTables(await readFile(GUIDE, "utf8")));
