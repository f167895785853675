/**
 * Connect sessions: an app asks for one of its users to connect, the user's browser opens the link, and what the provider
 * grants is kept apart until the app has said, over its own session, that it was this user who came back. A link that is
 * passed on to somebody else therefore connects nobody's account to anybody.
 */
import * as z from "zod/mini";
import type { ConnectSession } from "../api-connect.ts";
import type { Person } from "../api-connections.ts";
import type { Authorization } from "../connections/authorizations.ts";
import { connectSessionId, connectionId, type ConnectionName } from "../connections/connection.ts";
import type { Known } from "../connections/grant.ts";
import type { Members } from "../connections/members.ts";
import type { Names } from "../connections/names.ts";
import type { TokenSet } from "../oauth/token-set.ts";
import type { Connections } from "../connections/connections.ts";
import { digest, open, randomId, seal, type KeyRing } from "../crypto.ts";
import { AppError, type ErrorCode } from "../errors.ts";
import { STATE_TTL_SECONDS } from "../oauth/authorization.ts";
import type { StoredSession } from "../connections/vault/connect-sessions.ts";
import type { Owner } from "../connections/vault/owner.ts";
import type { Vault } from "../connections/vault/vault.ts";
import { ANY, Wanted } from "../connections/vault/placing.ts";
import type { Vaults } from "../connections/vaults.ts";
import { linkRefused, refusalOf, type LinkRefusal } from "./link-refusals.ts";
import { createTicket, readTicket } from "./tickets.ts";

/** What a link is opened with; sealed, beside what the vault itself keeps of the session. */
export const ConnectSessionRecord = z.object({
  app: z.string(),
  user: z.string(),
  /** null: the person chooses. */
  integration: z.nullable(z.string()),
  return_to: z.string(),
  scopes: z.nullable(z.array(z.string())),
  display: z.enum(["page", "popup"]),
  /** Which connection it is to become. */
  wanted: z._default(Wanted, ANY),
});
export type ConnectSessionRecord = z.output<typeof ConnectSessionRecord>;

/** How long an app may take to say who has come back. */
const CODE_SECONDS = 600;
/** The state runs out first: who comes back in its last moment is not too late for the session. */
const AT_PROVIDER_MS = (STATE_TTL_SECONDS + 60) * 1000;

