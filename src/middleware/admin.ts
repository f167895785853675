/** The operator's key, for the operator's routes. */
import type { Context } from "hono";
import type { AppEnv } from "../context.ts";
import { digest } from "../crypto.ts";
import { AppError } from "../errors.ts";
import { limitAddress } from "./limits.ts";
import { readBearer } from "./session.ts";

/**
 * Lets through who presents ADMIN_KEY as a bearer.
 * @throws AppError `invalid_admin_key`, also where none is set; `rate_limited` before anything is compared
 */
export async function requireAdmin(c: Context<AppEnv>): Promise<void> {
  await limitAddress(c);
  const key = c.get("services").config.adminKey();
  const presented = readBearer(c.req.header("Authorization") ?? "");
  // Digests are compared, so how long it takes tells nothing of the key.
  if (key === null || presented === undefined || digest(presented) !== digest(key)) {
    throw new AppError("invalid_admin_key", "This needs the deployment's ADMIN_KEY as a bearer.");
  }
}
