/** Approvals: what is asked of a person before a call is made, kept sealed in their vault for as long as it waits. */
import * as z from "zod/mini";
import { Approval, ApprovalWhole, type ApprovalDecision } from "../api-approvals.ts";
import { open, randomId, seal, type KeyRing } from "../crypto.ts";
import type { Names } from "../connections/names.ts";
import { integrationOf } from "../connections/place.ts";
import type { AskedCall, Claimed, NewApproval, StoredApproval } from "../connections/vault/approvals.ts";
import type { Vaults } from "../connections/vaults.ts";
import { AppError, invalidField } from "../errors.ts";

/** What a person reads of a call, but for what it sends. */
const Summary = z.pick(Approval, {
  asked_by: true,
  rule: true,
  account: true,
  brings_token: true,
  path: true,
  query: true,
  kinds: true,
});
const Content = z.pick(ApprovalWhole, { headers: true, body: true });

/** A call that is to be asked about. */
export interface Asked extends Omit<NewApproval, "id" | "summary" | "content"> {
  readonly summary: z.output<typeof Summary>;
  readonly content: z.output<typeof Content>;
}

/** Whose approvals they are. */
interface Whose {
  readonly app: string;
  readonly user: string;
}

export class Approvals {
  readonly #vaults: Vaults;
  readonly #names: Names;
  readonly #ring: KeyRing;

  constructor(vaults: Vaults, names: Names, ring: KeyRing) {
    this.#vaults = vaults;
    this.#names = names;
    this.#ring = ring;
  }

  /**
   * Takes the leave to make a call, where it was given.
   * @param named the approval that the caller says it has; null: whichever there is
   */
  async claim(whose: Whose, call: AskedCall, named: string | null): Promise<Claimed> {
    const by = crypto.randomUUID();
    return this.#vaults.call(await this.#vault(whose), async (vault) => vault.claimApproval(call, named, by));
  }

  /** Has a call wait for somebody. @returns its id @throws AppError `too_many_approvals` */
  async ask(whose: Whose, { summary, content, ...asked }: Asked): Promise<string> {
    const id = `apr_${randomId().slice(0, 22)}`;
    const kept = {
      ...asked,
      id,
      summary: await seal(this.#ring, contextOf(whose, "summary", id), JSON.stringify(summary)),
      content: await seal(this.#ring, contextOf(whose, "content", id), JSON.stringify(content)),
    };
    const waiting = await this.#vaults.call(await this.#vault(whose), async (vault) => vault.askApproval(kept));
    if (waiting === null) {
      throw new AppError(
        "too_many_approvals",
        "As many calls wait to be allowed as may. Have some of them decided, or wait ten minutes.",
      );
    }
    return waiting;
  }

  /** Newest first. @param key those of one key; null: all */
  async list(whose: Whose, key: string | null): Promise<Approval[]> {
    const stored = await this.#vaults.call(await this.#vault(whose), async (vault) => vault.listApprovals());
    const theirs = stored.filter((one) => key === null || one.key === key);
    return Promise.all(theirs.map(async (one) => this.#show(whose, one)));
  }

  /** With what would be sent. @throws AppError `not_found` */
  async find(whose: Whose, id: string, key: string | null): Promise<ApprovalWhole> {
    const found = await this.#vaults.call(await this.#vault(whose), async (vault) => vault.approval(id));
    if (!found || (key !== null && found.approval.key !== key)) throw isOver();
    const content =
      found.content === null
        ? { headers: [], body: null }
        : Content.parse(JSON.parse(await open(this.#ring, contextOf(whose, "content", id), found.content)));
    return { ...(await this.#show(whose, found.approval)), ...content };
  }

  /** @throws AppError `not_found` where none waits under this id, `invalid_request` for a kind that it is none of */
  async decide(whose: Whose, id: string, { decision, kind, until }: ApprovalDecision): Promise<Approval> {
    const asked = await this.find(whose, id, null);
    const decided =
      decision === "kind"
        ? { decision, kind: kindOf(asked, kind ?? ""), until: until === undefined ? Infinity : checkUntil(until) }
        : { decision };
    const stored = await this.#vaults.call(await this.#vault(whose), async (vault) =>
      vault.decideApproval(id, decided),
    );
    if (!stored) throw isOver();
    return this.#show(whose, stored);
  }

  /** Takes back what was allowed. @throws AppError `not_found` */
  async end(whose: Whose, id: string): Promise<void> {
    const isEnded = await this.#vaults.call(await this.#vault(whose), async (vault) => vault.endApproval(id));
    if (!isEnded) throw isOver();
  }

  /** A line over which an open page is told of changes. @param session the digest of whose it is */
  async live(whose: Whose, session: string): Promise<Response> {
    const upgrade = new Request(`https://vault/${session}`, { headers: { Upgrade: "websocket" } });
    return this.#vaults.callOnce(await this.#vault(whose), async (vault) => vault.fetch(upgrade));
  }

  #vault({ app, user }: Whose): Promise<string> {
    return this.#names.vault(app, user);
  }

  async #show({ app, user }: Whose, stored: StoredApproval): Promise<Approval> {
    const { id, state, place, method, host, kind, asked_at, expires_at } = stored;
    const sealed = await open(this.#ring, contextOf({ app, user }, "summary", id), stored.summary);
    const summary = Summary.parse(JSON.parse(sealed));
    return Approval.parse({
      ...summary,
      id,
      state,
      asked_at: iso(asked_at),
      expires_at: iso(expires_at),
      until: state === "standing" ? iso(expires_at) : null,
      integration: integrationOf(place),
      connection: await this.#names.connectionId({ app, user, place }),
      method,
      host,
      kinds: state === "standing" ? [kind ?? summary.kinds[0]] : summary.kinds,
    });
  }
}

const iso = (time: number): string => new Date(time).toISOString();

const contextOf = ({ app, user }: Whose, part: "summary" | "content", id: string) => ({
  app,
  purpose: `approval ${part}`,
  record: [user, id],
});

/** As it is kept: the narrowest of its kinds is its own path. @throws AppError `invalid_request` */
function kindOf({ kinds }: Approval, kind: string): string | null {
  if (!kinds.includes(kind)) throw invalidField("kind", "is none of its kinds: GET /approvals/{id} lists them.");
  return kind === kinds[0] && !kind.includes("*") ? null : kind;
}

/** @throws AppError `invalid_request` */
function checkUntil(until: string): number {
  const time = Date.parse(until);
  if (time <= Date.now()) throw invalidField("until", "is over. Name a time to come.");
  return time;
}

const isOver = (): AppError =>
  new AppError(
    "not_found",
    "There is no call of that id to decide about. It was decided, or is over: GET /approvals lists them.",
  );