/** A link that is open in this browser, or what else it is good for; `app`: whose it is. */
export type OpenedLink = { readonly app: string; readonly person: Person | null } & (
  { readonly link: "open"; readonly record: ConnectSessionRecord } | { readonly link: Exclude<LinkRefusal, "unknown"> }
);

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

  /**
   * Begins one.
   * @param person who the user is to people
   * @param expires_in seconds until its link is of no use
   * @returns it, and the ticket that its link carries
   */
  async create(
    record: ConnectSessionRecord,
    person: Person | null,
    expires_in: number,
  ): Promise<{ ticket: string; session: ConnectSession }> {
    const { app, user, integration } = record;
    const { session: id, ticket } = await this.#names.newLink(await this.#names.vault(app, user));
    const state_digest = digest(ticket);
    const sealed = await seal(this.#ring, context(app, state_digest), JSON.stringify(record));
    const owner = await this.#names.owner(app, user, this.#origin);
    const now = Date.now();
    const begun = { id, state_digest, person, integration, expires_at: now + expires_in * 1000 };
    await this.#members.enter(owner, async (stub, enrolment) => stub.beginSession(owner, begun, sealed, enrolment));
    const stored = { ...begun, place: null, status: "created", reason: null, created_at: now, ended_at: null } as const;
    return { ticket, session: describe(owner, stored) };
  }

  /** One of this app's, as it stands. @throws AppError `not_found` */
  async find(app: string, id: string): Promise<ConnectSession> {
    return this.#ofApp(app, id, async (vault, session) => vault.connectSession(session));
  }

  /** Ends one of this app's before anything comes of it; one that has ended stays as it is. @throws AppError `not_found` */
  async cancel(app: string, id: string): Promise<ConnectSession> {
    return this.#ofApp(app, id, async (vault, session) => vault.cancelSession(session));
  }

  /** Notes that nothing has come of one. */
  async fail({ app, user, connect_session: id }: Authorization, reason: ErrorCode): Promise<void> {
    if (id === null) return;
    await this.#vaults.call(await this.#names.vault(app, user), async (vault) => vault.failSession(id, reason));
  }

  /**
   * Opens the link in a browser: the first one has it from then on.
   * @throws AppError `invalid_link`
   */
  async look(ticket: string, browser: string): Promise<OpenedLink> {
    const vault = await this.#read(ticket);
    const opened = await this.#vaults.call(vault, async (stub) => stub.openSession(digest(ticket), digest(browser)));
    const { app, session } = opened;
    const person = session?.person ?? null;
    if ("record" in opened) {
      return { app, person, link: "open", record: await this.#openRecord(app, ticket, opened.record) };
    }
    const link = refusalOf(opened.outcome, session);
    if (link === "unknown") throw linkRefused(link);
    return { app, person, link };
  }

  /**
   * The same, for who can do nothing with a link but go on.
   * @throws AppError `invalid_link`, `link_expired`, `link_used`, `link_browser_mismatch` or `link_cancelled`
   */
  async open(ticket: string, browser: string): Promise<ConnectSessionRecord> {
    const opened = await this.look(ticket, browser);
    if (opened.link !== "open") throw linkRefused(opened.link);
    return opened.record;
  }

  /**
   * Spends the link: from here the way leads to the provider. Only the browser that opened it, and only once.
   * @param integration the one that was chosen
   * @returns what it was made with, and the session's own id; null for one from before there were any
   * @throws AppError like `open`
   */
  async spend(
    ticket: string,
    browser: string | undefined,
    integration: string,
  ): Promise<{ record: ConnectSessionRecord; id: string | null }> {
    const vault = await this.#read(ticket);
    const until = Date.now() + AT_PROVIDER_MS;
    const by = randomId();
    const claimed = await this.#vaults.call(vault, async (stub) =>
      stub.claimSession(digest(ticket), digest(browser ?? ""), by, integration, until),
    );
    const { app, session } = claimed;
    if (!("record" in claimed)) throw linkRefused(refusalOf(claimed.outcome, session));
    return { record: await this.#openRecord(app, ticket, claimed.record), id: session?.id ?? null };
  }

  /** Spends the link for nothing, as whoever has it open wishes. @throws AppError like `open` */
  async decline(ticket: string, browser: string | undefined): Promise<ConnectSessionRecord> {
    const vault = await this.#read(ticket);
    const by = randomId();
    const declined = await this.#vaults.call(vault, async (stub) =>
      stub.declineSession(digest(ticket), digest(browser ?? ""), by),
    );
    const { app, session } = declined;
    if (!("record" in declined)) throw linkRefused(refusalOf(declined.outcome, session));
    return this.#openRecord(app, ticket, declined.record);
  }

  /** Keeps what a provider has granted apart. @returns the code that finishes it, once, within ten minutes */
  async keep(target: Authorization, tokens: TokenSet, known: Known): Promise<string> {
    const { app, user, wanted, connect_session } = target;
    const expires_at = Date.now() + CODE_SECONDS * 1000;
    const vault = await this.#names.vault(app, user);
    const code = await createTicket(this.#ring, "finalize", { app, vault, expires_at, wanted });
    const grant = { code_digest: digest(code), expires_at, connect_session };
    await this.#connections.keep(target, tokens, known, grant, this.#origin);
    return code;
  }

  /**
   * Finishes a connection: the app says which of its users has come back, over its own session with them. Where that is not
   * the user it was begun for, the tokens are taken back.
   * What is refused is given back.
   * @param meant which connection it is to become, of an integration, where that is said anew; undefined: as the link has said
   * @returns the connection
   * @throws AppError `invalid_connection_code`, `user_mismatch`, `account_mismatch`, `unknown_connection`, `too_many`
   */
  async finalize(
    app: string,
    user: string,
    code: string,
    meant: (integration: string) => Promise<Wanted | undefined>,
  ): Promise<ConnectionName> {
    const claims = await readTicket(this.#ring, "finalize", code);
    if (claims?.app !== app) throw invalidCode();
    const grant = await this.#vaults.call(claims.vault, async (stub) => stub.grant(digest(code)));
    const owner = grant && (await this.#vaults.call(claims.vault, async (stub) => stub.owner()));
    if (!grant || !owner) throw invalidCode();
    const { integration } = grant;
    const name = { app, user: owner.user, integration };
    if ((await this.#names.vault(app, user)) !== claims.vault) {
      await this.#connections.refuse(name, grant, user, "user_mismatch");
      throw new AppError(
        "user_mismatch",
        "This connection was begun for another user, so it was not made and its tokens are given back.",
      );
    }
    // An integration that was taken out meanwhile connects nobody.
    if (!(await this.#connections.isPossible(name))) throw invalidCode();
    await this.#members.enter(owner, async (stub, enrolment) => stub.own(owner, enrolment));
    const wanted = (await meant(integration)) ?? claims.wanted;
    const saved = await this.#connections.adopt({ ...name, wanted }, grant);
    if (!saved) throw invalidCode();
    return saved.name;
  }

  /** The vault that a link's ticket names. @throws AppError `invalid_link`, `link_expired` */
  async #read(ticket: string): Promise<string> {
    const vault = await this.#names.readLink(ticket);
    if (vault !== undefined) return vault;
    // From before tickets were short: a link is good for a day at most.
    const claims = await readTicket(this.#ring, "connect", ticket);
    if (!claims) throw linkRefused("unknown");
    if (claims.expires_at <= Date.now()) throw linkRefused("expired");
    return claims.vault;
  }

  async #openRecord(app: string, ticket: string, record: string): Promise<ConnectSessionRecord> {
    return ConnectSessionRecord.parse(JSON.parse(await open(this.#ring, context(app, digest(ticket)), record)));
  }

  async #ofApp(
    app: string,
    id: string,
    call: (vault: DurableObjectStub<Vault>, session: string) => Promise<StoredSession | null>,
  ): Promise<ConnectSession> {
    const named = await this.#names.readConnectSessionId(app, id);
    const owner = named && (await this.#vaults.call(named.vault, async (vault) => vault.owner()));
    const session =
      named && owner?.app === app ? await this.#vaults.call(named.vault, (vault) => call(vault, named.session)) : null;
    if (!owner || !session) {
      throw new AppError(
        "not_found",
        "There is no connect session of that id. They are kept for thirty days after their end.",
      );
    }
    return describe(owner, session);
  }
}

/** A session as its app sees it. */
function describe(owner: Owner, session: Omit<StoredSession, "state_digest">): ConnectSession {
  const { app, user, handle } = owner;
  const { id, person, integration, place, status, reason, created_at, expires_at, ended_at } = session;
  // Nothing happens to it by itself at the moment when its time is over.
  const isOver = ended_at === null && expires_at <= Date.now();
  return {
    id: connectSessionId(owner, id),
    user,
    person,
    integration,
    status: isOver ? "expired" : status,
    reason,
    connection: place && connectionId({ app, user, place }, handle),
    created_at: new Date(created_at).toISOString(),
    expires_at: new Date(expires_at).toISOString(),
    ended_at: ended_at === null && !isOver ? null : new Date(ended_at ?? expires_at).toISOString(),
  };
}

const context = (app: string, state_digest: string) => ({ app, purpose: "connect-session", record: [state_digest] });

const invalidCode = () =>
  new AppError(
    "invalid_connection_code",
    "This code is not valid: it was used, cancelled, is older than ten minutes, or belongs to another app. Connect again.",
  );
