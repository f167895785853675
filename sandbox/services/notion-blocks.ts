import * as z from "zod";
import { type NotionBlock, blockSchema, notionBlocks } from "../data/notion-blocks.ts";
import { json, jsonBody } from "../http.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import type { Shelf } from "../shelf.ts";
import {
  fromQuery,
  isSame,
  listed,
  NOTION_API as API,
  notionErrors as errors,
  trash,
  wantedTrash,
} from "./notion-http.ts";
import { richText } from "./notion-text.ts";
import { byBot, findBy, pages, titleOf } from "./notion-things.ts";

type Parent = NotionBlock["parent"];

/** What of a block is text, beside whatever else its type has: https://developers.notion.com/reference/block */
const TEXTS = [
  "paragraph",
  "heading_1",
  "heading_2",
  "heading_3",
  "bulleted_list_item",
  "numbered_list_item",
  "to_do",
  "toggle",
  "quote",
  "callout",
  "code",
];
const OTHERS = [
  "divider",
  "breadcrumb",
  "table_of_contents",
  "equation",
  "bookmark",
  "embed",
  "image",
  "file",
  "pdf",
  "video",
];
const EXTRAS: Readonly<Record<string, object>> = {
  paragraph: { icon: null },
  callout: { icon: null },
  to_do: { checked: false },
  heading_1: { is_toggleable: false },
  heading_2: { is_toggleable: false },
  heading_3: { is_toggleable: false },
  code: { caption: [], language: "plain text" },
};

const MOST = 100;
const content = z.record(z.string(), z.unknown());
const textContent = z.looseObject({ rich_text: richText, children: z.array(z.unknown()).max(MOST).default([]) });
const appending = z.object({
  children: z.array(z.unknown()).min(1).max(MOST),
  after: z.string().optional(),
  position: z.looseObject({ type: z.string() }).optional(),
});
const changing = z.looseObject({ in_trash: z.boolean().optional(), archived: z.boolean().optional() });

/** Blocks and what is in them. */
export const blockRoutes: readonly Route[] = [
  api("GET", API, "/v1/blocks/:id", [], (context) => {
    const found = blockOrPage(context);
    return found === undefined ? errors.notFound(context.call) : json(answered(found));
  }),
  api("PATCH", API, "/v1/blocks/:id", [], update),
  api("DELETE", API, "/v1/blocks/:id", [], (context) => {
    const found = findBy(blocks(context), context.params["id"]);
    return found === undefined ? errors.notFound(context.call) : put(context, { ...found, inTrash: true });
  }),
  api("GET", API, "/v1/blocks/:id/children", [], (context) => {
    const holder = holderOf(context);
    if (holder === undefined) return errors.notFound(context.call);
    const found = childrenOf(context, holder);
    return listed(context, "block", found, fromQuery(context.call), (block) => shown(context, block));
  }),
  api("PATCH", API, "/v1/blocks/:id/children", [], append),
];

const answered = (thing: object): object => ({ ...thing, request_id: crypto.randomUUID() });

function blocks({ store, account }: ApiContext): Shelf<NotionBlock> {
  return store.shelf({
    account,
    kind: "block",
    schema: blockSchema,
    seeded: notionBlocks(account),
    idOf: ({ id }) => id,
  });
}

/** A page is a block as well: it holds others. */
function holderOf(context: ApiContext): Parent | undefined {
  const page = findBy(pages(context), context.params["id"]);
  if (page !== undefined) return { type: "page_id", page_id: page.id };
  const block = findBy(blocks(context), context.params["id"]);
  return block === undefined ? undefined : { type: "block_id", block_id: block.id };
}

const idOf = (parent: Parent): string => ("page_id" in parent ? parent.page_id : parent.block_id);

function childrenOf(context: ApiContext, holder: Parent): NotionBlock[] {
  return blocks(context)
    .list()
    .filter(({ parent, inTrash }) => idOf(parent) === idOf(holder) && !inTrash)
    .toSorted((left, right) => left.rank - right.rank);
}

/** Whether something is a block: what a comment can stand at. */
export function hasBlock(context: ApiContext, id: string): boolean {
  return findBy(blocks(context), id) !== undefined;
}

function shown(context: ApiContext, block: NotionBlock): object {
  const hasChildren = childrenOf(context, { type: "block_id", block_id: block.id }).length > 0;
  return { ...frame(context, block, hasChildren), type: block.type, [block.type]: block.content };
}

function frame(
  context: ApiContext,
  thing: Pick<NotionBlock, "id" | "createdAt" | "editedAt" | "inTrash"> & { parent: object },
  hasChildren: boolean,
) {
  const by = byBot(context);
  return {
    object: "block",
    id: thing.id,
    parent: thing.parent,
    created_time: thing.createdAt,
    last_edited_time: thing.editedAt,
    created_by: by,
    last_edited_by: by,
    has_children: hasChildren,
    ...trash(context.call, thing.inTrash),
  };
}

