/** The page's way to Latchkey's routes for links. What cannot go on is a problem of one of the kinds that the pages know. */
import { LatchkeyError, answered, createLatchkey, type Shapes } from "latchkey-client";
import { kindOf } from "./problems.ts";
import type { ProblemKind } from "./words.ts";

export type ConnectPage = Shapes["ConnectPage"];
export type Choice = ConnectPage["choices"][number];

const latchkey = createLatchkey({ retries: 0 });

/** Opens the link. @throws LatchkeyError */
export const openLink = (ticket: string): Promise<ConnectPage> =>
  answered(latchkey.POST("/connect/page", { body: { ticket } }));

/** Spends the link. @returns where the service asks the person. @throws LatchkeyError */
export async function goOn(ticket: string, integration: string): Promise<string> {
  return (await answered(latchkey.POST("/connect/continue", { body: { ticket, integration } }))).authorization_url;
}

/** Gives the link up. @returns where the person goes then. @throws LatchkeyError */
export const giveUp = (ticket: string): Promise<Shapes["CancelledLink"]> =>
  answered(latchkey.POST("/connect/cancel", { body: { ticket } }));

export const problemOf = (cause: unknown): ProblemKind => kindOf(cause instanceof LatchkeyError ? cause.code : null);
