/** Every route there is. */
import { appRoutes } from "./apps.ts";
import { authRoutes } from "./auth.ts";
import { callbackRoutes } from "./callback.ts";
import { connectRoutes } from "./connect.ts";
import { connectionRoutes } from "./connections.ts";
import { dataRoutes } from "./data.ts";
import { eventRoutes } from "./events.ts";
import { healthRoutes } from "./health.ts";
import { integrationRoutes } from "./integrations.ts";
import { keyRoutes } from "./keys.ts";
import type { Routes } from "./operation.ts";
import { proxyRoutes } from "./proxy.ts";
import { sessionRoutes } from "./sessions.ts";

export const allRoutes: readonly Routes[] = [
  healthRoutes,
  authRoutes,
  callbackRoutes,
  connectRoutes,
  connectionRoutes,
  dataRoutes,
  integrationRoutes,
  sessionRoutes,
  appRoutes,
  eventRoutes,
  keyRoutes,
  proxyRoutes,
];