function blockOrPage(context: ApiContext): object | undefined {
  const block = findBy(blocks(context), context.params["id"]);
  if (block !== undefined) return shown(context, block);
  const page = findBy(pages(context), context.params["id"]);
  if (page === undefined) return undefined;
  const hasChildren = childrenOf(context, { type: "page_id", page_id: page.id }).length > 0;
  return { ...frame(context, page, hasChildren), type: "child_page", child_page: { title: titleOf(page) } };
}

function put(context: ApiContext, block: NotionBlock): Response {
  const edited = { ...block, editedAt: new Date(context.call.now).toISOString() };
  blocks(context).put(edited);
  return json(answered(shown(context, edited)));
}

interface Draft {
  readonly type: string;
  readonly content: Record<string, unknown>;
  readonly children: readonly unknown[];
}

function toDraft(given: unknown): Draft | undefined {
  const sent = content.safeParse(given);
  const type = sent.success ? [...TEXTS, ...OTHERS].find((each) => Object.hasOwn(sent.data, each)) : undefined;
  if (!sent.success || type === undefined) return undefined;
  if (!TEXTS.includes(type)) {
    const plain = content.safeParse(sent.data[type]);
    return plain.success ? { type, content: plain.data, children: [] } : undefined;
  }
  const wanted = textContent.safeParse(sent.data[type]);
  if (!wanted.success) return undefined;
  const { children, ...rest } = wanted.data;
  const color = type === "code" ? {} : { color: "default" };
  return { type, content: { ...color, ...EXTRAS[type], ...rest }, children };
}

/** Puts blocks into a holder, those within them too. @returns what is wrong, or the ones at the top */
export function appendBlocks(
  context: ApiContext,
  parent: Parent,
  given: readonly unknown[],
  after?: string,
): NotionBlock[] | Response {
  const drafts = given.map(toDraft);
  const bad = drafts.indexOf(undefined);
  if (bad >= 0) return errors.badRequest(context.call, `body failed validation: body.children[${bad}] is no block.`);
  const there = childrenOf(context, parent);
  const at = after === undefined ? there.length - 1 : there.findIndex(({ id }) => isSame(id, after));
  if (after !== undefined && after !== "" && at < 0)
    return errors.badRequest(context.call, "The block to append after is not there.");
  const from = there[at]?.rank ?? -1;
  const to = there[at + 1]?.rank ?? from + drafts.length + 1;
  const now = new Date(context.call.now).toISOString();
  const made: NotionBlock[] = [];
  for (const [index, draft] of drafts.entries()) {
    if (draft === undefined) continue;
    const rank = from + ((to - from) * (index + 1)) / (drafts.length + 1);
    const { type, content: held } = draft;
    const block = {
      id: crypto.randomUUID(),
      parent,
      rank,
      type,
      content: held,
      createdAt: now,
      editedAt: now,
      inTrash: false,
    };
    const inner = appendBlocks(context, { type: "block_id", block_id: block.id }, draft.children);
    if (inner instanceof Response) return inner;
    blocks(context).put(block);
    made.push(block);
  }
  return made;
}

/** `after: ""` is the start: no block has that id. */
function append(context: ApiContext): Response {
  const holder = holderOf(context);
  if (holder === undefined) return errors.notFound(context.call);
  const wanted = appending.safeParse(jsonBody(context.call));
  if (!wanted.success) return errors.badRequest(context.call, `body.children should be a list of 1 to ${MOST} blocks.`);
  const { children, position, after = afterOf(position) } = wanted.data;
  const made = appendBlocks(context, holder, children, after);
  if (made instanceof Response) return made;
  return listed(context, "block", made, {}, (block) => shown(context, block));
}

function afterOf(position: Readonly<Record<string, unknown>> | undefined): string | undefined {
  if (position?.["type"] === "start") return "";
  const after = z.object({ id: z.string() }).safeParse(position?.["after_block"]);
  return after.success ? after.data.id : undefined;
}

function update(context: ApiContext): Response {
  const before = findBy(blocks(context), context.params["id"]);
  if (before === undefined) return errors.notFound(context.call);
  const wanted = changing.safeParse(jsonBody(context.call));
  if (!wanted.success) return errors.badRequest(context.call, "The body of the block is not valid.");
  const inTrash = wantedTrash(wanted.data);
  const others = Object.keys(wanted.data).filter((key) => [...TEXTS, ...OTHERS].includes(key) && key !== before.type);
  if (others.length > 0) return errors.badRequest(context.call, `The block is a ${before.type}, and stays one.`);
  const given = content.safeParse(wanted.data[before.type] ?? {});
  if (!given.success) return errors.badRequest(context.call, `body.${before.type} is not valid.`);
  const texts = given.data["rich_text"] === undefined ? undefined : richText.safeParse(given.data["rich_text"]);
  if (texts?.success === false) return errors.badRequest(context.call, `body.${before.type}.rich_text is not valid.`);
  const after = { ...before.content, ...given.data, ...(texts === undefined ? {} : { rich_text: texts.data }) };
  return put(context, { ...before, content: after, inTrash: inTrash ?? before.inTrash });
}
