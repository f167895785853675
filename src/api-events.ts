/** The shapes of what an app is told. */
import * as z from "zod/mini";
import { Account } from "./api.ts";

export const NewWebhook = z.strictObject({ url: z.url({ protocol: /^https?$/ }).check(z.maxLength(2048)) });

/** `secret` signs deliveries (Standard Webhooks); it is shown this once. */
export const Webhook = z.object({ url: z.string(), secret: z.string() });
export type Webhook = z.output<typeof Webhook>;

export const EventType = z.enum([
  "connection.created",
  "connection.reconnected",
  "connection.recovered",
  "connection.reauth_required",
  "connection.disconnected",
]);
export type EventType = z.output<typeof EventType>;

/** What a webhook is sent. `reason` is a code of ours. */
export const EventBody = z.object({
  type: EventType,
  timestamp: z.string(),
  data: z.object({
    connection: z.string(),
    user: z.string(),
    integration: z.string(),
    account: z.nullable(Account),
    reason: z.nullable(z.string()),
  }),
});
export type EventBody = z.output<typeof EventBody>;

/**
 * An event and its delivery.
 * - `pending`: on its way, or to be tried again at `next_attempt_at`
 * - `failed`: given up after the last attempt
 * - `none`: there was no webhook to tell
 */
export const DeliveredEvent = z.extend(EventBody, {
  id: z.string(),
  delivery: z.enum(["pending", "delivered", "failed", "none"]),
  attempts: z.number(),
  /** The status of the last answer; null where there was none. */
  last_status: z.nullable(z.number()),
  next_attempt_at: z.nullable(z.string()),
});
export type DeliveredEvent = z.output<typeof DeliveredEvent>;

export const Events = z.object({ events: z.array(DeliveredEvent), next_cursor: z.nullable(z.string()) });
export type Events = z.output<typeof Events>;

export const EventsQuery = z.object({
  limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(100)), 50),
  cursor: z.optional(z.string().check(z.maxLength(1024))),
});
