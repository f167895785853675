/**
 * Passkeys of the page's user: another way to the vault than a session, on any device. Whether an answer is signed rightly is
 * seen by a Worker; that it counts once, and what it counts for, is decided here.
 */
import { BOUNDS } from "../../bounds.ts";
import { KEPT_MS, PasskeyTable, isAhead, type Answered, type StoredPasskey } from "./passkeys.ts";
import { VaultStore } from "./vault-store.ts";

/** An answer that one of the passkeys has signed. */
export interface Signed {
  readonly id: string;
  readonly counter: number;
  readonly challenge: Answered;
}

/** `spent`: the challenge was answered before. `unknown`: there is no such passkey. `cloned`: it seems to have a copy. */
export type Refusal = "spent" | "unknown" | "cloned";

export type AddOutcome = Refusal | "added" | "closed" | "full" | "unconfirmed" | "there_already";

export type UseOutcome = { readonly outcome: "used"; readonly user: string } | { readonly outcome: Refusal | "closed" };

export abstract class VaultPasskeys extends VaultStore {
  protected readonly passkeysTable: PasskeyTable;

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    this.passkeysTable = new PasskeyTable(this.sql);
  }

  passkeys(): StoredPasskey[] {
    return this.passkeysTable.list();
  }

  passkey(id: string): StoredPasskey | null {
    return this.passkeysTable.find(id);
  }

  /** Takes a passkey in. @param confirmation by one that is there already: whoever has a session alone adds no second */
  async addPasskey(passkey: StoredPasskey, challenge: Answered, confirmation: Signed | null): Promise<AddOutcome> {
    if (!this.isOpen) return "closed";
    const standing = this.passkeysTable.standing(challenge);
    // Asked again, because the answer was lost on its way: it is done.
    if (standing !== "open") return standing === "again" ? "added" : standing;
    const count = this.passkeysTable.count();
    if (count > 0 && confirmation === null) return "unconfirmed";
    if (this.passkeysTable.find(passkey.id)) return "there_already";
    if (count >= BOUNDS.passkeys) return "full";
    const confirmed = confirmation && this.#use(confirmation);
    if (confirmed !== null && confirmed !== "used") return confirmed;
    this.passkeysTable.claim(challenge);
    this.passkeysTable.add(passkey);
    await this.arm();
    return "added";
  }

  /** Lets in whoever has signed a challenge, once. */
  async usePasskey(signed: Signed): Promise<UseOutcome> {
    const owner = this.owners.get();
    if (!owner || !this.isOpen) return { outcome: "closed" };
    const outcome = this.#use(signed);
    await this.arm();
    return outcome === "used" ? { outcome, user: owner.user } : { outcome };
  }

  #use({ id, counter, challenge }: Signed): Refusal | "used" {
    const passkey = this.passkeysTable.find(id);
    if (!passkey) return "unknown";
    const standing = this.passkeysTable.standing(challenge);
    if (standing !== "open") return standing === "again" ? "used" : standing;
    if (!isAhead(counter, passkey.counter)) {
      this.passkeysTable.setCloned(id);
      return "cloned";
    }
    this.passkeysTable.claim(challenge);
    this.passkeysTable.use(id, counter);
    return "used";
  }

  /** Takes a passkey out. @param isLast whether it may be the last one, without which only sessions lead here */
  async removePasskey(id: string, isLast: boolean): Promise<"removed" | "last" | "unknown"> {
    if (!this.passkeysTable.find(id)) return "unknown";
    if (!isLast && this.passkeysTable.count() === 1) return "last";
    this.passkeysTable.remove(id);
    await this.arm();
    return "removed";
  }

  override endSession(digest: string): { readonly others: boolean } {
    const { others } = super.endSession(digest);
    this.passkeysTable.see();
    return { others: others || this.passkeysTable.count() > 0 };
  }

  /**
   * Until when somebody may come back, by a session or by a passkey, in milliseconds since 1970; null: nobody. The end of
   * the last session is later than any use of it.
   */
  protected reachableUntil(): number | null {
    const session = this.sessions.lastEndsAt();
    const seen = this.passkeysTable.seenAt();
    return seen === null ? session : Math.max(session ?? 0, seen) + KEPT_MS;
  }
}
