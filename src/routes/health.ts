/** Liveness. It says nothing else, because everybody may ask. */
import { Hono } from "hono";
import type { AppEnv } from "../context.ts";

export const healthRoutes = new Hono<AppEnv>().get("/health", (c) => c.json({ status: "ok" }));
