/** Servers that tests in workerd talk to over the real network; started once, on loopback, ended with the run. */
import type { TestProject } from "vitest/node";
import { startOidcProvider } from "./oidc-provider.ts";

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const oidc = await startOidcProvider();
  project.provide("oidc", oidc.issuer);
  return oidc.stop;
}
