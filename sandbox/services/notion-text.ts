import * as z from "zod";

const DEFAULTS = {
  bold: false,
  italic: false,
  strikethrough: false,
  underline: false,
  code: false,
  color: "default",
};
const annotationsSchema = z
  .object({
    bold: z.boolean(),
    italic: z.boolean(),
    strikethrough: z.boolean(),
    underline: z.boolean(),
    code: z.boolean(),
    color: z.string(),
  })
  .partial();

const textSchema = z
  .object({
    text: z.object({ content: z.string().max(2000), link: z.object({ url: z.string() }).nullish() }),
    annotations: annotationsSchema.optional(),
  })
  .transform(({ text: { content, link }, annotations }) => ({
    type: "text",
    text: { content, link: link ?? null },
    annotations: { ...DEFAULTS, ...annotations },
    plain_text: content,
    href: link?.url ?? null,
  }));
const equationSchema = z
  .object({ equation: z.object({ expression: z.string() }), annotations: annotationsSchema.optional() })
  .transform(({ equation, annotations }) => ({
    type: "equation",
    equation,
    annotations: { ...DEFAULTS, ...annotations },
    plain_text: equation.expression,
    href: null,
  }));

/** Rich text as it is sent, made into what is shown: https://developers.notion.com/reference/rich-text */
export const richText = z.array(z.union([textSchema, equationSchema])).max(100);

const shownText = z.array(z.looseObject({ plain_text: z.string() })).catch([]);

/** The words of rich text alone. */
export function wordsOf(text: unknown): string {
  return shownText
    .parse(text)
    .map((part) => part.plain_text)
    .join("");
}
