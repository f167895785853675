import type { Description, DescribedCall } from "./description.ts";
import { names, typed, type TypedRoute } from "./typescript.ts";

const WWW = "https://www.googleapis.com";
const AT = {
  www: `${WWW}/`,
  drive: `${WWW}/drive/v3`,
  upload: `${WWW}/upload/drive/v3`,
  calendar: `${WWW}/calendar/v3`,
  gmail: "https://gmail.googleapis.com/gmail/v1/users",
  sheets: "https://sheets.googleapis.com/v4",
  people: "https://people.googleapis.com/v1",
  identity: "https://openidconnect.googleapis.com/v1",
  token: "https://oauth2.googleapis.com",
};

/** Without `fields`, an answer has these. https://developers.google.com/workspace/drive/api/guides/fields-parameter */
const FILE = ["kind", "id", "name", "mimeType"];
const EVERY_FILE = [
  ...FILE,
  ...names(
    "starred trashed spaces version webViewLink iconLink createdTime modifiedTime lastModifyingUser shared ownedByMe capabilities.canEdit quotaBytesUsed viewedByMe",
  ),
];
const MAIL = ["id", "threadId", "labelIds", "snippet", "historyId", "internalDate", "sizeEstimate"];
const FILED = ["id", "threadId", "labelIds"];
/** https://developers.google.com/workspace/calendar/api/v3/reference/events */
const EVENT = names(
  "kind etag id status htmlLink created updated creator.email organizer.email start end iCalUID sequence reminders.useDefault eventType",
);
const ENTRY = ["kind", "etag", "id", "summary", "timeZone", "accessRole", "defaultReminders"];
const UPDATED = ["spreadsheetId", "updatedRange", "updatedRows", "updatedColumns", "updatedCells"];

/** Type and parameters of a method as the packages name them: `drive`, `Files$List`, `FileList`. */
function described(
  api: "drive" | "gmail" | "calendar" | "sheets" | "people",
  method: string,
  schema: string | null,
  always: readonly string[] = [],
): Omit<TypedRoute, "server"> {
  const query = `${api}.Params$Resource$${method}`;
  return { query, answer: schema === null ? null : `${api}.Schema$${schema}`, always };
}

const under = (server: string, routes: Readonly<Record<string, Omit<TypedRoute, "server">>>) =>
  Object.fromEntries(Object.entries(routes).map(([route, facts]) => [route, { ...facts, server }]));

