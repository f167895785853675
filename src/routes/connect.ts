/** Connect sessions: the link an app asks for, what its user's browser sees of it, and the end of it all by the app. */
import type { Context } from "hono";
import * as z from "zod/mini";
import { ConnectSession, Connection, Finalize, NewConnectSession } from "../api-connections.ts";
import { redirectUri } from "../apps/client-vault.ts";
import type { ConnectSessionRecord } from "../apps/connect-sessions.ts";
import { consentUrl } from "../apps/integrations.ts";
import type { Authorization } from "../connections/authorizations.ts";
import type { AppEnv } from "../context.ts";
import { AppError } from "../errors.ts";
import { checkUser } from "../middleware/caller.ts";
import { readText } from "../middleware/json-body.ts";
import { isLookAhead } from "../middleware/navigation.ts";
import { ensureBrowser, getBrowser } from "../middleware/session.ts";
import { createCodeVerifier } from "../oauth/authorization.ts";
import { choicePage } from "./choice-page.ts";
import { describeConnection, syncIndex } from "./described.ts";
import { linkPage } from "./link-page.ts";
import { Routes } from "./operation.ts";
import { keepOpener } from "./page-headers.ts";

/** @throws AppError `invalid_return_to` for anything but a registered URL, letter for letter */
export async function checkReturnTo(c: Context<AppEnv>, app: string, return_to: string): Promise<void> {
  const { return_urls } = await c.var.services.apps.describe(app);
  if (!return_urls.includes(return_to)) {
    throw new AppError("invalid_return_to", "return_to: is not one of the app's return URLs, letter for letter.");
  }
}

/** Makes the link for a user to open. */
export async function createConnectSession(
  c: Context<AppEnv>,
  session: ConnectSessionRecord,
  expires_in: number,
): Promise<ConnectSession> {
  const { services } = c.var;
  await checkReturnTo(c, session.app, session.return_to);
  if (session.integration !== null) await services.integration(session.app, session.integration);
  const { ticket, expires_at } = await services.connectSessions.create(session, expires_in);
  return { connect_url: `${services.origin}${linkTo(ticket)}`, expires_at: new Date(expires_at).toISOString() };
}

/** Spends the link and sends the browser that opened it to the provider. */
async function goToProvider(
  c: Context<AppEnv>,
  ticket: string,
  browser: string,
  chosen: string | null,
): Promise<Response> {
  const { services } = c.var;
  const session = await services.connectSessions.spend(ticket, browser);
  const { app, user, return_to, scopes, display, replace } = session;
  const integration = await services.integration(app, session.integration ?? chosen ?? "");
  const authorization: Authorization = {
    app,
    user,
    integration: integration.id,
    redirect_uri: redirectUri(services.origin, integration.id),
    code_verifier: createCodeVerifier(integration.provider),
    return_to,
    scopes,
    display,
    replace,
  };
  const state = await services.authorizations.begin(authorization, browser, false);
  if (display === "popup") keepOpener(c);
  return c.redirect(consentUrl(integration, authorization, state), 303);
}

/** Behind a `#`, a ticket is in no request, and so in no log of one (RFC 9110 7.1); the page hands it on in a body. */
const linkTo = (ticket: string): string => `/connect#${ticket}`;
const TICKET_LENGTH = 1024;

const LINK_ERRORS = [
  "invalid_link",
  "link_expired",
  "link_used",
  "link_browser_mismatch",
  "unknown_integration",
] as const;

export const connectRoutes = new Routes()
  .on(
    {
      method: "post",
      path: "/connect-sessions",
      tag: "Connect",
      summary: "Make a link for one of the app's users to connect an account with",
      description:
        "The link works once, in one browser. The user comes back to `return_to` with a `connection_code`; nothing is connected before it is finalized.",
      access: { as: "app", scope: "connect" },
      body: NewConnectSession,
      answer: { status: 201, schema: ConnectSession },
      errors: ["invalid_return_to", "unknown_integration", "user_mismatch"],
    },
    async (c, { caller, body }) => {
      const { expires_in, integration = null, scopes = null, ...rest } = body;
      checkUser(caller, rest.user);
      return c.json(await createConnectSession(c, { app: caller.app, integration, scopes, ...rest }, expires_in), 201);
    },
  )
  .on(
    {
      method: "get",
      path: "/connect",
      tag: "Connect",
      summary: "The page of every connect link; what the link is stands behind its `#`",
      access: "anyone",
      answer: { status: 200, schema: null },
    },
    (c) => (isLookAhead(c.req.raw) ? c.body(null, 204) : linkPage(c)),
  )
  .on(
    {
      method: "get",
      path: "/connect/{ticket}",
      tag: "Connect",
      summary: "A link from before its ticket stood behind a `#`: leads to the page",
      access: "anyone",
      params: z.object({ ticket: z.string().check(z.maxLength(TICKET_LENGTH)) }),
      answer: { status: 303, schema: null },
    },
    (c, { params: { ticket } }) => {
      if (isLookAhead(c.req.raw)) return c.body(null, 204);
      keepOpener(c);
      return c.redirect(linkTo(encodeURIComponent(ticket)), 303);
    },
  )
  .on(
    {
      method: "post",
      path: "/connect/open",
      tag: "Connect",
      summary: "Open a connect link, from its page: the choice, or straight on to the provider",
      description: "A form of `ticket`, which may be the whole link, and of `integration` where that was chosen.",
      access: "anyone",
      answer: { status: 303, schema: null },
      errors: [...LINK_ERRORS, "csrf"],
    },
    async (c) => {
      const { services } = c.var;
      if (c.req.header("Origin") !== services.origin) {
        throw new AppError("csrf", "This has to come from Latchkey's own page. Open the link again.");
      }
      const form = new URLSearchParams(await readText(c.req.raw));
      const ticket = form.get("ticket")?.trim().split("#").at(-1)?.slice(0, TICKET_LENGTH) ?? "";
      const chosen = form.get("integration");
      if (chosen !== null) return goToProvider(c, ticket, getBrowser(c) ?? "", chosen);
      // The cookie goes with this answer, and comes back with the next request.
      const browser = ensureBrowser(c);
      const session = await services.connectSessions.open(ticket, browser);
      if (session.integration !== null) return goToProvider(c, ticket, browser, null);
      const integrations = await services.integrations(session.app);
      const { name } = await services.apps.find(session.app);
      return choicePage(c, {
        app: name,
        ticket,
        choices: integrations.map(({ id, provider }) => ({ integration: id, name: provider.name })),
      });
    },
  )
  .on(
    {
      method: "post",
      path: "/connections/finalize",
      tag: "Connect",
      summary: "Finish a connection: say which of the app's users has come back",
      description:
        "Take `user` from your own session with whoever came back, never from the URL. For another user than the link was made for nothing is connected. Where another account is connected, it stays: the code is good for another call with `replace`.",
      access: { as: "app", scope: "connect" },
      body: Finalize,
      answer: { status: 200, schema: Connection },
      errors: ["invalid_connection_code", "user_mismatch", "account_mismatch", "app_removed", "too_many"],
    },
    async (c, { caller, body: { connection_code, user, replace } }) => {
      checkUser(caller, user);
      const name = await c.var.services.connectSessions.finalize(caller.app, user, connection_code, replace);
      await syncIndex(c, name);
      return c.json(await describeConnection(c, name));
    },
  );
