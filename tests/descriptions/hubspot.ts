import type { DescribedCall, Description } from "./description.ts";
import { typed, type TypedRoute } from "./typescript.ts";

const server = "https://api.hubapi.com";

const route = (answer: string, always: readonly string[] = [], body?: string): TypedRoute => ({
  server,
  answer: `Wire<${answer}>`,
  query: "Options",
  always,
  ...(body === undefined ? {} : { body }),
});
const none: TypedRoute = { server, answer: null };

/** The objects of one kind, by the client's own name for it. */
function crm(kind: string): Record<string, TypedRoute> {
  const at = `/crm/v3/objects/${kind}`;
  const one = ["createdAt", "updatedAt", "archived", "properties.hs_object_id"];
  const many = one.map((name) => `results[].${name}`);
  const batch = [...many, "status", "startedAt", "completedAt"];
  return {
    [`GET ${at}`]: route(`${kind}.CollectionResponseSimplePublicObjectWithAssociationsForwardPaging`, many),
    [`POST ${at}`]: route(`${kind}.SimplePublicObject`, one),
    [`GET ${at}/{${kind}}`]: route(`${kind}.SimplePublicObjectWithAssociations`, one),
    [`PATCH ${at}/{${kind}}`]: route(`${kind}.SimplePublicObject`, one),
    [`DELETE ${at}/{${kind}}`]: none,
    [`POST ${at}/search`]: route(`${kind}.CollectionResponseWithTotalSimplePublicObjectForwardPaging`, [
      ...many,
      "total",
    ]),
    [`POST ${at}/batch/read`]: route(`${kind}.BatchResponseSimplePublicObject`, batch),
    [`POST ${at}/batch/create`]: route(`${kind}.BatchResponseSimplePublicObject`, batch),
    [`POST ${at}/batch/update`]: route(`${kind}.BatchResponseSimplePublicObject`, batch),
    [`POST ${at}/batch/upsert`]: route(`${kind}.BatchResponseSimplePublicUpsertObject`, [...batch, "results[].new"]),
    [`POST ${at}/batch/archive`]: none,
  };
}

const ties = "/crm/v4/objects/{from}/{contacts}/associations";
const tieBatches = "/crm/v4/associations/{from}/{to}/batch";
const owner = ["createdAt", "updatedAt", "userId", "email", "firstName", "lastName", "userIdIncludingInactive"];

const routes: Readonly<Record<string, TypedRoute>> = {
  ...crm("contacts"),
  ...crm("companies"),
  ...crm("deals"),
  [`GET ${ties}/{to}`]: route("ties.CollectionResponseMultiAssociatedObjectWithLabelForwardPaging"),
  [`PUT ${ties}/default/{to}/{companies}`]: route("ties.BatchResponsePublicDefaultAssociation"),
  [`PUT ${ties}/{to}/{companies}`]: route("ties.LabelsBetweenObjectPair"),
  [`DELETE ${ties}/{to}/{companies}`]: none,
  [`POST ${tieBatches}/read`]: route("ties.BatchResponsePublicAssociationMultiWithLabel"),
  [`POST ${tieBatches}/create`]: route("ties.BatchResponseLabelsBetweenObjectPair"),
  [`POST ${tieBatches}/associate/default`]: route("ties.BatchResponsePublicDefaultAssociation"),
  [`POST ${tieBatches}/archive`]: none,
  "GET /crm/v3/owners": route(
    "owners.CollectionResponsePublicOwnerForwardPaging",
    owner.map((name) => `results[].${name}`),
  ),
  "GET /crm/v3/owners/{owner}": route("owners.PublicOwner", owner),
  "GET /crm/v3/properties/{kind}": route("properties.CollectionResponsePropertyNoPaging"),
  "GET /crm/v3/properties/{kind}/{property}": route("properties.Property", ["modificationMetadata.readOnlyValue"]),
  "POST /files/v3/files": route("files.ModelFile", ["name", "path", "size", "type", "extension", "url"]),
  "GET /files/v3/files/{file}": route("files.ModelFile", ["name", "path"]),
  "DELETE /files/v3/files/{file}": none,
  "GET /account-info/v3/details": { server, answer: "Portal" },
  // What the product asks.
  "POST /oauth/2026-03/token": { server, answer: null, body: "TokenRequest" },
  "POST /oauth/2026-03/token/introspect": { server, answer: null, body: "About" },
  "POST /oauth/2026-03/token/revoke": { server, answer: null, body: "About" },
};

