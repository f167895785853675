import * as z from "zod/mini";
import { defineProvider } from "../contract/describe.ts";
import type { Page } from "../contract/provider.ts";
import { toAccount, toItem } from "../contract/reading.ts";

const NOTION_VERSION = "2026-03-11";

const Person = z.object({
  id: z.string(),
  name: z.nullish(z.string()),
  avatar_url: z.nullish(z.string()),
  person: z.nullish(z.object({ email: z.nullish(z.string()) })),
});
/** The bot user of the connection; the person who connected is its owner, unless a workspace owns it. */
const Bot = z.extend(Person, {
  bot: z.nullish(z.object({ owner: z.nullish(z.object({ user: z.nullish(Person) })) })),
});

const RichText = z.array(z.object({ plain_text: z.string() }));
const Titled = z.object({
  id: z.string(),
  url: z.nullish(z.string()),
  created_time: z.nullish(z.string()),
  last_edited_time: z.nullish(z.string()),
  parent: z.nullish(
    z.object({
      page_id: z.nullish(z.string()),
      database_id: z.nullish(z.string()),
      data_source_id: z.nullish(z.string()),
      block_id: z.nullish(z.string()),
    }),
  ),
});
/** A page's title is the one property of type `title`, whatever its name. */
const NotionPage = z.extend(Titled, {
  properties: z.record(z.string(), z.object({ type: z.string(), title: z.optional(z.unknown()) })),
});
const DataSource = z.extend(Titled, { title: z.nullish(RichText) });

const plainText = (title: unknown): string => {
  const parsed = RichText.safeParse(title);
  return parsed.success ? parsed.data.map((part) => part.plain_text).join("") : "";
};

const titledItem = (type: string, thing: z.output<typeof Titled>, title: string) =>
  toItem({
    id: thing.id,
    type,
    name: title || "Untitled",
    url: thing.url ?? null,
    parent_id:
      thing.parent?.page_id ?? thing.parent?.data_source_id ?? thing.parent?.database_id ?? thing.parent?.block_id,
    created_at: thing.created_time ?? null,
    updated_at: thing.last_edited_time ?? null,
  });

const search = (object: "page" | "data_source") => ({
  request: {
    method: "POST" as const,
    path: "/v1/search",
    body: { filter: { property: "object", value: object } },
  },
  paging: { style: "cursor" as const, limit: "page_size", cursor: "start_cursor", max: 100 },
});

export const notion = defineProvider({
  id: "notion",
  name: "Notion",
  category: "Documents",
  docs: "https://developers.notion.com/docs/authorization",
  authorization_endpoint: "https://api.notion.com/v1/oauth/authorize",
  token_endpoint: "https://api.notion.com/v1/oauth/token",
  token_endpoint_auth_method: "client_secret_basic",
  // https://developers.notion.com/docs/authorization has base64 of `CLIENT_ID:CLIENT_SECRET`, as Notion's own client sends them.
  client_secret_basic_encoding: "none",
  token_request_format: "json",
  token_request_headers: { "Notion-Version": NOTION_VERSION },
  // https://www.notion.com/help/add-and-manage-connections-with-the-api: in the settings of the workspace
  grants_page: "https://www.notion.com/help/add-and-manage-connections-with-the-api",
  revocation: {
    endpoint: "https://api.notion.com/v1/oauth/revoke",
    method: "POST",
    authentication: "client",
    body: { token: "access_token", parameter: "token", format: "json" },
    ends: "token",
  },
  pkce: false,
  // Capabilities are set on the connection at Notion; the user picks the pages.
  scopes: [],
  authorization_parameters: { owner: "user" },
  // No lifetime is published: a token is renewed when the API refuses it.
  refresh: { rotates: true },
  token_details: { bot_id: "bot_id", workspace_id: "workspace_id", workspace_name: "workspace_name" },
  api_base_url: "https://api.notion.com",
  api: {
    headers: { "Notion-Version": NOTION_VERSION },
    denied: ["^/v1/oauth/"],
    // https://developers.notion.com/reference/post-search, /query-a-data-source, /post-database-query
    calls: { reads: ["/v1/search", "/v1/data_sources/*/query", "/v1/databases/*/query"] },
    // https://developers.notion.com/reference/status-codes: a capability that the connection does not have.
    scope_refusal: { code: ["code"], codes: ["restricted_resource"] },
    link_fields: ["upload_url"],
    toProblem: ({ status, code, message, request_id }) => ({
      status,
      body: { object: "error", status, code: status === 401 ? "unauthorized" : code, message, request_id },
    }),
  },
  profile: {
    requests: { user: { path: "/v1/users/me" } },
    account: z.pipe(
      z.object({ user: Bot }),
      z.transform(({ user }) => {
        const person = user.bot?.owner?.user ?? user;
        return toAccount({
          id: person.id,
          name: person.name,
          email: person.person?.email ?? null,
          avatar_url: person.avatar_url,
        });
      }),
    ),
  },
  resources: [
    {
      ...search("page"),
      page: z.pipe(
        z.object({ results: z.array(NotionPage), next_cursor: z.nullish(z.string()) }),
        z.transform(({ results, next_cursor }): Page => ({
          items: results.map((page) => {
            const title = Object.values(page.properties).find((property) => property.type === "title")?.title;
            return titledItem("page", page, plainText(title));
          }),
          next: next_cursor ?? null,
        })),
      ),
    },
    {
      ...search("data_source"),
      page: z.pipe(
        z.object({ results: z.array(DataSource), next_cursor: z.nullish(z.string()) }),
        z.transform(({ results, next_cursor }): Page => ({
          items: results.map((source) => titledItem("data_source", source, plainText(source.title))),
          next: next_cursor ?? null,
        })),
      ),
    },
  ],
});
