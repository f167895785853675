/** The form's way to Latchkey's routes, and what a refusal means to whoever has typed. */
import { LatchkeyError, answered, createLatchkey, type Shapes } from "latchkey-client";
import { kindOf } from "../problems.ts";
import type { ProblemKind } from "../words.ts";
import type { Wrong } from "./typed.ts";

export type FieldsForm = Shapes["FieldsForm"];
export type Outcome = Shapes["EnteredOutcome"];

const latchkey = createLatchkey({ retries: 0 });

/** What the service asks for. @throws LatchkeyError */
export const openForm = (state: string): Promise<FieldsForm> =>
  answered(latchkey.POST("/connect/fields/page", { body: { state } }));

/** Hands in what was typed. @returns where the person goes on. @throws LatchkeyError */
export const enter = (state: string, fields: Readonly<Record<string, string>>): Promise<Outcome> =>
  answered(latchkey.POST("/connect/fields", { body: { state, fields: { ...fields } } }));

/** Gives the flow up. @returns where the person goes then. @throws LatchkeyError */
export const giveUp = (state: string): Promise<Outcome> =>
  answered(latchkey.POST("/connect/fields/cancel", { body: { state } }));

/** What can be tried again with all that was typed still there. */
export type Passing = "unreachable" | "unasked" | "busy" | "failed";

/**
 * What a refusal means.
 * - `field`: one field has to be put right
 * - `over`: nothing more can come of this form
 * - `passing`: the same may do in a moment
 */
export type Meaning =
  | { readonly kind: "field"; readonly name: string; readonly wrong: Wrong }
  | { readonly kind: "over"; readonly problem: ProblemKind }
  | { readonly kind: "passing"; readonly why: Passing };

const PREFIX = "fields.";
/** The service cannot be asked, or gave nothing that can be read. */
const FROM_SERVICE = 502;

export function meaningOf(cause: unknown): Meaning {
  if (!(cause instanceof LatchkeyError)) return { kind: "passing", why: "failed" };
  const { code, param, status } = cause;
  if (param?.startsWith(PREFIX)) {
    return { kind: "field", name: param.slice(PREFIX.length), wrong: code === "fields_refused" ? "refused" : "unlike" };
  }
  if (status === 0) return { kind: "passing", why: "unreachable" };
  const problem = kindOf(code);
  if (problem === "busy") return { kind: "passing", why: problem };
  if (problem !== "failed") return { kind: "over", problem };
  return { kind: "passing", why: status >= FROM_SERVICE ? "unasked" : "failed" };
}
