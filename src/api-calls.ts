/** The shapes of what is written down of calls to services. */
import * as z from "zod/mini";
import { pageSize } from "./api.ts";
import { METHODS } from "./api-grants.ts";

/** One call: what it was, whose, and what became of it. No query, header or body. Times are ISO 8601. */
export const RecordedCall = z.object({
  /** The one that its answer had in `X-Latchkey-Request-Id`. */
  request_id: z.string(),
  at: z.string(),
  /** The id of the key or session that it was made with; null: a person at the page. */
  key: z.nullable(z.string()),
  integration: z.string(),
  /** The id of the connection; null where it was refused before it was known which that is. */
  connection: z.nullable(z.string()),
  method: z.enum(METHODS),
  /**
   * Of the service's API. What tells one thing from another is `*`. Of a profile, items or a picture, which may take several
   * calls, it is the path here: `/data/{integration}`.
   */
  path: z.string(),
  status: z.number(),
  /** The code of an error of Latchkey's own, or `ok`: also where the service answered with an error. */
  outcome: z.string(),
  /** Which rule of the key's grant let it pass, or the first of its calls, counted from 1; null: it has no grant, or none did. */
  rule: z.nullable(z.number()),
  /** The id of the approval by which it was made; null: nobody had to be asked. */
  approval: z._default(z.nullable(z.string()), null),
});
export type RecordedCall = z.output<typeof RecordedCall>;

export const RecordedCalls = z.object({
  calls: z.array(RecordedCall),
  /** How many there were beside these that could not be written down, as far as that is known. */
  dropped: z.number(),
  next_cursor: z.nullable(z.string()),
});
export type RecordedCalls = z.output<typeof RecordedCalls>;

export const CallsQuery = z.object({
  /** The id of a key or session. */
  key: z.optional(z.string().check(z.maxLength(64))),
  /** The id of a connection: its calls, and those to its service that were refused before it was known which that is. */
  connection: z.optional(z.string().check(z.maxLength(256))),
  integration: z.optional(z.string().check(z.maxLength(80))),
  limit: pageSize(50),
  cursor: z.optional(z.string().check(z.maxLength(1024))),
});
