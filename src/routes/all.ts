/** Every route there is. */
import { appRoutes } from "./apps.ts";
import { approvalRoutes, liveApprovals } from "./approvals.ts";
import { authRoutes } from "./auth.ts";
import { callRoutes } from "./calls.ts";
import { callbackRoutes } from "./callback.ts";
import { catalogueRoutes } from "./catalogue.ts";
import { connectRoutes } from "./connect.ts";
import { connectionRoutes } from "./connections.ts";
import { dataRoutes } from "./data.ts";
import { eventRoutes } from "./events.ts";
import { fieldsRoutes } from "./fields.ts";
import { healthRoutes } from "./health.ts";
import { importRoutes } from "./import.ts";
import { integrationRoutes } from "./integrations.ts";
import { jwksRoutes } from "./jwks.ts";
import { jobRoutes } from "./jobs.ts";
import { linkRoutes } from "./links.ts";
import type { Routes } from "./operation.ts";
import { passkeyRoutes } from "./passkeys.ts";
import { proxyRoutes } from "./proxy.ts";
import { requestRoutes } from "./requests.ts";
import { sessionRoutes } from "./sessions.ts";
import { webhookRoutes } from "./webhooks.ts";

export const allRoutes: readonly Routes[] = [
  healthRoutes,
  jwksRoutes,
  authRoutes,
  callbackRoutes,
  catalogueRoutes,
  connectRoutes,
  linkRoutes,
  fieldsRoutes,
  importRoutes,
  connectionRoutes,
  callRoutes,
  liveApprovals,
  approvalRoutes,
  dataRoutes,
  integrationRoutes,
  sessionRoutes,
  passkeyRoutes,
  appRoutes,
  webhookRoutes,
  eventRoutes,
  requestRoutes,
  jobRoutes,
  proxyRoutes,
];
