/** What was done with a user's connections. */
import type { Context } from "hono";
import { CallsQuery, RecordedCalls } from "../api-calls.ts";
import { integrationOf } from "../connections/place.ts";
import { comesAfter } from "../connections/vault/request-log.ts";
import type { AppEnv } from "../context.ts";
import { isShown } from "../middleware/granted.ts";
import { boundId } from "./described.ts";
import { Routes } from "./operation.ts";
import { readTimeCursor, timeCursor } from "./time-cursor.ts";

/** A connection's id, and its integration: what was refused before it was known whose it was is among its calls too. */
async function integrationOfId(c: Context<AppEnv>, app: string, id: string) {
  const found = await c.get("services").names.readConnectionId(app, id);
  return { id, integration: found && integrationOf(found.place) };
}

export const callRoutes = new Routes().on(
  {
    method: "get",
    path: "/calls",
    tag: "Connections",
    access: { as: "user", scope: "read" },
    query: CallsQuery,
    answer: { status: 200, schema: RecordedCalls },
    errors: ["invalid_cursor"],
  },
  async (c, { caller, query: { limit, cursor, ...wanted } }) => {
    const before = cursor === undefined ? null : readTimeCursor(cursor);
    const bound = await boundId(c, caller);
    const asked = wanted.connection === undefined ? null : await integrationOfId(c, caller.app, wanted.connection);
    const { calls, dropped } = await c.get("services").callRecord.list(caller.app, caller.user);
    const meant = calls
      .filter(({ connection }) => bound === null || connection === bound)
      .filter(({ connection, integration }) => isShown(caller, { id: connection ?? "", integration }))
      .filter(({ key }) => wanted.key === undefined || key === wanted.key)
      .filter(
        ({ connection, integration }) =>
          asked === null || connection === asked.id || (connection === null && integration === asked.integration),
      )
      .filter(({ integration }) => wanted.integration === undefined || integration === wanted.integration)
      .filter((call) => before === null || comesAfter(call, before))
      .toSorted((a, b) => (comesAfter(a, [b.at, b.request_id]) ? 1 : -1));
    const shown = meant.slice(0, limit);
    const last = shown.at(-1);
    const next_cursor = meant.length > limit && last ? timeCursor(last.at, last.request_id) : null;
    return c.json({ calls: shown, dropped, next_cursor } satisfies RecordedCalls);
  },
);
