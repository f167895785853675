import * as z from "zod";
import { holder, person } from "./people.ts";
import {
  ADJECTIVES,
  dice,
  hoursAgo,
  inOrder,
  many,
  NOUNS,
  ODD_TITLES,
  perAccount,
  pick,
  TEAMS,
  uuidOf,
} from "./words.ts";

/** Where a page or a database stands. */
export const parentSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("workspace"), workspace: z.literal(true) }),
  z.object({ type: z.literal("page_id"), page_id: z.string() }),
  z.object({ type: z.literal("block_id"), block_id: z.string() }),
  z.object({ type: z.literal("data_source_id"), data_source_id: z.string(), database_id: z.string() }),
]);
export type NotionParent = z.infer<typeof parentSchema>;

const stamps = { createdAt: z.string(), editedAt: z.string(), inTrash: z.boolean() };
/** An emoji or a file, as it is shown. */
const picture = z.record(z.string(), z.unknown()).nullable();

/** A column of a data source, or a value in one: what else it has hangs on its type. */
export const propertySchema = z.looseObject({ id: z.string(), type: z.string() });
export type NotionProperty = z.infer<typeof propertySchema>;

/** A page, before it is written in the shape of one API version. */
export const pageSchema = z.object({
  ...stamps,
  id: z.string(),
  parent: parentSchema,
  properties: z.record(z.string(), propertySchema),
  icon: picture,
  cover: picture,
  isLocked: z.boolean(),
});
export type NotionPage = z.infer<typeof pageSchema>;

/** A table of pages. */
export const sourceSchema = z.object({
  ...stamps,
  id: z.string(),
  databaseId: z.string(),
  title: z.string(),
  properties: z.record(z.string(), propertySchema),
  icon: picture,
});
export type NotionSource = z.infer<typeof sourceSchema>;

/** What holds one data source or several. */
export const databaseSchema = z.object({
  ...stamps,
  id: z.string(),
  parent: parentSchema,
  title: z.string(),
  description: z.string(),
  isInline: z.boolean(),
  isLocked: z.boolean(),
  icon: picture,
  cover: picture,
});
export type NotionDatabase = z.infer<typeof databaseSchema>;

const PAGES_PER_ACCOUNT = [336, 27, 0];
const SOURCES_PER_ACCOUNT = [42, 5, 0];
const ICONS = ["📌", "🧭", "🍋", "🗂️", "🧪", "🌊"] as const;

/** The workspace and the person behind an account. */
export function notionWorkspace(account: number) {
  const { full, email } = holder(account);
  return {
    workspaceId: uuidOf(`workspace/${account}`),
    workspaceName: ["Northwind Labs", "Tidepool — 潮池", "Łukasz’s Notion"][account] ?? "Workspace",
    botId: uuidOf(`bot/${account}`),
    userId: uuidOf(`user/${account}`),
    name: full,
    email,
    hasAvatar: account !== 2,
  };
}

/** The pages that are shared with the integration: one in three is in a data source. */
export const notionPages = perAccount((account): readonly NotionPage[] => {
  const sources = notionSources(account);
  return many(PAGES_PER_ACCOUNT[account] ?? 0, (index) => {
    const seed = `page/${account}/${index}`;
    const roll = dice(seed);
    const title = titleOf("page", index, roll, account);
    const icon = iconOf(index, roll);
    const source = index % 3 === 1 ? sources[index % sources.length] : undefined;
    return {
      id: uuidOf(seed),
      parent: source === undefined ? WORKSPACE : within(source),
      properties: source === undefined ? { title: titleValue(title) } : rowOf(title, index),
      icon,
      cover: null,
      createdAt: hoursAgo(4000 + index * 3),
      editedAt: hoursAgo(index * 7 + roll() * 5),
      inTrash: false,
      isLocked: false,
    };
  });
});

/** The data sources that are shared with it, two to a database. */
export const notionSources = perAccount((account): readonly NotionSource[] =>
  many(SOURCES_PER_ACCOUNT[account] ?? 0, (index) => {
    const seed = `data_source/${account}/${index}`;
    const roll = dice(seed);
    return {
      id: uuidOf(seed),
      databaseId: uuidOf(`database/${account}/${Math.floor(index / 2)}`),
      title: titleOf("data_source", index, roll, account),
      properties: COLUMNS,
      icon: iconOf(index, roll),
      createdAt: hoursAgo(4000 + index * 3),
      editedAt: hoursAgo(index * 7 + roll() * 5 + 40),
      inTrash: false,
    };
  }),
);

