/** The page's way to Latchkey's own public routes, on its own origin; what the explorer sends goes through call.ts. */
import { LatchkeyError, answered, createLatchkey, type Answer, type DataOf, type Shapes } from "latchkey-client";

export { LatchkeyError };
export type Account = Shapes["Account"];
export type Approval = Shapes["Approval"];
export type ApprovalDecision = Shapes["ApprovalDecision"];
export type ApprovalWhole = Shapes["ApprovalWhole"];
export type ActivityEvent = Shapes["ActivityEvent"];
export type CatalogueEntry = Shapes["CatalogueEntry"];
export type ConnectionStatus = Shapes["ConnectionStatus"];
export type Grant = NonNullable<Shapes["SessionKey"]["grant"]>;
export type Integration = Shapes["Integration"];
export type Integrations = Shapes["Integrations"];
export type Item = Shapes["Item"];
export type Items = Shapes["Items"];
export type Job = Shapes["Job"];
export type NewSessionKey = Shapes["NewSessionKey"];
export type Passkey = Shapes["Passkey"];
export type Profile = Shapes["Profile"];
export type RecordedCall = Shapes["RecordedCall"];
export type Receipt = Shapes["Receipt"];
export type SessionKey = Shapes["SessionKey"];

/** Tells, as an event `ended`, that Latchkey knows this browser's session no longer. */
export const session = new EventTarget();

/** A person is told at once what went wrong, and asks again where they like. */
const latchkey = createLatchkey({ retries: 0 });
/** @param address of the connection: its service alone for the default one, `service@label` for another */
const at = (address: string) => ({ params: { path: { integration: address } } });

/** True where asking again cannot help and the account has to be connected again. */
export function needsReconnect(error: LatchkeyError): boolean {
  return error.code === "reauth_required" || error.code === "not_connected";
}

/** For every refusal of Latchkey's own, by its code: one without a session ends what the page shows. */
export function noteRefusal(code: string | null): void {
  if (code === "invalid_session") session.dispatchEvent(new Event("ended"));
}

/** Every integration with this browser's status; answers without a session too. */
export function fetchIntegrations(signal: AbortSignal): Promise<Integrations> {
  return ask(latchkey.GET("/integrations", { signal }));
}

/** Every service that there is: a static file, of the same build as the page. */
export async function fetchCatalogue(): Promise<readonly CatalogueEntry[]> {
  const answer = await fetch("/catalogue.json");
  const { services }: { readonly services: readonly CatalogueEntry[] } = await answer.json();
  return services;
}

/** The connected account, normalised and as the service told it. */
export function fetchProfile(address: string, signal: AbortSignal): Promise<Profile> {
  return ask(latchkey.GET("/data/{integration}", { ...at(address), signal }));
}

/** One page of the account's items, at most 100; a null cursor asks for the first. */
export function fetchItems(address: string, limit: number, cursor: string | null, signal: AbortSignal): Promise<Items> {
  const query = { limit, ...(cursor === null ? {} : { cursor }) };
  const params = { ...at(address).params, query };
  return ask(latchkey.GET("/integrations/{integration}/load", { params, signal }));
}

/** What has happened to the connection, newest first. */
export function fetchActivity(address: string, signal: AbortSignal): Promise<Shapes["Activity"]> {
  return ask(latchkey.GET("/integrations/{integration}/activity", { ...at(address), signal }));
}

/** The last calls of a connection, newest first. @param connection its id */
export function fetchCalls(connection: string, limit: number, signal: AbortSignal): Promise<Shapes["RecordedCalls"]> {
  return ask(latchkey.GET("/calls", { params: { query: { connection, limit } }, signal }));
}

/** Asks for a new access token now. */
export function refresh(address: string): Promise<Shapes["Refreshed"]> {
  return ask(latchkey.POST("/integrations/{integration}/refresh", at(address)));
}

/**
 * Drops the connection here, and at the service where it offers that.
 * @param shared what becomes of the access at the service where another connection lives on it as well; it is asked where
 *   nothing is said
 */
export function disconnect(address: string, shared?: "keep" | "end"): Promise<Shapes["Disconnected"]> {
  const params = { ...at(address).params, query: shared === undefined ? {} : { shared } };
  return ask(latchkey.DELETE("/integrations/{integration}/credentials", { params }));
}

/** Calls a connection something else, or makes it the one that is meant where its service alone is named. */
export async function changeConnection(id: string, change: { label: string } | { default: true }): Promise<void> {
  await ask(latchkey.PATCH("/connections/{connection}", { params: { path: { connection: id } }, body: change }));
}

/** Ends this browser's session. */
export async function signOut(): Promise<void> {
  await ask(latchkey.DELETE("/sessions/current"));
}

/** The keys of whoever is signed in, without the keys themselves. */
export function fetchKeys(signal: AbortSignal): Promise<Shapes["SessionKeys"]> {
  return ask(latchkey.GET("/sessions", { signal }));
}

