/** Holds what was answered against the plain model. */
import * as z from "zod";
import type { Answer } from "./client.ts";
import type { Findings } from "./findings.ts";
import { TOKENS, type Grants } from "./grants.ts";
import type { Slot, UserSession } from "./people.ts";
import { sessionCopyFor, staleFor, type Plan } from "./plan.ts";
import { SECRET } from "./wire.ts";

/** The provider does not do what it is asked, and says so. A token that is over cannot be renewed then. */
const PROVIDER_TROUBLE = new Set([
  "provider_unavailable",
  "provider_timeout",
  "provider_rate_limited",
  "invalid_provider_response",
  "bad_upstream_status",
]);
/** Of ours, the database may be down; vaults are asked again, and no fault is met with so often in a row. */
const OWN_TROUBLE = new Set(["index_unavailable"]);

const ACCOUNTS = /account-\d+-(?:strict|forgiving)/g;
const Called = z.object({ grant: z.number() });
const Why = z.object({ why: z.string() });
const Held = z.object({ id: z.string(), user: z.string(), status: z.string(), account: z.object({ id: z.string() }) });
const Token = z.object({ access_token: z.string() });
const Listed = z.object({ connections: z.array(z.object({ id: z.string() })) });

/** What was asked, and what the model had when it was. */
export interface Observation {
  readonly act: "proxied call" | "token" | "read" | "refresh" | "label";
  readonly slot: Slot;
  readonly state: Slot["state"];
  readonly began_at: number;
  /** Whether nothing was changed from before it was asked until it was answered. */
  readonly isStill: boolean;
  /** Whether there were faults meanwhile, or a moment before. */
  readonly isTroubled: boolean;
}

export class Judge {
  readonly #findings: Findings;
  readonly #grants: Grants;
  readonly #plan: Plan;

  constructor(findings: Findings, grants: Grants, plan: Plan) {
    this.#findings = findings;
    this.#grants = grants;
    this.#plan = plan;
  }

  /** Counts an answer. No answer has another user's account in it, or anything secret. */
  look(act: string, answer: Answer, of: readonly Slot[] | "anybody"): void {
    this.#findings.outcomes.add(`${act}: ${answer.code ?? (answer.status === 0 ? answer.text : answer.status)}`);
    const own = of === "anybody" ? null : new Set(of.map(({ account }) => account));
    const other = own && (answer.text.match(ACCOUNTS) ?? []).find((account) => !own.has(account));
    if (other) this.#lose(act, answer, `has ${other} of another user in it`);
    const isSecret = answer.text.includes(SECRET) || (act !== "token" && new RegExp(TOKENS.source).test(answer.text));
    if (isSecret) this.#lose(act, answer, "has a secret in it");
    if (answer.status === 500 && answer.fault === null) this.#lose(act, answer, "is a fault");
  }

  observe(seen: Observation, answer: Answer): void {
    const { act, slot, state } = seen;
    this.look(act, answer, [slot]);
    if (!seen.isStill || answer.status === 0) return;
    if (answer.fault !== null || PROVIDER_TROUBLE.has(answer.code ?? "")) return;
    if (OWN_TROUBLE.has(answer.code ?? "")) {
      if (!seen.isTroubled) this.#lose(act, answer, `of ${state} ${slot.account}, and nothing was wrong`);
      return;
    }
    switch (state) {
      case "live":
        return this.#live(seen, answer);
      case "none":
        return this.#none(seen, answer);
      case "ended":
        return this.#ended(seen, answer);
      case "doubt":
        return;
    }
  }

