import { fingerprint } from "../random.ts";

/** The moment the sandbox's data was "last touched": fixed, so that lists look the same on every run. */
const LATEST = Date.UTC(2026, 10, 15, 16, 42, 7);

/** A steady stream of pseudo-random numbers below 1 for a seed (mulberry32). */
export function dice(seed: string): () => number {
  let state = fingerprint(seed);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** One of a list, by the roll of the dice. */
export function pick<List extends readonly [unknown, ...unknown[]]>(list: List, roll: () => number): List[number] {
  const at: number = Math.floor(roll() * list.length);
  return list[at] ?? list[0];
}

/** `count` things made one after the other. */
export function many<Item>(count: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** A list which is made once per account and kept. */
export function perAccount<Item>(make: (account: number) => readonly Item[]): (account: number) => readonly Item[] {
  const made = new Map<number, readonly Item[]>();
  return (account) => {
    const list = made.get(account) ?? make(account);
    made.set(account, list);
    return list;
  };
}

/** Sorts by code units: quick, and right for times and ids. */
export function inOrder(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** An ISO time some hours before the latest. */
export function hoursAgo(hours: number): string {
  return new Date(LATEST - Math.round(hours * 3_600_000)).toISOString();
}

/** As `hoursAgo`, without milliseconds, as GitHub and Microsoft write times. */
export function hoursAgoShort(hours: number): string {
  return hoursAgo(hours).replace(/\.\d{3}Z$/, "Z");
}

/** A text of a given length in an alphabet, the same for the same seed: an id. */
export function idOf(
  seed: string,
  length: number,
  alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
): string {
  const roll = dice(seed);
  return many(length, () => alphabet[Math.floor(roll() * alphabet.length)] ?? "").join("");
}

/** A UUID, the same for the same seed. */
export function uuidOf(seed: string): string {
  const hex = idOf(seed, 30, "0123456789abcdef");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-8${hex.slice(15, 18)}-${hex.slice(18, 30)}`;
}

/** Lower-case words joined with hyphens, for names in URLs. */
export function slug(text: string): string {
  const plain = text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .replaceAll("ł", "l")
    .replaceAll("Ł", "L");
  return plain
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

// prettier-ignore
export const ADJECTIVES = [
  "quiet", "amber", "northern", "brisk", "paper", "hollow", "silver", "patient", "crooked", "tidal",
  "little", "open", "early", "salted", "woven", "second", "granite", "plain", "lucid", "feral",
] as const;

// prettier-ignore
export const NOUNS = [
  "harbor", "lantern", "ledger", "orchard", "compass", "kettle", "bridge", "signal", "meadow", "anvil",
  "pantry", "beacon", "loom", "quarry", "ferry", "atlas", "thicket", "gauge", "canopy", "hinge",
] as const;

// prettier-ignore
export const TEAMS = [
  "design", "platform", "finance", "support", "research", "hiring", "mobile", "data", "legal", "field",
  "growth", "security", "docs", "events", "logistics",
] as const;

/** Titles in many scripts, directions and lengths: what a list must be able to show. */
export const ODD_TITLES = [
  "🚀 Launch checklist",
  "خطة الربع الثالث",
  "תוכנית שיווק לאביב",
  "会议纪要：产品评审",
  "Zażółć gęślą jaźń",
  "Œuvre complète & annexes",
  '<b>Not bold</b> & "quoted"',
  "   spaces around   ",
  "日本語のメモ 📝",
  "A title which goes on for much longer than anybody would ever want to read in a list, because somebody pasted a sentence",
] as const;
