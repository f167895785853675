/** What a request needs, made when it is first asked for: a broken variable stops only the routes that need it. */
import { Sessions } from "./apps/sessions.ts";
import {
  findIntegration,
  listIntegrations,
  type ConfiguredIntegration,
  type Integration,
} from "./apps/integrations.ts";
import { Config } from "./config.ts";
import { Authorizations } from "./connections/authorizations.ts";
import { Connections } from "./connections/connections.ts";
import { KvStore } from "./kv-store.ts";
import type { TokenEndpoint } from "./oauth/client.ts";
import { isLoopback } from "./providers/custom.ts";
import type { World } from "./world.ts";

export class Services {
  readonly config: Config;
  readonly #world: World;
  readonly #env: Env;

  constructor(world: World, env: Env) {
    this.#world = world;
    this.#env = env;
    this.config = new Config({ ...world.defaults, ...env });
  }

  get sessions(): Sessions {
    return new Sessions(this.#env.VAULT, this.#store);
  }

  get connections(): Connections {
    return new Connections(this.#env.VAULT, this.#store, this.config.keyRing());
  }

  get authorizations(): Authorizations {
    return new Authorizations(this.#env.VAULT, this.#store, this.config.keyRing());
  }

  /** Every integration; custom ones may be on this machine only while Latchkey is. */
  integrations(requestUrl: string): readonly Integration[] {
    return listIntegrations(this.#world, this.config, isLoopback(new URL(requestUrl).hostname));
  }

  /** @throws AppError `unknown_integration`, `not_configured` or `config_error` */
  integration(requestUrl: string, id: string): ConfiguredIntegration {
    return findIntegration(this.integrations(requestUrl), id);
  }

  /** The provider's endpoints, with the integration's client, over this world's network. */
  endpoint({ provider, client }: ConfiguredIntegration): TokenEndpoint {
    return { provider, client, fetch: this.#world.fetch };
  }

  get #store(): KvStore {
    return new KvStore(this.#env.KV, this.config.keyRing());
  }
}
