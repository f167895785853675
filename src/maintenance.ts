/** What vaults have to be done for them, by a Worker of its own: it may call providers, and no request waits for it. */
import { WorkerEntrypoint } from "cloudflare:workers";
import { exactly } from "./connections/connection.ts";
import type { Chores } from "./connections/vault/vault.ts";
import { Services } from "./services.ts";
import type { World } from "./world.ts";

export abstract class Maintenance extends WorkerEntrypoint<Env> {
  protected abstract readonly world: World;

  /** Takes the chores on and answers at once: an object that waited would be held, and its reset would end them. */
  run(chores: Chores): void {
    const { app, user, origin } = chores;
    const services = new Services(this.world, this.env, { url: origin, waitUntil: (work) => this.ctx.waitUntil(work) });
    const { connections, lists } = services;
    for (const { address, generation } of chores.renew) {
      this.ctx.waitUntil(attempt(() => connections.renew({ app, user, address }, generation)));
    }
    for (const revocation of chores.revoke) {
      const name = exactly({ app, user }, revocation.place);
      this.ctx.waitUntil(attempt(() => connections.finishRevocation(name, revocation)));
    }
    for (const due of chores.deliver) this.ctx.waitUntil(attempt(() => services.webhooks.deliver(chores, due)));
    for (const line of chores.list) this.ctx.waitUntil(attempt(() => services.webhooks.list(chores, line)));
    if (chores.move) this.ctx.waitUntil(attempt(() => services.takeAlong.goOn(chores)));
    for (const job of chores.watch) this.ctx.waitUntil(attempt(() => services.jobs.watch(chores, job)));
    const { forget, leave, removal } = chores;
    if (forget) this.ctx.waitUntil(attempt(() => lists.forget(chores, forget.enrolment)));
    if (leave) this.ctx.waitUntil(attempt(() => services.appRemoval.takeAway(chores, leave)));
    if (removal) this.ctx.waitUntil(attempt(() => services.appRemoval.goOn(app, removal)));
    if (chores.enrol) this.ctx.waitUntil(attempt(() => enrol(services, chores)));
    if (chores.index) this.ctx.waitUntil(attempt(() => lists.write(chores)));
  }
}

/** Has a vault from before noted by its app, or closed where that is removed. */
async function enrol({ members, names, vaults }: Services, { app, user, origin }: Chores): Promise<void> {
  const enrolment = await members.enrol({ app, user });
  if (!enrolment) return;
  const owner = await names.owner(app, user, origin);
  await vaults.call(await names.vault(app, user), async (vault) => vault.own(owner, enrolment));
}

/** One chore that fails must not take the others with it; the vault asks for it again. */
async function attempt(chore: () => Promise<unknown>): Promise<void> {
  try {
    await chore();
  } catch (error) {
    console.warn(JSON.stringify({ event: "chore_failed", error: error instanceof Error ? error.name : "unknown" }));
  }
}
