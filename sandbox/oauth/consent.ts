import * as z from "zod";
import { readSettings } from "../journal.ts";
import type { Part, Service } from "../service.ts";
import type { Question, Store } from "../store.ts";

/** What a person is asked, and what comes along without being asked again. */
export interface Asked {
  readonly parts: readonly Part[];
  /** Granted to this app before. */
  readonly held: readonly string[];
  /** Asked for, but not to be asked: the person declined it before. */
  readonly spared: readonly string[];
}

const memorySchema = z.object({ granted: z.array(z.string()), declined: z.array(z.string()) });
type Memory = z.infer<typeof memorySchema>;

const nameOf = (account: number): string => `answers:${account}`;

/** What an account has answered this app so far. Without a living grant the service starts anew. */
export function answersOf(store: Store, account: number): Memory {
  const kept = memorySchema.safeParse(store.value(nameOf(account)));
  return kept.success && store.hasLiveGrant(account) ? kept.data : { granted: [], declined: [] };
}

/** Takes one permission back, as a person does in their settings: it counts as declined from then on. */
export function withdraw(store: Store, account: number, scope: string): void {
  const { granted, declined } = answersOf(store, account);
  store.setValue(nameOf(account), {
    granted: granted.filter((each) => each !== scope),
    declined: [...new Set([...declined, scope])],
  });
  store.dropScope(account, scope);
}

/** What the consent page may ask this account. */
export function askedOf(service: Service, store: Store, question: Question, account: number): Asked {
  const { remembers } = service.oauth.scopes;
  if (remembers === undefined) return { parts: question.parts, held: [], spared: [] };
  const { granted, declined } = answersOf(store, account);
  const spared = remembers(question.params) === "all" ? [] : declined;
  const left = (scope: string) => !granted.includes(scope) && !spared.includes(scope);
  const wanted = question.parts.flatMap((part) => part.scopes);
  return {
    parts: question.parts.map((part) => ({ ...part, scopes: part.scopes.filter(left) })),
    held: granted,
    spared: wanted.filter((scope) => spared.includes(scope)),
  };
}

/** The scopes among these that a person can untick. */
export function optionalOf(service: Service, store: Store, parts: readonly Part[]): readonly string[] {
  return (
    service.oauth.scopes.optional?.(
      parts.flatMap((part) => part.scopes),
      readSettings(store),
    ) ?? []
  );
}

/** What a person's answer grants: what was left ticked, with what they had granted before. It is remembered. */
export function grantedParts(
  service: Service,
  store: Store,
  question: Question,
  account: number,
  ticked: readonly string[] | undefined,
): Question["parts"] {
  const { parts, held, spared } = askedOf(service, store, question, account);
  const optional = optionalOf(service, store, parts);
  const withheld = service.oauth.scopes.withheld?.(account) ?? [];
  const isKept = (scope: string) => ticked === undefined || !optional.includes(scope) || ticked.includes(scope);
  const granted = parts.map((part, index) => {
    const kept = part.scopes.filter((scope) => isKept(scope) && !withheld.includes(scope));
    return { name: part.name, scopes: index === 0 ? [...new Set([...held, ...kept])] : kept };
  });
  const scopes = granted.flatMap((part) => part.scopes);
  const unticked = parts.flatMap((part) => part.scopes).filter((scope) => !isKept(scope));
  if (service.oauth.scopes.remembers !== undefined) {
    const { declined } = answersOf(store, account);
    const refused = new Set([...declined, ...spared, ...unticked]);
    store.setValue(nameOf(account), {
      granted: scopes,
      declined: [...refused].filter((scope) => !scopes.includes(scope)),
    });
  }
  return granted;
}
