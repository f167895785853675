import { dice, pick, slug } from "./words.ts";

// prettier-ignore
const FIRST = [
  "Zoë", "Łukasz", "Amara", "Björn", "Nadia", "Tomás", "Priya", "Øyvind", "Fatima", "Mateo",
  "Ingrid", "Kwame", "Aoife", "Yusuf", "Chloé", "Rasmus", "Leilani", "Dmytro", "Saoirse", "Hiroshi",
  "Esra", "Noor", "Petra", "Malik", "Sunniva", "Jürgen", "Wanjiru", "Élodie", "Ravi", "Marta",
] as const;

// prettier-ignore
const LAST = [
  "Okonkwo", "Wójcik", "Lindqvist", "Ferreira", "O’Dwyer", "Banerjee", "Sørensen", "Haddad", "Kovačić", "Nakamura",
  "de la Cruz", "Müller", "Adeyemi", "Novák", "Castellanos", "van den Berg", "Þórsdóttir", "Petrenko", "Rahman", "Bianchi",
  "Grünwald", "Mbeki", "Larsen", "Arslan", "Quispe", "Dubois", "Iyer", "Sato", "Andersson", "Mwangi",
] as const;

/** Names which break assumptions: family name first, one name only, right to left, an apostrophe. */
const WHOLE = [
  { first: "小雨", last: "林" },
  { first: "محمد", last: "الفارسي" },
  { first: "Teller", last: "" },
  { first: "נועה", last: "לוי" },
  { first: "Ngọc Ánh", last: "Trần" },
  { first: "D’Angelo", last: "Price-Jones III" },
] as const;

/** A person who does not exist. */
export interface Person {
  readonly first: string;
  readonly last: string;
  readonly full: string;
  /** At a reserved domain; null for people who never gave one. */
  readonly email: string | null;
}

/** The same person for the same seed and number. */
export function person(seed: string, index: number): Person {
  const roll = dice(`${seed}/${index}`);
  const { first, last } = index % 17 === 5 ? pick(WHOLE, roll) : { first: pick(FIRST, roll), last: pick(LAST, roll) };
  const full = `${first} ${last}`.trim();
  const local = slug(full) === "" ? `person-${index}` : slug(full).replaceAll("-", ".");
  return { first, last, full, email: index % 11 === 7 ? null : `${local}${index}@example.com` };
}

/** Who can be chosen on every consent page: a full account, one with gaps, and an empty one. */
export const HOLDERS = [
  { first: "Ada", last: "Lindqvist", full: "Ada Lindqvist", login: "ada-lindqvist", email: "ada@northwind.example" },
  { first: "小雨", last: "林", full: "林小雨 (Lin Xiaoyu)", login: "linxiaoyu", email: "xiaoyu@tidepool.example" },
  { first: "Łukasz", last: "Wójcik", full: "Łukasz Wójcik", login: "lukasz-w", email: "lukasz.wojcik@mail.example" },
] as const;

/** One of the people on the consent page. */
export type Holder = (typeof HOLDERS)[number];

/** The person behind an account. */
export function holder(account: number): Holder {
  return HOLDERS[account] ?? HOLDERS[0];
}

/** The choices on a consent page, with a line under each name. */
export function holderChoices(details: readonly [string, string, string]): { label: string; detail: string }[] {
  return HOLDERS.map(({ full }, index) => ({ label: full, detail: details[index] ?? "" }));
}
