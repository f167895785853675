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
import { isPictureAddress } from "../data/picture.ts";
import { AppError, invalidField } from "../errors.ts";
import { checkClient } from "../oauth/check-client.ts";
import { isLoopback } from "../contract/hosts.ts";
import type { Caller } from "../middleware/caller.ts";
import { AppPath, Routes, owner } from "./operation.ts";
import { checkHandedOn, handOn } from "./handed-on.ts";

async function makeKey(
  c: Context<AppEnv>,
  caller: Caller,
  app: string,
  { expires_in: lifetime, grant: asked, ...named }: z.output<typeof NewApiKey>,
): Promise<ShownApiKey> {
  const { sessions } = c.get("services");
  const grant = await handOn(c, { ...caller, app, user: APP_ITSELF }, asked);
  const about = { app, user: APP_ITSELF, kind: "app", ...named, lifetime, grant } as const;
  const { connection: _, ...key } = await sessions.startKey({ ...about, calls_per_hour: asked?.calls_per_hour });
  return key;
}

/** @throws AppError `invalid_request` for a logo that is at no public host; on a developer's machine it may be there */
function checkLogo(c: Context<AppEnv>, logo_url: string | null): void {
  const { isLocal, isOwn } = c.get("services");
  if (logo_url === null || isPictureAddress(logo_url)) return;
  const { hostname } = new URL(logo_url);
  if (isLocal && isLoopback(hostname) && !isOwn(logo_url)) return;
  throw invalidField("logo_url", "is no https address of a public host.");
}

export const appRoutes = new Routes()
  .on(
    {
      method: "post",
      path: "/apps",
      makes: true,
      tag: "Apps",
      access: "admin",
      body: NewApp,
      answer: { status: 201, schema: CreatedApp },
    },
    async (c, { caller, body }) => {
      checkLogo(c, body.logo_url);
      const app = await c.get("services").apps.create(body);
      const about = NewApiKey.parse({ name: "first key", scopes: Scope.options });
      return c.json({ ...app, api_key: await makeKey(c, caller, app.id, about) } satisfies CreatedApp, 201);
    },
  )
  .on(
    {
      method: "get",
      path: "/apps",
      tag: "Apps",
      access: "admin",
      query: AppsQuery,
      answer: { status: 200, schema: Apps },
    },
    async (c, { query: { limit, cursor = null } }) =>
      c.json((await c.get("services").apps.list(limit, cursor)) satisfies Apps),
  )
  .on(
    {
      method: "get",
      path: "/apps/{app}",
      tag: "Apps",
      access: owner,
      params: AppPath,
      answer: { status: 200, schema: z.union([App, RemovedApp]) },
      errors: ["not_found"],
    },
    async (c, { params }) => {
      const { apps, appRemoval } = c.get("services");
      const removed = await appRemoval.find(params.app);
      return c.json((removed ?? (await apps.describe(params.app))) satisfies App | RemovedApp);
    },
  )
  .on(
    {
      method: "delete",
      path: "/apps/{app}",
      tag: "Apps",
      access: owner,
      params: AppPath,
      answer: { status: 202, schema: RemovedApp },
      errors: ["not_found"],
    },
    async (c, { params }) => c.json((await c.get("services").appRemoval.start(params.app)) satisfies RemovedApp, 202),
  )
  .on(
    {
      method: "patch",
      path: "/apps/{app}",
      tag: "Apps",
      access: owner,
      params: AppPath,
      body: AppChange,
      answer: { status: 200, schema: App },
      errors: ["not_found"],
    },
    async (c, { params, body }) => {
      checkLogo(c, body.logo_url ?? null);
      return c.json((await c.get("services").apps.change(params.app, body)) satisfies App);
    },
  )
  .on(
    {
      method: "post",
      path: "/apps/{app}/keys",
      makes: true,
      tag: "Apps",
      access: owner,
      params: AppPath,
      body: NewApiKey,
      answer: { status: 201, schema: ShownApiKey },
      errors: ["not_found", "too_many_keys"],
    },
    async (c, { caller, params, body }) => {
      if (caller.session) checkHandedOn(body.scopes, caller.session.scopes);
      await c.get("services").apps.describe(params.app);
      return c.json((await makeKey(c, caller, params.app, body)) satisfies ShownApiKey, 201);
    },
  )
  .on(
    {
      method: "get",
      path: "/apps/{app}/keys",
      tag: "Apps",
      access: owner,
      params: AppPath,
      answer: { status: 200, schema: ApiKeys },
      errors: ["not_found"],
    },
    async (c, { params }) => {
      await c.get("services").apps.describe(params.app);
      return c.json({ keys: await c.get("services").sessions.apiKeys(params.app) } satisfies ApiKeys);
    },
  )
  .on(
    {
      method: "delete",
      path: "/apps/{app}/keys/{key}",
      tag: "Apps",
      access: owner,
      params: z.extend(AppPath, { key: z.string().check(z.maxLength(64)) }),
      answer: { status: 204, schema: null },
      errors: ["not_found"],
    },
    async (c, { params }) => {
      const { apps, sessions } = c.get("services");
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
      access: owner,
      params: AppPath,
      body: IntegrationSettings,
      answer: { status: 200, schema: SavedIntegration },
      errors: ["not_found", "integration_fixed", "too_many"],
    },
    async (c, { params, body }) => {
      const services = c.get("services");
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
      access: owner,
      params: AppPath,
      answer: { status: 200, schema: AppIntegrations },
      errors: ["not_found"],
    },
    async (c, { params }) => {
      const { apps, clientVault } = c.get("services");
      await apps.describe(params.app);
      return c.json({ integrations: await clientVault.list(params.app) } satisfies AppIntegrations);
    },
  )
  .on(
    {
      method: "delete",
      path: "/apps/{app}/integrations/{integration}",
      tag: "Apps",
      access: owner,
      params: z.extend(AppPath, { integration: z.string().check(z.maxLength(80)) }),
      answer: { status: 204, schema: null },
      errors: ["not_found", "unknown_integration"],
    },
    async (c, { params }) => {
      const { apps, clientVault } = c.get("services");
      await apps.describe(params.app);
      await clientVault.remove(params.app, params.integration);
      return c.body(null, 204);
    },
  );
