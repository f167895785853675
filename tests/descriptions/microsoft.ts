import type { DescribedCall, Description } from "./description.ts";
import { names, typed, type TypedRoute } from "./typescript.ts";

const GRAPH = "https://graph.microsoft.com/v1.0";
const LOGIN = "https://login.microsoftonline.com";

/** Learn's example answers, but for what is null there: https://learn.microsoft.com/en-us/graph/api/driveitem-get */
const ITEM = names(
  "id name webUrl size createdDateTime lastModifiedDateTime eTag cTag createdBy parentReference.driveId parentReference.driveType fileSystemInfo.createdDateTime",
);
/** https://learn.microsoft.com/en-us/graph/api/message-get */
const MAIL = names(
  "@odata.etag id createdDateTime lastModifiedDateTime changeKey categories receivedDateTime sentDateTime hasAttachments internetMessageId subject bodyPreview importance parentFolderId conversationId isRead isDraft webLink body.contentType body.content toRecipients replyTo",
);
/** https://learn.microsoft.com/en-us/graph/api/event-get */
const EVENT = names(
  "@odata.etag id createdDateTime changeKey iCalUId subject bodyPreview body.content showAs start.dateTime start.timeZone end.dateTime location.displayName attendees organizer.emailAddress",
);
/** https://learn.microsoft.com/en-us/graph/api/contact-get */
const CONTACT = [
  "@odata.etag",
  "id",
  "changeKey",
  "parentFolderId",
  "displayName",
  "givenName",
  "emailAddresses",
  "homeAddress",
];
const FOLDER = ["id", "displayName", "parentFolderId", "childFolderCount", "unreadItemCount", "totalItemCount"];
const CALENDAR = ["id", "name", "color", "isDefaultCalendar", "canEdit", "owner.address"];
const DRIVE = ["id", "driveType", "owner.user.displayName", "quota.total", "quota.used", "quota.remaining"];

const one = (type: string, always: readonly string[], body?: string): TypedRoute => ({
  server: GRAPH,
  answer: `graph.${type}`,
  query: "Options",
  always: ["@odata.context", ...always],
  ...(body === undefined ? {} : { body }),
});
const many = (type: string, always: readonly string[]): TypedRoute => ({
  server: GRAPH,
  answer: `Page<graph.${type}>`,
  query: "Options",
  always: ["@odata.context", "value", ...always.map((name) => `value[].${name}`)],
});
const none: TypedRoute = { server: GRAPH, answer: null, query: "Options" };
const plain = (type: string, always: readonly string[], body?: string): TypedRoute => ({
  server: GRAPH,
  answer: type,
  query: "Options",
  always,
  ...(body === undefined ? {} : { body }),
});

const routes: Readonly<Record<string, TypedRoute>> = {
  "GET /me": one("User", [
    "id",
    "displayName",
    "givenName",
    "surname",
    "mail",
    "userPrincipalName",
    "businessPhones",
    "jobTitle",
  ]),
  "GET /me/photo": plain("Failure", ["error.code", "error.message", "error.innerError.date"]),
  "GET /me/joinedTeams": {
    ...many("Team", ["id", "displayName", "description", "isArchived", "tenantId"]),
    query: "{}",
  },
  "GET /me/drive": one("Drive", DRIVE),
  "GET /me/drives": many("Drive", DRIVE),
  "GET /me/drives/{drive}": one("Drive", DRIVE),
  "GET /me/drive/items/{item}": one("DriveItem", ITEM),
  "PATCH /me/drive/items/{item}": one("DriveItem", ITEM, "graph.DriveItem"),
  "DELETE /me/drive/items/{item}": none,
  "GET /me/drive/items/{item}/children": many("DriveItem", ITEM),
  "POST /me/drive/items/{item}/children": plain("graph.DriveItem", [...ITEM, "folder.childCount"], "graph.DriveItem"),
  "GET /me/drive/items/{item}/search/{words}": many("DriveItem", ["id", "name"]),
  "GET /me/drive/items/{item}/delta": many("DriveItem", ["id"]),
  "PUT /me/drive/items/{item}/content": plain("graph.DriveItem", [...ITEM, "file.mimeType"]),
  "POST /me/drive/items/{item}/createUploadSession": plain("graph.UploadSession", [
    "uploadUrl",
    "expirationDateTime",
    "nextExpectedRanges",
  ]),
  "POST /me/drive/items/{item}/copy": none,
  "GET /me/mailFolders": many("MailFolder", FOLDER),
  "GET /me/mailFolders/{folder}": one("MailFolder", FOLDER),
  "GET /me/mailFolders/{folder}/messages": many("Message", [...MAIL, "from.emailAddress"]),
  "GET /me/messages": many("Message", [...MAIL, "from.emailAddress"]),
  "POST /me/messages": one("Message", MAIL, "graph.Message"),
  "GET /me/messages/{message}": one("Message", MAIL),
  "PATCH /me/messages/{message}": one("Message", MAIL, "graph.Message"),
  "DELETE /me/messages/{message}": none,
  "POST /me/messages/{message}/send": none,
  "POST /me/sendMail": { ...none, body: "{ message: graph.Message; saveToSentItems?: boolean }" },
  "GET /me/calendar": one("Calendar", CALENDAR),
  "GET /me/calendars": many("Calendar", CALENDAR),
  "GET /me/events": many("Event", EVENT),
  "POST /me/events": one("Event", EVENT, "graph.Event"),
  "GET /me/calendarView": many("Event", EVENT),
  "GET /me/events/{event}": one("Event", EVENT),
  "PATCH /me/events/{event}": one("Event", EVENT, "graph.Event"),
  "DELETE /me/events/{event}": none,
  "GET /me/contacts": many("Contact", CONTACT),
  "POST /me/contacts": one("Contact", CONTACT, "graph.Contact"),
  "GET /me/contacts/{contact}": one("Contact", CONTACT),
  "PATCH /me/contacts/{contact}": one("Contact", CONTACT, "graph.Contact"),
  "DELETE /me/contacts/{contact}": none,
  "POST /$batch": plain("{ responses: { id: string; status: number; headers: object; body?: unknown }[] }", [
    "responses[].id",
  ]),
  // What the product asks; the sandbox has the same by its other name.
  "GET /me/drive/root/children": many("DriveItem", ["id", "name"]),
  "POST /common/oauth2/v2.0/token": { server: LOGIN, answer: null, body: "TokenRequest" },
};

