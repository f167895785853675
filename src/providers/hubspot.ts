import * as z from "zod/mini";
import { defineProvider } from "../contract/describe.ts";
import type { Page } from "../contract/provider.ts";
import { toAccount, toItem } from "../contract/reading.ts";

const Id = z.pipe(z.union([z.string(), z.number()]), z.transform(String));

const Introspection = z.object({
  user_id: Id,
  user: z.nullish(z.string()),
  hub_id: Id,
  hub_domain: z.nullish(z.string()),
});
const Owner = z.nullish(z.object({ firstName: z.nullish(z.string()), lastName: z.nullish(z.string()) }));

const CrmObject = z.object({
  id: Id,
  createdAt: z.nullish(z.string()),
  updatedAt: z.nullish(z.string()),
  properties: z.record(z.string(), z.nullish(z.string())),
});
type CrmObject = z.output<typeof CrmObject>;

/** A page of the CRM objects API, with each object named by `name` and one property told besides. */
function crmPage(type: string, detail: string, name: (properties: CrmObject["properties"]) => string) {
  return z.pipe(
    z.object({
      results: z.array(CrmObject),
      paging: z.nullish(z.object({ next: z.nullish(z.object({ after: z.string() })) })),
    }),
    z.transform(({ results, paging }): Page => ({
      items: results.map(({ id, createdAt, updatedAt, properties }) =>
        toItem({
          id,
          type,
          name: name(properties) || id,
          created_at: createdAt ?? null,
          updated_at: updatedAt ?? null,
          details: { [detail]: properties[detail] ?? null },
        }),
      ),
      next: paging?.next?.after ?? null,
    })),
  );
}

const fullName = (first: string | null | undefined, last: string | null | undefined): string =>
  [first, last].filter(Boolean).join(" ");

export const hubspot = defineProvider({
  id: "hubspot",
  name: "HubSpot",
  category: "CRM",
  docs: "https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/oauth/working-with-oauth",
  authorization_endpoint: "https://app.hubspot.com/oauth/authorize",
  // The dated route: /oauth/v1/* ends on 16 February 2027.
  token_endpoint: "https://api.hubapi.com/oauth/2026-03/token",
  introspection_endpoint: "https://api.hubapi.com/oauth/2026-03/token/introspect",
  // HubSpot refuses Basic.
  token_endpoint_auth_method: "client_secret_post",
  revocation: {
    endpoint: "https://api.hubapi.com/oauth/2026-03/token/revoke",
    method: "POST",
    authentication: "client",
    body: { token: "refresh_token", parameter: "token", format: "form" },
    ends: "token",
  },
  scopes: ["oauth", "crm.objects.contacts.read", "crm.objects.companies.read", "crm.objects.owners.read"],
  // The portal was deleted, or has taken the app out: https://github.com/PostHog/posthog/pull/72609
  token_refusals: [{ codes: ["BAD_HUB"], means: "grant_refused" }],
  token_details: { hub_id: "hub_id", user_id: "user_id" },
  api_base_url: "https://api.hubapi.com",
  api: {
    denied: ["^/oauth/"],
    // https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm, and "Read a batch" of each object there.
    calls: {
      reads: [
        "/crm/*/objects/*/search",
        "/crm/*/objects/*/batch/read",
        "/crm/*/associations/*/*/batch/read",
        "/crm/*/properties/*/batch/read",
      ],
      graphql: ["/collector/graphql"],
    },
    // "One or more of the following scopes are required": https://github.com/HubSpot/hubspot-api-nodejs/issues/268. Scopes of
    // before they were granular stand there as `requiredScopes`, and nobody can ask for those any more.
    scope_refusal: {
      code: ["category"],
      codes: ["MISSING_SCOPES"],
      scopes: "errors.0.context.requiredGranularScopes",
      names: "any",
    },
    link_fields: ["link"],
    toProblem: ({ status, code, message, request_id }) => ({
      status,
      body: { status: "error", category: code.toUpperCase(), message, correlationId: request_id },
    }),
  },
  profile: {
    requests: {
      token: "introspection",
      owner: ({ token }) => {
        const { user_id } = Introspection.parse(token);
        return {
          path: `/crm/v3/owners/${encodeURIComponent(user_id)}`,
          query: { idProperty: "userId" },
          optional: true,
        };
      },
    },
    account: z.pipe(
      z.object({ token: Introspection, owner: Owner }),
      z.transform(({ token, owner }) =>
        toAccount({
          id: token.user_id,
          name: fullName(owner?.firstName, owner?.lastName),
          email: token.user ?? null,
          url: `https://app.hubspot.com/home?portalId=${encodeURIComponent(token.hub_id)}`,
        }),
      ),
    ),
  },
  resources: [
    {
      request: { path: "/crm/v3/objects/contacts", query: { properties: "email,firstname,lastname" } },
      scope: "crm.objects.contacts.read",
      paging: { style: "cursor", limit: "limit", cursor: "after", max: 100 },
      page: crmPage(
        "contact",
        "email",
        (contact) => fullName(contact["firstname"], contact["lastname"]) || (contact["email"] ?? ""),
      ),
      item_url: "https://app.hubspot.com/contacts/{hub_id}/record/0-1/{id}",
    },
    {
      request: { path: "/crm/v3/objects/companies", query: { properties: "name,domain" } },
      scope: "crm.objects.companies.read",
      paging: { style: "cursor", limit: "limit", cursor: "after", max: 100 },
      page: crmPage("company", "domain", (company) => company["name"] ?? company["domain"] ?? ""),
      item_url: "https://app.hubspot.com/contacts/{hub_id}/record/0-2/{id}",
    },
  ],
});
