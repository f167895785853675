/** Liveness. It says nothing else, because everybody may ask. */
import * as z from "zod/mini";
import { Routes } from "./operation.ts";

export const healthRoutes = new Routes().on(
  {
    method: "get",
    path: "/health",
    tag: "Operator",
    access: "anyone",
    answer: { status: 200, schema: z.object({ status: z.literal("ok") }) },
  },
  (c) => c.json({ status: "ok" }),
);
