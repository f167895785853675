/** The JSON Schema of a file of the catalogue, for editors: each names it as its `$schema`. */
import { ProviderFields } from "../../src/contract/entry.ts";
import { Json, Schemas, type JsonObject } from "../openapi/schemas.ts";
import { EntryFile } from "./entry.ts";

/** The schema (https://json-schema.org/draft/2020-12), with what each field means. */
export function entrySchema(): JsonObject {
  const schemas = new Schemas();
  const file = schemas.of(EntryFile, "input");
  schemas.of(ProviderFields, "input");
  const { ProviderFields: described, ...groups } = schemas.named;
  const meanings = Json.parse(Json.parse(described)["properties"]);
  const properties = Object.entries(Json.parse(file["properties"])).map(([name, schema]) => {
    const { description } = Json.catch({}).parse(meanings[name]);
    return [name, { ...(description === undefined ? {} : { description }), ...Json.parse(schema) }];
  });
  const written = JSON.stringify({ ...file, properties: Object.fromEntries(properties), $defs: groups });
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A service of the catalogue",
    ...Json.parse(JSON.parse(written.replaceAll("#/components/schemas/", "#/$defs/"))),
  };
}
