/** Tenants: who they are, where their users may come back to, and where they want to be told of events. */
import * as z from "zod/mini";
import { BrowserOrigin, type App, type AppChange, type Apps as AppsPage, type NewApp } from "../api-apps.ts";
import { APP_ITSELF, OPERATOR } from "../connections/connection.ts";
import type { Names } from "../connections/names.ts";
import type { Vaults } from "../connections/vaults.ts";
import type { RemovalState } from "../connections/vault/vault-app.ts";
import type { Vault } from "../connections/vault/vault.ts";
import { AppError } from "../errors.ts";
import type { RecordKind } from "../kv-store.ts";
import { isLoopback } from "../contract/hosts.ts";
import type { AppRecords } from "./records.ts";
import { OriginKind, type SharedRecords } from "./shared-records.ts";
import { MAIN_WEBHOOK, WEBHOOK_FIELDS, webhooksOf, type StoredWebhook } from "./webhook-list.ts";

const AppRecord = z.object({
  id: z.string(),
  name: z.string(),
  logo_url: z._default(z.nullable(z.string()), null),
  accent: z._default(z.nullable(z.string()), null),
  approval_url: z._default(z.nullable(z.string()), null),
  return_urls: z.array(z.string()),
  origins: z.array(z.string()),
  ...WEBHOOK_FIELDS,
  created_at: z.string(),
});
export type AppRecord = z.output<typeof AppRecord>;

const AppKind: RecordKind<AppRecord> = { kind: "app", schema: AppRecord };
/** The one record of its kind in each app's vault. */
const ITSELF = "itself";

const Registered = z.object({ id: z.string(), name: z.string() });
const RegisteredKind: RecordKind<z.output<typeof Registered>> = { kind: "registered", schema: Registered };

export class Apps {
  readonly #records: AppRecords;
  readonly #shared: SharedRecords;
  readonly #vaults: Vaults;
  readonly #names: Names;

  constructor(records: AppRecords, shared: SharedRecords, vaults: Vaults, names: Names) {
    this.#records = records;
    this.#shared = shared;
    this.#vaults = vaults;
    this.#names = names;
  }

  /** Makes one. */
  async create(about: NewApp): Promise<App> {
    const id = await this.#names.newApp();
    const { name, origins } = about;
    const record: AppRecord = { id, ...about, created_at: new Date().toISOString() };
    await this.#records.prepare(id);
    await this.#records.prepare(OPERATOR);
    await this.#records.change(AppKind, id, ITSELF, () => record);
    await this.#records.change(RegisteredKind, OPERATOR, id, () => ({ id, name }));
    await this.#register(id, [], origins);
    return toApp(record);
  }

  /** Apps, by their id. @param from the id that a page before has ended with */
  async list(limit: number, from: string | null): Promise<AppsPage> {
    const { records, next } = await this.#records.page(RegisteredKind, OPERATOR, limit, from);
    return { apps: [...records], next_cursor: next };
  }

