/** The shapes of what is written down of an app's requests. */
import * as z from "zod/mini";
import { pageSize } from "./api.ts";
import { UserId } from "./api-apps.ts";
import { ERROR_CODES } from "./errors.ts";

/** One request: names, ids and codes of ours, and the user as the app calls them. No URL, query, header or body. */
export const LoggedRequest = z.object({
  /** The one that its answer had in `X-Latchkey-Request-Id`. */
  request_id: z.string(),
  /** When the answer began. */
  at: z.string(),
  method: z.string(),
  route: z.string(),
  status: z.number(),
  /** The code of an error of Latchkey's own, or `ok`: also where the provider answered with an error. */
  outcome: z.string(),
  duration_ms: z.number(),
  user: z.nullable(z.string()),
  integration: z.nullable(z.string()),
  provider: z.nullable(z.string()),
  connection: z.nullable(z.string()),
});
export type LoggedRequest = z.output<typeof LoggedRequest>;

export const LoggedRequests = z.object({
  requests: z.array(LoggedRequest),
  next_cursor: z.nullable(z.string()),
});
export type LoggedRequests = z.output<typeof LoggedRequests>;

const name = (length: number) => z.optional(z.string().check(z.maxLength(length)));

/** Which requests: those for which all of it is true. */
export const RequestFilter = z.object({
  request_id: name(64),
  user: z.optional(UserId),
  integration: name(80),
  connection: name(256),
  route: name(128),
  /** `error` for any but `ok`. */
  outcome: z.optional(z.enum(["ok", "error", ...ERROR_CODES])),
  status_class: z.optional(z.enum(["2xx", "3xx", "4xx", "5xx"])),
  /** A date: those from then on. */
  since: z.optional(
    z.pipe(
      z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text)), "a date, such as 2026-11-27T13:00:00Z")),
      z.transform((text) => new Date(text).toISOString()),
    ),
  ),
});
export type RequestFilter = z.output<typeof RequestFilter>;

export const RequestsQuery = z.extend(RequestFilter, {
  limit: pageSize(50),
  cursor: z.optional(z.string().check(z.maxLength(1024))),
});
