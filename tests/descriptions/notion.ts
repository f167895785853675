import type { DescribedCall, Description } from "./description.ts";
import { typed, type TypedRoute } from "./typescript.ts";

const server = "https://api.notion.com";
/** The version that the types are of: https://github.com/makenotion/notion-sdk-js */
const headers = { "Notion-Version": "2025-09-03" };

const route = (answer: string, always: readonly string[] = []): TypedRoute => ({
  server,
  answer: `notion.${answer}`,
  always: ["object", "request_id", ...always],
});
const many = (one: string, type: string): TypedRoute => ({
  server,
  answer: `List<"${type}", ${one}>`,
  always: ["object", "request_id"],
});
const page = route("PageObjectResponse", ["archived", "in_trash"]);
const source = route("DataSourceObjectResponse");
const database = route("DatabaseObjectResponse");
const block = route("BlockObjectResponse");
const comment = route("CommentObjectResponse");
const file = route("FileUploadObjectResponse");
const blocks = many("notion.BlockObjectResponse", "block");
const found = many("notion.PageObjectResponse | notion.DataSourceObjectResponse", "page_or_data_source");

const routes: Readonly<Record<string, TypedRoute>> = {
  "GET /v1/users/me": route("GetSelfResponse", ["bot.owner.type", "bot.workspace_name"]),
  "GET /v1/users": many("notion.UserObjectResponse", "user"),
  "GET /v1/users/{user}": route("UserObjectResponse"),
  "POST /v1/search": { ...found, body: "notion.SearchParameters" },
  "POST /v1/pages": page,
  "GET /v1/pages/{page}": page,
  "PATCH /v1/pages/{page}": page,
  "GET /v1/pages/{page}/properties/{property}": route("PropertyItemListResponse"),
  "POST /v1/databases": database,
  "GET /v1/databases/{database}": database,
  "PATCH /v1/databases/{database}": database,
  "POST /v1/data_sources": source,
  "GET /v1/data_sources/{source}": source,
  "PATCH /v1/data_sources/{source}": source,
  "POST /v1/data_sources/{source}/query": many("notion.PageObjectResponse", "page_or_data_source"),
  "GET /v1/blocks/{block}": block,
  "PATCH /v1/blocks/{block}": block,
  "DELETE /v1/blocks/{block}": block,
  "GET /v1/blocks/{block}/children": blocks,
  "PATCH /v1/blocks/{block}/children": blocks,
  "GET /v1/comments": many("notion.CommentObjectResponse", "comment"),
  "POST /v1/comments": comment,
  "GET /v1/comments/{comment}": comment,
  "PATCH /v1/comments/{comment}": comment,
  "DELETE /v1/comments/{comment}": comment,
  "POST /v1/file_uploads": file,
  "GET /v1/file_uploads": many("notion.FileUploadObjectResponse", "file_upload"),
  "GET /v1/file_uploads/{file}": file,
  "POST /v1/file_uploads/{file}/send": file,
  "POST /v1/file_uploads/{file}/complete": file,
  // What the product asks.
  "POST /v1/oauth/token": { server, answer: null, body: "notion.OauthTokenParameters" },
  "POST /v1/oauth/revoke": { server, answer: null, body: "notion.OauthRevokeParameters" },
};

const imports = [
  'import type * as notion from "@notionhq/client";',
  // The types of lists let in what has an object and an id and nothing else: a page whose properties the caller may not see.
  'type List<Kind extends string, One> = { object: "list"; results: One[]; next_cursor: string | null; has_more: boolean; type: Kind; request_id: string } & { [Name in Kind]: object };',
];

const text = (content: string) => [{ type: "text", text: { content } }];
/** A multipart body with one file, and what stands beside it. */
function sent(fields: Readonly<Record<string, string>> = {}): Pick<DescribedCall, "body" | "headers"> {
  const part = (disposition: string, content: string) =>
    `--cut\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`;
  const beside = Object.entries(fields).map(([name, value]) => part(`name="${name}"`, value));
  const [start, end] = ['--cut\r\nContent-Disposition: form-data; name="file"; filename="a.txt"', "--cut--\r\n"];
  return {
    body: `${beside.join("")}${start}\r\nContent-Type: text/plain\r\n\r\nhello\r\n${end}`,
    headers: { ...headers, "Content-Type": "multipart/form-data; boundary=cut" },
  };
}

