import * as z from "zod";
import { holder } from "./people.ts";
import { ADJECTIVES, dice, idOf, many, NOUNS, ODD_TITLES, perAccount, pick } from "./words.ts";

/** A Facebook page, before its token and links are added. */
export interface FacebookPage {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly categoryId: string;
  readonly link: string;
  readonly tasks: readonly string[];
}

const PAGES_PER_ACCOUNT = [132, 9, 0];
const CATEGORIES = ["Bakery", "Local business", "Record label", "Museum", "Non-profit organization"] as const;
const TASKS = ["ANALYZE", "ADVERTISE", "MESSAGING", "MODERATE", "CREATE_CONTENT", "MANAGE"] as const;

/** Who an account is. The second signed up with a phone number and has no address, the last no picture of their own. */
export function facebookUser(account: number) {
  const { first, last, full, email } = holder(account);
  const id = `10${idOf(`facebook/${account}`, 15, "0123456789")}`;
  return { id, name: full, first, last, email: account === 1 ? undefined : email, isSilhouette: account === 2 };
}

/** The pages an account manages. */
export const facebookPages = perAccount((account): readonly FacebookPage[] => {
  return many(PAGES_PER_ACCOUNT[account] ?? 0, (index) => {
    const roll = dice(`page/${account}/${index}`);
    const id = `1${idOf(`page/${account}/${index}`, 14, "0123456789")}`;
    const plain = `${pick(ADJECTIVES, roll)} ${pick(NOUNS, roll)}`.replace(/\b\w/g, (letter) => letter.toUpperCase());
    return {
      id,
      name: index % 10 === 6 ? (ODD_TITLES[Math.floor(index / 10) % ODD_TITLES.length] ?? plain) : plain,
      category: pick(CATEGORIES, roll),
      categoryId: String(2200 + Math.floor(roll() * 400)),
      link: `https://www.facebook.com/${id}`,
      tasks: TASKS.slice(Math.floor(roll() * 5)),
    };
  });
});

export const postSchema = z.object({
  id: z.string(),
  page: z.string(),
  message: z.string(),
  link: z.string().nullable(),
  /** Milliseconds. */
  created: z.number(),
  updated: z.number(),
  published: z.boolean(),
});

const FIRST_POST = Date.UTC(2026, 4, 2, 9, 30);
const DAY = 86_400_000;

/** What a page has posted, newest first: the first page of an account much, the others little or nothing. */
export function facebookPosts(account: number, page: string): readonly z.infer<typeof postSchema>[] {
  const at = facebookPages(account).findIndex(({ id }) => id === page);
  return many(at < 0 ? 0 : at === 0 ? 61 : at % 4, (index) => {
    const roll = dice(`post/${page}/${index}`);
    const created = FIRST_POST - index * DAY;
    return {
      id: `${page}_${idOf(`post/${page}/${index}`, 15, "0123456789")}`,
      page,
      message: index % 7 === 3 ? pick(ODD_TITLES, roll) : `The ${pick(ADJECTIVES, roll)} ${pick(NOUNS, roll)} is back`,
      link: index % 5 === 1 ? "https://example.com/news" : null,
      created,
      updated: created + 60_000,
      published: true,
    };
  });
}
