/** A service that is played out of its entry (`sandbox/any/`), and a visitor who connects it, types into its form and calls it. */
import * as z from "zod";
import { EnteredOutcome, FieldsForm } from "../../src/api-connect.ts";
import { Items } from "../../src/api.ts";
import { totalOf } from "../../sandbox/any/lists.ts";
import type { CustomProviderEntry } from "../../src/contract/entry.ts";
import { control } from "./emulator.ts";
import { Visitor, decide, errorOf, locationOf } from "./visitor.ts";

export type Typed = Readonly<Record<string, string>>;

/** A service that is played, and what people know of it. */
export interface Service {
  readonly entry: CustomProviderEntry;
  /** What the details are that its answers tell, by name, for each account. */
  readonly tells?: Readonly<Record<string, readonly string[]>>;
  /** The keys that its client has registered there. */
  readonly keys?: readonly object[];
  /** What works in its fields beside the examples. */
  readonly works?: Typed;
}

/** The controls of a played service. */
export const played = (id: string) => control(`any/${id}`);

/** Has the emulator play a service, anew. */
export async function play({ entry, tells = {}, keys = [], works }: Service): Promise<void> {
  const controls = played(entry.id);
  await controls.reset();
  await controls.entry({ entry, tells, keys });
  if (works !== undefined) await controls.issue({ fields: works });
}

/** A visitor of a Latchkey that has these services. */
export const visitorWith = (entries: readonly CustomProviderEntry[], overrides = {}): Visitor =>
  new Visitor({ CUSTOM_PROVIDERS: JSON.stringify(entries), ...overrides });

/** What stands behind the `#` of the form's address. */
export const stateOf = (form: string): string => new URL(form).hash.slice(1);

/** Presses Connect of a service that asks for something. @returns the state of its form */
export const openForm = async (visitor: Visitor, id: string, more = ""): Promise<string> =>
  stateOf(await visitor.startAt(id, more));

/** What the form asks for. */
export async function readForm(visitor: Visitor, state: string): Promise<FieldsForm> {
  return FieldsForm.parse(await (await visitor.change("POST", "/connect/fields/page", { state })).json());
}

/** Sends the form. */
export const sendForm = (visitor: Visitor, state: string, fields: Typed): Promise<Response> =>
  visitor.change("POST", "/connect/fields", { state, fields });

/** Sends the form, and has it taken. @returns where the person goes on */
export async function enter(visitor: Visitor, id: string, fields: Typed, more = ""): Promise<string> {
  const answer = await sendForm(visitor, await openForm(visitor, id, more), fields);
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${answer.status}: ${text}`);
  return z.string().parse(EnteredOutcome.parse(JSON.parse(text)).location);
}

/** Connects an account, whatever it takes. @returns where the person comes back to */
export async function connectPlayed(
  visitor: Visitor,
  { id, fields, authorization_endpoint }: CustomProviderEntry,
  typed: Typed = {},
  account = 0,
  more = "",
): Promise<string> {
  const next = fields === undefined ? await visitor.startAt(id, more) : await enter(visitor, id, typed, more);
  if (authorization_endpoint === undefined) return next;
  return locationOf(await visitor.navigate(await decide(`any/${id}`, next, { account })));
}

/** A call through the proxy. */
export const callThrough = (visitor: Visitor, id: string, path: string, init: RequestInit = {}): Promise<Response> => {
  const headers = new Headers(init.headers);
  headers.set("X-CSRF", "1");
  return visitor.fetch(`/proxy/${id}${path}`, { ...init, headers });
};

/** Of a call that a played service has answered. */
export const Answered = z.looseObject({ account: z.string(), host: z.string(), path: z.string() });

/** What was said of a call, for a test to say it. */
export async function answered(response: Response): Promise<z.infer<typeof Answered>> {
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  return Answered.parse(await response.json());
}

/** What all of an account's lists have, read to their ends. */
export async function listed(visitor: Visitor, id: string): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const page: Items = await visitor.json(
      `/integrations/${id}/load?limit=60${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
      Items,
    );
    found.push(...page.items.map((item) => `${item.type} ${item.id}`));
    cursor = page.next_cursor;
  }
  return found.toSorted();
}

/** What the emulator has in them. */
export const thingsOf = (lists: NonNullable<CustomProviderEntry["items"]>): string[] =>
  lists
    .flatMap((list) => Array.from({ length: totalOf(list) }, (_, number) => `${list.type} thing-${number}`))
    .toSorted();

export { errorOf };