const imports = [
  'import type * as graph from "@microsoft/microsoft-graph-types";',
  // The error within has a date and two ids, which the types do not know. https://learn.microsoft.com/en-us/graph/errors
  'type Failure = { error: Omit<graph.PublicError, "innerError"> & { innerError: { date: string; "request-id": string } } };',
  // https://learn.microsoft.com/en-us/graph/paging
  'type Page<T> = { "@odata.context": string; "@odata.nextLink"?: string; "@odata.deltaLink"?: string; value: (T & { [annotation: `@${string}`]: unknown })[] };',
  // https://learn.microsoft.com/en-us/graph/query-parameters; what a link to a further page says is its own affair.
  "type Options = { $count?: boolean; $expand?: string; $filter?: string; $format?: string; $orderby?: string; $search?: string; $select?: string;",
  "  $skip?: number; $top?: number; $skiptoken?: string; $skipToken?: string; continuation?: string; startDateTime?: string; endDateTime?: string };",
  // https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow
  "type App = { client_id: string; client_secret: string; scope?: string };",
  'type Code = { grant_type: "authorization_code"; code: string; redirect_uri: string; code_verifier?: string };',
  'type TokenRequest = App & (Code | { grant_type: "refresh_token"; refresh_token: string });',
];

const to = [{ emailAddress: { address: "b@example.com" } }];
const at = (hour: string) => ({ dateTime: `2031-05-01T${hour}:00:00`, timeZone: "UTC" });

