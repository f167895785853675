/** The operator's part in changing the sealing key. */
import { Hono } from "hono";
import * as z from "zod";
import type { Resealed } from "../api.ts";
import type { AppEnv } from "../context.ts";
import { requireAdmin } from "../middleware/admin.ts";
import { valid } from "../middleware/valid.ts";

const ResealQuery = z.object({ cursor: z.string().max(1024).optional() });

export const keyRoutes = new Hono<AppEnv>()
  /** Seals one page of vaults anew with the active key. Called until `cursor` is null and nothing was left to do. */
  .post("/keys/reseal", requireAdmin, valid("query", ResealQuery), async (c) => {
    const { cursor } = c.req.valid("query");
    const answer: Resealed = await c.var.services.resealPage(cursor ?? null);
    return c.json(answer);
  });
