import * as z from "zod";
import { type CalendarEvent, calendarEvents, changedEvent, eventSchema, newEvent } from "../data/google-calendar.ts";
import { googleUser } from "../data/google.ts";
import { inOrder } from "../data/words.ts";
import { json, jsonBody, wholeNumber } from "../http.ts";
import { fromCursor, pageOf, toCursor } from "../paging.ts";
import { randomText } from "../random.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { pageSize } from "../settings.ts";
import { failure, googleErrors } from "./google-http.ts";

const HOST = "www.googleapis.com";
const AUTH = "https://www.googleapis.com/auth/calendar";
const WRITE = [AUTH, `${AUTH}.events`];
const READ = [...WRITE, `${AUTH}.readonly`, `${AUTH}.events.readonly`];
const LISTS = [AUTH, `${AUTH}.readonly`];
const EVENTS = "/calendar/v3/calendars/:calendar/events";
const TIME_ZONE = "Europe/Oslo";

/** The calendar of an account and what is in it. https://developers.google.com/workspace/calendar/api/v3/reference */
export const calendarRoutes: readonly Route[] = [
  api("GET", HOST, "/calendar/v3/users/me/calendarList", LISTS, (context) =>
    json({
      kind: "calendar#calendarList",
      etag: '"p32g9nb5bt6fva0g"',
      nextSyncToken: "CPDAlvWDx70CEPDAlvWDx70CGAU=",
      items: [listEntry(context)],
    }),
  ),
  api(
    "GET",
    HOST,
    "/calendar/v3/users/me/calendarList/:calendar",
    LISTS,
    inCalendar((context) => json(listEntry(context))),
  ),
  api(
    "GET",
    HOST,
    "/calendar/v3/calendars/:calendar",
    LISTS,
    inCalendar(({ account }) => {
      const { email } = googleUser(account);
      return json({ kind: "calendar#calendar", etag: '"p33"', id: email, summary: email, timeZone: TIME_ZONE });
    }),
  ),
  api("GET", HOST, EVENTS, READ, inCalendar(list)),
  api("POST", HOST, EVENTS, WRITE, inCalendar(insert)),
  api(
    "GET",
    HOST,
    `${EVENTS}/:id`,
    READ,
    inCalendar((context) => withEvent(context, (event) => json(event))),
  ),
  api(
    "PATCH",
    HOST,
    `${EVENTS}/:id`,
    WRITE,
    inCalendar((context) => change(context, changedEvent)),
  ),
  api(
    "PUT",
    HOST,
    `${EVENTS}/:id`,
    WRITE,
    inCalendar((context) => change(context, newEvent)),
  ),
  api(
    "DELETE",
    HOST,
    `${EVENTS}/:id`,
    WRITE,
    inCalendar((context) =>
      withEvent(context, (event) => {
        if (event.status === "cancelled") return failure(410, "GONE", "deleted", "Resource has been deleted");
        events(context).put({ ...event, status: "cancelled" });
        return new Response(null, { status: 204 });
      }),
    ),
  ),
];

/** `primary` is the one calendar there is; the account's address is another name of it. */
function inCalendar(handle: (context: ApiContext) => Response): (context: ApiContext) => Response {
  return (context) => {
    const { calendar } = context.params;
    return calendar === "primary" || calendar === googleUser(context.account).email
      ? handle(context)
      : googleErrors.notFound(context.call);
  };
}

function listEntry({ account }: ApiContext): object {
  const { email } = googleUser(account);
  return {
    kind: "calendar#calendarListEntry",
    etag: '"1714640000000000"',
    id: email,
    summary: email,
    timeZone: TIME_ZONE,
    colorId: "14",
    backgroundColor: "#9fe1e7",
    foregroundColor: "#000000",
    selected: true,
    accessRole: "owner",
    defaultReminders: [{ method: "popup", minutes: 10 }],
    notificationSettings: { notifications: [{ type: "eventCreation", method: "email" }] },
    primary: true,
    conferenceProperties: { allowedConferenceSolutionTypes: ["hangoutsMeet"] },
  };
}

function events({ account, store }: ApiContext) {
  const seeded = calendarEvents(account);
  return store.shelf({ account, kind: "event", schema: eventSchema, seeded, idOf: ({ id }) => id });
}

const timeOf = (at: CalendarEvent["start"]): number => Date.parse("date" in at ? at.date : at.dateTime);

