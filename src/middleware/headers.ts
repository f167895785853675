/** The request id, and the security headers of every answer the Worker gives. */
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../context.ts";
import * as headers from "../security-headers.ts";

/** Where each answer says which request of ours it is to. */
const REQUEST_HEADER = "X-Latchkey-Request-Id";

/** Names the request, so that an answer and a log line can be brought together. */
export const requestId = createMiddleware<AppEnv>(async function requestId(c, next) {
  const id = crypto.randomUUID();
  c.set("requestId", id);
  await next();
  c.res.headers.set(REQUEST_HEADER, id);
  // A proxied answer has its own, and that is the one its provider knows.
  if (!c.res.headers.has("X-Request-Id")) c.res.headers.set("X-Request-Id", id);
});

/** By which a call names a connection, and each answer the one that it was about. */
export const CONNECTION_HEADER = "X-Latchkey-Connection";

/** That no route sets by itself. */
const OF_ALL = "Strict-Transport-Security";
const EVERY_ANSWER = Object.entries({ ...headers.securityHeaders, ...headers.answerHeaders });

/** Sets what every answer has; what a route has set itself stays. */
export const answerHeaders = createMiddleware<AppEnv>(async function answerHeaders(c, next) {
  await next();
  // Not by `c.header`: behind an answer it makes a new Response for every single header.
  const { headers: own } = c.res;
  // A proxied answer is made with all of them.
  if (!own.has(OF_ALL)) for (const [name, value] of EVERY_ANSWER) if (!own.has(name)) own.set(name, value);
  const connection = c.get("connection");
  if (connection !== undefined) own.set(CONNECTION_HEADER, connection);
});