const CODEGEN = "@hubspot/api-client/lib/codegen";
const imports = [
  ...["contacts", "companies", "deals", "owners", "properties"].map(
    (kind) => `import type * as ${kind} from "${CODEGEN}/crm/${kind}/index.js";`,
  ),
  `import type * as ties from "${CODEGEN}/crm/associations/v4/index.js";`,
  `import type * as files from "${CODEGEN}/files/index.js";`,
  // What the client makes of an answer, undone: dates are texts, words that are reserved have no underscore in front, an enum
  // is its values, and what may be absent may be null, as it is on HubSpot's pages.
  "type Wire<T> = T extends Date ? string : T extends string ? `${T}` : T extends readonly (infer One)[] ? Wire<One>[]",
  "  : T extends object ? { [K in keyof T as K extends `_${infer Name}` ? Name : K]: Wire<T[K]> | (object extends Pick<T, K> ? null : never) } : T;",
  // https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/basic/get-crm-v3-objects-contacts
  "type Options = { limit?: number; after?: string; properties?: string; associations?: string; archived?: boolean; idProperty?: string; email?: string };",
  // https://developers.hubspot.com/docs/api-reference/account-account-info-v3/details/get-account-info-v3-details
  'type Portal = { portalId: number; accountType: "APP_DEVELOPER" | "DEVELOPER_TEST" | "SANDBOX" | "STANDARD"; timeZone: string; companyCurrency: string;',
  "  additionalCurrencies: string[]; utcOffset: string; utcOffsetMilliseconds: number; uiDomain: string; dataHostingLocation: string };",
  // https://developers.hubspot.com/docs/api-reference/auth-oauth-v3/guide
  "type App = { client_id: string; client_secret: string };",
  'type TokenRequest = App & ({ grant_type: "authorization_code"; code: string; redirect_uri: string; code_verifier?: string }',
  '  | { grant_type: "refresh_token"; refresh_token: string });',
  "type About = App & { token: string; token_type_hint?: string };",
];

/** One of each kind: made, read, searched, changed and archived, alone and in batches. */
function lifeOf(kind: string, properties: Readonly<Record<string, string>>, unique?: string): DescribedCall[] {
  const at = `/crm/v3/objects/${kind}`;
  const name = Object.keys(properties)[0] ?? "";
  const inputs = [{ id: `{${kind}}` }];
  return [
    { route: `GET ${at}`, query: { limit: "2", associations: "companies" } },
    { route: `POST ${at}`, body: { properties }, status: 201, keep: { [kind]: "/id" } },
    { route: `GET ${at}/{${kind}}`, query: { properties: name } },
    { route: `PATCH ${at}/{${kind}}`, body: { properties } },
    {
      route: `POST ${at}/search`,
      body: { filterGroups: [{ filters: [{ propertyName: name, operator: "HAS_PROPERTY" }] }], limit: 2 },
    },
    { route: `POST ${at}/batch/read`, body: { inputs, properties: [name] } },
    { route: `POST ${at}/batch/read`, body: { inputs: [...inputs, { id: "1" }] }, status: 207 },
    {
      route: `POST ${at}/batch/create`,
      body: { inputs: [{ properties: {} }] },
      status: 201,
      keep: { other: "/results/0/id" },
    },
    { route: `POST ${at}/batch/update`, body: { inputs: [{ id: `{${kind}}`, properties: {} }] } },
    ...(unique === undefined
      ? [{ route: `POST ${at}/batch/upsert`, body: { inputs: [{ id: `{${kind}}`, properties: {} }] } }]
      : [
          {
            route: `POST ${at}/batch/upsert`,
            body: { inputs: [{ id: "up@b.example", idProperty: unique, properties: {} }] },
          },
        ]),
    { route: `POST ${at}/batch/archive`, body: { inputs: [{ id: "{other}" }] }, status: 204 },
  ];
}

const pair = { from: "contacts", to: "companies" };
const inputs = [{ from: { id: "{contacts}" }, to: { id: "{companies}" } }];
const types = [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 279 }];
const upload = [
  '--cut\r\nContent-Disposition: form-data; name="folderPath"\r\n\r\n/notes\r\n',
  '--cut\r\nContent-Disposition: form-data; name="options"\r\n\r\n{"access":"PRIVATE"}\r\n',
  '--cut\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--cut--\r\n',
].join("");

