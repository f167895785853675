/** The end of a flow, however it came about: what was granted or typed is stored, and the person is sent on. */
import type { Context } from "hono";
import { READ_SESSION_SECONDS } from "../apps/sessions.ts";
import type { Authorization } from "../connections/authorizations.ts";
import { DEFAULT_APP } from "../connections/connection.ts";
import type { Known } from "../connections/grant.ts";
import type { AppEnv } from "../context.ts";
import { AppError } from "../errors.ts";
import type { TokenSet } from "../oauth/token-set.ts";
import { popupPage } from "./popup-page.ts";

/** The code for the app, or the place of the connection for the page. */
export type Stored =
  | { readonly connection_code: string; readonly place: null }
  | { readonly connection_code: null; readonly place: string };

/**
 * Stores what a flow has brought: at once for the page's own users, where what was connected before stays until this is in;
 * for an app's users apart, until the app has said whose it is.
 * @throws AppError `account_mismatch`, `unknown_connection`, `too_many`, `app_removed`
 */
export async function store(
  c: Context<AppEnv>,
  authorization: Authorization,
  tokens: TokenSet,
  known: Known,
): Promise<Stored> {
  const { connectSessions, connections } = c.get("services");
  if (authorization.app !== DEFAULT_APP) {
    return { connection_code: await connectSessions.keep(authorization, tokens, known), place: null };
  }
  const { name } = await connections.save(authorization, tokens, known, true);
  return { connection_code: null, place: name.place };
}

/** Where an app's user goes back to, with a code or the reason why there is none. */
export function appPlace(
  c: Context<AppEnv>,
  return_to: string | null,
  outcome: { connection_code: string } | { error: string },
): URL {
  return withQuery(c, return_to ?? "/", outcome);
}

/** Sends an app's user back to the app, with a code or the reason why there is none. */
export function sendBack(
  c: Context<AppEnv>,
  { return_to, display }: Authorization,
  outcome: { connection_code: string } | { error: string },
): Response | Promise<Response> {
  const place = appPlace(c, return_to, outcome);
  return display === "popup" ? popupPage(c, place) : c.redirect(place.href, 303);
}

export async function answerSuccess(
  c: Context<AppEnv>,
  authorization: Authorization,
  place: string,
): Promise<Response> {
  const { integration, return_to } = authorization;
  if (return_to !== null) return c.redirect(connectedAt(c, return_to, integration).href, 303);
  const session_id = await readSession(c, authorization, place);
  const frontend = c.get("services").config.frontendSuccessUrl();
  return frontend === null
    ? c.json({ session_id, integration, expires_in: READ_SESSION_SECONDS })
    : c.redirect(withQuery(c, frontend, { session_id }).href, 303);
}

/** Where the page's own user goes back to. */
export const connectedAt = (c: Context<AppEnv>, return_to: string, integration: string): URL =>
  withQuery(c, return_to, { connected: integration });

/** Where a flow that was started through the API ends, with a session to read with; null: nowhere. */
export async function withSession(
  c: Context<AppEnv>,
  authorization: Authorization,
  place: string,
): Promise<URL | null> {
  const frontend = c.get("services").config.frontendSuccessUrl();
  if (frontend === null) return null;
  return withQuery(c, frontend, { session_id: await readSession(c, authorization, place) });
}

const readSession = (c: Context<AppEnv>, { app, user }: Authorization, place: string): Promise<string> =>
  c.get("services").sessions.start({ app, user, kind: "read", place, lifetime: READ_SESSION_SECONDS });

/** Where a person of the page goes back to when nothing came of it. */
export const failedAt = (c: Context<AppEnv>, place: string, integration: string, error: string): URL =>
  withQuery(c, place, { integration, error });

/** Tells the place where the flow started; where there is none, whoever asked. */
export function answerFailure(
  c: Context<AppEnv>,
  authorization: Authorization,
  error: unknown,
): Response | Promise<Response> {
  if (authorization.app !== DEFAULT_APP && error instanceof AppError) {
    return sendBack(c, authorization, { error: error.code });
  }
  const place = authorization.return_to ?? c.get("services").config.frontendSuccessUrl();
  if (place === null || !(error instanceof AppError)) throw error;
  return c.redirect(failedAt(c, place, authorization.integration, error.code).href, 303);
}

/** @param place at this origin where it does not say which */
function withQuery(c: Context<AppEnv>, place: string, parameters: Readonly<Record<string, string>>): URL {
  const url = new URL(place, c.get("services").origin);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}
