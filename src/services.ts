/** What a request needs, made when it is first asked for: a broken variable stops only the routes that need it. */
import {
  findIntegration,
  listIntegrations,
  unknownIntegration,
  type ConfiguredIntegration,
  type Integration,
} from "./apps/integrations.ts";
import { AllVaults } from "./apps/all-vaults.ts";
import { AppRemoval } from "./apps/app-removal.ts";
import { AppRequests } from "./apps/app-requests.ts";
import { Apps } from "./apps/apps.ts";
import { ClientVault } from "./apps/client-vault.ts";
import { ConnectSessions } from "./apps/connect-sessions.ts";
import { EventIndex } from "./apps/event-index.ts";
import { Passkeys } from "./apps/passkeys.ts";
import { AppRecords } from "./apps/records.ts";
import { SharedRecords } from "./apps/shared-records.ts";
import { Sessions } from "./apps/sessions.ts";
import { Webhooks } from "./apps/webhooks.ts";
import type { Resealed, UsedFrom } from "./api.ts";
import type { Reindexed } from "./api-connections.ts";
import { Config } from "./config.ts";
import { Addresses } from "./connections/address-book.ts";
import { Authorizations } from "./connections/authorizations.ts";
import { DEFAULT_APP } from "./connections/connection.ts";
import { ConnectionIndex } from "./connections/connection-index.ts";
import type { ConnectionsContext } from "./connections/connections-context.ts";
import { Connections } from "./connections/connections.ts";
import { IndexDatabase } from "./connections/index-database.ts";
import { Lists } from "./connections/lists.ts";
import { Members } from "./connections/members.ts";
import { Names } from "./connections/names.ts";
import { Sharers } from "./connections/sharers.ts";
import { TakeAlong } from "./connections/take-along.ts";
import { VaultList } from "./connections/vault-list.ts";
import { Vaults } from "./connections/vaults.ts";
import { AppError } from "./errors.ts";
import { KvStore } from "./kv-store.ts";
import type { TokenEndpoint } from "./oauth/client.ts";
import { checkLoop, guardNetwork, isOwnOrigin } from "./loops.ts";
import { isLoopback } from "./providers/custom.ts";
import type { World } from "./world.ts";

/** An environment is one object for the life of an isolate; its configuration is read once. */
const configs = new WeakMap<Env, Config>();

function configOf(world: World, env: Env): Config {
  const config = configs.get(env) ?? new Config({ ...world.defaults, ...env });
  configs.set(env, config);
  return config;
}

function reportFault(error: unknown): void {
  if (error instanceof AppError && ["not_connected", "unknown_connection"].includes(error.code)) return;
  const name = error instanceof AppError ? error.code : error instanceof Error ? error.name : "unknown";
  console.error(JSON.stringify({ event: "background_failed", error: name }));
}

/** Who is told which integration, and which connection by its id, a request has turned out to be about. */
export interface Notes {
  readonly integration: (integration: ConfiguredIntegration) => void;
  readonly connection: (id: string) => void;
  /** Whose key or session it came with, also where that has ended. */
  readonly caller: (caller: { readonly app: string; readonly user: string }) => void;
}

export class Services {
  readonly config: Config;
  readonly #world: World;
  readonly #env: Env;
  readonly #url: string;
  readonly #through: string;
  readonly #waitUntil: (work: Promise<unknown>) => void;
  readonly #notes: Notes;
  readonly #limitAddress: () => Promise<void>;
  readonly #from: () => UsedFrom | null;

  /**
   * @param url where the request came to
   * @param waitUntil lets work go on behind the answer
   * @param notes are told what a request turned out to be about
   * @param through the header of the request that names what it has come through
   * @param limitAddress counts what is asked for without a credential that is known, or throws
   * @param from says where the request came from, coarsely
   */
  constructor(
    world: World,
    env: Env,
    url: string,
    waitUntil: (work: Promise<unknown>) => void,
    notes: Notes = { integration: () => {}, connection: () => {}, caller: () => {} },
    limitAddress: () => Promise<void> = async () => {},
    through = "",
    from: () => UsedFrom | null = () => null,
  ) {
    this.#from = from;
    this.#through = through;
    this.#limitAddress = limitAddress;
    this.#notes = notes;
    this.config = configOf(world, env);
    this.#world = world;
    this.#env = env;
    this.#url = url;
    this.#waitUntil = waitUntil;
  }

  /**
   * Lets work go on behind the answer. That there is nothing to do any more is no failure; of any other nobody would hear
   * but the operator.
   */
  readonly behind = (work: Promise<unknown>): void => this.#waitUntil(work.catch(reportFault));

  /** The way out, which never leads back here. */
  readonly network: World["fetch"] = (request) =>
    guardNetwork(this.#world.fetch, this.#origins, this.#through)(request);

  /** What this deployment is reached at: as people do, and as this request has. */
  get #origins(): readonly string[] {
    return [this.origin, this.requestOrigin];
  }

