/** The end of a flow: the provider's answer is checked, exchanged, stored, and the person is sent on. */
import { Hono, type Context } from "hono";
import type { ConfiguredIntegration } from "../apps/integrations.ts";
import { READ_SESSION_SECONDS } from "../apps/sessions.ts";
import type { Authorization } from "../connections/authorizations.ts";
import type { AppEnv } from "../context.ts";
import { withAvatar } from "../data/avatar.ts";
import { readAccount } from "../data/profile.ts";
import { AppError } from "../errors.ts";
import { isLookAhead } from "../middleware/navigation.ts";
import { findCaller, getBrowser } from "../middleware/session.ts";
import { checkCallback, readCallback, type CallbackParameters } from "../oauth/authorization.ts";
import { exchangeCode } from "../oauth/token-endpoint.ts";

async function finish(c: Context<AppEnv>, id: string): Promise<Response> {
  if (isLookAhead(c.req.raw)) return c.body(null, 204);
  const { services } = c.var;
  const integration = services.integration(id);
  const callback = readCallback(new URL(c.req.url).searchParams);
  const { claims, authorization } = await services.authorizations.claim(callback.state, id, c.req.path, getBrowser(c));
  // From here on the state is proven, and a person can be sent back to where the flow started, whatever happens.
  try {
    if (claims.signed_in && (await findCaller(c))?.session.vault !== claims.vault) {
      throw new AppError(
        "user_mismatch",
        "The session that started this has ended or is another one now, so nothing was connected. Start again.",
      );
    }
    const work = connect(c, integration, authorization, callback);
    // The code is spent once it is sent: what it brings is stored even when nobody waits for the answer any more.
    c.executionCtx.waitUntil(work.catch(() => {}));
    await work;
  } catch (error) {
    return answerFailure(c, authorization, error);
  }
  return answerSuccess(c, authorization);
}

/** Exchanges the code and stores what it granted. What was connected before stays until the new grant is in. */
async function connect(
  c: Context<AppEnv>,
  integration: ConfiguredIntegration,
  authorization: Authorization,
  callback: CallbackParameters,
): Promise<void> {
  const { services } = c.var;
  const endpoint = services.endpoint(integration);
  const checked = checkCallback(integration.provider, integration.client.client_id, callback);
  const tokens = await exchangeCode(endpoint, checked, authorization.redirect_uri, authorization.code_verifier);
  const saved = await services.connections.save(authorization, tokens);
  const account = await readAccount(endpoint, tokens);
  if (account) {
    const named = withAvatar(account, integration.provider, services.origin);
    await services.connections.identify(authorization, saved, named);
  }
}

async function answerSuccess(c: Context<AppEnv>, authorization: Authorization): Promise<Response> {
  const { services } = c.var;
  const { app, user, integration, return_to } = authorization;
  if (return_to !== null) return c.redirect(withQuery(c, return_to, { connected: integration }), 303);
  const session_id = await services.sessions.start({
    app,
    user,
    kind: "read",
    integration,
    lifetime: READ_SESSION_SECONDS,
  });
  const frontend = services.config.frontendSuccessUrl();
  return frontend === null
    ? c.json({ session_id, integration, expires_in: READ_SESSION_SECONDS })
    : c.redirect(withQuery(c, frontend, { session_id }), 303);
}

/** Tells the place where the flow started; where there is none, whoever asked. */
function answerFailure(c: Context<AppEnv>, authorization: Authorization, error: unknown): Response {
  const place = authorization.return_to ?? c.var.services.config.frontendSuccessUrl();
  if (place === null || !(error instanceof AppError)) throw error;
  return c.redirect(withQuery(c, place, { integration: authorization.integration, error: error.code }), 303);
}

function withQuery(c: Context<AppEnv>, place: string, parameters: Readonly<Record<string, string>>): string {
  const url = new URL(place, c.var.services.origin);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

export const callbackRoutes = new Hono<AppEnv>()
  .get("/callback/:integration", (c) => finish(c, c.req.param("integration")))
  .get("/integrations/:integration/oauth2callback", (c) => finish(c, c.req.param("integration")));
