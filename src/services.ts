/** What a request needs, made when it is first asked for: a broken variable stops only the routes that need it. */
import {
  findIntegration,
  listIntegrations,
  type ConfiguredIntegration,
  type Integration,
} from "./apps/integrations.ts";
import { Sessions } from "./apps/sessions.ts";
import type { Resealed } from "./api.ts";
import { Config } from "./config.ts";
import { Authorizations } from "./connections/authorizations.ts";
import { Connections } from "./connections/connections.ts";
import { VaultList } from "./connections/vault-list.ts";
import { Vaults } from "./connections/vaults.ts";
import { KvStore } from "./kv-store.ts";
import type { TokenEndpoint } from "./oauth/client.ts";
import { isLoopback } from "./providers/custom.ts";
import type { World } from "./world.ts";

/** An environment is one object for the life of an isolate; its configuration is read once. */
const configs = new WeakMap<Env, Config>();

function configOf(world: World, env: Env): Config {
  const config = configs.get(env) ?? new Config({ ...world.defaults, ...env });
  configs.set(env, config);
  return config;
}

export class Services {
  readonly config: Config;
  readonly #world: World;
  readonly #env: Env;
  readonly #url: string;
  readonly #waitUntil: (work: Promise<unknown>) => void;

  /**
   * @param url where the request came to
   * @param waitUntil lets work go on behind the answer
   */
  constructor(world: World, env: Env, url: string, waitUntil: (work: Promise<unknown>) => void) {
    this.config = configOf(world, env);
    this.#world = world;
    this.#env = env;
    this.#url = url;
    this.#waitUntil = waitUntil;
  }

  /** The origin people reach this deployment at. */
  get origin(): string {
    return this.config.publicOrigin(this.#url);
  }

  get sessions(): Sessions {
    return new Sessions(this.#vaults, this.#store);
  }

  get connections(): Connections {
    return new Connections({
      vaults: this.#vaults,
      list: this.#list,
      store: this.#store,
      ring: this.config.keyRing(),
      endpoint: (integration) => this.endpoint(this.integration(integration)),
      waitUntil: this.#waitUntil,
    });
  }

  get authorizations(): Authorizations {
    return new Authorizations(this.#vaults, this.#store, this.config.keyRing(), new URL(this.#url).origin);
  }

  /** Every integration; custom ones may be on this machine only while Latchkey is. */
  integrations(): readonly Integration[] {
    return listIntegrations(this.#world, this.config, this.#isLocal);
  }

  /** @throws AppError `unknown_integration`, `not_configured` or `config_error` */
  integration(id: string): ConfiguredIntegration {
    return findIntegration(this.#world, this.config, this.#isLocal, id);
  }

  /** The provider's endpoints, with the integration's client, over this world's network. */
  endpoint({ provider, client }: ConfiguredIntegration): TokenEndpoint {
    return { provider, client, fetch: this.#world.fetch };
  }

  get #isLocal(): boolean {
    return isLoopback(new URL(this.#url).hostname);
  }

  /** Seals the connections of one page of vaults anew with the active key. @throws AppError `config_error` */
  async resealPage(from: string | null): Promise<Resealed> {
    const { connections } = this;
    const { names, cursor } = await this.#list.page(from);
    const answer = { vaults: names.length, resealed: 0, left: 0, cursor };
    for (const name of names) {
      const owner = await this.#vaults.call(name, async (vault) => vault.owner());
      const done = owner ? await connections.reseal(owner.app, owner.user) : { resealed: 0, left: 0 };
      answer.resealed += done.resealed;
      answer.left += done.left;
    }
    return answer;
  }

  get #list(): VaultList {
    return new VaultList(this.#env.KV);
  }

  get #vaults(): Vaults {
    return new Vaults(this.#env.VAULT);
  }

  get #store(): KvStore {
    return new KvStore(this.#env.KV, this.config.keyRing());
  }
}
