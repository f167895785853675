/** What vaults have to be done for them, by a Worker of its own: it may call providers, and no request waits for it. */
import { WorkerEntrypoint } from "cloudflare:workers";
import type { Chores } from "./connections/vault/vault.ts";
import { Services } from "./services.ts";
import type { World } from "./world.ts";

export abstract class Maintenance extends WorkerEntrypoint<Env> {
  protected abstract readonly world: World;

  /** Takes the chores on and answers at once: an object that waited would be held, and its reset would end them. */
  run(chores: Chores): void {
    const { app, user, origin } = chores;
    const services = new Services(this.world, this.env, origin, (work) => this.ctx.waitUntil(work));
    const { connections } = services;
    for (const { integration, generation } of chores.renew) {
      this.ctx.waitUntil(attempt(() => connections.renew({ app, user, integration }, generation)));
    }
    for (const revocation of chores.revoke) {
      const name = { app, user, integration: revocation.integration };
      this.ctx.waitUntil(attempt(() => connections.finishRevocation(name, revocation)));
    }
    for (const event of chores.deliver) this.ctx.waitUntil(attempt(() => services.webhooks.deliver(chores, event)));
    for (const line of chores.list) this.ctx.waitUntil(attempt(() => services.webhooks.list(chores, line)));
    if (chores.forget) this.ctx.waitUntil(attempt(() => connections.forget(chores)));
    if (chores.index) this.ctx.waitUntil(attempt(() => connections.index(chores)));
  }
}

/** One chore that fails must not take the others with it; the vault asks for it again. */
async function attempt(chore: () => Promise<unknown>): Promise<void> {
  try {
    await chore();
  } catch (error) {
    console.warn(JSON.stringify({ event: "chore_failed", error: error instanceof Error ? error.name : "unknown" }));
  }
}
