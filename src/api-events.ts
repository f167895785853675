/** The shapes of what an app is told. */
import * as z from "zod/mini";
import { Account, pageSize } from "./api.ts";
import { ApprovalState } from "./api-approvals.ts";

/** Names one of an app's webhooks. */
export const WebhookName = z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "1 to 40 of a-z, 0-9 and -"));

export const ConnectionEventType = z.enum([
  "connection.created",
  "connection.reconnected",
  "connection.recovered",
  "connection.reauth_required",
  "connection.disconnected",
  "connection.default_changed",
]);
export type ConnectionEventType = z.output<typeof ConnectionEventType>;

/** One for each end of a connect session. */
export const ConnectSessionEventType = z.enum([
  "connect_session.connected",
  "connect_session.failed",
  "connect_session.expired",
  "connect_session.cancelled",
]);

/** A call that somebody is to allow, and what was decided. */
export const ApprovalEventType = z.enum(["approval.requested", "approval.decided"]);

/** What happened to a connection. `reason` is a code of ours. */
export const ConnectionEvent = z.object({
  type: ConnectionEventType,
  /** When it happened. */
  timestamp: z.string(),
  data: z.object({
    connection: z.string(),
    user: z.string(),
    integration: z.string(),
    /** What its user calls it; null in events from before connections were called anything. */
    label: z._default(z.nullable(z.string()), null),
    account: z.nullable(Account),
    reason: z.nullable(z.string()),
  }),
});

/** What became of a connect session. Its integration is null where none was chosen, its connection where there is none. */
export const ConnectSessionEvent = z.object({
  type: ConnectSessionEventType,
  timestamp: z.string(),
  data: z.object({
    connect_session: z.string(),
    user: z.string(),
    integration: z.nullable(z.string()),
    connection: z.nullable(z.string()),
    reason: z.nullable(z.string()),
  }),
});

/** A call of a key whose grant has it asked about, as it stood. What it would send is to be had by its id. */
export const ApprovalEvent = z.object({
  type: ApprovalEventType,
  timestamp: z.string(),
  data: z.object({
    approval: z.string(),
    state: ApprovalState,
    user: z.string(),
    integration: z.string(),
    connection: z.string(),
    /** The id of the key that it is made with. */
    key: z.string(),
    method: z.string(),
    host: z.string(),
    /** What tells one thing from another is `*`. */
    path: z.string(),
    expires_at: z.string(),
  }),
});

/** What a webhook is sent. */
export const EventBody = z.discriminatedUnion("type", [ConnectionEvent, ConnectSessionEvent, ApprovalEvent]);
export type EventBody = z.output<typeof EventBody>;

export const DeliveryState = z.enum(["pending", "delivered", "failed", "none"]);
const Standing = {
  delivery: DeliveryState,
  /** How often it was sent. */
  attempts: z.number(),
  /** The status of the last answer; null where there was none. */
  last_status: z.nullable(z.number()),
  /** When it is sent again; null: it is not. */
  next_attempt_at: z.nullable(z.string()),
};

/** How the delivery to one webhook stands. */
export const Delivery = z.object({
  /** Its name. */
  webhook: z.string(),
  ...Standing,
});
export type Delivery = z.output<typeof Delivery>;

const Delivered = {
  /** The same each time it is delivered: `webhook-id`. */
  id: z.string(),
  ...Standing,
  /** By webhook, from the first attempt on. */
  deliveries: z._default(z.array(Delivery), []),
};
/**
 * An event and its delivery to each webhook that asks for it, one by one and together: `attempts` are counted together, and
 * `last_status` is of one that has not taken it, if any.
 * - `pending`: on its way to some, or to be tried again at `next_attempt_at`
 * - `failed`: given up after the last attempt, with one at least
 * - `none`: there was no webhook to tell
 */
export const DeliveredEvent = z.discriminatedUnion("type", [
  z.extend(ConnectionEvent, Delivered),
  z.extend(ConnectSessionEvent, Delivered),
  z.extend(ApprovalEvent, Delivered),
]);
export type DeliveredEvent = z.output<typeof DeliveredEvent>;

export const Events = z.object({ events: z.array(DeliveredEvent), next_cursor: z.nullable(z.string()) });
export type Events = z.output<typeof Events>;

export const EventsQuery = z.object({
  limit: pageSize(50),
  cursor: z.optional(z.string().check(z.maxLength(1024))),
});

/** One of the app's webhooks; where none is named, all that ask for the event. */
export const ReplayQuery = z.object({ webhook: z.optional(WebhookName) });
