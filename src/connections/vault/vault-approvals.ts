/** How a vault has somebody asked about calls, and tells who is to know: the app by an event, an open page at once. */
import { connectionId, vaultNameOfBefore } from "../connection.ts";
import { integrationOf } from "../place.ts";
import {
  ApprovalTable,
  type AskedCall,
  type Claimed,
  type Decided,
  type NewApproval,
  type StoredApproval,
} from "./approvals.ts";
import { keyId } from "./sessions.ts";
import { VaultLedger } from "./vault-ledger.ts";

/** An open page is told that something has changed, and asks for what. */
const CHANGED = "changed";
/** Of one person: the oldest gives way. */
const MOST_PAGES = 20;

export abstract class VaultApprovals extends VaultLedger {
  protected readonly approvals: ApprovalTable;

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    this.approvals = new ApprovalTable(this.sql);
    // Answered without waking anybody: it keeps what stands between from closing a line that says nothing.
    context.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  /** @see ApprovalTable.claim */
  claimApproval(call: AskedCall, named: string | null, by: string): Claimed {
    const claimed = this.approvals.claim(call, named, by, Date.now());
    // A kind that was allowed stays as it is, however often it is called.
    if (claimed.outcome === "passes" && this.approvals.find(claimed.id, Date.now())?.state === "used") this.#push();
    return claimed;
  }

  /** Has a call wait for somebody. @returns the id under which it does; null where as many wait as may */
  async askApproval(asked: NewApproval): Promise<string | null> {
    this.#endStale();
    const id = this.isOpen ? this.approvals.add(asked, Date.now()) : null;
    const added = id === asked.id ? this.approvals.find(id, Date.now()) : null;
    if (added) this.#announceApproval(added, "approval.requested");
    await this.arm();
    return id;
  }

  /** Newest first. */
  listApprovals(): StoredApproval[] {
    this.#endStale();
    return this.approvals.list(Date.now());
  }

  /** With what it would send; null where it is over. */
  approval(id: string): { readonly approval: StoredApproval; readonly content: string | null } | null {
    const approval = this.approvals.find(id, Date.now());
    return approval && { approval, content: this.approvals.content(id) };
  }

  /** @returns how it stands; null where none waits under this id, or otherwise was decided */
  async decideApproval(id: string, decided: Decided): Promise<StoredApproval | null> {
    this.#endStale();
    const outcome = this.approvals.decide(id, decided, Date.now());
    if (outcome?.isNew) this.#announceApproval(outcome.approval, "approval.decided");
    await this.arm();
    return outcome?.approval ?? null;
  }

  /** Takes back what was allowed. @returns whether there was anything */
  endApproval(id: string): boolean {
    const isEnded = this.approvals.end(id);
    if (isEnded) this.#push();
    return isEnded;
  }

  override endSession(digest: string): { readonly others: boolean } {
    const ended = super.endSession(digest);
    this.endWith([digest]);
    return ended;
  }

  /** What was allowed to a key ends with it, and what a person has open ends with their session. @param ended their digests */
  protected endWith(ended: readonly string[]): void {
    const open = ended.filter((digest) => this.approvals.endOf(keyId(digest)));
    if (open.length > 0) this.#push();
    for (const page of ended.flatMap((digest) => this.ctx.getWebSockets(digest))) page.close(1000, "signed out");
  }

  /** Keeps a line to an open page, to which only our own Worker leads. Each costs nothing while nothing is said. */
  override fetch(request: Request): Response {
    const { 0: theirs, 1: ours } = new WebSocketPair();
    const [oldest] = this.ctx.getWebSockets();
    if (this.ctx.getWebSockets().length >= MOST_PAGES) oldest?.close(1000, "opened elsewhere");
    this.ctx.acceptWebSocket(ours, [new URL(request.url).pathname.slice(1)]);
    return new Response(null, { status: 101, webSocket: theirs });
  }

  /** A page says nothing but `ping`. */
  override webSocketMessage(page: WebSocket): void {
    page.close(1008, "nothing to say here");
  }

  override webSocketClose(page: WebSocket): void {
    page.close();
  }

  /** A page that does not answer any more is told nothing, and holds nothing up. */
  #push(): void {
    for (const page of this.ctx.getWebSockets()) {
      try {
        if (page.readyState === WebSocket.OPEN) page.send(CHANGED);
      } catch {
        // It has gone in this moment: it looks anew when it is there again.
      }
    }
  }

  #endStale(): void {
    this.approvals.endStale((place) => this.connectionsTable.find(place)?.epoch ?? null);
  }

  #announceApproval(
    { id, key, place, method, host, shape, state, expires_at }: StoredApproval,
    type: "approval.requested" | "approval.decided",
  ): void {
    this.#push();
    const owner = this.owners.get();
    if (!owner || owner.by_session) return;
    const { app, user, handle } = owner;
    this.outboxTable.add(handle ?? vaultNameOfBefore(app, user), {
      type,
      timestamp: new Date().toISOString(),
      data: {
        approval: id,
        state,
        user,
        integration: integrationOf(place),
        connection: connectionId({ app, user, place }, handle),
        key,
        method,
        host,
        path: shape,
        expires_at: new Date(expires_at).toISOString(),
      },
    });
  }
}
