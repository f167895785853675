/** Where an app is told of events: each webhook by its name, and by a path of its own the one that is called `main`. */
import type { Context } from "hono";
import * as z from "zod/mini";
import { WebhookName } from "../api-events.ts";
import { NewWebhook, Webhook, WebhookChange, WebhookWithSecret, Webhooks } from "../api-webhooks.ts";
import { checkWebhookUrl, createWebhookSecret } from "../apps/webhooks.ts";
import { MAIN_WEBHOOK, noSuchWebhook, type StoredWebhook } from "../apps/webhook-list.ts";
import { BOUNDS } from "../bounds.ts";
import type { AppEnv } from "../context.ts";
import { AppError, invalidField } from "../errors.ts";
import { AppPath, Routes, owner } from "./operation.ts";

const WebhookPath = z.extend(AppPath, { webhook: WebhookName });

const toWebhook = ({ name, url, events }: StoredWebhook): Webhook => ({ name, url, events });

function checkUrl(c: Context<AppEnv>, url: string): void {
  const { isLocal, isOwn } = c.get("services");
  checkWebhookUrl(url, isLocal);
  if (isOwn(url)) throw invalidField("url", "leads back to this Latchkey itself.");
}

async function setWebhook(c: Context<AppEnv>, app: string, name: string, about: NewWebhook): Promise<Response> {
  checkUrl(c, about.url);
  const webhook = { name, ...about, secret: createWebhookSecret() } satisfies WebhookWithSecret;
  await c.get("services").apps.changeWebhooks(app, (all) => {
    const others = all.filter((other) => other.name !== name);
    if (others.length >= BOUNDS.webhooks) {
      throw new AppError("too_many", `An app has at most ${BOUNDS.webhooks} webhooks. Remove one first.`);
    }
    return [...others, webhook];
  });
  return c.json(webhook);
}

export const webhookRoutes = new Routes()
  .on(
    {
      method: "get",
      path: "/apps/{app}/webhooks",
      tag: "Events",
      access: owner,
      params: AppPath,
      answer: { status: 200, schema: Webhooks },
      errors: ["not_found"],
    },
    async (c, { params }) => {
      const { apps } = c.get("services");
      await apps.describe(params.app);
      const webhooks = (await apps.webhooks(params.app)).map(toWebhook);
      return c.json({ webhooks } satisfies Webhooks);
    },
  )
  .on(
    {
      method: "put",
      path: "/apps/{app}/webhooks/{webhook}",
      tag: "Events",
      access: owner,
      params: WebhookPath,
      body: NewWebhook,
      answer: { status: 200, schema: WebhookWithSecret },
      errors: ["not_found", "too_many"],
    },
    (c, { params, body }) => setWebhook(c, params.app, params.webhook, body),
  )
  .on(
    {
      method: "patch",
      path: "/apps/{app}/webhooks/{webhook}",
      tag: "Events",
      access: owner,
      params: WebhookPath,
      body: WebhookChange,
      answer: { status: 200, schema: Webhook },
      errors: ["not_found"],
    },
    async (c, { params, body: { url, events } }) => {
      if (url !== undefined) checkUrl(c, url);
      const isMeant = ({ name }: StoredWebhook): boolean => name === params.webhook;
      const after = await c
        .get("services")
        .apps.changeWebhooks(params.app, (all) =>
          all.map((webhook) =>
            isMeant(webhook)
              ? { ...webhook, url: url ?? webhook.url, events: events === undefined ? webhook.events : events }
              : webhook,
          ),
        );
      const changed = after.find(isMeant);
      if (!changed) throw noSuchWebhook();
      return c.json(toWebhook(changed));
    },
  )
  .on(
    {
      method: "delete",
      path: "/apps/{app}/webhooks/{webhook}",
      tag: "Events",
      access: owner,
      params: WebhookPath,
      answer: { status: 204, schema: null },
      errors: ["not_found"],
    },
    async (c, { params }) => {
      await c.get("services").apps.changeWebhooks(params.app, (all) => {
        if (!all.some(({ name }) => name === params.webhook)) throw noSuchWebhook();
        return all.filter(({ name }) => name !== params.webhook);
      });
      return c.body(null, 204);
    },
  )
  .on(
    {
      method: "put",
      path: "/apps/{app}/webhook",
      tag: "Events",
      access: owner,
      params: AppPath,
      body: NewWebhook,
      answer: { status: 200, schema: WebhookWithSecret },
      errors: ["not_found", "too_many"],
    },
    (c, { params, body }) => setWebhook(c, params.app, MAIN_WEBHOOK, body),
  )
  .on(
    {
      method: "delete",
      path: "/apps/{app}/webhook",
      tag: "Events",
      access: owner,
      params: AppPath,
      answer: { status: 204, schema: null },
      errors: ["not_found"],
    },
    async (c, { params }) => {
      await c.get("services").apps.changeWebhooks(params.app, (all) => all.filter(({ name }) => name !== MAIN_WEBHOOK));
      return c.body(null, 204);
    },
  );
