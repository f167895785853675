/** What is connected, and the end of it. */
import { Activity, Credentials, Disconnected, Integrations, Refreshed, type Integration } from "../api.ts";
import type { Integration as ConfigurableIntegration } from "../apps/integrations.ts";
import { BROWSER_SESSION_SECONDS } from "../apps/sessions.ts";
import { APP_ITSELF } from "../connections/connection.ts";
import { insufficientScope } from "../middleware/caller.ts";
import { setSessionCookie } from "../middleware/session.ts";
import { IntegrationPath, Routes } from "./operation.ts";

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
    missing_scopes: [],
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

export const integrationRoutes = new Routes()
  .on(
    {
      method: "get",
      path: "/integrations",
      tag: "Connect",
      summary: "List every integration with the caller's status",
      access: "anyone",
      answer: { status: 200, schema: Integrations },
    },
    async (c, { caller }) => {
      const { services } = c.var;
      const { app, user, session } = caller;
      if (session && !session.scopes.includes("read")) throw insufficientScope("the scope read");
      const integrations = await services.integrations(app);
      const providers = new Map(integrations.map(({ id, provider }) => [id, provider]));
      const held =
        user === APP_ITSELF ? new Map<string, Credentials>() : await services.connections.list(app, user, providers);
      const isAging = session && session.expires_at - Date.now() < BROWSER_SESSION_SECONDS * 1000 - DAY_MS;
      if (caller.by === "cookie" && isAging && (await services.sessions.renew(caller.id, session))) {
        setSessionCookie(c, caller.id);
      }
      // A browser has a session from its first way to a service on, whether or not anything came of it.
      const isUsed = async () =>
        caller.by !== "cookie" ||
        services.vaults.call(await services.names.vault(app, user), async (vault) => vault.isUsed());
      return c.json({
        signed_in: session !== null && (held.size > 0 || (await isUsed())),
        integrations: integrations.map((integration) => toAnswer(integration, held.get(integration.id))),
      } satisfies Integrations);
    },
  )
  .on(
    {
      method: "get",
      path: "/integrations/{integration}/credentials",
      tag: "Connections",
      summary: "Say what is held of a connection; never a token",
      access: { as: "user", scope: "read" },
      params: IntegrationPath,
      answer: { status: 200, schema: Credentials },
      errors: ["unknown_integration", "not_configured", "not_connected"],
    },
    async (c, { caller: { app, user }, params }) => {
      const { services } = c.var;
      const { id } = await services.integration(app, params.integration);
      return c.json((await services.connections.describe({ app, user, integration: id })) satisfies Credentials);
    },
  )
  .on(
    {
      method: "delete",
      path: "/integrations/{integration}/credentials",
      tag: "Connections",
      summary: "Disconnect here and revoke at the provider",
      access: { as: "user", scope: "connect" },
      params: IntegrationPath,
      answer: { status: 200, schema: Disconnected },
      errors: ["not_connected"],
    },
    async (c, { caller: { app, user }, params }) => {
      // Whatever has become of the integration's configuration, what is held of it can be given up.
      const name = { app, user, integration: params.integration };
      const revoked_at_provider = await c.var.services.connections.disconnect(name);
      return c.json({ disconnected: true, revoked_at_provider } satisfies Disconnected);
    },
  )
  .on(
    {
      method: "get",
      path: "/integrations/{integration}/activity",
      tag: "Connections",
      summary: "List what happened to a connection: the last hundred events, newest first",
      access: { as: "user", scope: "read" },
      params: IntegrationPath,
      answer: { status: 200, schema: Activity },
      errors: ["unknown_integration", "not_configured"],
    },
    async (c, { caller: { app, user }, params }) => {
      const { services } = c.var;
      const { id } = await services.integration(app, params.integration);
      const events = await services.connections.activity({ app, user, integration: id });
      return c.json({ events } satisfies Activity);
    },
  )
  .on(
    {
      method: "post",
      path: "/integrations/{integration}/refresh",
      tag: "Connections",
      summary: "Renew the access token now, at most once in 30 seconds",
      access: { as: "user", scope: "connect" },
      params: IntegrationPath,
      answer: { status: 200, schema: Refreshed },
      errors: ["unknown_integration", "not_configured", "not_connected", "not_refreshable", "reauth_required"],
    },
    async (c, { caller: { app, user }, params }) => {
      const { services } = c.var;
      const { id } = await services.integration(app, params.integration);
      const name = { app, user, integration: id };
      const refreshed = await services.connections.refresh(name);
      const credentials = await services.connections.describe(name);
      return c.json({ refreshed, credentials } satisfies Refreshed);
    },
  );
