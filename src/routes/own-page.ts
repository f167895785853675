import type { Context } from "hono";
import type { AppEnv } from "../context.ts";
import { AppError } from "../errors.ts";

/** What a link or a form does, it does for Latchkey's own page alone. @throws AppError `csrf` */
export function checkOwnPage(c: Context<AppEnv>): void {
  if (c.req.header("Origin") !== c.get("services").origin) {
    throw new AppError("csrf", "This has to come from Latchkey's own page. Open the link again.");
  }
}
