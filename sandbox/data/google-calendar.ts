import * as z from "zod";
import { holder, person } from "./people.ts";
import { dice, idOf, many, NOUNS, ODD_TITLES, perAccount, pick, TEAMS } from "./words.ts";

const FIRST = Date.UTC(2026, 9, 1, 8, 0);
const DAY = 86_400_000;

const timeSchema = z.union([
  z.object({ dateTime: z.string(), timeZone: z.string().exactOptional() }),
  z.object({ date: z.string() }),
]);
const personSchema = z.object({
  email: z.string(),
  displayName: z.string().exactOptional(),
  self: z.boolean().exactOptional(),
});

/** An event of a calendar. https://developers.google.com/workspace/calendar/api/v3/reference/events */
export const eventSchema = z.object({
  kind: z.literal("calendar#event"),
  etag: z.string(),
  id: z.string(),
  status: z.enum(["confirmed", "tentative", "cancelled"]),
  htmlLink: z.string(),
  created: z.string(),
  updated: z.string(),
  summary: z.string().exactOptional(),
  description: z.string().exactOptional(),
  location: z.string().exactOptional(),
  creator: personSchema,
  organizer: personSchema,
  start: timeSchema,
  end: timeSchema,
  iCalUID: z.string(),
  sequence: z.number(),
  attendees: z.array(z.object({ email: z.string(), responseStatus: z.string() })).exactOptional(),
  reminders: z.object({ useDefault: z.boolean() }),
  eventType: z.literal("default"),
});

/** An event. */
export type CalendarEvent = z.infer<typeof eventSchema>;

/** What a request can say of an event. */
export const newEvent = eventSchema
  .pick({ summary: true, description: true, location: true, start: true, end: true })
  .extend({ attendees: z.array(z.object({ email: z.string() })).exactOptional() });

/** What a request can change of one. */
export const changedEvent = newEvent.extend({ start: timeSchema.exactOptional(), end: timeSchema.exactOptional() });

const EVENTS_PER_ACCOUNT = [91, 8, 0];

/** The events in an account's own calendar, by their beginning. */
export const calendarEvents = perAccount((account): readonly CalendarEvent[] =>
  many(EVENTS_PER_ACCOUNT[account] ?? 0, (index) => {
    const seed = `calendar/${account}/${index}`;
    const roll = dice(seed);
    const id = idOf(seed, 26, "0123456789abcdefghijklmnopqrstuv");
    const start = FIRST + index * DAY * 0.75;
    const day = (time: number) => new Date(time).toISOString().slice(0, 10);
    const self = { email: holder(account).email, self: true };
    const isWholeDay = index % 10 === 7;
    const guest = person("calendar", index).email;
    return {
      kind: "calendar#event" as const,
      etag: `"${3_500_000_000 + index}"`,
      id,
      status: index % 13 === 12 ? ("tentative" as const) : ("confirmed" as const),
      htmlLink: `https://www.google.com/calendar/event?eid=${id}`,
      created: new Date(FIRST - DAY).toISOString(),
      updated: new Date(FIRST - DAY / 2).toISOString(),
      // An event without a title has no summary at all.
      ...(index % 17 === 16
        ? {}
        : {
            summary:
              index % 8 === 3
                ? (ODD_TITLES[index % ODD_TITLES.length] ?? "")
                : `${pick(TEAMS, roll)}: ${pick(NOUNS, roll)}`,
          }),
      creator: self,
      organizer: self,
      start: isWholeDay ? { date: day(start) } : { dateTime: new Date(start).toISOString(), timeZone: "Europe/Oslo" },
      end: isWholeDay
        ? { date: day(start + DAY) }
        : { dateTime: new Date(start + 1_800_000).toISOString(), timeZone: "Europe/Oslo" },
      iCalUID: `${id}@google.com`,
      sequence: 0,
      ...(guest === null || index % 3 === 0 ? {} : { attendees: [{ email: guest, responseStatus: "needsAction" }] }),
      reminders: { useDefault: true },
      eventType: "default" as const,
    };
  }),
);
