/** The app's webhook, and what it was told. */
import * as z from "zod/mini";
import { DeliveredEvent, Events, EventsQuery, NewWebhook, Webhook } from "../api-events.ts";
import { checkWebhookUrl, createWebhookSecret } from "../apps/webhooks.ts";
import { invalidField } from "../errors.ts";
import { AppPath, Routes, owner } from "./operation.ts";
import { readTimeCursor, timeCursor } from "./time-cursor.ts";

export const eventRoutes = new Routes()
  .on(
    {
      method: "put",
      path: "/apps/{app}/webhook",
      tag: "Events",
      access: owner,
      params: AppPath,
      body: NewWebhook,
      answer: { status: 200, schema: Webhook },
      errors: ["not_found"],
    },
    async (c, { params, body: { url } }) => {
      const { apps, isLocal, isOwn } = c.var.services;
      checkWebhookUrl(url, isLocal);
      if (isOwn(url)) throw invalidField("url", "leads back to this Latchkey itself.");
      const secret = createWebhookSecret();
      await apps.setWebhook(params.app, { url, secret });
      return c.json({ url, secret } satisfies Webhook);
    },
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
      await c.var.services.apps.setWebhook(params.app, null);
      return c.body(null, 204);
    },
  )
  .on(
    {
      method: "get",
      path: "/apps/{app}/events",
      tag: "Events",
      access: owner,
      params: AppPath,
      query: EventsQuery,
      answer: { status: 200, schema: Events },
      errors: ["not_found", "index_unavailable"],
    },
    async (c, { params, query: { limit, cursor } }) => {
      const { apps, events: list } = c.var.services;
      await apps.describe(params.app);
      const before = cursor === undefined ? null : readTimeCursor(cursor);
      const events = await list.list(params.app, limit, before);
      const last = events.at(-1);
      const next_cursor = events.length === limit && last ? timeCursor(last.timestamp, last.id) : null;
      return c.json({ events, next_cursor } satisfies Events);
    },
  )
  .on(
    {
      method: "post",
      path: "/apps/{app}/events/{event}/replay",
      tag: "Events",
      access: owner,
      params: z.extend(AppPath, { event: z.string().check(z.maxLength(128)) }),
      answer: { status: 200, schema: DeliveredEvent },
      errors: ["not_found"],
    },
    async (c, { params }) =>
      c.json((await c.var.services.webhooks.replay(params.app, params.event)) satisfies DeliveredEvent),
  );
