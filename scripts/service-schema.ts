/** The JSON Schema of a service with its client, for editors and for whoever checks an entry before it is used. */
import { ProviderFields } from "../src/contract/entry.ts";
import { Json, Schemas, type JsonObject } from "./openapi/schemas.ts";

/** Where a deployment has it. */
export const SERVICE_SCHEMA = "/service.schema.json";

/** The schema (https://json-schema.org/draft/2020-12), with what each field means. */
export function serviceSchema(): JsonObject {
  const schemas = new Schemas();
  schemas.of(ProviderFields, "input");
  const { ProviderFields: entry, ...groups } = schemas.named;
  const written = JSON.stringify({ ...Json.parse(entry), $defs: groups });
  return Json.parse({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A service of Latchkey's",
    ...Json.parse(JSON.parse(written.replaceAll("#/components/schemas/", "#/$defs/"))),
  });
}
