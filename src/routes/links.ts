/**
 * Connect links in the browser of an app's user: the page of one, what is chosen there, and the way to the provider. The page
 * is a static file; what the link is stands behind its `#`, and comes from there in a body.
 */
import type { Context } from "hono";
import * as z from "zod/mini";
import { AuthorizationUrl, CancelledLink, ChosenIntegration, ConnectPage, OpenedLink } from "../api-connect.ts";
import { redirectUri } from "../apps/client-vault.ts";
import { wayOn } from "../apps/integrations.ts";
import type { Authorization } from "../connections/authorizations.ts";
import { readingOf } from "../catalogue/listings.ts";
import type { AppEnv } from "../context.ts";
import { readPicture } from "../data/picture.ts";
import { AppError } from "../errors.ts";
import { strangers } from "../held.ts";
import { readText } from "../middleware/json-body.ts";
import { isLookAhead } from "../middleware/navigation.ts";
import { logCaller } from "../middleware/request-log.ts";
import { ensureBrowser, getBrowser } from "../middleware/session.ts";
import { createCodeVerifier } from "../oauth/authorization.ts";
import { dpopKeyFor } from "../oauth/dpop.ts";
import { choicePage } from "./choice-page.ts";
import { AppPath, Routes } from "./operation.ts";
import { checkOwnPage } from "./own-page.ts";
import { keepOpener } from "./page-headers.ts";
import { checkReturnTo } from "./return-to.ts";

/** Behind a `#`, a ticket is in no request, and so in no log of one (RFC 9110 7.1); the page hands it on in a body. */
export const linkTo = (ticket: string): string => `/connect#${ticket}`;
const TICKET_LENGTH = 1024;
/** Every page of the app's links shows it. */
const LOGO_SECONDS = 3600;

/** The ticket of a link, which may be the whole link. */
const ticketOf = (link: string): string => link.trim().split("#").at(-1)?.slice(0, TICKET_LENGTH) ?? "";

const LINK_ERRORS = [
  "invalid_link",
  "link_expired",
  "link_used",
  "link_cancelled",
  "link_browser_mismatch",
  "unknown_integration",
] as const;

/** Spends the link, once the way on is there. @returns where the provider asks the person, and how the flow ends */
async function leaveFor(
  c: Context<AppEnv>,
  ticket: string,
  browser: string,
  chosen: string,
): Promise<{ url: string; display: Authorization["display"] }> {
  const services = c.get("services");
  const opened = await services.connectSessions.open(ticket, browser);
  logCaller(c, opened);
  // A link is not spent on what cannot be connected.
  const named = opened.integration ?? (await services.clientVault.idOf(opened.app, chosen));
  const integration = await services.integrations.find(opened.app, named);
  const { app, user, return_to, scopes, display, wanted } = opened;
  const authorization: Authorization = {
    app,
    user,
    integration: integration.id,
    redirect_uri: redirectUri(services.origin, integration.id),
    code_verifier: createCodeVerifier(integration.provider),
    return_to,
    scopes,
    display,
    wanted,
    connect_session: null,
    fields: {},
    ...(await dpopKeyFor(integration.provider)),
    form: null,
  };
  const state = await services.authorizations.newState(authorization, false);
  const url = await wayOn(services.endpoint(integration), authorization, state);
  const { id } = await services.connectSessions.spend(ticket, browser, integration.id);
  await services.authorizations.begin({ ...authorization, connect_session: id }, browser, state);
  return { url, display };
}

