/**
 * The JSON Schema of a service with its client, for editors and for whoever checks an entry before it is used: an entry of
 * CUSTOM_PROVIDERS, a list of them, or what an app registers.
 */
import { IntegrationSettings } from "../src/apps/client-vault.ts";
import { ProviderFields } from "../src/contract/entry.ts";
import { Json, Schemas, type JsonObject } from "./openapi/schemas.ts";

/** Where a deployment has it. */
export const SERVICE_SCHEMA = "/service.schema.json";

const LIST = { type: "array" };
/** What only an app says: by it the two are told apart, so that an editor names what is wrong in one and not in both. */
const OF_APP = { type: "object", anyOf: [{ required: ["slug"] }, { required: ["provider"] }] };
const ENTRY = { $ref: "#/$defs/ProviderFields" };

/** Without `then`, by which JavaScript would take it for a promise. */
const where = (test: object, rule: object) => ({ if: { not: test }, else: rule });

/** The schema (https://json-schema.org/draft/2020-12), with what each field means. */
export function serviceSchema(): JsonObject {
  const schemas = new Schemas();
  schemas.of(ProviderFields, "input");
  schemas.of(IntegrationSettings, "input");
  const written = JSON.stringify({ $defs: schemas.named });
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A service of Latchkey's",
    type: ["object", "array"],
    allOf: [
      where(LIST, { items: ENTRY }),
      where(OF_APP, { $ref: "#/$defs/IntegrationSettings" }),
      where({ not: { anyOf: [LIST, OF_APP] } }, ENTRY),
    ],
    ...Json.parse(JSON.parse(written.replaceAll("#/components/schemas/", "#/$defs/"))),
  };
}