  /** Whether an address is this deployment's own. */
  readonly isOwn = (address: string): boolean => isOwnOrigin(address, this.#origins);

  /** @throws AppError `loop_detected` */
  checkLoop(): void {
    if (this.#through !== "") checkLoop(this.#origins, this.#through);
  }

  /** The origin people reach this deployment at. */
  get origin(): string {
    return this.config.publicOrigin(this.#url);
  }

  get sessions(): Sessions {
    const isApp = (app: string): Promise<boolean> => this.#isApp(app);
    const { caller } = this.#notes;
    const limit = this.#limitAddress;
    return new Sessions(this.vaults, this.names, this.#list, this.#store, isApp, limit, caller, this.#from());
  }

  get passkeys(): Passkeys {
    return new Passkeys(this.vaults, this.names, this.config.keyRing(), this.origin);
  }

  get connections(): Connections {
    return new Connections(this.#connectionsContext);
  }

  get takeAlong(): TakeAlong {
    return new TakeAlong(this.#connectionsContext, this.connections);
  }

  get lists(): Lists {
    return new Lists(this.#connectionsContext);
  }

  get #connectionsContext(): ConnectionsContext {
    return {
      vaults: this.vaults,
      names: this.names,
      members: this.members,
      list: this.#list,
      index: this.index,
      sharers: new Sharers(this.#indexDatabase),
      store: this.#store,
      ring: this.config.keyRing(),
      // Also of an app that is removed: what it has is taken back with its own client.
      endpoint: async (app, integration) => this.endpoint(await this.#findIntegration(app, integration)),
      note: this.#notes.connection,
      waitUntil: this.behind,
    };
  }

  /** What the connections of users are called. */
  get addresses(): Addresses {
    return new Addresses(this.vaults, this.names, this.#store);
  }

  get authorizations(): Authorizations {
    return new Authorizations(
      this.vaults,
      this.names,
      this.members,
      this.#store,
      this.config.keyRing(),
      this.requestOrigin,
    );
  }

  get apps(): Apps {
    return new Apps(this.#records, this.#shared, this.vaults, this.names);
  }

  get appRemoval(): AppRemoval {
    return new AppRemoval(this.apps, this.clientVault, this.vaults, this.names, this.#list, this.index, this.events);
  }

  /** What is written down of apps' requests. */
  get appRequests(): AppRequests {
    return new AppRequests(this.vaults, this.names, this.#world.gather_ms, this.behind);
  }

  get members(): Members {
    return new Members(this.vaults, this.names);
  }

  async #isApp(app: string): Promise<boolean> {
    return app === DEFAULT_APP || this.apps.isThere(app);
  }

  /** The integrations of apps, with their secrets. */
  get clientVault(): ClientVault {
    return new ClientVault(
      this.#records,
      this.#shared,
      this.names,
      this.#world.providers,
      this.isLocal,
      this.origin,
      this.isOwn,
    );
  }

  get connectSessions(): ConnectSessions {
    return new ConnectSessions(
      this.vaults,
      this.names,
      this.members,
      this.connections,
      this.config.keyRing(),
      this.requestOrigin,
    );
  }

  get webhooks(): Webhooks {
    return new Webhooks(this.apps, this.vaults, this.names, this.events, this.network);
  }

  get index(): ConnectionIndex {
    return new ConnectionIndex(this.#indexDatabase);
  }

  /** The lists of apps' events. */
  get events(): EventIndex {
    return new EventIndex(this.#indexDatabase);
  }

  get #indexDatabase(): IndexDatabase {
    return new IndexDatabase(this.#env.INDEX);
  }

  get vaults(): Vaults {
    return new Vaults(this.#env.VAULT);
  }

  /** How vaults and what is in them are named outside. */
  get names(): Names {
    const { vaults, requestOrigin: origin } = this;
    return new Names({ vaults, list: this.#list, store: this.#store, ring: this.config.keyRing(), origin });
  }

  /** Every integration of an app; custom ones of the page's own may be on this machine only while Latchkey is. */
  async integrations(app: string): Promise<readonly Integration[]> {
    return app === DEFAULT_APP ? listIntegrations(this.#world, this.config, this) : this.clientVault.configured(app);
  }

  /** The app that an integration belongs to, for a request that has not said whose it is. */
  async appOf(integration: string): Promise<string> {
    return (await this.clientVault.appOf(integration, this.#limitAddress)) ?? DEFAULT_APP;
  }

  /** @throws AppError `unknown_integration`, the same for another app's; `not_configured` or `config_error` */
  async integration(app: string, id: string): Promise<ConfiguredIntegration> {
    if (!(await this.#isApp(app))) throw unknownIntegration();
    return this.#findIntegration(app, id);
  }

  async #findIntegration(app: string, id: string): Promise<ConfiguredIntegration> {
    const integration =
      app === DEFAULT_APP ? findIntegration(this.#world, this.config, this, id) : await this.clientVault.find(app, id);
    this.#notes.integration(integration);
    return integration;
  }

  /** The provider's endpoints, with the integration's client, over this world's network. */
  endpoint({ provider, client }: Pick<ConfiguredIntegration, "provider" | "client">): TokenEndpoint {
    return { provider, client, fetch: this.network };
  }

  /** The origin the request came to. */
  get requestOrigin(): string {
    return new URL(this.#url).origin;
  }

  /** Whether this is a developer's Worker on their own machine. */
  get isLocal(): boolean {
    return isLoopback(new URL(this.#url).hostname);
  }

  /** Seals one page of vaults anew with the active key. @throws AppError `config_error` */
  resealPage(from: string | null): Promise<Resealed> {
    return this.#allVaults.reseal(from, this.connections, this.#records, this.#shared);
  }

  /** Writes the lists of one page of vaults anew. @throws AppError `index_unavailable` */
  reindexPage(from: string | null): Promise<Reindexed> {
    return this.#allVaults.reindex(from, this.lists);
  }

  get #allVaults(): AllVaults {
    return new AllVaults(this.#list, this.vaults);
  }

  get #records(): AppRecords {
    return new AppRecords(this.vaults, this.names, this.#list, this.#store, this.config.keyRing(), this.requestOrigin);
  }

  get #shared(): SharedRecords {
    return new SharedRecords(this.#records, this.config.keyRing(), this.behind);
  }

  get #list(): VaultList {
    return new VaultList(this.#env.KV);
  }

  get #store(): KvStore {
    return new KvStore(this.#env.KV, this.config.keyRing());
  }
}