  #live({ act, slot, isTroubled }: Observation, answer: Answer): void {
    if (answer.status === 401 && answer.code === null) {
      // Refused by the provider itself: a younger token was to be had, unless that was tried a moment ago, or cannot be now.
      const why = Why.safeParse(parsed(answer)).data?.why ?? "";
      if (why === "ended" || why === "unknown" || !(isTroubled || why === "killed")) {
        this.#lose(act, answer, `of living ${slot.account}: its token is ${why}`);
      }
      return;
    }
    if (answer.status !== 200) return this.#lose(act, answer, `of living ${slot.account}`);
    if (act === "token") this.#token(slot, answer);
    if (act !== "read" && act !== "label") return;
    const held = Held.safeParse(parsed(answer)).data;
    if (held?.user !== slot.user || held.account.id !== slot.account || held.id !== slot.connection) {
      this.#lose(act, answer, `is not ${slot.account} of ${slot.user}`);
    } else if (held.status !== "connected") this.#lose(act, answer, `says ${held.status} of living ${slot.account}`);
  }

  #token(slot: Slot, answer: Answer): void {
    const found = this.#grants.find(Token.safeParse(parsed(answer)).data?.access_token ?? "", "at");
    if (found?.grant.account !== slot.account) return this.#lose("token", answer, `is not ${slot.account}'s`);
    const { grant, serial } = found;
    if (grant !== slot.grant && Date.now() - slot.changed_at > staleFor(this.#plan)) return;
    const age = Date.now() - grant.renewed_at;
    const why = this.#grants.refusal(grant, serial);
    if (why === "superseded" && age > staleFor(this.#plan)) {
      this.#findings.delay(`token: ${slot.account} had one that was superseded ${(age / 1000).toFixed(1)} s before`);
    }
  }

  #none({ act, slot, began_at }: Observation, answer: Answer): void {
    const isGone = act === "proxied call" ? answer.code === "not_connected" : answer.code === "not_found";
    if (isGone) return;
    const ago = began_at - slot.changed_at;
    // Everything but a call asks the vault.
    if (act !== "proxied call") return this.#lose(act, answer, `of ${slot.account}, which was disconnected`);
    const isCopy = answer.status === 401 || answer.status === 200;
    if (!isCopy || slot.connection === null) {
      return this.#lose(
        act,
        answer,
        `of ${slot.account}, which was ${slot.connection ? "disconnected" : "never connected"}`,
      );
    }
    if (ago > staleFor(this.#plan)) {
      this.#findings.delay(`${act}: ${slot.account} was used ${(ago / 1000).toFixed(1)} s after it was disconnected`);
    }
  }

  #ended({ act, slot, began_at }: Observation, answer: Answer): void {
    if (act === "proxied call" && answer.status === 200) {
      // A grant that this one has replaced lives on at the provider, and a copy of its token for a while.
      const isBefore = Called.safeParse(parsed(answer)).data?.grant !== slot.grant?.id;
      const ago = began_at - slot.connected_at;
      if (isBefore && ago <= staleFor(this.#plan)) return;
      if (!isBefore) return this.#lose(act, answer, `of ${slot.account}, whose grant was ended`);
      return this.#findings.delay(
        `${act}: ${slot.account} used a grant ${(ago / 1000).toFixed(1)} s after its successor came`,
      );
    }
    const isTold = answer.status === 200 || answer.status === 401 || answer.code === "reauth_required";
    if (!isTold) this.#lose(act, answer, `of ${slot.account}, whose grant was ended`);
  }

  /** A list of one user's, from their vault. */
  list(slots: readonly Slot[], marks: readonly number[], answer: Answer, isTroubled: boolean): void {
    this.look("list of a user", answer, slots);
    if (answer.status === 0) return;
    if (OWN_TROUBLE.has(answer.code ?? "") && isTroubled) return;
    const listed = Listed.safeParse(parsed(answer)).data?.connections.map(({ id }) => id);
    if (answer.status !== 200 || !listed) return this.#lose("list of a user", answer, "is none");
    for (const [index, slot] of slots.entries()) {
      if (slot.isBusy || slot.mark !== marks[index] || slot.state === "doubt" || slot.connection === null) continue;
      if (listed.includes(slot.connection) === (slot.state !== "none")) continue;
      this.#lose("list of a user", answer, `is not so: ${slot.account} is ${slot.state}`);
    }
  }

  /** A call with a session, judged by that alone. @param began_at when it was made */
  session(session: UserSession, began_at: number, ended_before: boolean, answer: Answer): void {
    const isRefused = answer.code === "invalid_session";
    if (session.ended_at === null && isRefused) {
      this.#lose("call with a session", answer, `of ${session.user}: it lives`);
    }
    // While nobody has heard of its end, either is right.
    const isKnown = session.ended_at !== null && !Number.isNaN(session.ended_at);
    if (session.ended_at === null || !isKnown || !ended_before || isRefused || answer.status === 0) return;
    if (OWN_TROUBLE.has(answer.code ?? "")) return;
    const ago = began_at - session.ended_at;
    const most = staleFor(this.#plan) + (session.wasInUse ? sessionCopyFor(this.#plan) : 0);
    if (ago <= most) return;
    this.#findings.delay(`call with a session: ${session.user}'s was taken ${(ago / 1000).toFixed(1)} s after its end`);
  }

  /** What is another user's is not there. */
  stranger(slot: Slot, user: string, answer: Answer): void {
    this.look("stranger", answer, []);
    const isRefused = answer.code === "not_found" || answer.code === "unknown_connection";
    if (isRefused || answer.status === 0 || OWN_TROUBLE.has(answer.code ?? "")) return;
    this.#lose("stranger", answer, `${user} has asked for ${slot.account}`);
  }

  /** Anything that is to succeed. @returns whether it has */
  succeeds(act: string, answer: Answer, status: number, about: string): boolean {
    if (answer.status === status) return true;
    if (answer.status !== 0 && !OWN_TROUBLE.has(answer.code ?? "")) this.#lose(act, answer, about);
    return false;
  }

  #lose(act: string, answer: Answer, what: string): void {
    const said = answer.text.replace(TOKENS, "<token>").slice(0, 200);
    this.#findings.lose(`${act}: ${answer.status} ${answer.code ?? ""} ${what}: ${said}`);
  }
}

/** The body as JSON; null where it is none. */
export function parsed({ text }: Answer): unknown {
  try {
    const body: unknown = JSON.parse(text);
    return body;
  } catch {
    return null;
  }
}
