/** Authorizations that were started and not finished: sealed in KV and in the vault, claimed once in the vault. */
import * as z from "zod/mini";
import { PrivateKey } from "../contract/private-key.ts";
import { digest, open, randomId, seal, type KeyRing } from "../crypto.ts";
import { AppError } from "../errors.ts";
import type { KvStore, RecordKind } from "../kv-store.ts";
import { STATE_TTL_SECONDS, createState, openState, type StateClaims } from "../oauth/authorization.ts";
import type { Members } from "./members.ts";
import type { Names } from "./names.ts";
import { ANY, Wanted } from "./vault/placing.ts";
import type { Vaults } from "./vaults.ts";

/** What the callback needs of the start. */
export const Authorization = z.object({
  app: z.string(),
  user: z.string(),
  integration: z.string(),
  redirect_uri: z.string(),
  code_verifier: z.nullable(z.string()),
  /** Where the person came from; null: the flow was started through the API. */
  return_to: z.nullable(z.string()),
  /** Asked for in the place of the integration's own; null: those. */
  scopes: z._default(z.nullable(z.array(z.string())), null),
  /** How an app's flow ends: at `return_to`, or with a message to the page that opened the window. */
  display: z._default(z.enum(["page", "popup"]), "page"),
  /** Which connection it is to become. */
  wanted: z._default(Wanted, ANY),
  /** The connect session that it is a part of, by its own id. */
  connect_session: z._default(z.nullable(z.string()), null),
  /** What the person has typed on the way to the service's consent, by field. */
  fields: z._default(z.record(z.string(), z.string()), {}),
  /** What the tokens are to be bound to (RFC 9449). */
  dpop_key: z.exactOptional(PrivateKey),
  /** The state of the form where they have; it is of no use any more once this has come back. */
  form: z._default(z.nullable(z.string()), null),
});
export type Authorization = z.output<typeof Authorization>;

/** The copy in KV lets a callback that cannot be right be refused without waking the vault. */
const StateRecord: RecordKind<Authorization> = { kind: "state", schema: Authorization };

const startAgain = "Start again from the page.";

export class Authorizations {
  readonly #vaults: Vaults;
  readonly #names: Names;
  readonly #members: Members;
  readonly #store: KvStore;
  readonly #ring: KeyRing;
  readonly #origin: string;

  /** @param origin where the request came to */
  constructor(vaults: Vaults, names: Names, members: Members, store: KvStore, ring: KeyRing, origin: string) {
    this.#origin = origin;
    this.#vaults = vaults;
    this.#names = names;
    this.#members = members;
    this.#store = store;
    this.#ring = ring;
  }

