/** Where an app's users may come back to. */
import type { Context } from "hono";
import type { AppEnv } from "../context.ts";
import { invalidField } from "../errors.ts";

/** @throws AppError `invalid_return_to` for anything but a registered URL, letter for letter */
export async function checkReturnTo(c: Context<AppEnv>, app: string, return_to: string): Promise<void> {
  const { return_urls } = await c.get("services").apps.describe(app);
  if (!return_urls.includes(return_to)) {
    throw invalidField("return_to", "is not one of the app's return URLs, letter for letter.", "invalid_return_to");
  }
}
