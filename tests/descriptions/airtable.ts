import { airtableBases, airtableTables } from "../../sandbox/data/airtable.ts";
import type { DescribedCall, Description } from "./description.ts";
import { typed, type TypedRoute } from "./typescript.ts";

const server = "https://api.airtable.com";
const rows = "/v0/{base}/{table}";
const [base] = airtableBases(1);
const [table] = airtableTables(base?.id ?? "");

const one: TypedRoute = { server, answer: "Row", query: "Options" };
const many: TypedRoute = { server, answer: "{ records: Row[]; offset?: string }", query: "Options" };

const routes: Readonly<Record<string, TypedRoute>> = {
  [`GET ${rows}`]: many,
  [`POST ${rows}/listRecords`]: many,
  [`POST ${rows}`]: many,
  [`PATCH ${rows}`]: many,
  [`PUT ${rows}`]: many,
  [`DELETE ${rows}`]: { server, answer: "{ records: Gone[] }" },
  [`GET ${rows}/{record}`]: one,
  [`PATCH ${rows}/{record}`]: one,
  [`PUT ${rows}/{record}`]: one,
  [`DELETE ${rows}/{record}`]: { server, answer: "Gone" },
  "POST /v0/{base}/{record}/{field}/uploadAttachment": { server: "https://content.airtable.com", answer: "Row" },
  // What the product asks. The client knows none of it.
  "GET /v0/meta/whoami": { server, answer: "WhoAmI" },
  "GET /v0/meta/bases": { server, answer: "Bases", query: "{ offset?: string }" },
  "GET /v0/meta/bases/{base}/tables": { server, answer: "Tables" },
  "POST /oauth2/v1/token": { server: "https://airtable.com", answer: null, body: "TokenRequest" },
};

const imports = [
  'import type { FieldSet } from "airtable/lib/field_set";',
  'import type { RecordData } from "airtable/lib/record_data";',
  'import type { QueryParams } from "airtable/lib/query_params";',
  // The client leaves `createdTime` in what it calls raw, and has no type for an answer to a deletion.
  "type Row = RecordData<FieldSet> & { createdTime: string };",
  "type Gone = { id: string; deleted: true };",
  "type Options = QueryParams<FieldSet>;",
  // https://airtable.com/developers/web/api/get-user-id-scopes
  "type WhoAmI = { id: string; scopes: string[]; email?: string };",
  // https://airtable.com/developers/web/api/list-bases
  'type Bases = { bases: { id: string; name: string; permissionLevel: "none" | "read" | "comment" | "edit" | "create" }[]; offset?: string };',
  // https://airtable.com/developers/web/api/get-base-schema
  "type Field = { id: string; name: string; type: string; description?: string; options?: object };",
  "type View = { id: string; name: string; type: string };",
  "type Tables = { tables: { id: string; name: string; primaryFieldId: string; description?: string; fields: Field[]; views: View[] }[] };",
  // https://airtable.com/developers/web/api/oauth-reference
  'type TokenRequest = { grant_type: "authorization_code"; code: string; redirect_uri: string; code_verifier: string; client_id?: string }',
  '  | { grant_type: "refresh_token"; refresh_token: string; client_id?: string; scope?: string };',
];

const fields = { Name: "Described", Budget: 12, Done: true, Stage: "Idea", Owner: "a@b.example" };
const calls: readonly DescribedCall[] = [
  { route: "GET /v0/meta/whoami" },
  { route: "GET /v0/meta/bases" },
  { route: "GET /v0/meta/bases/{base}/tables" },
  { route: `GET ${rows}`, query: { pageSize: "2", "sort[0][field]": "Name" } },
  { route: `POST ${rows}/listRecords`, body: { pageSize: 2, filterByFormula: "{Budget} > 1" } },
  { route: `POST ${rows}`, body: { records: [{ fields }] }, keep: { record: "/records/0/id" } },
  { route: `POST ${rows}`, body: { fields }, type: "Row" },
  { route: `PATCH ${rows}`, body: { records: [{ id: "{record}", fields: { Budget: 13 } }] } },
  { route: `PUT ${rows}`, body: { records: [{ id: "{record}", fields }] } },
  {
    route: `PATCH ${rows}`,
    body: { performUpsert: { fieldsToMergeOn: ["Name"] }, records: [{ fields: { Name: "Merged" } }] },
    type: "{ records: Row[]; createdRecords: string[]; updatedRecords: string[] }",
    keep: { merged: "/records/0/id" },
  },
  { route: `GET ${rows}/{record}` },
  { route: `PATCH ${rows}/{record}`, body: { fields: { Done: false } } },
  { route: `PUT ${rows}/{record}`, body: { fields } },
  {
    route: "POST /v0/{base}/{record}/{field}/uploadAttachment",
    with: { field: "Files" },
    body: { contentType: "text/plain", filename: "a.txt", file: "aGVsbG8=" },
  },
  { route: `GET ${rows}/{record}` },
  { route: `DELETE ${rows}`, query: { "records[]": "{merged}" } },
  { route: `DELETE ${rows}/{record}` },
];

const NONE = "nobody describes it in a form that a machine reads; tests/sandbox holds it against Airtable's pages";
const comments = "api.airtable.com/v0/{}/{}/{}/comments";

export const airtable: Description = {
  service: "airtable",
  checker: typed({ source: "airtable", licence: "MIT", version: "0.12.2", imports, routes }),
  values: { base: base?.id ?? "", table: table?.name ?? "" },
  calls,
  described: 14,
  product: ["GET /v0/meta/whoami", "GET /v0/meta/bases", "GET /v0/meta/bases/{base}/tables", "POST /oauth2/v1/token"],
  undescribed: {
    "POST airtable.com/oauth2/v1/revoke": "not in Airtable's documented routes",
    "POST api.airtable.com/v0/meta/bases": NONE,
    "POST api.airtable.com/v0/meta/bases/{}/tables": NONE,
    "PATCH api.airtable.com/v0/meta/bases/{}/tables/{}": NONE,
    "POST api.airtable.com/v0/meta/bases/{}/tables/{}/fields": NONE,
    "PATCH api.airtable.com/v0/meta/bases/{}/tables/{}/fields/{}": NONE,
    [`GET ${comments}`]: NONE,
    [`POST ${comments}`]: NONE,
    [`PATCH ${comments}/{}`]: NONE,
    [`DELETE ${comments}/{}`]: NONE,
  },
};