export const linkRoutes = new Routes()
  .on(
    {
      method: "get",
      path: "/connect/{ticket}",
      tag: "Connect",
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
      path: "/connect/page",
      tag: "Connect",
      access: "anyone",
      body: OpenedLink,
      answer: { status: 200, schema: ConnectPage },
      errors: ["invalid_link", "csrf"],
    },
    async (c, { body }) => {
      checkOwnPage(c);
      const services = c.get("services");
      const {
        app: id,
        person,
        ...opened
      } = await services.connectSessions.look(ticketOf(body.ticket), ensureBrowser(c));
      const { name, logo_url, accent } = await services.apps.find(id);
      const app = { name, logo: logo_url && `/apps/${id}/logo`, accent };
      if (opened.link !== "open") {
        return c.json({ app, link: opened.link, person, integration: null, choices: [] } satisfies ConnectPage);
      }
      logCaller(c, opened.record);
      const { integration, scopes } = opened.record;
      const offered = (await services.integrations.list(id)).filter(
        (each) => integration === null || each.id === integration,
      );
      const choices = await Promise.all(
        offered.map(async ({ id: each, provider }) => {
          const { aliases, mark } = await readingOf(c.env.ASSETS, provider);
          return {
            integration: each,
            name: provider.name,
            provider: provider.id,
            aliases,
            mark,
            credentials: provider.credentials,
            scopes: [...(scopes ?? provider.scopes)],
          };
        }),
      );
      return c.json({ app, link: opened.link, person, integration, choices } satisfies ConnectPage);
    },
  )
  .on(
    {
      method: "post",
      path: "/connect/continue",
      tag: "Connect",
      access: "anyone",
      body: ChosenIntegration,
      answer: { status: 200, schema: AuthorizationUrl },
      errors: [...LINK_ERRORS, "csrf"],
    },
    async (c, { body: { ticket, integration } }) => {
      checkOwnPage(c);
      const { url } = await leaveFor(c, ticketOf(ticket), ensureBrowser(c), integration);
      return c.json({ authorization_url: url } satisfies AuthorizationUrl);
    },
  )
  .on(
    {
      method: "post",
      path: "/connect/cancel",
      tag: "Connect",
      access: "anyone",
      body: OpenedLink,
      answer: { status: 200, schema: CancelledLink },
      errors: [...LINK_ERRORS, "csrf", "invalid_return_to"],
    },
    async (c, { body }) => {
      checkOwnPage(c);
      const declined = await c.get("services").connectSessions.decline(ticketOf(body.ticket), getBrowser(c));
      logCaller(c, declined);
      // An app that has withdrawn the address since gets nothing there.
      await checkReturnTo(c, declined.app, declined.return_to);
      const place = new URL(declined.return_to);
      place.searchParams.set("error", "connect_cancelled");
      return c.json({ return_to: place.href, display: declined.display } satisfies CancelledLink);
    },
  )
  .on(
    {
      method: "post",
      path: "/connect/open",
      tag: "Connect",
      access: "anyone",
      answer: { status: 303, schema: null },
      errors: [...LINK_ERRORS, "csrf"],
    },
    async (c) => {
      const services = c.get("services");
      checkOwnPage(c);
      const form = new URLSearchParams(await readText(c.req.raw, strangers));
      const ticket = ticketOf(form.get("ticket") ?? "");
      const chosen = form.get("integration");
      // The cookie goes with this answer, and comes back with the next request.
      const browser = chosen === null ? ensureBrowser(c) : (getBrowser(c) ?? "");
      const session = await services.connectSessions.open(ticket, browser);
      logCaller(c, session);
      const integration = session.integration ?? chosen;
      if (integration !== null) {
        const { url, display } = await leaveFor(c, ticket, browser, integration);
        if (display === "popup") keepOpener(c);
        return c.redirect(url, 303);
      }
      const integrations = await services.integrations.list(session.app);
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
      method: "get",
      path: "/apps/{app}/logo",
      tag: "Connect",
      access: "anyone",
      params: AppPath,
      answer: { status: 200, schema: null },
      errors: ["not_found"],
    },
    async (c, { params }) => {
      const services = c.get("services");
      const { logo_url } = await services.apps.find(params.app);
      const picture = logo_url && (await readPicture(services.network, new Request(logo_url)));
      if (!picture) throw new AppError("not_found", "This app has no logo. Show its name alone.");
      c.header("Cache-Control", `private, max-age=${LOGO_SECONDS}`);
      return c.body(picture.bytes, 200, { "Content-Type": picture.content_type });
    },
  );
