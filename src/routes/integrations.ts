/** What is connected, and the end of it. */
import {
  Activity,
  DisconnectQuery,
  Disconnected,
  HeldCredentials,
  Integrations,
  Refreshed,
  type Credentials,
  type Integration,
} from "../api.ts";
import type { Integration as ConfigurableIntegration } from "../apps/integrations.ts";
import { readingOf } from "../catalogue/listings.ts";
import { BROWSER_SESSION_SECONDS } from "../apps/sessions.ts";
import { APP_ITSELF } from "../connections/connection.ts";
import { insufficientScope } from "../middleware/caller.ts";
import { checkWhole, isShown } from "../middleware/granted.ts";
import { setSessionCookie } from "../middleware/session.ts";
import { chooseConnection } from "./chosen.ts";
import { boundId, findIntegration } from "./described.ts";
import { IntegrationPath, Routes } from "./operation.ts";

const DAY_MS = 86_400_000;

/** What may be wrong with the connection that a call names. */
const CHOICE = ["unknown_connection", "connection_mismatch"] as const;

async function toAnswer(
  assets: Env["ASSETS"],
  { id, provider, client, missing }: ConfigurableIntegration,
  connections: HeldCredentials[],
): Promise<Integration> {
  const nothing: Credentials = {
    integration: id,
    status: client ? "not_connected" : "not_configured",
    account: null,
    scopes: [],
    missing_scopes: [],
    refused_scopes: null,
    connected_at: null,
    expires_at: null,
    refreshed_at: null,
    reconnect_by: null,
    refreshable: false,
    failure: null,
  };
  const { name, category, credentials } = provider;
  const reading = await readingOf(assets, provider);
  const held = connections.find(({ is_default }) => is_default);
  return { ...(held ?? nothing), connections, name, category, credentials, ...reading, missing: [...missing] };
}

export const integrationRoutes = new Routes()
  .on(
    {
      method: "get",
      path: "/integrations",
      tag: "Connect",
      access: "anyone",
      answer: { status: 200, schema: Integrations },
    },
    async (c, { caller }) => {
      const services = c.get("services");
      const { app, user, session } = caller;
      if (session && !session.scopes.includes("read")) throw insufficientScope("the scope read");
      const integrations = await services.integrations.list(app);
      const providers = new Map(integrations.map(({ id, provider }) => [id, provider]));
      const bound = await boundId(c, caller);
      const held = user === APP_ITSELF ? [] : await services.connections.list(app, user, providers);
      const shown = Map.groupBy(
        held.filter((one) => (bound === null || one.id === bound) && isShown(caller, one)),
        ({ integration }) => integration,
      );
      const isAging = session && session.expires_at - Date.now() < BROWSER_SESSION_SECONDS * 1000 - DAY_MS;
      if (caller.by === "cookie" && isAging && (await services.sessions.renew(caller.id, session))) {
        setSessionCookie(c, caller.id);
      }
      // A browser has a session from its first way to a service on, whether or not anything came of it.
      const isUsed = async () =>
        caller.by !== "cookie" ||
        services.vaults.call(await services.names.vault(app, user), async (vault) => vault.isUsed());
      const answers = await Promise.all(
        integrations.map((each) => toAnswer(c.env.ASSETS, each, shown.get(each.id) ?? [])),
      );
      return c.json({
        signed_in: session !== null && (held.length > 0 || (await isUsed())),
        integrations: answers,
      } satisfies Integrations);
    },
  )
  .on(
    {
      method: "get",
      path: "/integrations/{integration}/credentials",
      tag: "Connections",
      access: { as: "user", scope: "read" },
      params: IntegrationPath,
      answer: { status: 200, schema: HeldCredentials },
      errors: ["unknown_integration", "not_configured", "not_connected", ...CHOICE],
    },
    async (c, { caller, params }) => {
      await findIntegration(c, caller, params.integration);
      const name = await chooseConnection(c, caller, params.integration);
      return c.json((await c.get("services").connections.describe(name)) satisfies HeldCredentials);
    },
  )
  .on(
    {
      method: "delete",
      path: "/integrations/{integration}/credentials",
      tag: "Connections",
      access: { as: "user", scope: "connect" },
      params: IntegrationPath,
      query: DisconnectQuery,
      answer: { status: 200, schema: Disconnected },
      errors: ["not_connected", "shared_grant", ...CHOICE],
    },
    async (c, { caller, params, query }) => {
      const { connections, addresses } = c.get("services");
      // Whatever has become of the integration's configuration, what is held of it can be given up.
      const name = await chooseConnection(c, caller, params.integration);
      if (query.shared === "end") checkWhole(caller);
      const revoked_at_provider = await connections.disconnect(name, query.shared);
      await addresses.forget(name.app, name.user);
      return c.json({ disconnected: true, revoked_at_provider } satisfies Disconnected);
    },
  )
  .on(
    {
      method: "get",
      path: "/integrations/{integration}/activity",
      tag: "Connections",
      access: { as: "user", scope: "read" },
      params: IntegrationPath,
      answer: { status: 200, schema: Activity },
      errors: ["unknown_integration", "not_configured", ...CHOICE],
    },
    async (c, { caller, params }) => {
      await findIntegration(c, caller, params.integration);
      const name = await chooseConnection(c, caller, params.integration);
      const events = await c.get("services").connections.activity(name);
      return c.json({ events } satisfies Activity);
    },
  )
  .on(
    {
      method: "post",
      path: "/integrations/{integration}/refresh",
      tag: "Connections",
      access: { as: "user", scope: "connect" },
      params: IntegrationPath,
      answer: { status: 200, schema: Refreshed },
      errors: [
        "unknown_integration",
        "not_configured",
        "not_connected",
        "not_refreshable",
        "reauth_required",
        ...CHOICE,
      ],
    },
    async (c, { caller, params }) => {
      const { connections } = c.get("services");
      await findIntegration(c, caller, params.integration);
      const name = await chooseConnection(c, caller, params.integration);
      const refreshed = await connections.refresh(name);
      const credentials = await connections.describe(name);
      return c.json({ refreshed, credentials } satisfies Refreshed);
    },
  );
