/** What is connected, and the end of it. */
import { Hono } from "hono";
import type { Activity, Credentials, Disconnected, Integration, Integrations, Refreshed } from "../api.ts";
import type { Integration as ConfigurableIntegration } from "../apps/integrations.ts";
import { BROWSER_SESSION_SECONDS } from "../apps/sessions.ts";
import type { AppEnv } from "../context.ts";
import { findCaller, protectFromCsrf, requireCaller, setSessionCookie } from "../middleware/session.ts";

const DAY_MS = 86_400_000;

function toAnswer(
  { id, provider, client, missing }: ConfigurableIntegration,
  held: Credentials | undefined,
): Integration {
  const nothing: Credentials = {
    integration: id,
    status: client ? "not_connected" : "not_configured",
    account: null,
    scopes: [],
    connected_at: null,
    expires_at: null,
    refreshed_at: null,
    reconnect_by: null,
    refreshable: false,
    failure: null,
  };
  const { name, category, docs } = provider;
  return { ...(held ?? nothing), name, category, docs, missing: [...missing] };
}

export const integrationRoutes = new Hono<AppEnv>()
  .get("/integrations", async (c) => {
    const { services } = c.var;
    const integrations = services.integrations();
    const caller = await findCaller(c);
    const session = caller?.session.kind === "read" ? undefined : caller?.session;
    const held = session ? await services.connections.list(session.app, session.user) : new Map<string, Credentials>();
    if (
      caller?.by === "cookie" &&
      session &&
      session.expires_at - Date.now() < BROWSER_SESSION_SECONDS * 1000 - DAY_MS
    ) {
      if (await services.sessions.renew(caller.id, session)) setSessionCookie(c, caller.id);
    }
    const answer: Integrations = {
      signed_in: session !== undefined,
      integrations: integrations.map((integration) => toAnswer(integration, held.get(integration.id))),
    };
    return c.json(answer);
  })
  .get("/integrations/:integration/credentials", async (c) => {
    const { services } = c.var;
    const integration = services.integration(c.req.param("integration"));
    const { session } = await requireCaller(c);
    const held: Credentials = await services.connections.describe({ ...session, integration: integration.id });
    return c.json(held);
  })
  .delete("/integrations/:integration/credentials", protectFromCsrf, async (c) => {
    const { services } = c.var;
    const { session } = await requireCaller(c);
    // Whatever has become of the integration's configuration, what is held of it can be given up.
    const name = { ...session, integration: c.req.param("integration") };
    const revoked_at_provider = await services.connections.disconnect(name);
    const answer: Disconnected = { disconnected: true, revoked_at_provider };
    return c.json(answer);
  })
  .get("/integrations/:integration/activity", async (c) => {
    const { services } = c.var;
    const { id } = services.integration(c.req.param("integration"));
    const { session } = await requireCaller(c);
    const answer: Activity = { events: await services.connections.activity({ ...session, integration: id }) };
    return c.json(answer);
  })
  .post("/integrations/:integration/refresh", protectFromCsrf, async (c) => {
    const { services } = c.var;
    const { id } = services.integration(c.req.param("integration"));
    const { session } = await requireCaller(c);
    const name = { ...session, integration: id };
    const refreshed = await services.connections.refresh(name);
    const answer: Refreshed = { refreshed, credentials: await services.connections.describe(name) };
    return c.json(answer);
  });
