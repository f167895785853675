import {
  databaseSchema,
  type NotionDatabase,
  notionDatabases,
  type NotionPage,
  notionPages,
  type NotionParent,
  type NotionSource,
  notionSources,
  notionWorkspace,
  pageSchema,
  plainText,
  sourceSchema,
} from "../data/notion.ts";
import type { ApiContext } from "../routes.ts";
import type { Shelf } from "../shelf.ts";
import { isOld, isSame, trash } from "./notion-http.ts";
import { isTitle } from "./notion-properties.ts";
import { wordsOf } from "./notion-text.ts";

const idOf = ({ id }: { readonly id: string }): string => id;

export function pages({ store, account }: ApiContext): Shelf<NotionPage> {
  return store.shelf({ account, kind: "page", schema: pageSchema, seeded: notionPages(account), idOf });
}

export function sources({ store, account }: ApiContext): Shelf<NotionSource> {
  return store.shelf({ account, kind: "data_source", schema: sourceSchema, seeded: notionSources(account), idOf });
}

export function databases({ store, account }: ApiContext): Shelf<NotionDatabase> {
  return store.shelf({ account, kind: "database", schema: databaseSchema, seeded: notionDatabases(account), idOf });
}

/** The thing with an id, written with hyphens or without. */
export function findBy<Thing extends { readonly id: string }>(
  shelf: Shelf<Thing>,
  wanted: string | undefined,
): Thing | undefined {
  return shelf.list().find(({ id }) => isSame(id, wanted));
}

/** The data sources of a database, those in the trash aside. */
export function sourcesOf(context: ApiContext, database: NotionDatabase): NotionSource[] {
  return sources(context)
    .list()
    .filter(({ databaseId, inTrash }) => databaseId === database.id && !inTrash);
}

/** The connection's bot, as what it made names it. */
export function byBot({ account }: ApiContext): { object: "user"; id: string } {
  return { object: "user", id: notionWorkspace(account).userId };
}

export function titleOf(thing: NotionPage | NotionSource): string {
  if ("title" in thing) return thing.title;
  return wordsOf(Object.values(thing.properties).find(isTitle)?.["title"]);
}

const textOf = (words: string): object[] => (words === "" ? [] : [plainText(words)]);
const addressOf = (id: string): string => `https://www.notion.so/${id.replaceAll("-", "")}`;

function stamps(context: ApiContext, { createdAt, editedAt }: { createdAt: string; editedAt: string }) {
  const by = byBot(context);
  return { created_time: createdAt, last_edited_time: editedAt, created_by: by, last_edited_by: by };
}

/** Pages are in data sources since 2025-09-03; before, they were in databases. https://developers.notion.com/reference/parent-object */
export function shownParent({ call }: ApiContext, parent: NotionParent): object {
  if (parent.type !== "data_source_id" || !isOld(call)) return parent;
  return { type: "database_id", database_id: parent.database_id };
}

/** A page with the properties that were asked for by `filter_properties`, or all. */
export function shownPage(context: ApiContext, page: NotionPage): object {
  const { call } = context;
  const asked = [...call.query.getAll("filter_properties"), ...call.query.getAll("filter_properties[]")];
  const wanted = Object.entries(page.properties).filter(
    ([, { id }]) => asked.length === 0 || asked.some((each) => decodeURIComponent(id) === decodeURIComponent(each)),
  );
  return {
    object: "page",
    id: page.id,
    ...stamps(context, page),
    cover: page.cover,
    icon: page.icon,
    parent: shownParent(context, page.parent),
    ...trash(call, page.inTrash),
    ...(isOld(call) ? {} : { is_archived: page.inTrash, is_locked: page.isLocked }),
    properties: Object.fromEntries(wanted),
    url: addressOf(page.id),
    public_url: null,
  };
}

/** A data source; for a call of before there were any, its database. */
export function shownSource(context: ApiContext, source: NotionSource): object {
  const database = databases(context).find(source.databaseId);
  if (isOld(context.call) && database !== undefined) return shownOldDatabase(context, database, source);
  return {
    object: "data_source",
    id: source.id,
    ...stamps(context, source),
    cover: null,
    icon: source.icon,
    parent: { type: "database_id", database_id: source.databaseId },
    database_parent: database?.parent ?? { type: "workspace", workspace: true },
    is_inline: database?.isInline ?? false,
    ...trash(context.call, source.inTrash),
    title: textOf(source.title),
    description: [],
    properties: source.properties,
    url: addressOf(source.id),
    public_url: null,
  };
}

/** A database names its data sources. */
export function shownDatabase(context: ApiContext, database: NotionDatabase): object {
  const held = sourcesOf(context, database);
  return {
    object: "database",
    id: database.id,
    ...plainDatabase(context, database),
    is_locked: database.isLocked,
    data_sources: held.map(({ id, title }) => ({ id, name: title })),
  };
}

/** Before 2025-09-03 it had the columns itself. */
export function shownOldDatabase(context: ApiContext, database: NotionDatabase, source: NotionSource): object {
  const { created_by, last_edited_by } = stamps(context, database);
  return {
    object: "database",
    id: database.id,
    ...plainDatabase(context, database),
    created_by,
    last_edited_by,
    properties: source.properties,
  };
}

function plainDatabase({ call }: ApiContext, database: NotionDatabase): object {
  return {
    created_time: database.createdAt,
    last_edited_time: database.editedAt,
    title: textOf(database.title),
    description: textOf(database.description),
    parent: database.parent,
    is_inline: database.isInline,
    ...trash(call, database.inTrash),
    icon: database.icon,
    cover: database.cover,
    url: addressOf(database.id),
    public_url: null,
  };
}
