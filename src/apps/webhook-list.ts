/** The webhooks of an app as its record has them. */
import * as z from "zod/mini";
import { WebhookWithSecret } from "../api-webhooks.ts";
import { AppError } from "../errors.ts";

/** The one that has a path of its own. Before there were several, it was the only one, and had no name. */
export const MAIN_WEBHOOK = "main";

export type StoredWebhook = WebhookWithSecret;

/** What an app's record has of webhooks, now or as the version before wrote it. */
export const WEBHOOK_FIELDS = {
  webhook: z.nullish(z.object({ url: z.string(), secret: z.string() })),
  webhooks: z.optional(z.array(WebhookWithSecret)),
};
const Fields = z.object(WEBHOOK_FIELDS);

/** All of them. @param fields as the record has them */
export function webhooksOf({ webhook, webhooks = [] }: z.output<typeof Fields>): readonly StoredWebhook[] {
  return webhook ? [{ name: MAIN_WEBHOOK, events: null, ...webhook }, ...webhooks] : webhooks;
}

export const noSuchWebhook = (): AppError => new AppError("not_found", "The app has no webhook of that name.");
