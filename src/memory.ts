/** All that one isolate remembers between requests of what it has read: by its environment, which is one object for its life. */
import type { RecordedCall } from "./api-calls.ts";
import type { ConfiguredIntegration } from "./apps/integrations.ts";
import { SeenSessions } from "./apps/seen-sessions.ts";
import { Config } from "./config.ts";
import type { AccessToken } from "./connections/connection.ts";
import type { KnownLacks } from "./connections/refused-scopes.ts";
import type { Ahead } from "./grants/hourly-calls.ts";
import type { AddressBook } from "./connections/place.ts";
import { Gathered } from "./gatherer.ts";
import type { RecordKind } from "./kv-store.ts";
import { CallCounts } from "./middleware/call-log.ts";
import { LATELY, Remembered } from "./remembered.ts";
import type { World } from "./world.ts";

/** A character is a byte or two. */
const TOKEN_CHARACTERS = 4_000_000;

/** A record, or that there is none, as its kind reads it. */
export interface KnownRecord {
  readonly kind: RecordKind<unknown>;
  readonly value: unknown;
}

export class Memory {
  readonly sessions = new SeenSessions();
  /** By address; null: what KV may still have was given up here, and the vault is asked. */
  readonly tokens = new Remembered<AccessToken | null>({
    ...LATELY,
    heaviest: TOKEN_CHARACTERS,
    weigh: (token) =>
      token === null
        ? 0
        : token.access_token.length + JSON.stringify([token.details, token.fields, token.dpop_key]).length,
  });
  readonly records = new Remembered<KnownRecord>(LATELY);
  /** What connections are called, by vault. */
  readonly books = new Remembered<AddressBook>(LATELY);
  /** The page's own, by origin and id. */
  readonly integrations = new Remembered<ConfiguredIntegration>({ ...LATELY, most: 1000 });
  /** What refused calls were found to lack. */
  readonly lacks: KnownLacks = new Remembered({ ms: 600_000, most: 10_000 });
  readonly calls = new CallCounts();
  /** Calls to be written down, by app and user. */
  readonly recorded = new Gathered<RecordedCall>();
  /** Calls that keys with a count may make yet, for as long as an hour lasts. */
  readonly ahead = new Remembered<Ahead>({ ms: 3_600_000, most: 10_000 });
}

const memories = new WeakMap<Env, Memory>();

/** What the isolate with this environment remembers. */
export function memoryOf(env: Env): Memory {
  const memory = memories.get(env) ?? new Memory();
  memories.set(env, memory);
  return memory;
}

const configs = new WeakMap<Env, Config>();

/** The configuration of an environment, read once. */
export function configOf(world: World, env: Env): Config {
  const config = configs.get(env) ?? new Config({ ...world.defaults, ...env });
  configs.set(env, config);
  return config;
}
