/** The one place where errors become answers. */
import type { Context, Hono, NotFoundHandler } from "hono";
import { html } from "hono/html";
import type { ErrorBody } from "../api.ts";
import type { AppEnv } from "../context.ts";
import { AppError, ERROR_HEADER } from "../errors.ts";
import { madePagePolicy } from "../security-headers.ts";
import { madePage } from "./made-page.ts";
import { isNavigation } from "./navigation.ts";
import { sessionCookie } from "./session.ts";

/** Answers an error of ours with its code and sentence; any other is logged and says nothing. */
export function answerError(error: Error, c: Context<AppEnv>): Response | Promise<Response> {
  const known = toKnownError(error, c.get("requestId"));
  for (const [name, value] of Object.entries({ ...known.headers, [ERROR_HEADER]: known.code })) c.header(name, value);
  const body: ErrorBody = {
    error: known.code,
    message: known.message,
    param: known.param,
    docs: new URL(`/docs/errors/${known.code}`, c.req.url).href,
    request_id: c.get("requestId"),
    ...known.members,
  };
  if (!isNavigation(c.req.raw)) return c.json(body, known.status);
  c.header("Content-Security-Policy", madePagePolicy);
  return c.html(errorPage(body, sessionCookie(c) !== undefined), known.status);
}

/** The error to tell: one of ours as it is; any other is logged, and becomes one that says nothing. */
export function toKnownError(error: unknown, request_id: string): AppError {
  if (error instanceof AppError) return error;
  return internalError(error instanceof Error ? error : new Error("not an error"), request_id);
}

/**
 * What a person sees who came by a link: the sentence, in their own language where that is known, and the way back.
 * @param isAtPage whether they are at Latchkey's own page; an app's users have never heard of it
 */
const errorPage = ({ error, message, request_id }: ErrorBody, isAtPage: boolean) =>
  madePage(
    "This did not work",
    html`<h1>This did not work</h1>
      <p>${message}</p>
      ${isAtPage ? html`<p><a href="/">Back to Latchkey</a></p>` : ""}
      <p><small>${request_id}</small></p>
      <script src="/problem.js" data-code="${error}" defer></script>`,
  );

/** The stack without its first lines: an error's message can hold what a provider or a caller wrote. */
function internalError(error: Error, request_id: string): AppError {
  const stack = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  console.error(JSON.stringify({ event: "internal_error", request_id, error: error.name, stack }));
  return new AppError(
    "internal",
    "Something went wrong here. Try again; if it stays, tell the operator the request id.",
  );
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Tells a path that is not there from a method it does not take. */
export function answerNotFound(app: Hono<AppEnv>): NotFoundHandler<AppEnv> {
  return (c) => {
    const allowed = METHODS.filter((method) =>
      app.router.match(method, c.req.path)[0].some(([[, route]]) => route.method === method),
    );
    if (allowed.length === 0) {
      throw new AppError("not_found", "There is nothing at this address. See /docs for the routes.");
    }
    throw new AppError("method_not_allowed", `This address takes ${allowed.join(", ")}.`, {
      headers: { Allow: allowed.join(", ") },
    });
  };
}