  /** The ids of some. @param from the id that a page before has ended with */
  async ids(limit: number, from: string | null): Promise<string[]> {
    return (await this.#records.page(RegisteredKind, OPERATOR, limit, from)).records.map(({ id }) => id);
  }

  /** What is registered, as it was at most two minutes ago. @throws AppError `not_found` */
  async find(id: string): Promise<AppRecord> {
    await this.#check(id);
    const record = await this.#records.get(AppKind, id, ITSELF);
    if (!record) throw noSuchApp();
    return record;
  }

  /** @throws AppError `not_found` */
  async describe(id: string): Promise<App> {
    await this.#check(id);
    const record = await this.#records.read(AppKind, id, ITSELF);
    if (!record) throw noSuchApp();
    return toApp(record);
  }

  /** @throws AppError `not_found` */
  async change(id: string, change: AppChange): Promise<App> {
    const { name, logo_url, accent, approval_url, return_urls, origins } = change;
    let before: Pick<AppRecord, "name" | "origins"> = { name: "", origins: [] };
    const changed = await this.#update(id, (app) => {
      before = app;
      return {
        ...app,
        name: name ?? app.name,
        logo_url: logo_url === undefined ? app.logo_url : logo_url,
        accent: accent === undefined ? app.accent : accent,
        approval_url: approval_url === undefined ? app.approval_url : approval_url,
        return_urls: return_urls ?? app.return_urls,
        origins: origins ?? app.origins,
      };
    });
    // What only the operator reads is not written for every change of every app.
    if (changed.name !== before.name) {
      await this.#records.change(RegisteredKind, OPERATOR, id, () => ({ id, name: changed.name }));
    }
    await this.#register(id, before.origins, changed.origins);
    return toApp(changed);
  }

  /** Whether there is an app of this id, as far as its copies here say: one that is removed is none. */
  async isThere(id: string): Promise<boolean> {
    return (await this.#records.get(AppKind, id, ITSELF)) !== undefined;
  }

  /**
   * Begins to remove an app, or says how far that is. From here on it is no app: what names it is refused.
   * @throws AppError `not_found`
   */
  async remove(id: string): Promise<RemovalState> {
    await this.#check(id);
    const removal = await this.#vault(id, async (vault) => vault.removeApp(AppKind.kind, ITSELF));
    if (!removal) throw noSuchApp();
    await this.#records.forget(AppKind, id, ITSELF);
    return removal;
  }

  /** null: the app is not removed, or that was long ago. @throws AppError `not_found` */
  async removal(id: string): Promise<RemovalState | null> {
    await this.#check(id);
    return this.#vault(id, async (vault) => vault.removalState());
  }

  /** Takes out what other apps' requests would find of one that is being removed. */
  async withdraw(id: string): Promise<void> {
    const sealed = await this.#vault(id, async (vault) => vault.removedApp());
    if (sealed === null) return;
    const { origins } = await this.#records.open(AppKind, id, ITSELF, sealed);
    await this.#register(id, origins, []);
    await this.#records.change(RegisteredKind, OPERATOR, id, (): undefined => {});
  }

  /** Sets all webhooks to what becomes of those there are. @returns them @throws AppError `not_found` and what `change` throws */
  async changeWebhooks(
    id: string,
    change: (webhooks: readonly StoredWebhook[]) => readonly StoredWebhook[],
  ): Promise<readonly StoredWebhook[]> {
    const changed = await this.#update(id, ({ webhook, webhooks, ...app }) => ({
      ...app,
      webhooks: [...change(webhooksOf({ webhook, webhooks }))],
    }));
    return webhooksOf(changed);
  }

  /**
   * The webhooks as they are set now: what was set a moment ago would be told to nobody, or signed with a secret that is gone.
   * An app that is removed has none, and one that never was neither.
   */
  async webhooks(id: string): Promise<readonly StoredWebhook[]> {
    const record = await this.#records.read(AppKind, id, ITSELF);
    return record ? webhooksOf(record) : [];
  }

  /** Whether any app has registered this origin. */
  async knowsOrigin(origin: string, limit: () => Promise<void>): Promise<boolean> {
    // Anybody may ask, with whatever they like: only what can be registered is looked for, and remembered.
    if (!BrowserOrigin.safeParse(origin).success) return false;
    return isOwnMachine(origin) || ((await this.#shared.get(OriginKind, origin, limit))?.apps.length ?? 0) > 0;
  }

  async #register(id: string, before: readonly string[], after: readonly string[]): Promise<void> {
    const changed = [...before, ...after].filter((origin) => before.includes(origin) !== after.includes(origin));
    for (const origin of changed) {
      await this.#shared.change(OriginKind, origin, (known) => {
        const others = (known?.apps ?? []).filter((app) => app !== id);
        const apps = after.includes(origin) && !isOwnMachine(origin) ? [...others, id] : others;
        // What nobody has registered any more leaves nothing behind in the vault that all apps share.
        return apps.length === 0 ? undefined : { apps };
      });
    }
  }

  /** An id that was made up leads to no vault. @throws AppError `not_found` */
  async #check(id: string): Promise<void> {
    if (!(await this.#names.isApp(id))) throw noSuchApp();
  }

  async #update(id: string, change: (app: AppRecord) => AppRecord): Promise<AppRecord> {
    await this.#check(id);
    return this.#records.change(AppKind, id, ITSELF, (before) => {
      if (!before) throw noSuchApp();
      return change(before);
    });
  }

  async #vault<T>(app: string, call: (vault: DurableObjectStub<Vault>) => Promise<T>): Promise<T> {
    return this.#vaults.call(await this.#names.vault(app, APP_ITSELF), call);
  }
}

/**
 * Whether an origin is whoever's who calls from it, as each developer's `http://localhost:3000` is: all apps may have it, in a record
 * that would have no end, and whether a call from it may be read is decided by its key.
 */
const isOwnMachine = (origin: string): boolean => isLoopback(new URL(origin).hostname);

function toApp({ webhook, webhooks, ...app }: AppRecord): App {
  const main = webhooksOf({ webhook, webhooks }).find(({ name }) => name === MAIN_WEBHOOK);
  return { ...app, webhook_url: main?.url ?? null };
}

function noSuchApp(): AppError {
  return new AppError("not_found", "There is no app of that id.");
}
