/** The end of a flow: the provider's answer is checked, exchanged, stored, and the person is sent on. */
import type { Context } from "hono";
import * as z from "zod/mini";
import type { ConfiguredIntegration } from "../apps/integrations.ts";
import { READ_SESSION_SECONDS } from "../apps/sessions.ts";
import type { Authorization } from "../connections/authorizations.ts";
import { DEFAULT_APP } from "../connections/connection.ts";
import type { AppEnv } from "../context.ts";
import { AppError } from "../errors.ts";
import { isLookAhead } from "../middleware/navigation.ts";
import { logCaller, logChange } from "../middleware/request-log.ts";
import { findSession, getBrowser } from "../middleware/session.ts";
import { checkCallback, readCallback, type CallbackParameters } from "../oauth/authorization.ts";
import { exchangeCode } from "../oauth/token-endpoint.ts";
import { popupPage } from "./popup-page.ts";
import { askGrantee } from "./described.ts";
import { IntegrationPath, Routes } from "./operation.ts";
import { checkReturnTo } from "./return-to.ts";

async function finish(c: Context<AppEnv>, id: string): Promise<Response> {
  if (isLookAhead(c.req.raw)) return c.body(null, 204);
  const services = c.get("services");
  const callback = readCallback(new URL(c.req.url).searchParams);
  const { claims, authorization } = await services.authorizations.claim(callback.state, id, c.req.path, getBrowser(c));
  logCaller(c, authorization);
  // An app that has withdrawn the address since gets nothing there, not even an error.
  if (claims.app !== DEFAULT_APP) await checkReturnTo(c, claims.app, authorization.return_to ?? "");
  // From here on the state is proven, and a person can be sent back to where the flow started, whatever happens.
  try {
    const integration = await services.integrations.find(claims.app, id);
    if (claims.signed_in && (await findSession(c))?.session.vault !== claims.vault) {
      throw new AppError(
        "user_mismatch",
        "The session that started this has ended or is another one now, so nothing was connected. Start again.",
      );
    }
    const work = connect(c, integration, authorization, callback);
    // The code is spent once it is sent: what it brings is stored even when nobody waits for the answer any more.
    services.behind(work.catch(() => {}));
    const { connection_code, place } = await work;
    logChange(c, connection_code === null ? "connected" : "granted", { integration: id });
    return connection_code === null
      ? await answerSuccess(c, authorization, place)
      : sendBack(c, authorization, { connection_code });
  } catch (error) {
    if (error instanceof AppError) await services.connectSessions.fail(authorization, error.code).catch(() => {});
    return answerFailure(c, authorization, error);
  }
}

/**
 * Exchanges the code and stores what it granted: at once for the page's own users, where what was connected before stays
 * until the new grant is in; for an app's users apart, until the app has said whose it is.
 * @returns the code for the app, or the place of the connection for the page
 */
async function connect(
  c: Context<AppEnv>,
  integration: ConfiguredIntegration,
  authorization: Authorization,
  callback: CallbackParameters,
): Promise<
  | { readonly connection_code: string; readonly place: null }
  | { readonly connection_code: null; readonly place: string }
> {
  const services = c.get("services");
  const { provider, client } = integration;
  const { scopes, redirect_uri, code_verifier } = authorization;
  const asked = scopes === null ? provider : { ...provider, scopes };
  const endpoint = services.endpoint({ provider: asked, client });
  const checked = checkCallback(provider, client.client_id, callback);
  const tokens = await exchangeCode(endpoint, checked, redirect_uri, code_verifier);
  const grantee = await askGrantee(c, integration, tokens);
  const granted = { ...tokens, scopes: [...(grantee.scopes ?? tokens.scopes)] };
  const known = { account: grantee.account, asked: scopes };
  if (authorization.app !== DEFAULT_APP) {
    return { connection_code: await services.connectSessions.keep(authorization, granted, known), place: null };
  }
  const { name } = await services.connections.save(authorization, granted, known, true);
  return { connection_code: null, place: name.place };
}

/** Sends an app's user back to the app, with a code or the reason why there is none. */
function sendBack(
  c: Context<AppEnv>,
  { return_to, display }: Authorization,
  outcome: { connection_code: string } | { error: string },
): Response | Promise<Response> {
  const place = new URL(return_to ?? "/", c.get("services").origin);
  for (const [name, value] of Object.entries(outcome)) place.searchParams.set(name, value);
  return display === "popup" ? popupPage(c, place) : c.redirect(place.href, 303);
}

async function answerSuccess(c: Context<AppEnv>, authorization: Authorization, place: string): Promise<Response> {
  const services = c.get("services");
  const { app, user, integration, return_to } = authorization;
  if (return_to !== null) return c.redirect(withQuery(c, return_to, { connected: integration }), 303);
  const session_id = await services.sessions.start({
    app,
    user,
    kind: "read",
    place,
    lifetime: READ_SESSION_SECONDS,
  });
  const frontend = services.config.frontendSuccessUrl();
  return frontend === null
    ? c.json({ session_id, integration, expires_in: READ_SESSION_SECONDS })
    : c.redirect(withQuery(c, frontend, { session_id }), 303);
}

/** Tells the place where the flow started; where there is none, whoever asked. */
function answerFailure(c: Context<AppEnv>, authorization: Authorization, error: unknown): Response | Promise<Response> {
  if (authorization.app !== DEFAULT_APP && error instanceof AppError) {
    return sendBack(c, authorization, { error: error.code });
  }
  const place = authorization.return_to ?? c.get("services").config.frontendSuccessUrl();
  if (place === null || !(error instanceof AppError)) throw error;
  return c.redirect(withQuery(c, place, { integration: authorization.integration, error: error.code }), 303);
}

function withQuery(c: Context<AppEnv>, place: string, parameters: Readonly<Record<string, string>>): string {
  const url = new URL(place, c.get("services").origin);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

const CALLBACK = {
  method: "get",
  tag: "Connect",
  access: "anyone",
  params: IntegrationPath,
  answer: {
    status: 200,
    schema: z.object({ session_id: z.string(), integration: z.string(), expires_in: z.number() }),
  },
  errors: [
    "invalid_state",
    "invalid_callback",
    "state_consumed",
    "state_expired",
    "state_browser_mismatch",
    "callback_mismatch",
    "issuer_mismatch",
    "access_denied",
    "authorization_failed",
    "user_mismatch",
    "account_mismatch",
    "unknown_connection",
    "too_many",
  ],
} as const;

export const callbackRoutes = new Routes()
  .on({ path: "/callback/{integration}", ...CALLBACK }, (c, { params }) => finish(c, params.integration))
  .on({ path: "/integrations/{integration}/oauth2callback", ...CALLBACK }, (c, { params }) =>
    finish(c, params.integration),
  );
