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

/** A page or a data source, before it is written in the shape of one API version. */
export interface NotionItem {
  readonly object: "page" | "data_source";
  readonly id: string;
  /** Empty for an untitled one. */
  readonly title: string;
  readonly icon: string | null;
  readonly createdAt: string;
  readonly editedAt: string;
  /** The database it belongs to; null for a page at the top of the workspace. */
  readonly databaseId: string | null;
}

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

/** Everything shared with the integration, last edited first. */
export const notionItems = perAccount((account): readonly NotionItem[] => {
  const pages = many(PAGES_PER_ACCOUNT[account] ?? 0, (index) => item(account, "page", index));
  const sources = many(SOURCES_PER_ACCOUNT[account] ?? 0, (index) => item(account, "data_source", index));
  return [...pages, ...sources].toSorted((left, right) => inOrder(right.editedAt, left.editedAt));
});

function item(account: number, object: NotionItem["object"], index: number): NotionItem {
  const seed = `${object}/${account}/${index}`;
  const roll = dice(seed);
  const isInDatabase = object === "data_source" || index % 3 === 1;
  const database = object === "data_source" ? Math.floor(index / 2) : index % 20;
  return {
    object,
    id: uuidOf(seed),
    title: titleOf(object, index, roll, account),
    icon: index % 4 === 0 ? pick(ICONS, roll) : null,
    createdAt: hoursAgo(4000 + index * 3),
    editedAt: hoursAgo(index * 7 + roll() * 5 + (object === "page" ? 0 : 40)),
    databaseId: isInDatabase ? uuidOf(`database/${account}/${database}`) : null,
  };
}

function titleOf(object: NotionItem["object"], index: number, roll: () => number, account: number): string {
  if (index % 23 === 9) return "";
  if (index % 13 === 4) return ODD_TITLES[Math.floor(index / 13) % ODD_TITLES.length] ?? "";
  if (object === "data_source") return `${pick(TEAMS, roll)} tracker`;
  if (index % 5 === 0) return `1:1 with ${person(`notion/${account}`, index).full}`;
  return `${pick(ADJECTIVES, roll)} ${pick(NOUNS, roll)} notes`;
}
