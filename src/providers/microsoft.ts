import * as z from "zod/mini";
import { defineProvider } from "../contract/describe.ts";
import { toAccount, toItem } from "../contract/reading.ts";

const Me = z.object({
  id: z.string(),
  displayName: z.nullish(z.string()),
  mail: z.nullish(z.string()),
  userPrincipalName: z.nullish(z.string()),
});

const DriveItem = z.object({
  id: z.string(),
  name: z.string(),
  webUrl: z.nullish(z.string()),
  createdDateTime: z.nullish(z.string()),
  lastModifiedDateTime: z.nullish(z.string()),
  size: z.nullish(z.number()),
  file: z.nullish(z.object({ mimeType: z.nullish(z.string()) })),
  folder: z.nullish(z.object({})),
  parentReference: z.nullish(z.object({ id: z.nullish(z.string()), name: z.nullish(z.string()) })),
});
const Team = z.object({ id: z.string(), displayName: z.string() });

export const microsoft = defineProvider({
  id: "microsoft",
  name: "Microsoft",
  category: "Files",
  docs: "https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow",
  // https://support.microsoft.com/en-us/account-billing/edit-or-revoke-application-permissions-in-the-my-apps-portal-169be2b4-ee26-4338-aea8-d19bb2f329ee
  grants_page: "https://myapps.microsoft.com",
  authorization_endpoint: "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
  token_endpoint: "https://login.microsoftonline.com/common/oauth2/v2.0/token",
  token_endpoint_auth_method: "client_secret_post",
  // `offline_access` is what a refresh token takes.
  scopes: ["openid", "profile", "email", "offline_access", "User.Read", "Files.Read", "Team.ReadBasic.All"],
  // https://learn.microsoft.com/en-us/answers/questions/806413: `offline_access` is in no answer; the others are about the ID
  // token, and whether they are named depends on what else was asked for.
  untold_scopes: ["openid", "profile", "email", "offline_access"],
  // https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow answers with the whole name.
  scope_base: "https://graph.microsoft.com/",
  // Each refresh brings a new refresh token and leaves the one before alive.
  refresh: { idle_lifetime: 90 * 86_400 },
  // `invalid_grant` with this number means: too often in too short a time.
  // https://learn.microsoft.com/en-us/entra/identity-platform/reference-breaking-changes
  token_refusals: [{ codes: [50_196], means: "rate_limited" }],
  api_base_url: "https://graph.microsoft.com",
  api: {
    avatar_path: "/v1.0/me/photo/$value",
    // https://learn.microsoft.com/graph/api/search-query, /calendar-getschedule, /user-findmeetingtimes,
    // /directoryobject-getbyids, and https://learn.microsoft.com/graph/json-batching
    calls: {
      reads: [
        "/*/search/query",
        "/*/me/calendar/getSchedule",
        "/*/users/*/calendar/getSchedule",
        "/*/me/findMeetingTimes",
        "/*/users/*/findMeetingTimes",
        "/*/directoryObjects/getByIds",
      ],
      batches: ["/*/$batch"],
    },
    denied: ["revokeSignInSessions", "invalidateAllRefreshTokens", "/oauth2PermissionGrants"],
    // https://learn.microsoft.com/en-us/graph/resolve-auth-errors and https://learn.microsoft.com/en-us/graph/errors. Graph names
    // no scope, and says the same of what the person may not do themselves.
    scope_refusal: {
      code: ["error.code"],
      codes: ["Authorization_RequestDenied", "ErrorAccessDenied", "InsufficientScope"],
    },
    link_fields: ["@odata.nextLink", "@odata.deltaLink"],
    toProblem: ({ status, code, message }) => ({
      status,
      body: { error: { code: status === 401 ? "InvalidAuthenticationToken" : code, message } },
    }),
  },
  profile: {
    requests: { user: { path: "/v1.0/me" } },
    account: z.pipe(
      z.object({ user: Me }),
      z.transform(({ user }) =>
        toAccount({ id: user.id, name: user.displayName, email: user.mail ?? user.userPrincipalName }),
      ),
    ),
  },
  resources: [
    {
      request: {
        path: "/v1.0/me/drive/root/children",
        query: { $select: "id,name,webUrl,createdDateTime,lastModifiedDateTime,file,folder,parentReference,size" },
      },
      scope: "Files.Read",
      // "Do not try to extract the $skiptoken or $skip value and use it in a different request":
      // https://learn.microsoft.com/en-us/graph/paging
      paging: { style: "link", limit: "$top", cursor: "@odata.nextLink", max: 200 },
      page: z.pipe(
        z.object({ value: z.array(DriveItem), "@odata.nextLink": z.nullish(z.string()) }),
        z.transform(({ value, "@odata.nextLink": nextLink }) => ({
          items: value.map((item) =>
            toItem({
              id: item.id,
              type: item.folder ? "folder" : "file",
              name: item.name,
              url: item.webUrl ?? null,
              parent_id: item.parentReference?.id ?? null,
              parent_name: item.parentReference?.name ?? null,
              created_at: item.createdDateTime ?? null,
              updated_at: item.lastModifiedDateTime ?? null,
              mime_type: item.file?.mimeType ?? null,
              details: { size: item.folder ? null : (item.size ?? null) },
            }),
          ),
          next: nextLink ?? null,
        })),
      ),
    },
    {
      // Work and school accounts only, and never paged.
      request: { path: "/v1.0/me/joinedTeams" },
      scope: "Team.ReadBasic.All",
      optional: true,
      page: z.pipe(
        z.object({ value: z.array(Team) }),
        z.transform(({ value }) => ({
          items: value.map((team) => toItem({ id: team.id, type: "team", name: team.displayName })),
          next: null,
        })),
      ),
    },
  ],
});