const calls: readonly DescribedCall[] = [
  ...lifeOf("contacts", { firstname: "Described", email: "described@b.example" }, "email"),
  ...lifeOf("companies", { name: "Described", industry: "RETAIL" }),
  ...lifeOf("deals", { dealname: "Described", amount: "12" }),
  { route: `POST ${tieBatches}/associate/default`, with: pair, body: { inputs } },
  {
    route: `POST ${tieBatches}/create`,
    with: pair,
    body: { inputs: inputs.map((one) => ({ ...one, types })) },
    status: 201,
  },
  { route: `POST ${tieBatches}/read`, with: pair, body: { inputs: [{ id: "{contacts}" }] } },
  { route: "GET /crm/v3/objects/contacts/{contacts}", query: { associations: "companies" } },
  { route: `GET ${ties}/{to}`, with: pair },
  { route: `DELETE ${ties}/{to}/{companies}`, with: pair, status: 204 },
  { route: `PUT ${ties}/default/{to}/{companies}`, with: pair },
  { route: `PUT ${ties}/{to}/{companies}`, with: pair, body: types, status: 201 },
  {
    route: `POST ${tieBatches}/archive`,
    with: pair,
    body: { inputs: [{ from: { id: "{contacts}" }, to: [{ id: "{companies}" }] }] },
    status: 204,
  },
  { route: "GET /crm/v3/owners", keep: { owner: "/results/0/id" } },
  { route: "GET /crm/v3/owners/{owner}" },
  { route: "GET /crm/v3/properties/{kind}", with: { kind: "contacts" } },
  { route: "GET /crm/v3/properties/{kind}/{property}", with: { kind: "deals", property: "dealstage" } },
  {
    route: "POST /files/v3/files",
    body: upload,
    headers: { "Content-Type": "multipart/form-data; boundary=cut" },
    status: 201,
    keep: { file: "/id" },
  },
  { route: "GET /files/v3/files/{file}" },
  { route: "DELETE /files/v3/files/{file}", status: 204 },
  { route: "GET /account-info/v3/details" },
  ...["contacts", "companies", "deals"].map((kind) => ({
    route: `DELETE /crm/v3/objects/${kind}/{${kind}}`,
    status: 204,
  })),
];

const SECRET = "takes the app's secret, which no caller of the proxy has";
const ENDS = "of the OAuth API that ends on 16 February 2027: the proxy lets nobody ask about tokens";

export const hubspot: Description = {
  service: "hubspot",
  // HubSpot's own description in OpenAPI may not be used by others, says its README; its client's types are made of it.
  checker: typed({ source: "@hubspot/api-client", licence: "ISC", version: "14.0.1", imports, routes }),
  calls,
  described: 49,
  product: [
    "GET /crm/v3/objects/contacts",
    "GET /crm/v3/objects/companies",
    "GET /crm/v3/owners/{owner}",
    "POST /oauth/2026-03/token",
    "POST /oauth/2026-03/token/introspect",
    "POST /oauth/2026-03/token/revoke",
  ],
  undescribed: {
    "GET api.hubapi.com/crm/v3/owners/": "as without the slash",
    "GET api.hubapi.com/oauth/v1/access-tokens/{}": ENDS,
    "GET api.hubapi.com/oauth/v1/refresh-tokens/{}": ENDS,
    "DELETE api.hubapi.com/oauth/v1/refresh-tokens/{}": ENDS,
    ...Object.fromEntries(
      ["2026-03", "2026-09", "v3"].flatMap((version) =>
        ["introspect", "revoke"].map((what) => [`POST api.hubapi.com/oauth/${version}/token/${what}`, SECRET]),
      ),
    ),
    ...Object.fromEntries(
      Object.keys(routes)
        .filter((each) => !each.includes("/oauth/"))
        .map((each) => [dated(each), "as under the old path"]),
    ),
  },
};

/** The same thing under its dated path. */
function dated(old: string): string {
  const [method = "", path = ""] = old.split(" ");
  const moved = path
    .replace(/^\/crm\/v[34]\/(owners|properties|objects|associations)/, "/crm/$1/2026-03")
    .replace(/^\/(files|account-info)\/v3/, "/$1/2026-03");
  return `${method} ${server.replace("https://", "")}${moved}`;
}