/**
 * Makes a key that lives for some seconds. It is in this answer and in no other.
 * @param connection the id of the one that it is for; null: all
 * @param grant what it may do; null: everything
 */
export async function createKey(
  name: string,
  expires_in: number,
  connection: string | null,
  grant: Grant | null,
): Promise<NewSessionKey> {
  const body = {
    name,
    expires_in,
    ...(connection === null ? {} : { connection }),
    ...(grant === null ? {} : { grant }),
  };
  const made = await ask(latchkey.POST("/sessions", { body }));
  // An app's key is answered with a session of one of its users; a cookie never is.
  if (!("id" in made)) throw new TypeError("not a key");
  return made;
}

/** Ends a key. */
export async function revokeKey(id: string): Promise<void> {
  await ask(latchkey.DELETE("/sessions/{id}", { params: { path: { id } } }));
}

/** Ends everything of whoever is signed in but this session. */
export function takeEverythingBack(): Promise<Job> {
  return ask(latchkey.POST("/revocations", { body: { target: { kind: "user" }, reason: "asked for at the page" } }));
}

/** What was taken back, the newest first. */
export function fetchJobs(signal: AbortSignal): Promise<Shapes["Jobs"]> {
  return ask(latchkey.GET("/jobs", { signal }));
}

/** What came of the first hundred connections of it. */
export function fetchReceipts(job: string, signal: AbortSignal): Promise<Shapes["Receipts"]> {
  return ask(latchkey.GET("/jobs/{job}/receipts", { params: { path: { job }, query: { limit: 100 } }, signal }));
}

/** The calls that the person is, or was lately, asked about. */
export async function fetchApprovals(signal: AbortSignal): Promise<readonly Approval[]> {
  const { approvals } = await ask(latchkey.GET("/approvals", { signal }));
  return approvals;
}

/** One of them, with what it would send. */
export function fetchApproval(id: string, signal: AbortSignal): Promise<ApprovalWhole> {
  return ask(latchkey.GET("/approvals/{approval}", { params: { path: { approval: id } }, signal }));
}

/** Decides about a call that waits. */
export function decideApproval(id: string, body: ApprovalDecision): Promise<Approval> {
  return ask(latchkey.POST("/approvals/{approval}", { params: { path: { approval: id } }, body }));
}

/** Ends what was allowed. */
export async function endApproval(id: string): Promise<void> {
  await ask(latchkey.DELETE("/approvals/{approval}", { params: { path: { approval: id } } }));
}

/** The passkeys of whoever is signed in. */
export function fetchPasskeys(signal: AbortSignal): Promise<Shapes["Passkeys"]> {
  return ask(latchkey.GET("/passkeys", { signal }));
}

/** What this browser is to make for another passkey, and by which one that is to be confirmed. */
export function beginPasskey(): Promise<Shapes["PasskeyOptions"]> {
  return ask(latchkey.POST("/passkeys/options"));
}

/** Adds the passkey that this browser has made. */
export function addPasskey(body: Shapes["NewPasskey"]): Promise<Passkey> {
  return ask(latchkey.POST("/passkeys", { body }));
}

/** Removes a passkey. @param last whether it may be the last one */
export async function removePasskey(id: string, last: boolean): Promise<void> {
  await ask(latchkey.DELETE("/passkeys/{id}", { params: { path: { id }, query: { last: last ? "true" : "false" } } }));
}

/** What a passkey is to sign for signing in. */
export function beginSignIn(): Promise<Shapes["PasskeyRequest"]> {
  return ask(latchkey.POST("/passkeys/sign-in/options"));
}

/** Signs this browser in. */
export async function signIn(body: Shapes["SignIn"]): Promise<void> {
  await ask(latchkey.POST("/passkeys/sign-in", { body }));
}

/**
 * Where a click starts connecting: a whole navigation, so that the service's own page opens.
 * @param connection the id of one to connect again, `new` for another account; null: whichever account it turns out to be
 * @param added scopes to ask for besides those that it has
 */
export function connectHref(integration: string, connection: string | null, added: readonly string[] = []): string {
  const wanted = connection === null ? "" : `&connection=${encodeURIComponent(connection)}`;
  const more = added.length === 0 ? "" : `&add_scopes=${encodeURIComponent(added.join(" "))}`;
  return `/auth/${encodeURIComponent(integration)}?return_to=/${wanted}${more}`;
}

/** The account's picture, served by Latchkey: the page loads nothing from other hosts. */
export function avatarHref(connection: string): string {
  return `/connections/${encodeURIComponent(connection)}/avatar`;
}

/** The answer, or a LatchkeyError whose message is a sentence for people; its status is 0 where there was no answer. */
async function ask<A extends Answer<unknown>>(call: Promise<A>): Promise<DataOf<A>> {
  try {
    return await answered(call);
  } catch (cause) {
    if (cause instanceof LatchkeyError) noteRefusal(cause.code);
    throw cause;
  }
}
