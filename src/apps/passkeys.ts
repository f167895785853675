/**
 * Passkeys: a person's way to their vault on any device. A passkey keeps the name of the vault, with a check that it was made
 * here, so that no table of people is needed and one that was made up leads to no vault.
 *
 * A challenge is sealed and says itself what it is for and until when: handing one out stores nothing. That it counts once is
 * seen to by the vault that it is answered for.
 */
import { encodeBase64urlNoPadding } from "@oslojs/encoding";
import type {
  NewPasskey,
  Passkey,
  PasskeyCreation,
  PasskeyOptions,
  PasskeyRequest,
  UsedPasskey,
} from "../api-passkeys.ts";
import { BOUNDS } from "../bounds.ts";
import { DEFAULT_APP } from "../connections/connection.ts";
import type { Names } from "../connections/names.ts";
import type { Answered, StoredPasskey } from "../connections/vault/passkeys.ts";
import type { Refusal, Signed } from "../connections/vault/vault-passkeys.ts";
import type { Vaults } from "../connections/vaults.ts";
import { digest, type KeyRing } from "../crypto.ts";
import { AppError, type ErrorCode } from "../errors.ts";
import type { Session } from "./sessions.ts";
import { createTicket, readTicket, type TicketKind } from "./tickets.ts";
import { ALGORITHMS, isSignedWith, readAssertion, readRegistration, relyingParty, type Assertion } from "./webauthn.ts";

/** For as long as somebody may take to find their device. */
const CHALLENGE_MS = 300_000;

type Purpose = Extract<TicketKind, `passkey_${string}`>;

/** Somebody whose passkey has signed, and the vault that it opens. */
export interface Proven extends Signed {
  readonly vault: string;
}

export class Passkeys {
  readonly #vaults: Vaults;
  readonly #names: Names;
  readonly #ring: KeyRing;
  readonly #origin: string;

  /** @param origin where people reach this deployment: passkeys are for its host, and count on its pages alone */
  constructor(vaults: Vaults, names: Names, ring: KeyRing, origin: string) {
    this.#vaults = vaults;
    this.#names = names;
    this.#ring = ring;
    this.#origin = origin;
  }

