/**
 * The list of vaults, for the one task that has to visit them all: sealing everything anew when a key is retired.
 *
 * It is a list of names in KV. A vault remembers whether its name got there, and until then every use of it tries again.
 * KV may be a minute behind with a name, and the task is run until it finds nothing more to do, so a late name is not lost.
 */
const PREFIX = "vault:";
/** A visit is a call to a vault and a few more to seal; a request has a bound on calls. */
export const PAGE = 20;

export interface VaultPage {
  readonly names: readonly string[];
  /** Where the next page begins; null after the last. */
  readonly cursor: string | null;
}

export class VaultList {
  readonly #kv: KVNamespace;

  constructor(kv: KVNamespace) {
    this.#kv = kv;
  }

  /** @throws whatever KV throws */
  async add(name: string): Promise<void> {
    await this.#kv.put(PREFIX + name, "");
  }

  /** @throws whatever KV throws */
  async has(name: string): Promise<boolean> {
    return (await this.#kv.get(PREFIX + name)) !== null;
  }

  /** Whether any vault is in the list but this one. @throws whatever KV throws */
  async hasOther(name: string): Promise<boolean> {
    const { keys } = await this.#kv.list({ prefix: PREFIX, limit: 2 });
    return keys.some((key) => key.name !== PREFIX + name);
  }

  /** @throws whatever KV throws */
  async remove(name: string): Promise<void> {
    await this.#kv.delete(PREFIX + name);
  }

  async page(cursor: string | null): Promise<VaultPage> {
    const page = await this.#kv.list({ prefix: PREFIX, limit: PAGE, ...(cursor === null ? {} : { cursor }) });
    const names = page.keys.map((key) => key.name.slice(PREFIX.length));
    return { names, cursor: page.list_complete ? null : page.cursor };
  }
}