const asked: readonly DescribedCall[] = [
  { route: "GET /v1/users/me" },
  { route: "GET /v1/users", keep: { user: "/results/0/id" } },
  { route: "GET /v1/users/{user}" },
  { route: "POST /v1/search", body: {} },
  {
    route: "POST /v1/search",
    body: { filter: { property: "object", value: "data_source" } },
    keep: { source: "/results/0/id", database: "/results/0/parent/database_id" },
  },
  { route: "GET /v1/data_sources/{source}" },
  { route: "POST /v1/data_sources/{source}/query", body: { sorts: [{ property: "Name", direction: "ascending" }] } },
  {
    route: "POST /v1/pages",
    body: {
      parent: { data_source_id: "{source}" },
      properties: {
        Name: { title: text("Described") },
        Status: { select: { name: "Open" } },
        Tags: { multi_select: [{ name: "Boat" }, { name: "New" }] },
        Due: { date: { start: "2026-11-26" } },
        Estimate: { number: 3 },
        Notes: { rich_text: text("so") },
      },
      icon: { emoji: "🧭" },
      cover: { external: { url: "https://example.com/cover.png" } },
      children: [{ paragraph: { rich_text: text("first") } }],
    },
    keep: { page: "/id", block: "/id" },
  },
  { route: "GET /v1/pages/{page}" },
  { route: "PATCH /v1/pages/{page}", body: { properties: { Checked: { checkbox: true } }, icon: null } },
  { route: "GET /v1/pages/{page}/properties/{property}", with: { property: "title" } },
  {
    route: "GET /v1/pages/{page}/properties/{property}",
    with: { property: "esti" },
    type: "notion.NumberPropertyItemObjectResponse",
  },
  {
    route: "POST /v1/databases",
    body: {
      parent: { page_id: "{page}" },
      title: text("Boats"),
      initial_data_source: { properties: { Name: { title: {} }, Size: { number: { format: "number" } } } },
    },
    keep: { database: "/id" },
  },
  { route: "GET /v1/databases/{database}" },
  { route: "PATCH /v1/databases/{database}", body: { description: text("All of them"), is_locked: true } },
  {
    route: "POST /v1/data_sources",
    body: { parent: { database_id: "{database}" }, properties: { Name: { title: {} } }, title: text("Ships") },
    keep: { source: "/id" },
  },
  {
    route: "PATCH /v1/data_sources/{source}",
    body: { properties: { Kind: { select: { options: [{ name: "Sail", color: "blue" }] } } } },
  },
  { route: "GET /v1/blocks/{block}" },
  { route: "GET /v1/blocks/{block}/children" },
  {
    route: "PATCH /v1/blocks/{block}/children",
    body: {
      children: [
        { heading_2: { rich_text: text("A heading") } },
        { to_do: { rich_text: text("to do"), checked: true } },
        { code: { rich_text: text("1 + 1"), language: "javascript" } },
        { bulleted_list_item: { rich_text: text("outer"), children: [{ divider: {} }] } },
      ],
    },
    keep: { block: "/results/0/id" },
  },
  { route: "GET /v1/blocks/{block}" },
  { route: "PATCH /v1/blocks/{block}", body: { heading_2: { rich_text: text("Another") } } },
  { route: "DELETE /v1/blocks/{block}" },
  {
    route: "POST /v1/comments",
    body: { parent: { page_id: "{page}" }, rich_text: text("Hm") },
    keep: { comment: "/id" },
  },
  { route: "GET /v1/comments", query: { block_id: "{page}" } },
  { route: "GET /v1/comments/{comment}" },
  { route: "PATCH /v1/comments/{comment}", body: { rich_text: text("Aha") } },
  { route: "DELETE /v1/comments/{comment}" },
  { route: "POST /v1/file_uploads", body: { filename: "a.txt", content_type: "text/plain" }, keep: { file: "/id" } },
  { route: "GET /v1/file_uploads" },
  { route: "POST /v1/file_uploads/{file}/send", ...sent() },
  { route: "GET /v1/file_uploads/{file}" },
  {
    route: "POST /v1/file_uploads",
    body: { mode: "multi_part", filename: "b.txt", number_of_parts: 1 },
    keep: { file: "/id" },
  },
  { route: "POST /v1/file_uploads/{file}/send", ...sent({ part_number: "1" }) },
  { route: "POST /v1/file_uploads/{file}/complete" },
];

const SECRET = "takes the app's secret, which no caller of the proxy has";

export const notion: Description = {
  service: "notion",
  checker: typed({ source: "@notionhq/client", licence: "MIT", version: "5.26.0", imports, routes }),
  calls: asked.map((call) => ({ headers, ...call })),
  described: 30,
  product: ["GET /v1/users/me", "POST /v1/search", "POST /v1/oauth/token", "POST /v1/oauth/revoke"],
  undescribed: {
    "POST api.notion.com/v1/oauth/revoke": SECRET,
    "POST api.notion.com/v1/oauth/introspect": SECRET,
    "POST api.notion.com/v1/databases/{}/query": "gone since 2025-09-03, which the types are of",
    "GET s3-us-west-2.amazonaws.com/public.notion-static.com/{}": "pictures are not",
    "GET prod-files-secure.s3.us-west-2.amazonaws.com/{}/{}/{}": "nor are files",
  },
};