  async list({ vault }: Session): Promise<Passkey[]> {
    return (await this.#stored(vault)).map(toPasskey);
  }

  /** What the browser is to make, and by which passkey that is to be confirmed. @throws AppError `not_connected` */
  async beginAdding({ vault }: Session): Promise<PasskeyOptions> {
    const [stored, account] = await Promise.all([this.#stored(vault), this.#accountOf(vault)]);
    const known = stored.map(toDescriptor);
    const create: PasskeyCreation = {
      challenge: await this.#challenge("passkey_add", vault),
      rp: { id: relyingParty(this.#origin), name: "Latchkey" },
      user: { id: toBase64url(await this.#names.passkeyHandle(vault)), name: account, displayName: account },
      pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
      timeout: CHALLENGE_MS,
      excludeCredentials: known,
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
      attestation: "none",
    };
    return { create, confirm: known.length > 0 ? await this.#request("passkey_confirm", vault, known) : null };
  }

  /**
   * Adds what the browser has made.
   * @throws AppError `invalid_passkey`, `challenge_spent`, `confirmation_required`, `unknown_passkey`, `passkey_cloned`,
   * `not_connected`, `too_many`
   */
  async add({ vault }: Session, { name, credential, confirmation }: NewPasskey): Promise<Passkey> {
    const { challenge, ...made } = await readRegistration(credential, this.#origin);
    const answered = await this.#readChallenge("passkey_add", vault, challenge);
    const proven = confirmation ? await this.#prove("passkey_confirm", vault, confirmation) : null;
    await this.#accountOf(vault);
    const passkey: StoredPasskey = {
      ...made,
      name,
      transports: (credential.response.transports ?? []).join(" "),
      created_at: Date.now(),
      used_at: null,
      cloned_at: null,
    };
    const outcome = await this.#vaults.call(vault, async (stub) => stub.addPasskey(passkey, answered, proven));
    switch (outcome) {
      case "added":
        return toPasskey(passkey);
      case "unconfirmed":
        throw new AppError("confirmation_required", "Another passkey takes the word of one that is here already.");
      case "there_already":
        throw new AppError("invalid_passkey", "This passkey is here already.");
      case "full":
        throw new AppError("too_many", `There are at most ${BOUNDS.passkeys} passkeys. Remove one that is not used.`);
      case "closed":
        throw notConnected();
      case "spent":
      case "unknown":
      case "cloned":
        throw refused(outcome);
    }
  }

  /** @param isLast whether it may be the last one. @throws AppError `unknown_passkey`, `last_passkey` */
  async remove({ vault }: Session, id: string, isLast: boolean): Promise<void> {
    const kept = (await this.#stored(vault)).find((passkey) => passkeyId(passkey.id) === id)?.id;
    const outcome =
      kept === undefined
        ? "unknown"
        : await this.#vaults.call(vault, async (stub) => stub.removePasskey(kept, isLast)).then(orRemoved);
    if (outcome === "unknown") throw refused("unknown");
    if (outcome === "last") {
      throw new AppError(
        "last_passkey",
        "This is the only passkey: without it, what is connected can be reached from browsers that are signed in, and " +
          "from nowhere else. Remove it with last=true if that is what you want.",
      );
    }
  }

  /** What a browser is to ask any passkey of this deployment. Nothing is stored, and nothing is looked up. */
  beginSignIn(): Promise<PasskeyRequest> {
    return this.#request("passkey_sign_in", "", []);
  }

  /** Whose passkey has signed. @throws AppError `invalid_passkey`, `challenge_spent`, `unknown_passkey` */
  prove(credential: UsedPasskey): Promise<Proven> {
    return this.#prove("passkey_sign_in", "", credential);
  }

  /** Lets somebody in, once. @returns the user. @throws AppError `challenge_spent`, `unknown_passkey`, `passkey_cloned` */
  async enter(proven: Proven): Promise<string> {
    const used = await this.#vaults.call(proven.vault, async (stub) => stub.usePasskey(proven));
    if (used.outcome === "used") return used.user;
    throw refused(used.outcome === "closed" ? "unknown" : used.outcome);
  }

  /** @param vault the one that the challenge is about; none where the passkey says which */
  async #prove(purpose: Purpose, vault: string, credential: UsedPasskey): Promise<Proven> {
    const assertion = await readAssertion(credential, this.#origin);
    const challenge = await this.#readChallenge(purpose, vault, assertion.challenge);
    const named = await this.#vaultOf(assertion, vault);
    const stored = await this.#vaults.call(named, async (stub) => stub.passkey(assertion.id));
    // The same answer for both: whether somebody else has it is nobody's affair.
    if (!stored || !(await isSignedWith(stored.public_key, assertion))) throw refused("unknown");
    return { vault: named, id: assertion.id, counter: assertion.counter, challenge };
  }

  async #vaultOf({ handle }: Assertion, expected: string): Promise<string> {
    // Only where a browser was told which passkeys it may ask, an authenticator may leave out whose it is.
    if (handle === "" && expected !== "") return expected;
    const vault = await this.#names.readPasskeyHandle(handle);
    if (vault === undefined || (expected !== "" && vault !== expected)) throw refused("unknown");
    return vault;
  }

  async #request(
    purpose: Purpose,
    vault: string,
    allowCredentials: PasskeyRequest["allowCredentials"],
  ): Promise<PasskeyRequest> {
    return {
      challenge: await this.#challenge(purpose, vault),
      rpId: relyingParty(this.#origin),
      timeout: CHALLENGE_MS,
      allowCredentials,
      userVerification: "required",
    };
  }

  async #challenge(purpose: Purpose, vault: string): Promise<string> {
    const expires_at = Date.now() + CHALLENGE_MS;
    return toBase64url(await createTicket(this.#ring, purpose, { app: DEFAULT_APP, vault, expires_at }));
  }

  /** @throws AppError `challenge_spent`, also for one that was made up or is for something else */
  async #readChallenge(purpose: Purpose, vault: string, challenge: string): Promise<Answered> {
    const claims = await readTicket(this.#ring, purpose, challenge);
    if (claims?.vault !== vault || claims.expires_at <= Date.now()) throw refused("spent");
    return { digest: digest(challenge), expires_at: claims.expires_at, by: crypto.randomUUID() };
  }

  #stored(vault: string): Promise<StoredPasskey[]> {
    return this.#vaults.call(vault, async (stub) => stub.passkeys());
  }

  /**
   * By which account a person may know a passkey again. One that leads to nothing would be kept for nothing.
   * @throws AppError `not_connected`
   */
  async #accountOf(vault: string): Promise<string> {
    const [first] = await this.#vaults.call(vault, async (stub) => stub.connections());
    if (!first) throw notConnected();
    return first.facts.account?.name ?? "Latchkey";
  }
}

/** A removal that is asked for again, because its answer was lost, finds nothing to remove any more. */
const orRemoved = (outcome: "removed" | "last" | "unknown"): "removed" | "last" =>
  outcome === "unknown" ? "removed" : outcome;

/** Names a passkey in lists and paths; it opens nothing. */
const passkeyId = (id: string): string => digest(id).slice(0, 16);

const iso = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString());

const toPasskey = ({ id, name, created_at, used_at, cloned_at }: StoredPasskey): Passkey => ({
  id: passkeyId(id),
  name,
  created_at: new Date(created_at).toISOString(),
  last_used_at: iso(used_at),
  cloned_at: iso(cloned_at),
});

const toDescriptor = ({ id, transports }: StoredPasskey): PasskeyRequest["allowCredentials"][number] => ({
  type: "public-key",
  id,
  transports: transports.split(" ").filter(Boolean),
});

const toBase64url = (text: string): string => encodeBase64urlNoPadding(new TextEncoder().encode(text));

const notConnected = (): AppError =>
  new AppError("not_connected", "Connect an account first: a passkey keeps what is connected within reach.");

const REFUSALS = {
  spent: ["challenge_spent", "That was asked five minutes ago, or was answered before. Try again."],
  unknown: [
    "unknown_passkey",
    "This passkey opens nothing here: it was removed, or nobody has come back for a year. Connect again, and take it from your device.",
  ],
  cloned: [
    "passkey_cloned",
    "This passkey was refused, because there seems to be a copy of it in use. Remove it here, and use another one.",
  ],
} as const satisfies Record<Refusal, readonly [ErrorCode, string]>;

function refused(refusal: Refusal): AppError {
  const [code, message] = REFUSALS[refusal];
  return new AppError(code, message);
}