  /**
   * The `state` of one that is to be started, for a request that is made before that: what comes of it decides whether it is.
   * @param signed_in whether only the signed-in user may finish it
   */
  async newState(
    { app, user, integration }: Pick<Authorization, "app" | "user" | "integration">,
    signed_in: boolean,
  ): Promise<string> {
    return createState(this.#ring, { app, vault: await this.#names.vault(app, user), integration, signed_in });
  }

  /**
   * Starts one.
   * @param browser the id of the browser that may finish it; null binds it to the first that opens its link
   * @param state of `newState`
   */
  async begin(authorization: Authorization, browser: string | null, state: string): Promise<void> {
    const { app, user } = authorization;
    const state_digest = digest(state);
    const owner = await this.#names.owner(app, user, this.#origin);
    const record = await seal(this.#ring, recordContext(app, state_digest), JSON.stringify(authorization));
    const browser_digest = browser && digest(browser);
    const pending = { state_digest, record, browser_digest, expires_at: Date.now() + STATE_TTL_SECONDS * 1000 };
    await Promise.all([
      this.#members.enter(owner, async (stub, enrolment) => stub.begin(owner, pending, enrolment)),
      this.#store.put(StateRecord, { app, parts: [state] }, authorization, STATE_TTL_SECONDS),
    ]);
  }

  /**
   * Opens the link of one in a browser, once.
   * @param mayAgain whether the same browser may open it again before anything has come of it
   * @throws AppError for a state that is not valid here; `link_used` when a browser has opened it before
   */
  async openLink(state: string, integration: string, browser: string, mayAgain: boolean): Promise<Authorization> {
    const claims = await openState(this.#ring, state, integration);
    const opened = await this.#vaults.call(claims.vault, async (stub) => stub.openLink(digest(state), digest(browser)));
    if (opened.outcome === "opened" || (mayAgain && opened.outcome === "again")) {
      return this.#openRecord(claims, state, opened.record);
    }
    if (opened.outcome === "used" || opened.outcome === "again" || opened.outcome === "other_browser") {
      throw new AppError("link_used", `This link was opened before, and it works once. ${startAgain}`);
    }
    throw new AppError("invalid_state", `This link is not known here. ${startAgain}`);
  }

  /**
   * Reads one in the browser that it is bound to, for its form; the first browser has it from then on.
   * @throws AppError like `claim`
   */
  async look(state: string, browser: string): Promise<{ claims: StateClaims; authorization: Authorization }> {
    const claims = await openState(this.#ring, state);
    const opened = await this.#vaults.call(claims.vault, async (stub) => stub.openLink(digest(state), digest(browser)));
    if (opened.outcome === "opened" || opened.outcome === "again") {
      return { claims, authorization: await this.#openRecord(claims, state, opened.record) };
    }
    throw refused(opened.outcome === "used" ? "consumed" : opened.outcome);
  }

  /**
   * Hands an authorization to its callback, once.
   * @param pathname where the callback arrived; it has to be the redirect URI the provider was given
   * @throws AppError `invalid_state`, `state_expired`, `state_consumed`, `callback_mismatch`, `state_browser_mismatch`
   */
  async claim(
    state: string,
    integration: string,
    pathname: string,
    browser: string | undefined,
  ): Promise<{ claims: StateClaims; authorization: Authorization }> {
    const claims = await openState(this.#ring, state, integration);
    const copyKey = { app: claims.app, parts: [state] };
    const copy = await this.#store.get(StateRecord, copyKey);
    if (copy) checkPath(copy, pathname);
    const by = randomId();
    const claimed = await this.#vaults.call(claims.vault, async (stub) =>
      stub.claim(digest(state), digest(browser ?? ""), by),
    );
    if (claimed.outcome !== "claimed") throw refused(claimed.outcome);
    const authorization = copy ?? (await this.#openRecord(claims, state, claimed.record));
    checkPath(authorization, pathname);
    const { form } = authorization;
    // Another answer to the same form would be another account.
    if (form !== null) {
      await this.#vaults.call(claims.vault, async (stub) => stub.claim(digest(form), digest(browser ?? ""), by));
    }
    await this.#store.delete(StateRecord, copyKey);
    return { claims, authorization };
  }

  async #openRecord(claims: StateClaims, state: string, record: string): Promise<Authorization> {
    const plaintext = await open(this.#ring, recordContext(claims.app, digest(state)), record);
    return Authorization.parse(JSON.parse(plaintext));
  }
}

function refused(outcome: "consumed" | "expired" | "unknown" | "other_browser"): AppError {
  switch (outcome) {
    case "consumed":
      return new AppError("state_consumed", `This answer was used before, and it counts once. ${startAgain}`);
    case "expired":
      return new AppError(
        "state_expired",
        `This took longer than ten minutes, so it is no longer valid. ${startAgain}`,
      );
    case "unknown":
      return new AppError("invalid_state", `This sign-in is not known here any more. ${startAgain}`);
    case "other_browser":
      return new AppError(
        "state_browser_mismatch",
        "This was started in another browser, so it was not used. Start again in this one.",
      );
  }
}

const recordContext = (app: string, state_digest: string) => ({
  app,
  purpose: "authorization",
  record: [state_digest],
});

function checkPath(authorization: Authorization, pathname: string): void {
  if (new URL(authorization.redirect_uri).pathname !== pathname) {
    throw new AppError("callback_mismatch", `This answer came to another address than agreed. ${startAgain}`);
  }
}
