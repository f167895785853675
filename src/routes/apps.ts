/** Tenants: made by the operator, kept by themselves. */
import type { Context } from "hono";
import * as z from "zod/mini";
import {
  ApiKeys,
  App,
  AppChange,
  AppIntegrations,
  Apps,
  AppsQuery,
  CreatedApp,
  NewApiKey,
  NewApp,
  RemovedApp,
  SavedIntegration,
  Scope,
  ShownApiKey,
} from "../api-apps.ts";
import { IntegrationSettings } from "../apps/client-vault.ts";
import { APP_ITSELF } from "../connections/connection.ts";
import type { AppEnv } from "../context.ts";
import { AppError } from "../errors.ts";
import { checkClient } from "../oauth/check-client.ts";
import { AppPath, Routes, owner } from "./operation.ts";
import { checkHandedOn } from "./sessions.ts";

function makeKey(c: Context<AppEnv>, app: string, about: z.output<typeof NewApiKey>): Promise<ShownApiKey> {
  const { expires_in: lifetime, ...named } = about;
  return c.var.services.sessions.startKey({ app, user: APP_ITSELF, kind: "app", ...named, lifetime });
}

export const appRoutes = new Routes()
  .on(
    {
      method: "post",
      path: "/apps",
      tag: "Apps",
      summary: "Make an app, with its first API key: shown in this answer and never again",
      access: "admin",
      body: NewApp,
      answer: { status: 201, schema: CreatedApp },
    },
    async (c, { body }) => {
      const app = await c.var.services.apps.create(body);
      const about = NewApiKey.parse({ name: "first key", scopes: Scope.options });
      return c.json({ ...app, api_key: await makeKey(c, app.id, about) } satisfies CreatedApp, 201);
    },
  )
  .on(
    {
      method: "get",
      path: "/apps",
      tag: "Apps",
      summary: "List the apps, page by page",
      access: "admin",
      query: AppsQuery,
      answer: { status: 200, schema: Apps },
    },
    async (c, { query: { limit, cursor = null } }) =>
      c.json((await c.var.services.apps.list(limit, cursor)) satisfies Apps),
  )
  .on(
    {
      method: "get",
      path: "/apps/{app}",
      tag: "Apps",
      summary: "Read an app; for thirty days after its removal, what became of it",
      access: owner,
      params: AppPath,
      answer: { status: 200, schema: z.union([App, RemovedApp]) },
      errors: ["not_found"],
    },
    async (c, { params }) => {
      const { apps, appRemoval } = c.var.services;
      const removed = await appRemoval.find(params.app);
      return c.json((removed ?? (await apps.describe(params.app))) satisfies App | RemovedApp);
    },
  )
  .on(
    {
      method: "delete",
      path: "/apps/{app}",
      tag: "Apps",
      summary: "Remove an app, with all that it has",
      description:
        "Keys and sessions end at once here, elsewhere within five minutes; grants are taken back and all else goes within a day. GET /apps/{app} tells the operator how far that is.",
      access: owner,
      params: AppPath,
      answer: { status: 202, schema: RemovedApp },
      errors: ["not_found"],
    },
    async (c, { params }) => c.json((await c.var.services.appRemoval.start(params.app)) satisfies RemovedApp, 202),
  )
  .on(
    {
      method: "patch",
      path: "/apps/{app}",
      tag: "Apps",
      summary: "Change an app's name, return URLs or origins; each as a whole",
      access: owner,
      params: AppPath,
      body: AppChange,
      answer: { status: 200, schema: App },
      errors: ["not_found"],
    },
    async (c, { params, body }) => c.json((await c.var.services.apps.change(params.app, body)) satisfies App),
  )
  .on(
    {
      method: "post",
      path: "/apps/{app}/keys",
      tag: "Apps",
      summary: "Make an API key, shown in this answer and never again",
      description: "A key hands on the scopes it has and no more.",
      access: owner,
      params: AppPath,
      body: NewApiKey,
      answer: { status: 201, schema: ShownApiKey },
      errors: ["not_found", "too_many_keys"],
    },
    async (c, { caller, params, body }) => {
      if (caller.session) checkHandedOn(body.scopes, caller.session.scopes);
      await c.var.services.apps.describe(params.app);
      return c.json((await makeKey(c, params.app, body)) satisfies ShownApiKey, 201);
    },
  )
  .on(
    {
      method: "get",
      path: "/apps/{app}/keys",
      tag: "Apps",
      summary: "List the API keys, with their last use",
      access: owner,
      params: AppPath,
      answer: { status: 200, schema: ApiKeys },
      errors: ["not_found"],
    },
    async (c, { params }) => {
      await c.var.services.apps.describe(params.app);
      return c.json({ keys: await c.var.services.sessions.apiKeys(params.app) } satisfies ApiKeys);
    },
  )
  .on(
    {
      method: "delete",
      path: "/apps/{app}/keys/{key}",
      tag: "Apps",
      summary: "Revoke an API key",
      access: owner,
      params: z.extend(AppPath, { key: z.string().check(z.maxLength(64)) }),
      answer: { status: 204, schema: null },
      errors: ["not_found"],
    },
    async (c, { params }) => {
      const { apps, sessions } = c.var.services;
      await apps.describe(params.app);
      if (!(await sessions.endApiKey(params.app, params.key))) {
        throw new AppError("not_found", "There is no key of that id. GET /apps/{app}/keys lists them.");
      }
      return c.body(null, 204);
    },
  )
  .on(
    {
      method: "put",
      path: "/apps/{app}/integrations",
      tag: "Apps",
      summary: "Register an integration, or change the one of the same slug",
      description:
        "`provider` names a built-in one, or the endpoints describe another. The client secret is never readable again; left out, it stays as it was.",
      access: owner,
      params: AppPath,
      body: IntegrationSettings,
      answer: { status: 200, schema: SavedIntegration },
      errors: ["not_found", "integration_fixed", "too_many"],
    },
    async (c, { params, body }) => {
      const { services } = c.var;
      await services.apps.describe(params.app);
      const { about, ...integration } = await services.clientVault.put(params.app, body);
      const client_check = await checkClient(services.endpoint(integration), about.redirect_uri);
      return c.json({ ...about, client_check } satisfies SavedIntegration);
    },
  )
  .on(
    {
      method: "get",
      path: "/apps/{app}/integrations",
      tag: "Apps",
      summary: "List the integrations; never with a secret",
      access: owner,
      params: AppPath,
      answer: { status: 200, schema: AppIntegrations },
      errors: ["not_found"],
    },
    async (c, { params }) => {
      const { apps, clientVault } = c.var.services;
      await apps.describe(params.app);
      return c.json({ integrations: await clientVault.list(params.app) } satisfies AppIntegrations);
    },
  )
  .on(
    {
      method: "delete",
      path: "/apps/{app}/integrations/{integration}",
      tag: "Apps",
      summary: "Take an integration out; its connections are of no use from then on",
      access: owner,
      params: z.extend(AppPath, { integration: z.string().check(z.maxLength(80)) }),
      answer: { status: 204, schema: null },
      errors: ["not_found", "unknown_integration"],
    },
    async (c, { params }) => {
      const { apps, clientVault } = c.var.services;
      await apps.describe(params.app);
      await clientVault.remove(params.app, params.integration);
      return c.body(null, 204);
    },
  );