const routes: Readonly<Record<string, TypedRoute>> = {
  ...under(AT.drive, {
    "GET /about": described("drive", "About$Get", "About", ["kind", "user.permissionId", "storageQuota.usage"]),
    "GET /files": described("drive", "Files$List", "FileList", [
      "kind",
      "incompleteSearch",
      ...FILE.map((name) => `files[].${name}`),
    ]),
    "POST /files": { ...described("drive", "Files$Create", "File", FILE), body: "drive.Schema$File" },
    "GET /files/generateIds": described("drive", "Files$Generateids", "GeneratedIds", ["kind", "space", "ids"]),
    "DELETE /files/trash": described("drive", "Files$Emptytrash", null),
    "GET /files/{file}": described("drive", "Files$Get", "File", EVERY_FILE),
    "PATCH /files/{file}": { ...described("drive", "Files$Update", "File", FILE), body: "drive.Schema$File" },
    "DELETE /files/{file}": described("drive", "Files$Delete", null),
    "POST /files/{file}/copy": { ...described("drive", "Files$Copy", "File", FILE), body: "drive.Schema$File" },
    "GET /files/{file}/export": described("drive", "Files$Export", null),
    "GET /drives": described("drive", "Drives$List", "DriveList", ["kind", "drives[].id", "drives[].name"]),
    "GET /changes/startPageToken": described("drive", "Changes$Getstartpagetoken", "StartPageToken", [
      "kind",
      "startPageToken",
    ]),
    "GET /changes": described("drive", "Changes$List", "ChangeList", [
      "kind",
      "newStartPageToken",
      "changes[].fileId",
      "changes[].time",
      "changes[].changeType",
    ]),
    "GET /files/{file}/permissions": described("drive", "Permissions$List", "PermissionList", [
      "kind",
      "permissions[].id",
      "permissions[].type",
      "permissions[].role",
    ]),
    "POST /files/{file}/permissions": {
      ...described("drive", "Permissions$Create", "Permission", ["kind", "id", "type", "role"]),
      body: "drive.Schema$Permission",
    },
    "GET /files/{file}/permissions/{permission}": described("drive", "Permissions$Get", "Permission", [
      "kind",
      "id",
      "type",
      "role",
    ]),
    "PATCH /files/{file}/permissions/{permission}": described("drive", "Permissions$Update", "Permission", [
      "kind",
      "id",
      "type",
      "role",
    ]),
    "DELETE /files/{file}/permissions/{permission}": described("drive", "Permissions$Delete", null),
  }),
  ...under(AT.gmail, {
    "GET /{user}/profile": described("gmail", "Users$Getprofile", "Profile", [
      "emailAddress",
      "messagesTotal",
      "threadsTotal",
      "historyId",
    ]),
    "GET /{user}/labels": described("gmail", "Users$Labels$List", "ListLabelsResponse", [
      "labels[].id",
      "labels[].name",
      "labels[].type",
    ]),
    "POST /{user}/labels": {
      ...described("gmail", "Users$Labels$Create", "Label", ["id", "name"]),
      body: "gmail.Schema$Label",
    },
    "GET /{user}/labels/{label}": described("gmail", "Users$Labels$Get", "Label", [
      "id",
      "name",
      "type",
      "messagesTotal",
      "threadsTotal",
    ]),
    "DELETE /{user}/labels/{label}": described("gmail", "Users$Labels$Delete", null),
    "GET /{user}/messages": described("gmail", "Users$Messages$List", "ListMessagesResponse", [
      "messages[].id",
      "messages[].threadId",
      "resultSizeEstimate",
    ]),
    "POST /{user}/messages/send": {
      ...described("gmail", "Users$Messages$Send", "Message", FILED),
      body: "gmail.Schema$Message",
    },
    "GET /{user}/messages/{message}": described("gmail", "Users$Messages$Get", "Message", [
      ...MAIL,
      "payload.headers[].value",
      "payload.body.size",
    ]),
    "DELETE /{user}/messages/{message}": described("gmail", "Users$Messages$Delete", null),
    "POST /{user}/messages/{message}/modify": described("gmail", "Users$Messages$Modify", "Message", FILED),
    "POST /{user}/messages/{message}/trash": described("gmail", "Users$Messages$Trash", "Message", FILED),
    "POST /{user}/messages/{message}/untrash": described("gmail", "Users$Messages$Untrash", "Message", FILED),
    "GET /{user}/threads": described("gmail", "Users$Threads$List", "ListThreadsResponse", [
      "threads[].id",
      "threads[].snippet",
      "threads[].historyId",
      "resultSizeEstimate",
    ]),
    "GET /{user}/threads/{thread}": described("gmail", "Users$Threads$Get", "Thread", [
      "id",
      "historyId",
      ...MAIL.map((name) => `messages[].${name}`),
    ]),
  }),
  ...under(AT.calendar, {
    "GET /users/me/calendarList": described("calendar", "Calendarlist$List", "CalendarList", [
      "kind",
      "etag",
      "nextSyncToken",
      ...ENTRY.map((name) => `items[].${name}`),
    ]),
    "GET /users/me/calendarList/{calendar}": described("calendar", "Calendarlist$Get", "CalendarListEntry", ENTRY),
    "GET /calendars/{calendar}": described("calendar", "Calendars$Get", "Calendar", [
      "kind",
      "etag",
      "id",
      "summary",
      "timeZone",
    ]),
    "GET /calendars/{calendar}/events": described("calendar", "Events$List", "Events", [
      "kind",
      "etag",
      "summary",
      "updated",
      "timeZone",
      "accessRole",
      ...EVENT.map((name) => `items[].${name}`),
    ]),
    "POST /calendars/{calendar}/events": {
      ...described("calendar", "Events$Insert", "Event", EVENT),
      body: "calendar.Schema$Event",
    },
    "GET /calendars/{calendar}/events/{event}": described("calendar", "Events$Get", "Event", EVENT),
    "PATCH /calendars/{calendar}/events/{event}": described("calendar", "Events$Patch", "Event", EVENT),
    "PUT /calendars/{calendar}/events/{event}": described("calendar", "Events$Update", "Event", EVENT),
    "DELETE /calendars/{calendar}/events/{event}": described("calendar", "Events$Delete", null),
  }),
  ...under(AT.sheets, {
    "POST /spreadsheets": {
      ...described("sheets", "Spreadsheets$Create", "Spreadsheet", [
        "spreadsheetId",
        "properties.title",
        "sheets[].properties.sheetId",
        "spreadsheetUrl",
      ]),
      body: "sheets.Schema$Spreadsheet",
    },
    "GET /spreadsheets/{sheet}": described("sheets", "Spreadsheets$Get", "Spreadsheet", [
      "spreadsheetId",
      "properties.locale",
      "sheets[].properties.gridProperties",
      "spreadsheetUrl",
    ]),
    "GET /spreadsheets/{sheet}/values:batchGet": described(
      "sheets",
      "Spreadsheets$Values$Batchget",
      "BatchGetValuesResponse",
      ["spreadsheetId", "valueRanges[].range", "valueRanges[].majorDimension"],
    ),
    "GET /spreadsheets/{sheet}/values/{range}": described("sheets", "Spreadsheets$Values$Get", "ValueRange", [
      "range",
      "majorDimension",
      "values",
    ]),
    "PUT /spreadsheets/{sheet}/values/{range}": described(
      "sheets",
      "Spreadsheets$Values$Update",
      "UpdateValuesResponse",
      UPDATED,
    ),
    "POST /spreadsheets/{sheet}/values/{range}": described(
      "sheets",
      "Spreadsheets$Values$Append",
      "AppendValuesResponse",
      ["spreadsheetId", "tableRange", ...UPDATED.map((name) => `updates.${name}`)],
    ),
  }),
  ...under(AT.people, {
    "GET /people/me": described("people", "People$Get", "Person", [
      "resourceName",
      "etag",
      "names[].displayName",
      "names[].metadata.source",
    ]),
    "GET /people/me/connections": described("people", "People$Connections$List", "ListConnectionsResponse", [
      "connections[].resourceName",
      "connections[].etag",
      "totalPeople",
      "totalItems",
    ]),
    "POST /people:createContact": {
      ...described("people", "People$Createcontact", "Person", ["resourceName", "etag", "names"]),
      body: "people.Schema$Person",
    },
    "GET /people/{person}": described("people", "People$Get", "Person", ["resourceName", "etag"]),
  }),
  ...under(WWW, {
    "GET /oauth2/v2/userinfo": {
      answer: "oauth2.Schema$Userinfo",
      always: ["id", "email", "verified_email", "name", "given_name"],
    },
    "GET /userinfo/v2/me": { answer: "oauth2.Schema$Userinfo", always: ["id", "email", "verified_email", "name"] },
    "GET /oauth2/v3/userinfo": { answer: "UserInfo" },
  }),
  ...under(AT.identity, { "GET /userinfo": { answer: "UserInfo" } }),
  ...under(AT.token, {
    "POST /token": { answer: null, body: "TokenRequest" },
    "POST /revoke": { answer: null, body: "{ token: string }" },
  }),
};

