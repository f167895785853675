/** What a request needs, made when it is first asked for: a broken variable stops only the routes that need it. */
import type { ConfiguredIntegration } from "./apps/integrations.ts";
import { AllIntegrations } from "./apps/all-integrations.ts";
import { AllVaults } from "./apps/all-vaults.ts";
import { AppRemoval } from "./apps/app-removal.ts";
import { Approvals } from "./apps/approvals.ts";
import { CallRecord } from "./apps/call-record.ts";
import { AppRequests } from "./apps/app-requests.ts";
import { Apps } from "./apps/apps.ts";
import { ClientVault } from "./apps/client-vault.ts";
import { ConnectSessions } from "./apps/connect-sessions.ts";
import { EventIndex } from "./apps/event-index.ts";
import { Passkeys } from "./apps/passkeys.ts";
import { Jobs } from "./apps/jobs.ts";
import { JobWork } from "./apps/job-work.ts";
import { RevocationPlans } from "./apps/revocation-plan.ts";
import { AppRecords } from "./apps/records.ts";
import { SharedRecords } from "./apps/shared-records.ts";
import { Sessions } from "./apps/sessions.ts";
import { Webhooks } from "./apps/webhooks.ts";
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
import { RefusedScopes } from "./connections/refused-scopes.ts";
import { Sharers } from "./connections/sharers.ts";
import { TakeAlong } from "./connections/take-along.ts";
import { VaultList } from "./connections/vault-list.ts";
import { Vaults } from "./connections/vaults.ts";
import { KvStore } from "./kv-store.ts";
import { HourlyCalls } from "./grants/hourly-calls.ts";
import { CallLog } from "./middleware/call-log.ts";
import type { TokenEndpoint } from "./oauth/client.ts";
import { Surroundings } from "./surroundings.ts";

export class Services extends Surroundings {
  /** What most calls ask for more than once. */
  readonly #made: {
    sessions?: Sessions;
    connections?: Connections;
    addresses?: Addresses;
    clientVault?: ClientVault;
    names?: Names;
    integrations?: AllIntegrations;
    store?: KvStore;
    records?: AppRecords;
  } = {};

  readonly #isApp = async (app: string): Promise<boolean> => app === DEFAULT_APP || this.apps.isThere(app);

  get sessions(): Sessions {
    return (this.#made.sessions ??= new Sessions(
      this.vaults,
      this.names,
      this.#list,
      this.#store,
      this.#isApp,
      this.incoming.limitAddress,
      this.incoming.notes.caller,
      this.incoming.from,
      this.memory.sessions,
    ));
  }

  get passkeys(): Passkeys {
    return new Passkeys(this.vaults, this.names, this.config.keyRing(), this.origin);
  }

  get connections(): Connections {
    return (this.#made.connections ??= new Connections(this.#connectionsContext));
  }

  get refusedScopes(): RefusedScopes {
    return new RefusedScopes(this.#connectionsContext, this.memory.lacks);
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
      recent: this.memory.tokens,
      ring: this.config.keyRing(),
      // Also of an app that is removed: what it has is taken back with its own client.
      endpoint: async (app, integration) => this.endpoint(await this.integrations.ofAny(app, integration)),
      note: this.incoming.notes.connection,
      waitUntil: this.behind,
    };
  }

  /** What the connections of users are called. */
  get addresses(): Addresses {
    return (this.#made.addresses ??= new Addresses(this.vaults, this.names, this.#store, this.memory.books));
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
    const { sessions } = this.memory;
    const { apps, clientVault, vaults, names, index, events } = this;
    return new AppRemoval(apps, clientVault, vaults, names, this.#list, index, events, sessions);
  }

  /** What is written down of apps' requests. */
  get appRequests(): AppRequests {
    return new AppRequests(this.vaults, this.names, this.world.gather_ms, this.behind);
  }

  /** What is written down of calls to services. */
  get callRecord(): CallRecord {
    return new CallRecord(this.vaults, this.names, this.memory.recorded, this.world.gather_ms, this.behind);
  }

  /** Calls that somebody is asked about. */
  get approvals(): Approvals {
    return new Approvals(this.vaults, this.names, this.config.keyRing());
  }

  get hourlyCalls(): HourlyCalls {
    return new HourlyCalls(this.vaults, this.memory.ahead);
  }

  get callLog(): CallLog {
    return new CallLog(this.memory.calls, this.world.gather_ms, this.behind);
  }

  get members(): Members {
    return new Members(this.vaults, this.names);
  }

  /** The integrations of apps, with their secrets. */
  get clientVault(): ClientVault {
    return (this.#made.clientVault ??= new ClientVault(
      this.#records,
      this.#shared,
      this.names,
      this.world.providers,
      this.isLocal,
      this.origin,
      this.isOwn,
    ));
  }

  get connectSessions(): ConnectSessions {
    const { vaults, names, members, connections, config } = this;
    return new ConnectSessions(vaults, names, members, connections, config.keyRing(), this.requestOrigin);
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
    return new IndexDatabase(this.env.INDEX);
  }

  get vaults(): Vaults {
    return new Vaults(this.env.VAULT);
  }

  /** How vaults and what is in them are named outside. */
  get names(): Names {
    return (this.#made.names ??= new Names({
      vaults: this.vaults,
      list: this.#list,
      store: this.#store,
      ring: this.config.keyRing(),
      origin: this.requestOrigin,
    }));
  }

  get integrations(): AllIntegrations {
    return (this.#made.integrations ??= new AllIntegrations({
      world: this.world,
      config: this.config,
      here: this,
      clientVault: () => this.clientVault,
      isApp: this.#isApp,
      limitAddress: this.incoming.limitAddress,
      recent: this.memory.integrations,
      note: this.incoming.notes.integration,
    }));
  }

  /** The provider's endpoints, with the integration's client, over this world's network. */
  endpoint({ provider, client }: Pick<ConfiguredIntegration, "provider" | "client">): TokenEndpoint {
    return { provider, client, fetch: this.network, ...this.config.clientKeyFor(provider) };
  }

  /** What goes on behind its answer. */
  get jobs(): Jobs {
    return new Jobs(this.vaults, this.names, this.#records, this.env.JOBS, this.requestOrigin);
  }

  /** What of it is to be done. */
  get revocationPlans(): RevocationPlans {
    return new RevocationPlans(this.names, this.sessions, this.clientVault);
  }

  get jobWork(): JobWork {
    const { vaults, names, index, apps, sessions, connections, lists } = this;
    const allVaults = new AllVaults(this.#list, vaults, connections, lists, this.#records, this.#shared);
    return new JobWork({ vaults, names, list: this.#list, index, apps, sessions, connections, allVaults });
  }

  get #records(): AppRecords {
    return (this.#made.records ??= new AppRecords(
      this.vaults,
      this.names,
      this.#list,
      this.#store,
      this.config.keyRing(),
      this.requestOrigin,
      this.memory.records,
    ));
  }

  get #shared(): SharedRecords {
    return new SharedRecords(this.#records, this.config.keyRing(), this.behind);
  }

  get #list(): VaultList {
    return new VaultList(this.env.KV);
  }

  get #store(): KvStore {
    return (this.#made.store ??= new KvStore(this.env.KV, this.config.keyRing()));
  }
}
