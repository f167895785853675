/**
 * Connect sessions: an app asks for one of its users to connect, the user's browser opens the link, and what the provider
 * grants is kept apart until the app has said, over its own session, that it was this user who came back. A link that is
 * passed on to somebody else therefore connects nobody's account to anybody.
 */
import * as z from "zod/mini";
import type { Account } from "../api.ts";
import type { ConnectionName } from "../connections/connection.ts";
import type { Members } from "../connections/members.ts";
import type { Names } from "../connections/names.ts";
import type { TokenSet } from "../oauth/token-set.ts";
import type { Connections } from "../connections/connections.ts";
import { digest, open, seal, type KeyRing } from "../crypto.ts";
import { AppError } from "../errors.ts";
import type { Vaults } from "../connections/vaults.ts";
import { createTicket, readTicket } from "./tickets.ts";

export const ConnectSessionRecord = z.object({
  app: z.string(),
  user: z.string(),
  /** null: the person chooses. */
  integration: z.nullable(z.string()),
  return_to: z.string(),
  scopes: z.nullable(z.array(z.string())),
  display: z.enum(["page", "popup"]),
  /** Whether another account than the one that is connected may take its place. */
  replace: z._default(z.boolean(), false),
});
export type ConnectSessionRecord = z.output<typeof ConnectSessionRecord>;

/** How long an app may take to say who has come back. */
const CODE_SECONDS = 600;

export class ConnectSessions {
  readonly #vaults: Vaults;
  readonly #names: Names;
  readonly #members: Members;
  readonly #connections: Connections;
  readonly #ring: KeyRing;
  readonly #origin: string;

  /** @param origin where the request came to */
  constructor(vaults: Vaults, names: Names, members: Members, connections: Connections, ring: KeyRing, origin: string) {
    this.#connections = connections;
    this.#vaults = vaults;
    this.#names = names;
    this.#members = members;
    this.#ring = ring;
    this.#origin = origin;
  }

  /** @param expires_in seconds. @returns the ticket that its link carries */
  async create(session: ConnectSessionRecord, expires_in: number): Promise<{ ticket: string; expires_at: number }> {
    const { app, user } = session;
    const vault = await this.#names.vault(app, user);
    const expires_at = Date.now() + expires_in * 1000;
    const ticket = await createTicket(this.#ring, "connect", { app, vault, expires_at });
    const state_digest = digest(ticket);
    const record = await seal(this.#ring, context(app, state_digest), JSON.stringify(session));
    const owner = await this.#names.owner(app, user, this.#origin);
    const pending = { state_digest, record, browser_digest: null, expires_at };
    await this.#members.enter(owner, async (stub, enrolment) => stub.begin(owner, pending, enrolment));
    return { ticket, expires_at };
  }

  /**
   * Opens the link in a browser: the first one has it from then on.
   * @throws AppError `invalid_link`, `link_expired`, `link_used` or `link_browser_mismatch`
   */
  async open(ticket: string, browser: string): Promise<ConnectSessionRecord> {
    const { app, vault } = await this.#read(ticket);
    const opened = await this.#vaults.call(vault, async (stub) => stub.openLink(digest(ticket), digest(browser)));
    if (!("record" in opened)) throw linkRefused(opened.outcome);
    return this.#openRecord(app, ticket, opened.record);
  }

  /**
   * Spends the link: from here the way leads to the provider. Only the browser that opened it, and only once.
   * @throws AppError like `open`
   */
  async spend(ticket: string, browser: string | undefined): Promise<ConnectSessionRecord> {
    const { app, vault } = await this.#read(ticket);
    const claimed = await this.#vaults.call(vault, async (stub) => stub.claim(digest(ticket), digest(browser ?? "")));
    if (!("record" in claimed)) throw linkRefused(claimed.outcome);
    return this.#openRecord(app, ticket, claimed.record);
  }

  /** Keeps what a provider has granted apart. @returns the code that finishes it, once, within ten minutes */
  async keep(
    name: ConnectionName,
    tokens: TokenSet,
    known: { account: Account | null; asked: readonly string[] | null },
    replace: boolean,
  ): Promise<string> {
    const { app, user } = name;
    const expires_at = Date.now() + CODE_SECONDS * 1000;
    const vault = await this.#names.vault(app, user);
    const code = await createTicket(this.#ring, "finalize", { app, vault, expires_at, replace });
    const grant = { code_digest: digest(code), expires_at };
    await this.#connections.keep(name, tokens, known, grant, this.#origin);
    return code;
  }

  /**
   * Finishes a connection: the app says which of its users has come back, over its own session with them. Where that is not
   * the user it was begun for, the tokens are taken back.
   * @returns the connection
   * @param replace whether another account than the one that is connected may take its place, as the link may have said
   * @throws AppError `invalid_connection_code`, `user_mismatch` or, with the code still good, `account_mismatch`
   */
  async finalize(app: string, user: string, code: string, replace: boolean): Promise<ConnectionName> {
    const claims = await readTicket(this.#ring, "finalize", code);
    if (claims?.app !== app) throw invalidCode();
    const grant = await this.#vaults.call(claims.vault, async (stub) => stub.grant(digest(code)));
    const owner = grant && (await this.#vaults.call(claims.vault, async (stub) => stub.owner()));
    if (!grant || !owner) throw invalidCode();
    const name = { app, user: owner.user, integration: grant.integration };
    if ((await this.#names.vault(app, user)) !== claims.vault) {
      await this.#connections.refuse(name, grant, user);
      throw new AppError(
        "user_mismatch",
        "This connection was begun for another user, so it was not made and its tokens are given back.",
      );
    }
    // An integration that was taken out meanwhile connects nobody.
    if (!(await this.#connections.isPossible(name))) throw invalidCode();
    await this.#members.enter(owner, async (stub, enrolment) => stub.own(owner, enrolment));
    if (!(await this.#connections.adopt(name, grant, replace || claims.replace))) throw invalidCode();
    return name;
  }

  async #read(ticket: string) {
    const claims = await readTicket(this.#ring, "connect", ticket);
    if (!claims) throw linkRefused("unknown");
    if (claims.expires_at <= Date.now()) throw linkRefused("expired");
    return claims;
  }

  async #openRecord(app: string, ticket: string, record: string): Promise<ConnectSessionRecord> {
    return ConnectSessionRecord.parse(JSON.parse(await open(this.#ring, context(app, digest(ticket)), record)));
  }
}

const context = (app: string, state_digest: string) => ({ app, purpose: "connect-session", record: [state_digest] });

const invalidCode = () =>
  new AppError(
    "invalid_connection_code",
    "This code is not valid: it was used, is older than ten minutes, or belongs to another app. Connect again.",
  );

/** What a vault says of a link that leads nowhere, and what its holder is told. */
const REFUSALS = {
  used: ["link_used", "This link was used before, and it works once."],
  consumed: ["link_used", "This link was used before, and it works once."],
  other_browser: ["link_browser_mismatch", "This link was opened in another browser, and it is for one."],
  expired: ["link_expired", "This link is no longer valid."],
  unknown: ["invalid_link", "This link is damaged or was not made here."],
} as const;

function linkRefused(outcome: keyof typeof REFUSALS): AppError {
  const [code, sentence] = REFUSALS[outcome];
  return new AppError(code, `${sentence} Go back to where you came from and ask for a new one.`);
}