const imports = [
  ...["drive/v3", "gmail/v1", "calendar/v3", "sheets/v4", "people/v1", "oauth2/v2"].map((path) => {
    const name = path.replace("/", "_");
    return `import type { ${name} as ${path.split("/")[0]} } from "googleapis/build/src/apis/${path}.js";`;
  }),
  // https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims
  "type UserInfo = { sub: string; name: string; given_name: string; family_name?: string; picture?: string; email: string; email_verified: boolean };",
  // https://developers.google.com/identity/protocols/oauth2/web-server#exchange-authorization-code
  "type App = { client_id: string; client_secret: string };",
  'type Code = { grant_type: "authorization_code"; code: string; redirect_uri: string; code_verifier?: string };',
  'type TokenRequest = App & (Code | { grant_type: "refresh_token"; refresh_token: string });',
];

const start = { dateTime: "2031-05-01T10:00:00Z" };
const end = { dateTime: "2031-05-01T11:00:00Z" };
const MESSAGE = btoa("To: b@example.com\r\nSubject: Tide\r\n\r\nHigh at six.\r\n");

const calls: readonly DescribedCall[] = [
  { route: "GET /about", query: { fields: "*" } },
  { route: "GET /changes/startPageToken", keep: { token: "/startPageToken" } },
  { route: "GET /files" },
  { route: "GET /files/generateIds" },
  { route: "GET /drives" },
  { route: "POST /files", body: { name: "Described", mimeType: "text/plain" }, keep: { file: "/id" } },
  { route: "GET /files/{file}", query: { fields: "*" } },
  { route: "PATCH /files/{file}", body: { name: "Renamed" } },
  { route: "POST /files/{file}/copy", body: {} },
  {
    route: "POST /files/{file}/permissions",
    body: { type: "user", role: "reader", emailAddress: "b@example.com" },
    keep: { permission: "/id" },
  },
  { route: "GET /files/{file}/permissions" },
  { route: "GET /files/{file}/permissions/{permission}" },
  { route: "PATCH /files/{file}/permissions/{permission}", body: { role: "writer" } },
  { route: "DELETE /files/{file}/permissions/{permission}", status: 204 },
  { route: "GET /changes", query: { pageToken: "1" } },
  { route: "DELETE /files/{file}", status: 204 },
  { route: "DELETE /files/trash", status: 204 },
  { route: "GET /oauth2/v2/userinfo" },
  { route: "GET /userinfo/v2/me" },
  { route: "GET /oauth2/v3/userinfo" },
  { route: "GET /userinfo" },
  { route: "GET /{user}/profile" },
  { route: "GET /{user}/labels" },
  { route: "POST /{user}/labels", body: { name: "Described" }, keep: { label: "/id" } },
  { route: "GET /{user}/labels/{label}" },
  { route: "DELETE /{user}/labels/{label}", status: 204 },
  { route: "GET /{user}/messages", keep: { message: "/messages/0/id", thread: "/messages/0/threadId" } },
  { route: "GET /{user}/messages/{message}" },
  { route: "POST /{user}/messages/send", body: { raw: MESSAGE } },
  { route: "POST /{user}/messages/{message}/modify", body: { addLabelIds: ["STARRED"] } },
  { route: "POST /{user}/messages/{message}/trash" },
  { route: "POST /{user}/messages/{message}/untrash" },
  { route: "GET /{user}/threads" },
  { route: "GET /{user}/threads/{thread}" },
  { route: "DELETE /{user}/messages/{message}", status: 204 },
  { route: "GET /users/me/calendarList" },
  { route: "GET /users/me/calendarList/{calendar}" },
  { route: "GET /calendars/{calendar}" },
  { route: "GET /calendars/{calendar}/events" },
  { route: "POST /calendars/{calendar}/events", body: { summary: "Tide", start, end }, keep: { event: "/id" } },
  { route: "GET /calendars/{calendar}/events/{event}" },
  { route: "PATCH /calendars/{calendar}/events/{event}", body: { location: "Pier 3" } },
  { route: "PUT /calendars/{calendar}/events/{event}", body: { start, end } },
  { route: "DELETE /calendars/{calendar}/events/{event}", status: 204 },
  { route: "POST /spreadsheets", body: { properties: { title: "Tides" } }, keep: { sheet: "/spreadsheetId" } },
  { route: "GET /spreadsheets/{sheet}" },
  {
    route: "PUT /spreadsheets/{sheet}/values/{range}",
    query: { valueInputOption: "RAW" },
    body: { values: [["a", 1]] },
  },
  {
    route: "POST /spreadsheets/{sheet}/values/{range}",
    with: { range: "A1:B1:append" },
    query: { valueInputOption: "RAW" },
    body: { values: [["b", 2]] },
  },
  { route: "GET /spreadsheets/{sheet}/values/{range}" },
  { route: "GET /spreadsheets/{sheet}/values:batchGet", query: { ranges: "A1:B2" } },
  { route: "GET /people/me", query: { personFields: "names" } },
  { route: "GET /people/me/connections", query: { personFields: "names" } },
  { route: "POST /people:createContact", body: { names: [{ givenName: "Pia" }] } },
];

