import * as z from "zod/mini";
import { defineProvider } from "../contract/describe.ts";
import { toAccount, toItem } from "../contract/reading.ts";

const WhoAmI = z.object({ id: z.string(), email: z.nullish(z.string()) });
const Base = z.object({ id: z.string(), name: z.string() });
const Table = z.object({ id: z.string(), name: z.string() });

export const airtable = defineProvider({
  id: "airtable",
  name: "Airtable",
  category: "Databases",
  docs: "https://airtable.com/developers/web/api/oauth-reference",
  authorization_endpoint: "https://airtable.com/oauth2/v1/authorize",
  token_endpoint: "https://airtable.com/oauth2/v1/token",
  token_endpoint_auth_method: "client_secret_basic",
  // As Airtable's own example sends them: https://github.com/Airtable/oauth-example/blob/main/index.js
  client_secret_basic_encoding: "none",
  // Not in Airtable's documented routes, but it answers; a refusal costs nothing.
  revocation: {
    endpoint: "https://airtable.com/oauth2/v1/revoke",
    method: "POST",
    authentication: "client",
    body: { token: "refresh_token", parameter: "token", format: "form" },
    ends: "grant",
  },
  scopes: ["schema.bases:read", "data.records:read", "user.email:read"],
  refresh: { rotates: true, ends_old_access_token: true, idle_lifetime: 60 * 86_400 },
  api_base_url: "https://api.airtable.com",
  api: {
    hosts: { "content.airtable.com": "https://content.airtable.com" },
    denied: ["^/oauth2/"],
    // https://airtable.com/developers/web/api/list-records: a filter that is too long for an address is posted.
    calls: { reads: ["/v0/*/*/listRecords"] },
    // https://support.airtable.com/docs/airtable-api-common-troubleshooting: the same of what is not there.
    scope_refusal: {
      code: ["error.type"],
      codes: ["INVALID_PERMISSIONS", "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND"],
      ambiguous: true,
    },
    // https://airtable.com/developers/web/api/rate-limits: 30 seconds, without a Retry-After.
    rate_limit_wait: 30,
    toProblem: ({ status, code, message }) => ({ status, body: { error: { type: code.toUpperCase(), message } } }),
  },
  profile: {
    requests: { user: { path: "/v0/meta/whoami" } },
    // Airtable has neither names nor pictures.
    account: z.pipe(
      z.object({ user: WhoAmI }),
      z.transform(({ user }) =>
        toAccount({ id: user.id, name: user.email?.split("@")[0] ?? user.id, email: user.email }),
      ),
    ),
  },
  resources: [
    {
      request: { path: "/v0/meta/bases" },
      scope: "schema.bases:read",
      paging: { style: "cursor", limit: null, cursor: "offset", max: 1000 },
      page: z.pipe(
        z.object({ bases: z.array(Base), offset: z.nullish(z.string()) }),
        z.transform(({ bases, offset }) => ({
          items: bases.map(({ id, name }) => toItem({ id, type: "base", name })),
          next: offset ?? null,
        })),
      ),
      item_url: "https://airtable.com/{id}",
      children: {
        path: "/v0/meta/bases/{id}/tables",
        page: z.pipe(
          z.object({ tables: z.array(Table) }),
          z.transform(({ tables }) => ({
            items: tables.map(({ id, name }) => toItem({ id, type: "table", name })),
            next: null,
          })),
        ),
        item_url: "https://airtable.com/{parent_id}/{id}",
      },
    },
  ],
});
