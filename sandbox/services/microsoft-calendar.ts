import * as z from "zod";
import { type OutlookEvent, outlookEvents, outlookEventSchema, outlookId } from "../data/microsoft-outlook.ts";
import { microsoftUser } from "../data/microsoft.ts";
import { jsonBody } from "../http.ts";
import { randomText } from "../random.ts";
import { api, type ApiContext, type Route } from "../routes.ts";
import { failure } from "./microsoft-http.ts";
import { askedOf, entity, GRAPH, listed } from "./microsoft-odata.ts";

const READ = ["Calendars.Read", "Calendars.ReadWrite"];
const WRITE = ["Calendars.ReadWrite"];
const ME = "/v1.0/me";
const EVENT = "users('me')/events/$entity";

/** The calendar and its events. https://learn.microsoft.com/en-us/graph/api/resources/event */
export const calendarRoutes: readonly Route[] = [
  api("GET", GRAPH, `${ME}/calendar`, READ, (context) =>
    entity(context, "users('me')/calendar/$entity", calendarOf(context)),
  ),
  api("GET", GRAPH, `${ME}/calendars`, READ, (context) =>
    listed(context, {
      context: "users('me')/calendars",
      top: 10,
      most: 1000,
      orderBy: "name",
      things: [calendarOf(context)],
    }),
  ),
  ...[`${ME}/events`, `${ME}/calendar/events`].flatMap((path) => [
    api("GET", GRAPH, path, READ, (context) => list(context, events(context).newestFirst(), "start/dateTime desc")),
    api("POST", GRAPH, path, WRITE, create),
  ]),
  api("GET", GRAPH, `${ME}/calendarView`, READ, view),
  api("GET", GRAPH, `${ME}/events/:id`, READ, (context) =>
    withEvent(context, (event) => entity(context, EVENT, shown(context, event))),
  ),
  api("PATCH", GRAPH, `${ME}/events/:id`, WRITE, (context) =>
    withEvent(context, (event) => {
      const wanted = changeSchema.safeParse(jsonBody(context.call));
      if (!wanted.success) return failure(400, "RequestBodyRead", "A value could not be read.");
      const next = { ...event, ...fieldsOf(wanted.data), time: new Date(context.call.now).toISOString() };
      if (next.start > next.end) return backwards();
      events(context).put(next);
      return entity(context, EVENT, shown(context, next));
    }),
  ),
  api("DELETE", GRAPH, `${ME}/events/:id`, WRITE, (context) =>
    withEvent(context, ({ id }) => {
      events(context).remove(id);
      return new Response(null, { status: 204 });
    }),
  ),
];

function calendarOf({ account }: ApiContext): object {
  const { name, signIn } = microsoftUser(account);
  return {
    id: outlookId(`calendar/${account}`),
    name: "Calendar",
    color: "auto",
    hexColor: "",
    isDefaultCalendar: true,
    changeKey: "nfZyf7VcrEKLNoU37KWlkQAAA0x0+w==",
    canShare: true,
    canViewPrivateItems: true,
    canEdit: true,
    isTallyingResponses: true,
    isRemovable: false,
    owner: { name, address: signIn },
  };
}

function events({ account, store }: ApiContext) {
  const seeded = outlookEvents(account);
  return store.shelf({ account, kind: "outlookEvent", schema: outlookEventSchema, seeded, idOf: ({ id }) => id });
}

function list(context: ApiContext, found: readonly OutlookEvent[], orderBy: string): Response {
  const things = found.map((event) => shown(context, event));
  return listed(context, { context: "users('me')/events", top: 10, most: 1000, orderBy, things });
}

/** Both ends are required, as local times or with an offset. */
function view(context: ApiContext): Response {
  const limit = (name: string) => Date.parse(inUtc(askedOf(context).get(name) ?? ""));
  const [from, until] = [limit("startDateTime"), limit("endDateTime")];
  if (Number.isNaN(from) || Number.isNaN(until)) {
    return failure(
      400,
      "ErrorInvalidParameter",
      "This request requires a time window specified by the query string parameters.",
    );
  }
  const found = events(context)
    .list()
    .filter(({ start, end }) => Date.parse(start) < until && Date.parse(end) > from);
  return list(context, found, "start/dateTime");
}

function withEvent(context: ApiContext, handle: (event: OutlookEvent) => Response): Response {
  const event = events(context).find(context.params["id"] ?? "");
  return event === undefined
    ? failure(404, "ErrorItemNotFound", "The specified object was not found in the store.")
    : handle(event);
}