const BYTES = "its answer is the file, not JSON; tests/sandbox holds it";
const OPENID = "OpenID Connect's own, which clients that others wrote are held against";

export const google: Description = {
  service: "google",
  checker: typed({ source: "googleapis", licence: "Apache-2.0", version: "188.0.0", imports, routes }),
  values: { user: "me", calendar: "primary", range: "Sheet1!A1:B1" },
  calls,
  described: 53,
  product: ["GET /files", "GET /userinfo", "POST /revoke", "POST /token"],
  undescribed: {
    "GET www.googleapis.com/drive/v3/files/{}/export": BYTES,
    "POST www.googleapis.com/upload/drive/v3/files": "as creating a file, with content; tests/sandbox holds it",
    "PUT www.googleapis.com/upload/drive/v3/files": "the session that goes on with it",
    "PATCH www.googleapis.com/upload/drive/v3/files/{}": "as changing a file, with content",
    "PUT www.googleapis.com/upload/drive/v3/files/{}": "the session that goes on with it",
    "POST gmail.googleapis.com/upload/gmail/v1/users/{}/messages/send": "as sending, with the message as it is",
    "GET people.googleapis.com/v1/people/{}": "as people/me, of a contact",
    "POST www.googleapis.com/batch/{}/{}": "multipart, in no discovery document",
    "POST gmail.googleapis.com/batch": "the same",
    "POST gmail.googleapis.com/batch/{}/{}": "the same",
    "GET accounts.google.com/.well-known/openid-configuration": OPENID,
    "GET www.googleapis.com/oauth2/v3/certs": OPENID,
    "POST openidconnect.googleapis.com/v1/userinfo": OPENID,
    "POST www.googleapis.com/oauth2/v3/userinfo": OPENID,
    "POST oauth2.googleapis.com/token": "asked by the product alone, with the app's secret",
    "POST oauth2.googleapis.com/revoke": "asked by the product alone",
    "GET oauth2.googleapis.com/revoke": "the same",
    "GET oauth2.googleapis.com/tokeninfo": "no caller of the proxy has the token",
    "POST oauth2.googleapis.com/tokeninfo": "the same",
    "GET lh3.googleusercontent.com/a/{}": "a picture",
  },
};
