import * as z from "zod/mini";
import { defineProvider } from "../contract/describe.ts";
import { toAccount, toItem } from "../contract/reading.ts";

const UserInfo = z.object({
  sub: z.string(),
  name: z.nullish(z.string()),
  email: z.nullish(z.string()),
  picture: z.nullish(z.string()),
});

const File = z.object({
  id: z.string(),
  name: z.string(),
  mimeType: z.nullish(z.string()),
  webViewLink: z.nullish(z.string()),
  parents: z.nullish(z.array(z.string())),
  createdTime: z.nullish(z.string()),
  modifiedTime: z.nullish(z.string()),
  // 64 bits, so a string of digits; absent for folders and documents of Google's own.
  size: z.nullish(z.string()),
});

/**
 * Google has a host for most of its APIs: https://developers.google.com/discovery/v1/reference/apis/list has them all. These are
 * the ones that people's own data is behind; those that hand out tokens are not among them.
 */
const HOSTS = Object.fromEntries(
  (
    "admin adsense admob aiplatform alertcenter analyticsadmin analyticsdata " +
    "androidpublisher appsmarket bigquery blogger books businessprofileperformance calendar " +
    "chat classroom cloudidentity cloudresourcemanager cloudsearch cloudtasks compute " +
    "customsearch datamanager dataportability datastore dfareporting dialogflow displayvideo " +
    "docs documentai driveactivity drivelabels firebase firestore fitness " +
    "forms gmail gmailpostmastertools groupssettings health jobs keep " +
    "language licensing logging meet merchantapi monitoring mybusinessaccountmanagement " +
    "mybusinessbusinessinformation openidconnect people photoslibrary places pubsub readerrevenuesubscriptionlinking " +
    "reseller run script searchads360 searchconsole sheets shoppingcontent " +
    "slides smartdevicemanagement speech storage tagmanager tasks texttospeech " +
    "translation vault vision walletobjects workspaceevents youtube youtubeanalytics " +
    "youtubereporting"
  )
    .split(" ")
    .map((name) => [`${name}.googleapis.com`, `https://${name}.googleapis.com`]),
);

export const google = defineProvider({
  id: "google",
  name: "Google",
  category: "Files",
  docs: "https://developers.google.com/identity/protocols/oauth2/web-server",
  issuer: "https://accounts.google.com",
  authorization_endpoint: "https://accounts.google.com/o/oauth2/v2/auth",
  token_endpoint: "https://oauth2.googleapis.com/token",
  token_endpoint_auth_method: "client_secret_post",
  // Takes either token, asks for no client, and ends the whole grant.
  // https://support.google.com/accounts/answer/13533235
  grants_page: "https://myaccount.google.com/connections",
  revocation: {
    endpoint: "https://oauth2.googleapis.com/revoke",
    method: "POST",
    authentication: "none",
    body: { token: "refresh_token", parameter: "token", format: "form" },
    ends: "grant",
  },
  scopes: ["openid", "email", "profile", "https://www.googleapis.com/auth/drive.metadata.readonly"],
  // https://developers.google.com/identity/openid-connect/openid-connect#scope-param: short names are answered as long ones.
  scope_implies: {
    "https://www.googleapis.com/auth/userinfo.email": ["email"],
    "https://www.googleapis.com/auth/userinfo.profile": ["profile"],
  },
  // Without both there is no refresh token, or only the first time.
  authorization_parameters: { access_type: "offline", prompt: "consent" },
  refresh: { idle_lifetime: 182 * 86_400 },
  api_base_url: "https://www.googleapis.com",
  api: {
    hosts: HOSTS,
    // https://developers.google.com/workspace/calendar/api/v3/reference/freebusy/query and
    // https://developers.google.com/workspace/sheets/api/reference/rest: searches that have a body.
    // https://developers.google.com/workspace/drive/api/guides/performance#batch-requests
    calls: {
      reads: [
        "/calendar/v3/freeBusy",
        "/~sheets.googleapis.com/v4/spreadsheets/*:getByDataFilter",
        "/~sheets.googleapis.com/v4/spreadsheets/*/values:batchGetByDataFilter",
      ],
      batches: ["/batch", "/batch/**"],
    },
    denied: ["^/oauth2/(?!v[0-9]+/userinfo)", "^/o/oauth2", "^/revoke", "^/tokeninfo"],
    toProblem: ({ status, code, message }) => ({
      status,
      body: {
        error: {
          code: status,
          message,
          status: status === 401 ? "UNAUTHENTICATED" : code.toUpperCase(),
          errors: [{ domain: "global", reason: status === 401 ? "authError" : code, message }],
        },
      },
    }),
    // https://cloud.google.com/apis/design/errors#error_info; older APIs say it as Drive does:
    // https://developers.google.com/workspace/drive/api/guides/handle-errors. The challenge beside it names each scope that
    // would do, down to those of services that are no more (https://github.com/kwent/react-google-contacts/issues/6).
    scope_refusal: {
      code: ["error.details.0.reason", "error.errors.0.reason"],
      codes: ["ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientPermissions"],
      names: "asked",
    },
    errors: {
      code: "error.errors.0.reason",
      in_success: false,
      token_rejected: ["authError"],
      rate_limited: ["rateLimitExceeded", "userRateLimitExceeded", "sharingRateLimitExceeded"],
      unavailable: ["backendError", "internalError"],
    },
  },
  profile: {
    requests: { user: { path: "https://openidconnect.googleapis.com/v1/userinfo" } },
    account: z.pipe(
      z.object({ user: UserInfo }),
      z.transform(({ user }) =>
        toAccount({ id: user.sub, name: user.name, email: user.email, avatar_url: user.picture }),
      ),
    ),
  },
  resources: [
    {
      request: {
        path: "/drive/v3/files",
        query: {
          fields: "nextPageToken,files(id,name,mimeType,webViewLink,parents,createdTime,modifiedTime,size)",
          orderBy: "modifiedTime desc",
          supportsAllDrives: "true",
          includeItemsFromAllDrives: "true",
        },
      },
      scope: "https://www.googleapis.com/auth/drive.metadata.readonly",
      paging: { style: "cursor", limit: "pageSize", cursor: "pageToken", max: 1000 },
      page: z.pipe(
        z.object({ files: z.array(File), nextPageToken: z.nullish(z.string()) }),
        z.transform(({ files, nextPageToken }) => ({
          items: files.map((file) =>
            toItem({
              id: file.id,
              type: file.mimeType === "application/vnd.google-apps.folder" ? "folder" : "file",
              name: file.name,
              url: file.webViewLink ?? null,
              parent_id: file.parents?.[0] ?? null,
              created_at: file.createdTime ?? null,
              updated_at: file.modifiedTime ?? null,
              mime_type: file.mimeType ?? null,
              details: { size: file.size ? Number(file.size) : null },
            }),
          ),
          next: nextPageToken ?? null,
        })),
      ),
    },
  ],
});
