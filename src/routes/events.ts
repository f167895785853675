/** What an app was told. */
import * as z from "zod/mini";
import { DeliveredEvent, Events, EventsQuery, ReplayQuery } from "../api-events.ts";
import { AppPath, Routes, owner } from "./operation.ts";
import { readTimeCursor, timeCursor } from "./time-cursor.ts";

export const eventRoutes = new Routes()
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
      const { apps, events: list } = c.get("services");
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
      query: ReplayQuery,
      answer: { status: 200, schema: DeliveredEvent },
      errors: ["not_found"],
    },
    async (c, { params, query: { webhook } }) =>
      c.json((await c.get("services").webhooks.replay(params.app, params.event, webhook)) satisfies DeliveredEvent),
  );
