/** KV as one location of the network sees it: what was read there, a miss included, is what it is there for a minute. */
import { env } from "cloudflare:workers";

const CACHED_MS = 60_000;

/** A new location; its reads are its own, its writes are seen elsewhere as they run out. */
export function kvLocation() {
  const seen = new Map<string, { value: string | null; until: number }>();
  const remember = (name: string, value: string | null) => seen.set(name, { value, until: Date.now() + CACHED_MS });
  return {
    reads: 0,
    async get(name: string): Promise<string | null> {
      this.reads += 1;
      const known = seen.get(name);
      if (known && known.until > Date.now()) return known.value;
      const value = await env.KV.get(name);
      remember(name, value);
      return value;
    },
    async put(name: string, value: string, options: KVNamespacePutOptions): Promise<void> {
      await env.KV.put(name, value, options);
      remember(name, value);
    },
    async delete(name: string): Promise<void> {
      await env.KV.delete(name);
      remember(name, null);
    },
  };
}
