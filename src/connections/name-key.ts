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

/** The name key, and whether this deployment may have ids of sessions from before they had a check. */
interface Kept {
  readonly key: string;
  readonly has_unchecked_ids: boolean;
}

/** The version before wrote the key alone, and did not know. */
const NameKey: RecordKind<Kept> = {
  kind: "name_key",
  schema: z.union([
    z.object({ key: z.string(), has_unchecked_ids: z.boolean() }),
    z.pipe(
      z.string(),
      z.transform((key): Kept => ({ key, has_unchecked_ids: true })),
    ),
  ]),
};
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
const remembered = new WeakMap<KeyRing, Kept & { readonly bytes: Uint8Array }>();

/**
 * The name key: 32 bytes. An isolate asks KV for it once, and the operator's vault where KV has no copy.
 * @throws AppError `key_unavailable` where the key that seals it is not in the ring; `vault_unavailable`
 */
export async function nameKey(place: NameKeyPlace): Promise<Uint8Array> {
  return (await remember(place)).bytes;
}

/**
 * Whether there may be ids of sessions from before they had a check: not in a deployment that has had the name key since
 * before its first connection.
 * @throws AppError like `nameKey`
 */
export async function mayHaveUncheckedIds(place: NameKeyPlace): Promise<boolean> {
  return (await remember(place)).has_unchecked_ids;
}

async function remember(place: NameKeyPlace): Promise<Kept & { readonly bytes: Uint8Array }> {
  const known = remembered.get(place.ring);
  if (known) return known;
  const kept = await load(place);
  const found = { ...kept, bytes: new Uint8Array(decodeBase64urlIgnorePadding(kept.key)) };
  remembered.set(place.ring, found);
  return found;
}

async function load(place: NameKeyPlace): Promise<Kept> {
  const where = { app: OPERATOR, parts: [ITSELF] };
  const copy = await place.store.get(NameKey, where);
  if (copy !== undefined) return copy;
  const kept = await claim(place);
  // In the list first: who finds a copy counts on its vault being found when sealing keys are changed.
  const listed = await place.list.add(vaultNameOfBefore(OPERATOR, APP_ITSELF)).then(
    () => true,
    () => false,
  );
  if (listed) await place.store.put(NameKey, where, kept, null);
  return kept;
}

/** The key as the operator's vault has it; made there by whoever needs it first. */
async function claim({ vaults, list, ring, origin }: NameKeyPlace): Promise<Kept> {
  const vault = vaultNameOfBefore(OPERATOR, APP_ITSELF);
  const context = recordContext(OPERATOR, NameKey.kind, ITSELF);
  const owner = { app: OPERATOR, user: APP_ITSELF, origin, by_session: true, handle: null };
  for (;;) {
    const sealed = await vaults.call(vault, async (stub) => stub.record(NameKey.kind, ITSELF));
    if (sealed !== null) {
      const written = await open(ring, context, sealed);
      return NameKey.schema.parse(written.startsWith("{") ? JSON.parse(written) : written);
    }
    // Ids without a check count where their vault is in the list, which begins with what a version before has put there.
    const has_unchecked_ids = await list.hasOther(vault).catch(() => true);
    const made: Kept = { key: randomId(), has_unchecked_ids };
    const to = await seal(ring, context, JSON.stringify(made));
    await vaults.call(vault, async (stub) => stub.own(owner));
    await vaults.call(vault, async (stub) => stub.swapRecord(NameKey.kind, ITSELF, null, to));
  }
}