/** A time without an offset is one of the zone that stands beside it; here that is UTC. */
const inUtc = (text: string): string => (/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text.replace(/\.\d+$/, "")}Z`);

const timeSchema = z
  .object({ dateTime: z.string(), timeZone: z.string() })
  .refine(({ dateTime }) => !Number.isNaN(Date.parse(inUtc(dateTime))))
  .transform(({ dateTime }) => new Date(inUtc(dateTime)).toISOString());
const guestSchema = z
  .object({ emailAddress: z.object({ address: z.string(), name: z.string().optional() }) })
  .transform(({ emailAddress: { address, name } }) => ({ address, name: name ?? address }));
const changeSchema = z.object({
  subject: z.string().exactOptional(),
  body: z.object({ content: z.string() }).exactOptional(),
  start: timeSchema.exactOptional(),
  end: timeSchema.exactOptional(),
  isAllDay: z.boolean().exactOptional(),
  location: z.object({ displayName: z.string() }).exactOptional(),
  attendees: z.array(guestSchema).exactOptional(),
});
const newSchema = changeSchema.extend({ start: timeSchema, end: timeSchema });

function fieldsOf({ body, location, ...said }: z.infer<typeof changeSchema>): Partial<OutlookEvent> {
  return {
    ...said,
    ...(body === undefined ? {} : { content: body.content }),
    ...(location === undefined ? {} : { location: location.displayName }),
  };
}

function create(context: ApiContext): Response {
  const wanted = newSchema.safeParse(jsonBody(context.call));
  if (!wanted.success)
    return failure(400, "ErrorPropertyValidationFailure", "At least one property failed validation.");
  const { start, end } = wanted.data;
  if (start > end) return backwards();
  const event = {
    id: outlookId(randomText(20)),
    subject: "",
    content: "",
    isAllDay: false,
    location: "",
    attendees: [],
    time: new Date(context.call.now).toISOString(),
    ...fieldsOf(wanted.data),
    start,
    end,
  };
  events(context).put(event);
  return entity(context, EVENT, shown(context, event), 201);
}

function backwards(): Response {
  return failure(
    400,
    "ErrorCalendarEndDateIsEarlierThanStartDate",
    "Calendar end date is earlier than the start date.",
  );
}

function shown({ account }: ApiContext, event: OutlookEvent): object {
  const { id, subject, content, start, end, isAllDay, location, attendees, time } = event;
  const { name, signIn } = microsoftUser(account);
  const tag = `ZlnW4RIAV06KYYwlrfNZvQAA${id.slice(-12, -4)}`;
  const at = (moment: string) => ({ dateTime: moment.replace(/(?:\.\d+)?Z$/, ".0000000"), timeZone: "UTC" });
  return {
    "@odata.etag": `W/"${tag}"`,
    id,
    createdDateTime: time,
    lastModifiedDateTime: time,
    changeKey: tag,
    categories: [],
    transactionId: null,
    originalStartTimeZone: "UTC",
    originalEndTimeZone: "UTC",
    iCalUId: `040000008200E00074C5B7101A82E008${id.slice(6, 38)}`,
    reminderMinutesBeforeStart: 15,
    isReminderOn: true,
    hasAttachments: false,
    subject,
    bodyPreview: content.slice(0, 255),
    importance: "normal",
    sensitivity: "normal",
    isAllDay,
    isCancelled: false,
    isOrganizer: true,
    responseRequested: true,
    seriesMasterId: null,
    showAs: "busy",
    type: "singleInstance",
    webLink: `https://outlook.office365.com/owa/?itemid=${encodeURIComponent(id)}&exvsurl=1&path=/calendar/item`,
    onlineMeetingUrl: null,
    isOnlineMeeting: false,
    onlineMeetingProvider: "unknown",
    allowNewTimeProposals: true,
    recurrence: null,
    onlineMeeting: null,
    responseStatus: { response: "organizer", time: "0001-01-01T00:00:00Z" },
    body: { contentType: "html", content },
    start: at(start),
    end: at(end),
    location: { displayName: location, locationType: "default", uniqueId: location, uniqueIdType: "private" },
    locations: location === "" ? [] : [{ displayName: location, locationType: "default" }],
    attendees: attendees.map((emailAddress) => ({
      type: "required",
      status: { response: "none", time: "0001-01-01T00:00:00Z" },
      emailAddress,
    })),
    organizer: { emailAddress: { name, address: signIn } },
  };
}
