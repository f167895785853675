import * as z from "zod";
import { notionPages, plainText } from "./notion.ts";
import { ADJECTIVES, dice, many, NOUNS, perAccount, pick, uuidOf } from "./words.ts";

/** A block of a page, or within another one. */
export const blockSchema = z.object({
  id: z.string(),
  parent: z.discriminatedUnion("type", [
    z.object({ type: z.literal("page_id"), page_id: z.string() }),
    z.object({ type: z.literal("block_id"), block_id: z.string() }),
  ]),
  /** Where it stands among its neighbours. */
  rank: z.number(),
  type: z.string(),
  content: z.record(z.string(), z.unknown()),
  createdAt: z.string(),
  editedAt: z.string(),
  inTrash: z.boolean(),
});
export type NotionBlock = z.infer<typeof blockSchema>;

const SHAPES = [
  ["heading_2", { is_toggleable: false }],
  ["paragraph", { icon: null }],
  ["bulleted_list_item", {}],
  ["to_do", { checked: false }],
] as const;

/** What stands on the pages: a few blocks on each, and more than one answer holds on the first. */
export const notionBlocks = perAccount((account): readonly NotionBlock[] =>
  notionPages(account).flatMap(({ id: page, createdAt, editedAt }, index) =>
    many(index === 0 ? 130 : index % 6, (rank) => {
      const seed = `block/${page}/${rank}`;
      const roll = dice(seed);
      const [type, more] = SHAPES[rank % SHAPES.length] ?? SHAPES[0];
      const words = plainText(`The ${pick(ADJECTIVES, roll)} ${pick(NOUNS, roll)}`);
      const content = { rich_text: [words], color: "default", ...more };
      const parent = { type: "page_id" as const, page_id: page };
      return { id: uuidOf(seed), parent, rank, type, content, createdAt, editedAt, inTrash: false };
    }),
  ),
);
