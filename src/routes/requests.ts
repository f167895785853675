/** What is written down of an app's requests. */
import { LoggedRequests, RequestsQuery } from "../api-requests.ts";
import { readTimeCursor, timeCursor } from "./time-cursor.ts";
import { AppPath, Routes, owner } from "./operation.ts";

export const requestRoutes = new Routes().on(
  {
    method: "get",
    path: "/apps/{app}/requests",
    tag: "Apps",
    access: owner,
    params: AppPath,
    query: RequestsQuery,
    answer: { status: 200, schema: LoggedRequests },
    errors: ["not_found"],
  },
  async (c, { params, query: { limit, cursor, ...filter } }) => {
    const { apps, appRequests } = c.get("services");
    await apps.describe(params.app);
    const before = cursor === undefined ? null : readTimeCursor(cursor);
    const requests = await appRequests.list(params.app, filter, limit, before);
    const last = requests.at(-1);
    const next_cursor = requests.length === limit && last ? timeCursor(last.at, last.request_id) : null;
    return c.json({ requests, next_cursor } satisfies LoggedRequests);
  },
);
