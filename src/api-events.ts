/** The shapes of what an app is told. */
import * as z from "zod/mini";
import { Account, pageSize } from "./api.ts";

export const NewWebhook = z.strictObject({
  /** A public https address, which answers 2xx. */
  url: z.url({ protocol: /^https?$/ }).check(z.maxLength(2048)),
});

/** Deliveries are signed as Standard Webhooks has it. */
export const Webhook = z.object({
  url: z.string(),
  /** `whsec_` and base64: what deliveries are signed with, shown this once. */
  secret: z.string(),
});
export type Webhook = z.output<typeof Webhook>;

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

/** What a webhook is sent. */
export const EventBody = z.discriminatedUnion("type", [ConnectionEvent, ConnectSessionEvent]);
export type EventBody = z.output<typeof EventBody>;

export const DeliveryState = z.enum(["pending", "delivered", "failed", "none"]);
const Delivery = {
  /** The same each time it is delivered: `webhook-id`. */
  id: z.string(),
  delivery: DeliveryState,
  /** How often it was sent. */
  attempts: z.number(),
  /** The status of the last answer; null where there was none. */
  last_status: z.nullable(z.number()),
  /** When it is sent again; null: it is not. */
  next_attempt_at: z.nullable(z.string()),
};
/**
 * An event and its delivery.
 * - `pending`: on its way, or to be tried again at `next_attempt_at`
 * - `failed`: given up after the last attempt
 * - `none`: there was no webhook to tell
 */
export const DeliveredEvent = z.discriminatedUnion("type", [
  z.extend(ConnectionEvent, Delivery),
  z.extend(ConnectSessionEvent, Delivery),
]);
export type DeliveredEvent = z.output<typeof DeliveredEvent>;

export const Events = z.object({ events: z.array(DeliveredEvent), next_cursor: z.nullable(z.string()) });
export type Events = z.output<typeof Events>;

export const EventsQuery = z.object({
  limit: pageSize(50),
  cursor: z.optional(z.string().check(z.maxLength(1024))),
});