function list(context: ApiContext): Response {
  const { account, call, settings } = context;
  const { query } = call;
  if (query.has("syncToken")) {
    return failure(410, "GONE", "fullSyncRequired", "Sync token is no longer valid, a full sync is required.");
  }
  const byStart = query.get("orderBy") === "startTime";
  if (byStart && query.get("singleEvents") !== "true") {
    return failure(400, "INVALID_ARGUMENT", "badRequest", "The requested ordering is not available for this query.");
  }
  const start = fromCursor("events", query.get("pageToken"));
  const [from, until] = [limitOf(query.get("timeMin")), limitOf(query.get("timeMax"))];
  if (start === undefined || Number.isNaN(from) || Number.isNaN(until)) {
    return failure(400, "INVALID_ARGUMENT", "badRequest", "Bad Request");
  }
  const words = (query.get("q") ?? "").toLowerCase();
  const showsDeleted = query.get("showDeleted") === "true";
  const found = events(context)
    .list()
    .filter(({ status }) => showsDeleted || status !== "cancelled")
    .filter(
      (event) =>
        (from === undefined || timeOf(event.end) > from) && (until === undefined || timeOf(event.start) < until),
    )
    .filter(({ summary = "", description = "" }) => `${summary} ${description}`.toLowerCase().includes(words));
  const sorted = byStart
    ? found.toSorted((left, right) => timeOf(left.start) - timeOf(right.start))
    : found.toSorted((left, right) => inOrder(left.updated, right.updated));
  const page = pageOf(sorted, start, pageSize(settings, wholeNumber(query.get("maxResults"), 250, 1, 2500)));
  return json({
    kind: "calendar#events",
    etag: '"p328c7ro4tdfva0g"',
    summary: googleUser(account).email,
    description: "",
    updated: new Date(call.now).toISOString(),
    timeZone: TIME_ZONE,
    accessRole: "owner",
    defaultReminders: [{ method: "popup", minutes: 10 }],
    items: page.items,
    ...(page.next === undefined
      ? { nextSyncToken: "CPDAlvWDx70CEPDAlvWDx70CGAU=" }
      : { nextPageToken: toCursor("events", page.next) }),
  });
}

/** RFC 3339 with an offset, which is required. */
function limitOf(text: string | null): number | undefined {
  if (text === null) return undefined;
  return /T.*(?:Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
}

function insert(context: ApiContext): Response {
  const { account, call } = context;
  const wanted = newEvent.extend({ id: z.string().exactOptional() }).safeParse(jsonBody(call));
  if (!wanted.success) return failure(400, "INVALID_ARGUMENT", "required", "Missing end time.");
  const { id = randomText(26).toLowerCase(), attendees, ...said } = wanted.data;
  const self = { email: googleUser(account).email, self: true };
  if (!isForward(said)) return emptyRange();
  if (events(context).find(id) !== undefined) {
    return failure(409, "ALREADY_EXISTS", "duplicate", "The requested identifier already exists.");
  }
  const now = new Date(call.now).toISOString();
  const event = {
    ...said,
    kind: "calendar#event" as const,
    etag: `"${call.now}000"`,
    id,
    status: "confirmed" as const,
    htmlLink: `https://www.google.com/calendar/event?eid=${id}`,
    created: now,
    updated: now,
    creator: self,
    organizer: self,
    iCalUID: `${id}@google.com`,
    sequence: 0,
    ...(attendees === undefined ? {} : { attendees: invited(attendees) }),
    reminders: { useDefault: true },
    eventType: "default" as const,
  };
  events(context).put(event);
  return json(event);
}

const invited = (guests: readonly { email: string }[]) =>
  guests.map(({ email }) => ({ email, responseStatus: "needsAction" }));

const isForward = ({ start, end }: Pick<CalendarEvent, "start" | "end">): boolean => timeOf(end) >= timeOf(start);

const emptyRange = (): Response =>
  failure(400, "INVALID_ARGUMENT", "timeRangeEmpty", "The specified time range is empty.");

function withEvent(context: ApiContext, handle: (event: CalendarEvent) => Response): Response {
  const event = events(context).find(context.params["id"] ?? "");
  return event === undefined ? googleErrors.notFound(context.call) : handle(event);
}

type Change = typeof changedEvent | typeof newEvent;

function change(context: ApiContext, schema: Change): Response {
  const wanted = schema.safeParse(jsonBody(context.call));
  if (!wanted.success) return googleErrors.badRequest(context.call, "Bad Request");
  return withEvent(context, (event) => {
    const { attendees, ...said } = wanted.data;
    const guests = attendees === undefined ? {} : { attendees: invited(attendees) };
    const updated = new Date(context.call.now).toISOString();
    const next = { ...event, ...said, ...guests, updated, sequence: event.sequence + 1 };
    if (!isForward(next)) return emptyRange();
    events(context).put(next);
    return json(next);
  });
}
