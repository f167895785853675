/** Servers that tests in workerd talk to over the real network; started once, on loopback, ended with the run. */
import type { TestProject } from "vitest/node";
import { startBluesky } from "./bluesky.ts";
import { startIndependentServers } from "./independent/start.ts";
import { startTokenServer } from "./token-server.ts";
import { startWebhookReceiver } from "./webhook-receiver.ts";

/** Where the tests in workerd are reached. */
const APP = "http://localhost:8787";

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [independent, bluesky, tokens, webhooks] = await Promise.all([
    startIndependentServers(APP),
    startBluesky(),
    startTokenServer(),
    startWebhookReceiver(),
  ]);
  for (const sentence of independent.missing) console.warn(sentence);
  project.provide("independentServers", independent.described);
  // Elsewhere than in CI nobody is kept from working by what their machine has not got.
  project.provide("missingServers", process.env["CI"] ? independent.missing : []);
  project.provide("bluesky", bluesky.origin);
  project.provide("tokenServer", tokens.origin);
  project.provide("webhooks", webhooks.origin);
  return async () => {
    await Promise.all([independent.stop(), bluesky.stop(), tokens.stop(), webhooks.stop()]);
  };
}
