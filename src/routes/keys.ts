/** The operator's part in changing the sealing key, and in building the index anew. */
import * as z from "zod/mini";
import { Resealed } from "../api.ts";
import { Reindexed } from "../api-connections.ts";
import { Routes } from "./operation.ts";

const PageQuery = z.object({ cursor: z.optional(z.string().check(z.maxLength(1024))) });

export const keyRoutes = new Routes()
  .on(
    {
      method: "post",
      path: "/keys/reseal",
      tag: "Operator",
      access: "admin",
      query: PageQuery,
      answer: { status: 200, schema: Resealed },
    },
    async (c, { query }) => c.json((await c.get("services").resealPage(query.cursor ?? null)) satisfies Resealed),
  )
  .on(
    {
      method: "post",
      path: "/index/rebuild",
      tag: "Operator",
      access: "admin",
      query: PageQuery,
      answer: { status: 200, schema: Reindexed },
    },
    async (c, { query }) => c.json((await c.get("services").reindexPage(query.cursor ?? null)) satisfies Reindexed),
  );
