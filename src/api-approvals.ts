/** The shapes of approvals: calls that a person, or the app for its user, is asked about before they are made. */
import * as z from "zod/mini";
import { METHODS } from "./api-grants.ts";

/**
 * - `waiting`: nobody has decided yet
 * - `allowed`: it may be made once, and has not been
 * - `standing`: it may be made, and others of its kind, until `until`
 * - `used`: it was allowed once, and made
 * - `denied`: it may not be made
 */
export const ApprovalState = z.enum(["waiting", "allowed", "standing", "used", "denied"]);
export type ApprovalState = z.output<typeof ApprovalState>;

/** One call that was asked about, without what it would send. Times are ISO 8601. */
export const Approval = z.object({
  id: z.string(),
  state: ApprovalState,
  asked_at: z.string(),
  /** When a call that waits is forgotten, one that is allowed may not be made any more, and one that is denied may be asked about again. */
  expires_at: z.string(),
  /** Until when calls of its kind may be made; null: none may. */
  until: z.nullable(z.string()),
  /** Whose call it is. */
  asked_by: z.object({
    /** The id of the key or session. */
    key: z.string(),
    kind: z.enum(["key", "user", "app", "browser"]),
    /** What its owner calls it; null: nothing. */
    name: z.nullable(z.string()),
    /** Since when there is that key. */
    since: z.string(),
    /** When it ends: no kind of call is allowed for longer. */
    ends_at: z.string(),
  }),
  /** The rule of its grant that has it asked, counted from 1. */
  rule: z.number(),
  integration: z.string(),
  /** The id of the connection, and whose account that is, as far as it is known. */
  connection: z.string(),
  account: z.nullable(z.string()),
  /** Whether it is made with a token of the service's that its caller has brought, and not with the account's. */
  brings_token: z.boolean(),
  method: z.enum(METHODS),
  host: z.string(),
  /** With the query, as it will be sent: raw. */
  path: z.string(),
  query: z.string(),
  /**
   * The kinds of call that it may be allowed as: paths, in which a star stands for any name with digits or signs, the narrowest first.
   * None where what is done is not told by these.
   */
  kinds: z.array(z.string()),
});
export type Approval = z.output<typeof Approval>;

/** What would be sent beside method, host, path and query. */
export const ApprovalWhole = z.extend(Approval, {
  /** The header fields that may make a difference to what is done, in the order of their names. */
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
  /** null: nothing is sent. */
  body: z.nullable(
    z.object({
      /** Its media type as it is written; null: it is not said. */
      type: z.nullable(z.string()),
      bytes: z.number(),
      /** SHA-256 in hexadecimal. */
      sha256: z.string(),
      /** Its beginning, up to 64 KiB; what is no text has U+FFFD in its place. */
      text: z.string(),
      is_text: z.boolean(),
      /** Whether that is all of it. */
      is_whole: z.boolean(),
    }),
  ),
});
export type ApprovalWhole = z.output<typeof ApprovalWhole>;

export const Approvals = z.object({ approvals: z.array(Approval) });
export type Approvals = z.output<typeof Approvals>;

/** What is decided about a call that waits. */
export const ApprovalDecision = z
  .strictObject({
    /** `once`: this very call. `kind`: this one, and others of its kind. `no`: neither this one, nor the same again for ten minutes. */
    decision: z.enum(["once", "kind", "no"]),
    /** One of `kinds`. Beside `kind` alone. */
    kind: z.optional(z.string().check(z.maxLength(4096))),
    /** ISO 8601; as long as there is the key where none is given. Beside `kind` alone. */
    until: z.optional(z.iso.datetime({ offset: true })),
  })
  .check(
    z.refine(
      ({ decision, kind, until }) =>
        decision === "kind" ? kind !== undefined : kind === undefined && until === undefined,
      "kind says which of kinds, and until how long: both beside the decision kind alone",
    ),
  );
export type ApprovalDecision = z.output<typeof ApprovalDecision>;
