/**
 * One structured line for each request, or for many of those that are alike (see call-log.ts), and one more for each change:
 * only names that are ours, ids and codes. No URL, no query and no header is in them, so neither can a secret be. An app finds
 * the same of its own requests in its list.
 */
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import type { LoggedRequest } from "../api-requests.ts";
import { APP_ITSELF, DEFAULT_APP } from "../connections/connection.ts";
import type { AppEnv, LoggedFacts, MadeCall } from "../context.ts";
import { digest } from "../crypto.ts";
import { ERROR_HEADER } from "../errors.ts";
import type { Caller } from "./caller.ts";

const PROXY_ROUTE = "/proxy/*";
/** Reading the list of requests is no part of it. */
const UNLISTED_ROUTE = "/apps/:app/requests";

/** Adds to what the request's line says. */
export function logFacts(c: Context<AppEnv>, facts: LoggedFacts): void {
  const logged = c.get("logged");
  if (logged === undefined) c.set("logged", { ...facts });
  else Object.assign(logged, facts);
}

/** Who calls, as the line names them. */
export function logCaller(c: Context<AppEnv>, { app, user }: Pick<Caller, "app" | "user">): void {
  logFacts(c, user === APP_ITSELF ? { app } : { app, user });
}

/** Has a call to a service written down when its answer begins. @returns it, for its rule to be noted */
export function noteMade(
  c: Context<AppEnv>,
  { app, user, session }: Pick<Caller, "app" | "user" | "session">,
  call: Pick<MadeCall, "integration" | "method" | "path">,
): MadeCall {
  const key = session === null || session.kind === "browser" ? null : session.key;
  const made = { app, user, key, rule: null, approval: null, ...call };
  c.set("made", made);
  return made;
}

/** Writes the line when the answer begins. `outcome` is the code of an error of ours, or `ok`. */
export const requestLog = createMiddleware<AppEnv>(async function requestLog(c, next) {
  const began = performance.now();
  await next();
  const { status, headers } = c.res;
  const facts = {
    method: c.req.method,
    route: routePath(c, -1),
    status,
    outcome: headers.get(ERROR_HEADER) ?? "ok",
    duration_ms: Math.round(performance.now() - began),
  };
  note(c, facts);
  recordCall(c, facts);
  if ((isCallThatWentWell(facts) || isGuess(c, facts)) && countCall(c, facts)) return;
  const connection = c.get("connection");
  write("request", c, { ...(connection === undefined ? {} : { connection }), ...facts });
});

/** Writes down a call to a service for whoever's connection it was made with. */
function recordCall(c: Context<AppEnv>, { status, outcome }: Facts): void {
  const made = c.get("made");
  if (made === undefined) return;
  const { app, user, ...call } = made;
  const at = new Date().toISOString();
  const connection = c.get("connection") ?? null;
  c.get("services").callRecord.note(app, user, {
    request_id: c.get("requestId"),
    at,
    ...call,
    connection,
    status,
    outcome,
  });
}

type Facts = Pick<LoggedRequest, "method" | "route" | "status" | "outcome" | "duration_ms">;

/** Whether it is one of the many that nobody asks about one by one. */
const isCallThatWentWell = ({ route, outcome, status }: Facts): boolean =>
  route === PROXY_ROUTE && outcome === "ok" && status < 400;

/** Whether it came with a key, or none, that says nothing of whose it is. */
const isGuess = (c: Context<AppEnv>, { outcome }: Facts): boolean =>
  outcome === "invalid_session" && c.get("logged")?.app === undefined;

function countCall(c: Context<AppEnv>, { method, route, status, outcome, duration_ms }: Facts): boolean {
  const { app, integration, provider } = c.get("logged") ?? {};
  return c.get("services").callLog.note({ app, integration, provider, method, route, status, outcome, duration_ms });
}

/** Writes down a change that was made: of credentials, keys, apps or connections. @param ids what it was made to */
export function logChange(c: Context<AppEnv>, action: string, ids: Readonly<Record<string, string>>): void {
  write("audit", c, { action, target: ids });
}

function write(event: "request" | "audit", c: Context<AppEnv>, facts: Readonly<Record<string, unknown>>): void {
  const { app, user, ...known } = c.get("logged") ?? {};
  const who = {
    ...(app === undefined ? {} : { app }),
    ...(app === undefined || user === undefined ? {} : { user: digest("user", app, user).slice(0, 16) }),
  };
  console.log(JSON.stringify({ event, request_id: c.get("requestId"), ...who, ...known, ...facts }));
}

function note(c: Context<AppEnv>, facts: Facts): void {
  const { app, user = null, integration = null, provider = null } = c.get("logged") ?? {};
  // The page's users have no app that would look at theirs.
  if (app === undefined || app === DEFAULT_APP || facts.route === UNLISTED_ROUTE) return;
  c.get("services").appRequests.note(app, {
    request_id: c.get("requestId"),
    at: new Date().toISOString(),
    ...facts,
    user,
    integration,
    provider,
    connection: c.get("connection") ?? null,
  });
}
