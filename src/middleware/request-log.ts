/**
 * One structured line for each request, and one more for each change: only names that are ours, ids and codes. No URL, no
 * query and no header is in them, so neither can a secret be.
 */
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import { APP_ITSELF } from "../connections/connection.ts";
import type { AppEnv, LoggedFacts } from "../context.ts";
import { digest } from "../crypto.ts";
import { ERROR_HEADER } from "../errors.ts";
import type { Caller } from "./caller.ts";

/** Adds to what the request's line says. */
export function logFacts(c: Context<AppEnv>, facts: LoggedFacts): void {
  c.set("logged", { ...c.get("logged"), ...facts });
}

/** Who calls, as the line names them. */
export function logCaller(c: Context<AppEnv>, { app, user }: Pick<Caller, "app" | "user">): void {
  logFacts(c, { app, ...(user === APP_ITSELF ? {} : { user: digest("user", app, user).slice(0, 16) }) });
}

/** Writes the line when the answer begins. `outcome` is the code of an error of ours, or `ok`. */
export const requestLog = createMiddleware<AppEnv>(async function requestLog(c, next) {
  const began = performance.now();
  await next();
  const { status, headers } = c.res;
  write("request", c, {
    method: c.req.method,
    route: routePath(c, -1),
    status,
    outcome: headers.get(ERROR_HEADER) ?? "ok",
    duration_ms: Math.round(performance.now() - began),
  });
});

/** Writes down a change that was made: of credentials, keys, apps or connections. @param ids what it was made to */
export function logChange(c: Context<AppEnv>, action: string, ids: Readonly<Record<string, string>>): void {
  write("audit", c, { action, target: ids });
}

function write(event: "request" | "audit", c: Context<AppEnv>, facts: Readonly<Record<string, unknown>>): void {
  console.log(JSON.stringify({ event, request_id: c.get("requestId"), ...c.get("logged"), ...facts }));
}
