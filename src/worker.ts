/** The production entry: the real world, and the classes the platform makes objects of. */
import { createApp } from "./app.ts";
import { Vault as VaultBase, type Chores } from "./connections/vault/vault.ts";
import { JobRun as JobRunBase } from "./job-run.ts";
import { Maintenance as MaintenanceBase } from "./maintenance.ts";
import { realWorld } from "./world.ts";

export class Maintenance extends MaintenanceBase {
  protected override readonly world = realWorld;
}

export class JobRun extends JobRunBase {
  protected override readonly world = realWorld;
}

export class Vault extends VaultBase {
  protected override dispatch(chores: Chores): Promise<void> {
    return this.ctx.exports.Maintenance.run(chores);
  }
}

export default createApp(realWorld);