const calls: readonly DescribedCall[] = [
  { route: "GET /me" },
  { route: "GET /me/photo", status: 404 },
  { route: "GET /me/joinedTeams" },
  { route: "GET /me/drive" },
  { route: "GET /me/drives", keep: { drive: "/value/0/id" } },
  { route: "GET /me/drives/{drive}" },
  { route: "GET /me/drive/items/{item}/children", with: { item: "root" } },
  {
    route: "POST /me/drive/items/{item}/children",
    with: { item: "root" },
    body: { name: "Described", folder: {} },
    status: 201,
    keep: { item: "/id" },
  },
  { route: "GET /me/drive/items/{item}" },
  { route: "PATCH /me/drive/items/{item}", body: { name: "Renamed" } },
  { route: "DELETE /me/drive/items/{item}", status: 204 },
  {
    route: "PUT /me/drive/items/{item}/content",
    with: { item: "root:/a b.txt:" },
    body: "content",
    headers: { "Content-Type": "text/plain" },
    status: 201,
    keep: { item: "/id" },
  },
  { route: "POST /me/drive/items/{item}/createUploadSession", body: {} },
  { route: "POST /me/drive/items/{item}/copy", body: { name: "copy.txt" }, status: 202 },
  { route: "GET /me/drive/items/{item}/search/{words}", with: { item: "root", words: "quiet" } },
  { route: "GET /me/drive/items/{item}/delta", with: { item: "root" } },
  { route: "GET /me/mailFolders" },
  { route: "GET /me/mailFolders/{folder}" },
  { route: "GET /me/mailFolders/{folder}/messages" },
  { route: "GET /me/messages" },
  { route: "POST /me/messages", body: { subject: "Draft", toRecipients: to }, status: 201, keep: { message: "/id" } },
  { route: "GET /me/messages/{message}" },
  { route: "PATCH /me/messages/{message}", body: { isRead: true } },
  { route: "POST /me/messages/{message}/send", status: 202 },
  { route: "DELETE /me/messages/{message}", status: 204 },
  { route: "POST /me/sendMail", body: { message: { subject: "Tide", toRecipients: to } }, status: 202 },
  { route: "GET /me/calendar" },
  { route: "GET /me/calendars" },
  { route: "GET /me/events" },
  {
    route: "POST /me/events",
    body: { subject: "Tide", start: at("10"), end: at("11") },
    status: 201,
    keep: { event: "/id" },
  },
  {
    route: "GET /me/calendarView",
    query: { startDateTime: "2031-05-01T00:00:00Z", endDateTime: "2031-05-02T00:00:00Z" },
  },
  { route: "GET /me/events/{event}" },
  { route: "PATCH /me/events/{event}", body: { subject: "Ebb" } },
  { route: "DELETE /me/events/{event}", status: 204 },
  { route: "GET /me/contacts" },
  { route: "POST /me/contacts", body: { givenName: "Pia", surname: "Roth" }, status: 201, keep: { contact: "/id" } },
  { route: "GET /me/contacts/{contact}" },
  { route: "PATCH /me/contacts/{contact}", body: { surname: "Rot" } },
  { route: "DELETE /me/contacts/{contact}", status: 204 },
  { route: "POST /$batch", body: { requests: [{ id: "1", method: "GET", url: "/me" }] } },
];

const BYTES = "its answer is no JSON; tests/sandbox holds it";
const OPENID = "OpenID Connect's own, which clients that others wrote are held against";
const SITE = "no part of Graph: an address that an answer gave, open without a token";

/** The same things by the drive's id. */
const byDrive = Object.fromEntries(
  Object.keys(routes)
    .filter((route) => / \/me\/drive(?:\/items.*)?$/.test(route))
    .map((route) => [route.replace(" /me/drive", " graph.microsoft.com/v1.0/drives/{}"), "as under me/drive"]),
);

export const microsoft: Description = {
  service: "microsoft",
  checker: typed({ source: "@microsoft/microsoft-graph-types", licence: "MIT", version: "2.43.1", imports, routes }),
  values: { folder: "inbox" },
  calls,
  described: 40,
  product: ["GET /me", "GET /me/drive/root/children", "GET /me/joinedTeams", "POST /common/oauth2/v2.0/token"],
  undescribed: {
    ...byDrive,
    "GET graph.microsoft.com/v1.0/me/photo/$value": BYTES,
    "GET graph.microsoft.com/v1.0/me/photos/{}/$value": BYTES,
    "GET graph.microsoft.com/v1.0/me/drive/items/{}/content": BYTES,
    "GET graph.microsoft.com/v1.0/drives/{}/items/{}/content": BYTES,
    "GET graph.microsoft.com/v1.0/me/drive/items/{}/delta/{}": "delta, written as a function",
    "GET graph.microsoft.com/v1.0/drives/{}/items/{}/delta/{}": "the same",
    "GET graph.microsoft.com/v1.0/me/calendar/events": "as me/events",
    "POST graph.microsoft.com/v1.0/me/calendar/events": "as me/events",
    ...Object.fromEntries(
      ["common", "organizations", "consumers"].flatMap((tenant) => [
        [`GET login.microsoftonline.com/${tenant}/v2.0/.well-known/openid-configuration`, OPENID],
        [`GET login.microsoftonline.com/${tenant}/discovery/v2.0/keys`, OPENID],
      ]),
    ),
    "GET northwind-my.sharepoint.com/personal/{}/_layouts/15/download.aspx": SITE,
    "PUT northwind-my.sharepoint.com/personal/{}/_api/v2.0/drive/uploadSession": SITE,
    "GET northwind-my.sharepoint.com/personal/{}/_api/v2.0/drive/uploadSession": SITE,
    "DELETE northwind-my.sharepoint.com/personal/{}/_api/v2.0/drive/uploadSession": SITE,
    "GET northwind-my.sharepoint.com/personal/{}/_api/v2.0/monitor/{}": SITE,
  },
};
