/** Servers that tests in workerd talk to over the real network; started once, on loopback, ended with the run. */
import type { TestProject } from "vitest/node";
import { startOidcProvider } from "./oidc-provider.ts";
import { startTokenServer } from "./token-server.ts";
import { startWebhookReceiver } from "./webhook-receiver.ts";

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [oidc, tokens, webhooks] = await Promise.all([startOidcProvider(), startTokenServer(), startWebhookReceiver()]);
  project.provide("oidc", oidc.issuer);
  project.provide("tokenServer", tokens.origin);
  project.provide("webhooks", webhooks.origin);
  return async () => {
    await Promise.all([oidc.stop(), tokens.stop(), webhooks.stop()]);
  };
}
