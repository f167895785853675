/**
 * The name key: 32 random bytes of this deployment, made when they are first needed and never changed. Names are made with it
 * that nobody else can make, or confirm a guess at. It is sealed in the operator's vault like every record there, and so goes
 * along when sealing keys are changed, while the names that it has made stay as they are.
 */
import { decodeBase64urlIgnorePadding } from "@oslojs/encoding";
import * as z from "zod/mini";
import { open, randomId, seal, type KeyRing } from "../crypto.ts";
import type { KvStore, RecordKind } from "../kv-store.ts";
import { APP_ITSELF, OPERATOR, recordContext, vaultNameOfBefore } from "./connection.ts";
import type { VaultList } from "./vault-list.ts";
import type { Vaults } from "./vaults.ts";

const NameKey: RecordKind<string> = { kind: "name_key", schema: z.string() };
/** The one record of its kind. */
const ITSELF = "itself";

/** Where the key is kept. */
export interface NameKeyPlace {
  readonly vaults: Vaults;
  readonly list: VaultList;
  readonly store: KvStore;
  readonly ring: KeyRing;
  /** Where the request came to. */
  readonly origin: string;
}

/** As secret as the ring that seals it, and remembered for as long. */
const remembered = new WeakMap<KeyRing, Uint8Array>();

/**
 * The name key: 32 bytes. An isolate asks KV for it once, and the operator's vault where KV has no copy.
 * @throws AppError `key_unavailable` where the key that seals it is not in the ring; `vault_unavailable`
 */
export async function nameKey(place: NameKeyPlace): Promise<Uint8Array> {
  const known = remembered.get(place.ring) ?? new Uint8Array(decodeBase64urlIgnorePadding(await load(place)));
  remembered.set(place.ring, known);
  return known;
}

async function load(place: NameKeyPlace): Promise<string> {
  const where = { app: OPERATOR, parts: [ITSELF] };
  const copy = await place.store.get(NameKey, where);
  if (copy !== undefined) return copy;
  const key = await claim(place);
  // In the list first: who finds a copy counts on its vault being found when sealing keys are changed.
  const listed = await place.list.add(vaultNameOfBefore(OPERATOR, APP_ITSELF)).then(
    () => true,
    () => false,
  );
  if (listed) await place.store.put(NameKey, where, key, null);
  return key;
}

/** The key as the operator's vault has it; made there by whoever needs it first. */
async function claim({ vaults, ring, origin }: NameKeyPlace): Promise<string> {
  const vault = vaultNameOfBefore(OPERATOR, APP_ITSELF);
  const context = recordContext(OPERATOR, NameKey.kind, ITSELF);
  const owner = { app: OPERATOR, user: APP_ITSELF, origin, by_session: true, handle: null };
  for (;;) {
    const sealed = await vaults.call(vault, async (stub) => stub.record(NameKey.kind, ITSELF));
    if (sealed !== null) return open(ring, context, sealed);
    const made = await seal(ring, context, randomId());
    await vaults.call(vault, async (stub) => stub.own(owner));
    await vaults.call(vault, async (stub) => stub.swapRecord(NameKey.kind, ITSELF, null, made));
  }
}
