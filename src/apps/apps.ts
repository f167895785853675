/** Tenants: who they are, where their users may come back to, and where they want to be told of events. */
import * as z from "zod/mini";
import { BrowserOrigin, type App, type AppChange, type NewApp } from "../api-apps.ts";
import { APP_ITSELF, OPERATOR } from "../connections/connection.ts";
import type { Names } from "../connections/names.ts";
import type { VaultList } from "../connections/vault-list.ts";
import type { Vaults } from "../connections/vaults.ts";
import type { RemovalState } from "../connections/vault/vault-app.ts";
import type { Vault } from "../connections/vault/vault.ts";
import { AppError } from "../errors.ts";
import type { RecordKind } from "../kv-store.ts";
import type { AppRecords } from "./records.ts";

const AppRecord = z.object({
  id: z.string(),
  name: z.string(),
  return_urls: z.array(z.string()),
  origins: z.array(z.string()),
  webhook: z.nullable(z.object({ url: z.string(), secret: z.string() })),
  created_at: z.string(),
});
export type AppRecord = z.output<typeof AppRecord>;

const AppKind: RecordKind<AppRecord> = { kind: "app", schema: AppRecord };
/** The one record of its kind in each app's vault. */
const ITSELF = "itself";

const Registered = z.object({ id: z.string(), name: z.string() });
const RegisteredKind: RecordKind<z.output<typeof Registered>> = { kind: "registered", schema: Registered };

/** Which apps have registered an origin: a browser asks before it sends anything that would tell which app it is for. */
const OriginRecord = z.object({ apps: z.array(z.string()) });
const OriginKind: RecordKind<z.output<typeof OriginRecord>> = { kind: "origin", schema: OriginRecord };

export class Apps {
  readonly #records: AppRecords;
  readonly #vaults: Vaults;
  readonly #names: Names;
  readonly #list: VaultList;
  readonly #origin: string;

  /** @param origin where the request came to */
  constructor(records: AppRecords, vaults: Vaults, names: Names, list: VaultList, origin: string) {
    this.#records = records;
    this.#vaults = vaults;
    this.#names = names;
    this.#list = list;
    this.#origin = origin;
  }

  /** Makes one. */
  async create({ name, return_urls, origins }: NewApp): Promise<App> {
    const id = await this.#names.newApp();
    const record: AppRecord = { id, name, return_urls, origins, webhook: null, created_at: new Date().toISOString() };
    await this.#open(id);
    await this.#open(OPERATOR);
    await this.#records.change(AppKind, id, ITSELF, () => record);
    await this.#records.change(RegisteredKind, OPERATOR, id, () => ({ id, name }));
    await this.#register(id, [], origins);
    return toApp(record);
  }

  /** Every app, by its id. */
  list(): Promise<readonly z.output<typeof Registered>[]> {
    return this.#records.list(RegisteredKind, OPERATOR);
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
    const { name, return_urls, origins } = change;
    let before: readonly string[] = [];
    const changed = await this.#update(id, (app) => {
      before = app.origins;
      return {
        ...app,
        name: name ?? app.name,
        return_urls: return_urls ?? app.return_urls,
        origins: origins ?? app.origins,
      };
    });
    await this.#records.change(RegisteredKind, OPERATOR, id, () => ({ id, name: changed.name }));
    await this.#register(id, before, changed.origins);
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

  /** Sets or removes the webhook; a new one has a new secret. @throws AppError `not_found` */
  async setWebhook(id: string, webhook: AppRecord["webhook"]): Promise<void> {
    await this.#update(id, (app) => ({ ...app, webhook }));
  }

  /** The webhook as it is set now: what was set a moment ago would be told to nobody, or signed with a secret that is gone. An app that is removed has none. */
  async webhook(id: string): Promise<AppRecord["webhook"]> {
    const record = await this.#records.read(AppKind, id, ITSELF);
    return record?.webhook ?? null;
  }

  /** Whether any app has registered this origin. */
  async knowsOrigin(origin: string, limit: () => Promise<void>): Promise<boolean> {
    // Anybody may ask, with whatever they like: only what can be registered is looked for, and remembered.
    return (
      BrowserOrigin.safeParse(origin).success &&
      ((await this.#records.get(OriginKind, OPERATOR, origin, limit))?.apps.length ?? 0) > 0
    );
  }

  async #register(id: string, before: readonly string[], after: readonly string[]): Promise<void> {
    const changed = [...before, ...after].filter((origin) => before.includes(origin) !== after.includes(origin));
    for (const origin of changed) {
      await this.#records.change(OriginKind, OPERATOR, origin, (known) => {
        const others = (known?.apps ?? []).filter((app) => app !== id);
        const apps = after.includes(origin) ? [...others, id] : others;
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

  /** The app's own vault, found again when keys are changed. */
  async #open(app: string): Promise<void> {
    const vault = await this.#names.vault(app, APP_ITSELF);
    const owner = await this.#names.owner(app, APP_ITSELF, this.#origin);
    await this.#vaults.call(vault, async (stub) => stub.own(owner));
    await this.#list.add(vault);
  }
}

function toApp({ webhook, ...app }: AppRecord): App {
  return { ...app, webhook_url: webhook?.url ?? null };
}

function noSuchApp(): AppError {
  return new AppError("not_found", "There is no app of that id.");
}
