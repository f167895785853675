/** How a vault follows the connect sessions of its user: from the link to what came of it, which the app is told once. */
import type { EventBody } from "../../api-events.ts";
import { connectSessionId, connectionId, vaultNameOfBefore } from "../connection.ts";
import { ConnectSessionTable, type End, type NewSession, type StoredSession } from "./connect-sessions.ts";
import type { Enrolment, Owner } from "./owner.ts";
import type { ClaimOutcome, OpenOutcome } from "./pending.ts";
import { VaultApprovals } from "./vault-approvals.ts";
import type { Entry } from "./vault-store.ts";

/** A link's session with what the link itself is good for; `app`: whose it is. */
type OfSession<Outcome> = Outcome & { readonly app: string; readonly session: StoredSession | null };

export abstract class VaultConnecting extends VaultApprovals {
  protected readonly connectSessions: ConnectSessionTable;

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    this.connectSessions = new ConnectSessionTable(this.sql);
  }

  /** Begins a session. @param record sealed, for whoever opens its link */
  async beginSession(
    owner: Owner,
    session: NewSession,
    record: string,
    enrolment: Enrolment | null = null,
  ): Promise<Entry> {
    const entry = this.enter(owner, enrolment);
    if (entry === "open") {
      const { state_digest, expires_at } = session;
      this.pending.begin({ state_digest, record, browser_digest: null, expires_at });
      this.connectSessions.add(session);
      this.endExpiredSessions(Date.now());
    }
    await this.arm();
    return entry;
  }

  /** By its id; null where it is not known, or not any more. */
  connectSession(id: string): StoredSession | null {
    return this.connectSessions.find(id);
  }

  /** Opens a session's link: the first browser has it from then on. */
  openSession(state_digest: string, browser_digest: string): OfSession<OpenOutcome> {
    const opened = this.pending.open(state_digest, browser_digest);
    const session = this.connectSessions.findByLink(state_digest);
    if (session?.status === "created" && opened.outcome === "opened")
      this.connectSessions.advance(session.id, "opened");
    return { ...opened, app: this.#app, session };
  }

  /**
   * Spends a session's link: only the browser that opened it, and only once.
   * @param by names the attempt
   * @param integration the one that was chosen
   * @param until when whoever is at the provider then has to be back, in milliseconds since 1970
   */
  async claimSession(
    state_digest: string,
    browser_digest: string,
    by: string,
    integration: string,
    until: number,
  ): Promise<OfSession<ClaimOutcome>> {
    const claimed = this.pending.claim(state_digest, browser_digest, by);
    const session = this.connectSessions.findByLink(state_digest);
    if (session && claimed.outcome === "claimed") {
      this.connectSessions.advance(session.id, "authorizing", integration, until);
      await this.arm();
    }
    return { ...claimed, app: this.#app, session };
  }

  /** Spends a session's link for nothing, as whoever has it open wishes. @param by names the attempt */
  async declineSession(state_digest: string, browser_digest: string, by: string): Promise<OfSession<ClaimOutcome>> {
    const claimed = this.pending.claim(state_digest, browser_digest, by);
    const session = this.connectSessions.findByLink(state_digest);
    if (session && claimed.outcome === "claimed") this.endSessionOf(session.id, "cancelled", "user");
    await this.arm();
    return { ...claimed, app: this.#app, session };
  }

  /** Notes that nothing came of a session. @param reason a code of ours */
  async failSession(id: string, reason: string): Promise<void> {
    this.endSessionOf(id, "failed", reason);
    await this.arm();
  }

  /** Ends a session, and has its app told. */
  protected endSessionOf(id: string | null, end: End, reason: string | null = null, place: string | null = null): void {
    const ended = id === null ? null : this.connectSessions.end(id, end, reason, place);
    if (ended) this.#tell(ended, end);
  }

  protected endExpiredSessions(now: number): void {
    for (const session of this.connectSessions.endExpired(now)) this.#tell(session, "expired");
  }

  get #app(): string {
    return this.owners.get()?.app ?? "";
  }

  #tell({ id, integration, place, reason }: StoredSession, end: End): void {
    const owner = this.owners.get();
    if (!owner || !this.isOpen) return;
    const { app, user, handle } = owner;
    this.outboxTable.add(handle ?? vaultNameOfBefore(app, user), {
      type: `connect_session.${end}`,
      timestamp: new Date().toISOString(),
      data: {
        connect_session: connectSessionId(owner, id),
        user,
        integration,
        connection: place && connectionId({ app, user, place }, handle),
        reason,
      },
    } satisfies EventBody);
  }
}
