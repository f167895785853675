/** Every integration there is, as a request finds it: the page's own, which the environment configures, and those of apps. */
import type { Config } from "../config.ts";
import { DEFAULT_APP } from "../connections/connection.ts";
import type { Remembered } from "../remembered.ts";
import type { World } from "../world.ts";
import type { ClientVault } from "./client-vault.ts";
import {
  findIntegration,
  listIntegrations,
  unknownIntegration,
  type ConfiguredIntegration,
  type Here,
  type Integration,
} from "./integrations.ts";

/** What they are found with. */
export interface Sources {
  readonly world: World;
  readonly config: Config;
  readonly here: Here & { readonly requestOrigin: string };
  /** Of apps alone: the page's own are listed without any key. */
  readonly clientVault: () => ClientVault;
  readonly isApp: (app: string) => Promise<boolean>;
  /** Counts what is asked for without a credential that is known, or throws. */
  readonly limitAddress: () => Promise<void>;
  /** The page's own that this isolate has found lately. */
  readonly recent: Remembered<ConfiguredIntegration>;
  /** Is told which integration a request has turned out to be about. */
  readonly note: (integration: ConfiguredIntegration) => void;
}

export class AllIntegrations {
  readonly #sources: Sources;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** Every integration of an app; custom ones of the page's own may be on this machine only while Latchkey is. */
  async list(app: string): Promise<readonly Integration[]> {
    const { world, config, here, clientVault } = this.#sources;
    return app === DEFAULT_APP ? listIntegrations(world, config, here) : clientVault().configured(app);
  }

  /** The app that an integration belongs to, for a request that has not said whose it is. */
  async appOf(integration: string): Promise<string> {
    const { clientVault, limitAddress } = this.#sources;
    return (await clientVault().appOf(integration, limitAddress)) ?? DEFAULT_APP;
  }

  /** @throws AppError `unknown_integration`, the same for another app's; `not_configured` or `config_error` */
  async find(app: string, id: string): Promise<ConfiguredIntegration> {
    if (!(await this.#sources.isApp(app))) throw unknownIntegration();
    return this.ofAny(app, id);
  }

  /** The same, also of an app that is removed. @throws AppError like `find` */
  async ofAny(app: string, id: string): Promise<ConfiguredIntegration> {
    const { clientVault, note } = this.#sources;
    const integration = app === DEFAULT_APP ? this.#own(id) : await clientVault().find(app, id);
    note(integration);
    return integration;
  }

  /** What is configured stays as it is for the life of an isolate; what may be on this machine depends on where that is. */
  #own(id: string): ConfiguredIntegration {
    const { world, config, here, recent } = this.#sources;
    const name = `${here.requestOrigin} ${id}`;
    const known = recent.get(name);
    if (known) return known;
    const integration = findIntegration(world, config, here, id);
    recent.set(name, integration);
    return integration;
  }
}
