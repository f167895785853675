import * as z from "zod";
import { holder, person } from "./people.ts";
import { ADJECTIVES, dice, hoursAgoShort, idOf, many, NOUNS, ODD_TITLES, perAccount, pick, TEAMS } from "./words.ts";

const addressSchema = z.object({ name: z.string(), address: z.string() });

/** A message as the sandbox keeps it. */
export const outlookMailSchema = z.object({
  id: z.string(),
  folder: z.string(),
  conversation: z.string(),
  subject: z.string(),
  contentType: z.enum(["text", "html"]),
  content: z.string(),
  from: addressSchema.nullable(),
  to: z.array(addressSchema),
  cc: z.array(addressSchema),
  time: z.string(),
  isRead: z.boolean(),
  isDraft: z.boolean(),
  importance: z.enum(["low", "normal", "high"]),
  categories: z.array(z.string()),
});

/** An event as the sandbox keeps it; times are UTC. */
export const outlookEventSchema = z.object({
  id: z.string(),
  subject: z.string(),
  content: z.string(),
  start: z.string(),
  end: z.string(),
  isAllDay: z.boolean(),
  location: z.string(),
  attendees: z.array(addressSchema),
  time: z.string(),
});

/** A contact as the sandbox keeps it. */
export const outlookContactSchema = z.object({
  id: z.string(),
  givenName: z.string(),
  surname: z.string().nullable(),
  emailAddresses: z.array(addressSchema),
  businessPhones: z.array(z.string()),
  time: z.string(),
});

export type OutlookMail = z.infer<typeof outlookMailSchema>;
export type OutlookEvent = z.infer<typeof outlookEventSchema>;
export type OutlookContact = z.infer<typeof outlookContactSchema>;

const [MAILS, EVENTS, CONTACTS] = [
  [122, 11, 3],
  [64, 6, 0],
  [83, 4, 0],
];
const FIRST = Date.UTC(2026, 9, 1, 8, 0);
const DAY = 86_400_000;

/** The folders every mailbox has, by the names that stand for their ids. */
export const MAIL_FOLDERS = [
  { name: "inbox", title: "Inbox" },
  { name: "drafts", title: "Drafts" },
  { name: "sentitems", title: "Sent Items" },
  { name: "deleteditems", title: "Deleted Items" },
  { name: "archive", title: "Archive" },
  { name: "junkemail", title: "Junk Email" },
] as const;

/** An id as Outlook's: long, with characters that mean something elsewhere. */
export const outlookId = (seed: string): string => `AAMkAD${idOf(seed, 112)}-_${idOf(`${seed}/end`, 30)}=`;

const addressOf = (seed: string, index: number) => {
  const { full, email } = person(seed, index);
  return { name: full, address: email ?? "no-reply@example.com" };
};

export const outlookMails = perAccount((account): readonly OutlookMail[] =>
  many(MAILS?.[account] ?? 0, (index) => {
    const seed = `outlook/${account}/${index}`;
    const roll = dice(seed);
    const odd = index % 8 === 5 ? ODD_TITLES[Math.floor(index / 8) % ODD_TITLES.length] : undefined;
    return {
      id: outlookId(seed),
      folder: index % 19 === 18 ? "archive" : "inbox",
      conversation: `AAQkAD${idOf(`${seed}/thread`, 80)}=`,
      subject: odd ?? `The ${pick(ADJECTIVES, roll)} ${pick(NOUNS, roll)}`,
      contentType: index % 3 === 0 ? ("html" as const) : ("text" as const),
      content: index % 3 === 0 ? "<html><body><p>It is ready.</p></body></html>" : "It is ready.\r\n",
      from: addressOf("outlook", index),
      to: [{ name: holder(account).full, address: holder(account).email }],
      cc: index % 5 === 2 ? [addressOf("outlook/cc", index)] : [],
      time: hoursAgoShort(index * 6 + roll() * 5),
      isRead: index % 4 !== 0,
      isDraft: false,
      importance: index % 16 === 7 ? ("high" as const) : ("normal" as const),
      categories: [],
    };
  }),
);

export const outlookEvents = perAccount((account): readonly OutlookEvent[] =>
  many(EVENTS?.[account] ?? 0, (index) => {
    const seed = `outlook-event/${account}/${index}`;
    const roll = dice(seed);
    const start = FIRST + index * DAY;
    const isAllDay = index % 12 === 9;
    const midnight = start - (start % DAY);
    return {
      id: outlookId(seed),
      subject:
        index % 7 === 4 ? (ODD_TITLES[index % ODD_TITLES.length] ?? "") : `${pick(TEAMS, roll)}: ${pick(NOUNS, roll)}`,
      content: "",
      start: new Date(isAllDay ? midnight : start).toISOString(),
      end: new Date(isAllDay ? midnight + DAY : start + 1_800_000).toISOString(),
      isAllDay,
      location: index % 3 === 0 ? "Pier 3" : "",
      attendees: index % 2 === 0 ? [addressOf("outlook-event", index)] : [],
      time: hoursAgoShort(900 - index),
    };
  }),
);

export const outlookContacts = perAccount((account): readonly OutlookContact[] =>
  many(CONTACTS?.[account] ?? 0, (index) => {
    const { first, last, email, full } = person("outlook-contact", index);
    return {
      id: outlookId(`outlook-contact/${account}/${index}`),
      givenName: first,
      surname: last === "" ? null : last,
      emailAddresses: email === null ? [] : [{ name: full, address: email }],
      businessPhones: [],
      time: hoursAgoShort(5000 + index),
    };
  }),
);
