/** Where a request has come to: the deployment as it is set up and reached, what its isolate remembers, and the way out. */
import type { Config } from "./config.ts";
import { isLoopback } from "./contract/hosts.ts";
import { NOBODY_WAITS, reportFault, type Incoming } from "./incoming.ts";
import { checkLoop, guardNetwork, hostnameOf, isOwnOrigin, originOf } from "./loops.ts";
import { configOf, memoryOf, type Memory } from "./memory.ts";
import type { World } from "./world.ts";

export abstract class Surroundings {
  readonly config: Config;
  protected readonly world: World;
  protected readonly env: Env;
  protected readonly memory: Memory;
  protected readonly incoming: Incoming;

  constructor(world: World, env: Env, incoming: Pick<Incoming, "url" | "waitUntil"> & Partial<Incoming>) {
    this.config = configOf(world, env);
    this.world = world;
    this.env = env;
    this.memory = memoryOf(env);
    this.incoming = { ...NOBODY_WAITS, ...incoming };
  }

  /**
   * Lets work go on behind the answer. That there is nothing to do any more is no failure; of any other nobody would hear
   * but the operator.
   */
  readonly behind = (work: Promise<unknown>): void => this.incoming.waitUntil(work.catch(reportFault));

  /** The way out, which never leads back here. */
  readonly network: World["fetch"] = (input, outgoing) =>
    guardNetwork(this.world.fetch, this.#origins, this.incoming.through)(input, outgoing);

  /** What this deployment is reached at: as people do, and as this request has. */
  get #origins(): readonly string[] {
    const { requestOrigin } = this;
    return [this.config.publicOrigin(requestOrigin), requestOrigin];
  }

  /** Whether an address is this deployment's own. */
  readonly isOwn = (address: string): boolean => isOwnOrigin(address, this.#origins);

  /** @throws AppError `loop_detected` */
  checkLoop(): void {
    if (this.incoming.through !== "") checkLoop(this.#origins, this.incoming.through);
  }

  /** The origin people reach this deployment at. */
  get origin(): string {
    return this.config.publicOrigin(this.requestOrigin);
  }

  /** The origin the request came to. */
  get requestOrigin(): string {
    return originOf(this.incoming.url);
  }

  /** Whether this is a developer's Worker on their own machine. */
  get isLocal(): boolean {
    return isLoopback(hostnameOf(this.requestOrigin));
  }
}
