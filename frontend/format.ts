/** Pure helpers that turn values of the API into text and addresses for people. */

const DAY_MS = 86_400_000;
const UNITS = [
  ["day", DAY_MS],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;
const BYTE_UNITS = [
  ["GB", 1e9],
  ["MB", 1e6],
  ["KB", 1e3],
] as const;
/** The page is written in English; its dates are too. */
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const DATE = new Intl.DateTimeFormat("en", { dateStyle: "medium" });
const CLOCK = new Intl.DateTimeFormat("en", { timeStyle: "short" });
const DATE_TIME = new Intl.DateTimeFormat("en", { dateStyle: "long", timeStyle: "short" });

/** "3 hours ago", "tomorrow"; a plain date where that lies more than four weeks away. */
export function relativeTime(time: Date, now = Date.now()): string {
  const distance = time.getTime() - now;
  if (Math.abs(distance) > 28 * DAY_MS) return DATE.format(time);
  for (const [unit, length] of UNITS) {
    if (Math.abs(distance) >= length) return RELATIVE.format(Math.trunc(distance / length), unit);
  }
  return distance > 0 ? "in a moment" : "just now";
}

/** The same for what has happened: a clock that is behind the server's makes nothing of it come later. */
export function pastTime(time: Date, now = Date.now()): string {
  return relativeTime(new Date(Math.min(time.getTime(), now)), now);
}

/** A moment something lasts until: "3:45 PM" within a day, a plain date beyond that. */
export function deadline(time: Date, now = Date.now()): string {
  return (Math.abs(time.getTime() - now) < DAY_MS ? CLOCK : DATE).format(time);
}

/** True from `days` before a time on, and after it; a missing time never comes. */
export function isWithinDays(iso: string | null, days: number, now = Date.now()): boolean {
  const time = toDate(iso);
  return time !== null && time.getTime() - now < days * DAY_MS;
}

/** Date and time in full. */
export function fullTime(time: Date): string {
  return DATE_TIME.format(time);
}

/** "312 bytes", "4.1 KB", "2 MB", "1.5 GB". */
export function byteSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} ${bytes === 1 ? "byte" : "bytes"}`;
  // Rounded first: 999,960 bytes are 1 MB, not 1000 KB.
  const unit = BYTE_UNITS.find(([, length]) => bytes >= length * 0.99995) ?? BYTE_UNITS[2];
  return `${Number((bytes / unit[1]).toFixed(1))} ${unit[0]}`;
}

/** "85 ms", "1.2 s". */
export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** A Date for an ISO 8601 text, null where there is none or it cannot be read. */
export function toDate(iso: string | null): Date | null {
  if (iso === null) return null;
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? null : time;
}

/** Addresses in a service's data are foreign text: only web addresses become links. */
export function toWebUrl(address: string | null): string | null {
  if (address === null || !URL.canParse(address)) return null;
  const { protocol, href } = new URL(address);
  return protocol === "https:" || protocol === "http:" ? href : null;
}

/** "data_source" reads "Data source". */
export function toLabel(word: string): string {
  const spaced = word.replaceAll(/[_-]+/g, " ").trim();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** At most two letters that stand for a name. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const ends = words.length > 1 ? [words.at(0), words.at(-1)] : words;
  // By code point: a letter outside the basic plane is two units long.
  const letters = ends.map((word) => String.fromCodePoint(word?.codePointAt(0) ?? 0x3f));
  return letters.join("").toUpperCase() || "?";
}
