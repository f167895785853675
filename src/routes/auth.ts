/** The start of a flow: for a person, a redirect to the provider; for a program, a link for a person to open. */
import { Hono, type Context } from "hono";
import type { Authorization as AuthorizationAnswer } from "../api.ts";
import type { ConfiguredIntegration } from "../apps/integrations.ts";
import { BROWSER_SESSION_SECONDS, type Session } from "../apps/sessions.ts";
import type { Authorization } from "../connections/authorizations.ts";
import { DEFAULT_APP } from "../connections/connection.ts";
import type { AppEnv } from "../context.ts";
import { randomId } from "../crypto.ts";
import { AppError } from "../errors.ts";
import { isLookAhead, isNavigation } from "../middleware/navigation.ts";
import { ensureBrowser, findCaller, protectFromCsrf, setSessionCookie } from "../middleware/session.ts";
import { STATE_TTL_SECONDS, authorizationUrl, createCodeVerifier } from "../oauth/authorization.ts";

/** The page of our own; a flow that starts there ends there. */
const PAGE = "/";

/** Where a flow that starts here is answered; the two pairs of routes do the same under both names. */
type CallbackPath = (integration: string) => string;

async function start(c: Context<AppEnv>, id: string, callbackPath: CallbackPath): Promise<Response> {
  if (isLookAhead(c.req.raw)) return c.body(null, 204);
  const { services } = c.var;
  const integration = services.integration(id);
  const link = c.req.query("state");
  if (link !== undefined && c.req.method === "GET") {
    const authorization = await services.authorizations.openLink(link, id, ensureBrowser(c));
    return c.redirect(atProvider(integration, authorization, link), 303);
  }
  const caller = await findCaller(c);
  const session = caller?.session.kind === "read" ? undefined : caller?.session;
  const authorization: Authorization = {
    app: session?.app ?? DEFAULT_APP,
    user: session?.user ?? randomId(),
    integration: id,
    redirect_uri: services.origin + callbackPath(id),
    code_verifier: createCodeVerifier(integration.provider),
    return_to: readReturnTo(c),
  };
  if (isNavigation(c.req.raw) && c.req.method === "GET") return goToProvider(c, integration, authorization, session);
  // Without a session there is nobody whom the page could show the connection to.
  return answerLink(c, session ? authorization : { ...authorization, return_to: null }, session);
}

/** Binds this browser and sends it to the provider; a browser without a session gets one. */
async function goToProvider(
  c: Context<AppEnv>,
  integration: ConfiguredIntegration,
  authorization: Authorization,
  session: Session | undefined,
): Promise<Response> {
  const { services } = c.var;
  const browser = ensureBrowser(c);
  if (!session) {
    const { app, user } = authorization;
    setSessionCookie(
      c,
      await services.sessions.start({
        app,
        user,
        kind: "browser",
        integration: null,
        lifetime: BROWSER_SESSION_SECONDS,
      }),
    );
  }
  const return_to = authorization.return_to ?? (services.config.frontendSuccessUrl() === null ? PAGE : null);
  const state = await services.authorizations.begin({ ...authorization, return_to }, browser, true);
  return c.redirect(atProvider(integration, authorization, state), 303);
}

/** Gives a program the link for a person to open: ours, so that the browser which finishes is the one that opened it. */
async function answerLink(
  c: Context<AppEnv>,
  authorization: Authorization,
  session: Session | undefined,
): Promise<Response> {
  const { services } = c.var;
  const state = await services.authorizations.begin(authorization, null, session !== undefined);
  const url = new URL(`/auth/${authorization.integration}`, services.origin);
  url.searchParams.set("state", state);
  return c.json({ authorization_url: url.href, state, expires_in: STATE_TTL_SECONDS } satisfies AuthorizationAnswer);
}

function atProvider(integration: ConfiguredIntegration, authorization: Authorization, state: string): string {
  const { provider, client } = integration;
  const { redirect_uri, code_verifier } = authorization;
  return authorizationUrl(provider, client.client_id, redirect_uri, state, code_verifier).href;
}

/** @throws AppError `invalid_return_to` for anything but the places this deployment has registered, letter for letter */
function readReturnTo(c: Context<AppEnv>): string | null {
  const values = c.req.queries("return_to") ?? [];
  const [value] = values;
  if (value === undefined) return null;
  if (values.length === 1 && value === PAGE) return value;
  throw new AppError("invalid_return_to", `return_to has to be ${PAGE}; every other place is set by the operator.`);
}

export const authRoutes = new Hono<AppEnv>()
  .get("/auth/:integration", (c) => start(c, c.req.param("integration"), (id) => `/callback/${id}`))
  .on(["GET", "POST"], "/integrations/:integration/authorize", (c, next) =>
    c.req.method === "POST" ? protectFromCsrf(c, next) : next(),
  )
  .on(["GET", "POST"], "/integrations/:integration/authorize", (c) =>
    start(c, c.req.param("integration"), (id) => `/integrations/${id}/oauth2callback`),
  );