/** The databases that hold the data sources; the last of an odd number has one alone. */
export const notionDatabases = perAccount((account): readonly NotionDatabase[] => {
  const sources = notionSources(account);
  return [...new Set(sources.map(({ databaseId }) => databaseId))].flatMap((id) => {
    const first = sources.find(({ databaseId }) => databaseId === id);
    if (first === undefined) return [];
    const { title, icon, createdAt, editedAt } = first;
    const times = { createdAt, editedAt, inTrash: false };
    const plain = { parent: WORKSPACE, description: "", isInline: false, isLocked: false, cover: null };
    return [{ id, title, icon, ...times, ...plain }];
  });
});

/** Everything that a search finds, last edited first. */
export const notionItems = perAccount((account): readonly (NotionPage | NotionSource)[] =>
  [...notionPages(account), ...notionSources(account)].toSorted((left, right) =>
    inOrder(right.editedAt, left.editedAt),
  ),
);

const WORKSPACE = { type: "workspace", workspace: true } as const;

function within({ id, databaseId }: NotionSource): NotionParent {
  return { type: "data_source_id", data_source_id: id, database_id: databaseId };
}

function iconOf(index: number, roll: () => number): NotionPage["icon"] {
  return index % 4 === 0 ? { type: "emoji", emoji: pick(ICONS, roll) } : null;
}

const STATES = [
  { id: "b1c2", name: "Open", color: "red" },
  { id: "d3e4", name: "Doing", color: "yellow" },
  { id: "f5a6", name: "Done", color: "green" },
] as const;
const TAGS = [
  { id: "tag1", name: "Boat", color: "blue" },
  { id: "tag2", name: "Land", color: "brown" },
] as const;
const options = (all: readonly object[]) => ({ options: all.map((option) => ({ ...option, description: null })) });
const column = (id: string, name: string, type: string, config: object = {}) => ({
  id,
  name,
  type,
  description: null,
  [type]: config,
});

/** In a data source the title goes by the name its column has, and does not stand first, so nobody may count on it. */
const COLUMNS: Readonly<Record<string, NotionProperty>> = {
  Status: column("stat", "Status", "select", options(STATES)),
  Name: column("title", "Name", "title"),
  Tags: column("tags", "Tags", "multi_select", options(TAGS)),
  // Ids are percent-encoded wherever they are shown.
  Due: column("%3AUPp", "Due", "date"),
  Estimate: column("esti", "Estimate", "number", { format: "number" }),
  Checked: column("chek", "Checked", "checkbox"),
  Notes: column("note", "Notes", "rich_text"),
};

const titleValue = (title: string) => ({ id: "title", type: "title", title: title === "" ? [] : [plainText(title)] });

function rowOf(title: string, index: number): Record<string, NotionProperty> {
  const due = index % 4 === 0 ? null : { start: hoursAgo(index * 24).slice(0, 10), end: null, time_zone: null };
  return {
    Status: { id: "stat", type: "select", select: index % 5 === 0 ? null : STATES[index % 3] },
    Name: titleValue(title),
    Tags: { id: "tags", type: "multi_select", multi_select: TAGS.filter((_, tag) => index % (tag + 2) === 0) },
    Due: { id: "%3AUPp", type: "date", date: due },
    Estimate: { id: "esti", type: "number", number: index % 7 === 0 ? null : index % 13 },
    Checked: { id: "chek", type: "checkbox", checkbox: index % 2 === 0 },
    Notes: { id: "note", type: "rich_text", rich_text: index % 3 === 2 ? [plainText("Look at it again")] : [] },
  };
}

/** A text without any style, as rich text. */
export function plainText(content: string): object {
  const annotations = {
    bold: false,
    italic: false,
    strikethrough: false,
    underline: false,
    code: false,
    color: "default",
  };
  return { type: "text", text: { content, link: null }, annotations, plain_text: content, href: null };
}

function titleOf(object: "page" | "data_source", index: number, roll: () => number, account: number): string {
  if (index % 23 === 9) return "";
  if (index % 13 === 4) return ODD_TITLES[Math.floor(index / 13) % ODD_TITLES.length] ?? "";
  if (object === "data_source") return `${pick(TEAMS, roll)} tracker`;
  if (index % 5 === 0) return `1:1 with ${person(`notion/${account}`, index).full}`;
  return `${pick(ADJECTIVES, roll)} ${pick(NOUNS, roll)} notes`;
}
