/** The shapes of the addresses that an app is told at. */
import * as z from "zod/mini";
import { ApprovalEventType, ConnectSessionEventType, ConnectionEventType } from "./api-events.ts";

const EventType = z.enum([
  ...ConnectionEventType.options,
  ...ConnectSessionEventType.options,
  ...ApprovalEventType.options,
]);

/** A public https address, which answers 2xx. */
const WebhookUrl = z.url({ protocol: /^https?$/ }).check(z.maxLength(2048));
/** What it is told; null: everything, and what there will be. */
const Wanted = z.nullable(z.array(EventType).check(z.minLength(1), z.maxLength(EventType.options.length)));

export const NewWebhook = z.strictObject({ url: WebhookUrl, events: z._default(Wanted, null) });
export type NewWebhook = z.output<typeof NewWebhook>;

/** What is not given stays as it is; so does the secret. */
export const WebhookChange = z.strictObject({ url: z.optional(WebhookUrl), events: z.optional(Wanted) });

export const Webhook = z.object({ name: z.string(), url: z.string(), events: z.nullable(z.array(EventType)) });
export type Webhook = z.output<typeof Webhook>;

/** Deliveries are signed as Standard Webhooks has it. */
export const WebhookWithSecret = z.extend(Webhook, {
  /** `whsec_` and base64: what deliveries are signed with, shown this once. */
  secret: z.string(),
});
export type WebhookWithSecret = z.output<typeof WebhookWithSecret>;

export const Webhooks = z.object({ webhooks: z.array(Webhook) });
export type Webhooks = z.output<typeof Webhooks>;
