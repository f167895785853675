/** The page's way to Latchkey's own public routes, on its own origin; what the explorer sends goes through call.ts. */
import { LatchkeyError, answered, createLatchkey, type Answer, type Shapes } from "latchkey-client";

export { LatchkeyError };
export type Account = Shapes["Account"];
export type ActivityEvent = Shapes["ActivityEvent"];
export type ConnectionStatus = Shapes["ConnectionStatus"];
export type Credentials = Shapes["Credentials"];
export type Integration = Shapes["Integration"];
export type Integrations = Shapes["Integrations"];
export type Item = Shapes["Item"];
export type Items = Shapes["Items"];
export type NewSessionKey = Shapes["NewSessionKey"];
export type Profile = Shapes["Profile"];
export type SessionKey = Shapes["SessionKey"];

/** Tells, as an event `ended`, that Latchkey knows this browser's session no longer. */
export const session = new EventTarget();

const latchkey = createLatchkey();
const at = (integration: string) => ({ params: { path: { integration } } });

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
  return ask(latchkey.GET("/integrations", { signal }), signal);
}

/** The connected account, normalised and as the service told it. */
export function fetchProfile(integration: string, signal: AbortSignal): Promise<Profile> {
  return ask(latchkey.GET("/data/{integration}", { ...at(integration), signal }), signal);
}

/** One page of the account's items, at most 100; a null cursor asks for the first. */
export function fetchItems(
  integration: string,
  limit: number,
  cursor: string | null,
  signal: AbortSignal,
): Promise<Items> {
  const query = { limit, ...(cursor === null ? {} : { cursor }) };
  const params = { path: { integration }, query };
  return ask(latchkey.GET("/integrations/{integration}/load", { params, signal }), signal);
}

/** What has happened to the connection, newest first. */
export function fetchActivity(integration: string, signal: AbortSignal): Promise<Shapes["Activity"]> {
  return ask(latchkey.GET("/integrations/{integration}/activity", { ...at(integration), signal }), signal);
}

/** Asks for a new access token now. */
export function refresh(integration: string): Promise<Shapes["Refreshed"]> {
  return ask(latchkey.POST("/integrations/{integration}/refresh", at(integration)));
}

/** Drops the connection here, and at the service where it offers that. */
export function disconnect(integration: string): Promise<Shapes["Disconnected"]> {
  return ask(latchkey.DELETE("/integrations/{integration}/credentials", at(integration)));
}

/** Ends this browser's session. */
export async function signOut(): Promise<void> {
  await ask(latchkey.DELETE("/sessions/current"));
}

/** The keys of whoever is signed in, without the keys themselves. */
export function fetchKeys(signal: AbortSignal): Promise<Shapes["SessionKeys"]> {
  return ask(latchkey.GET("/sessions", { signal }), signal);
}

/** Makes a key that lives for some seconds. It is in this answer and in no other. */
export async function createKey(name: string, expires_in: number): Promise<NewSessionKey> {
  const made = await ask(latchkey.POST("/sessions", { body: { name, expires_in } }));
  // An app's key is answered with a session of one of its users; a cookie never is.
  if (!("id" in made)) throw unanswered(new SyntaxError("not a key"));
  return made;
}

/** Ends a key. */
export async function revokeKey(id: string): Promise<void> {
  await ask(latchkey.DELETE("/sessions/{id}", { params: { path: { id } } }));
}

/** Where a click starts connecting: a whole navigation, so that the service's own page opens. @param replace whether another account may take the place */
export function connectHref(integration: string, replace = false): string {
  return `/auth/${encodeURIComponent(integration)}?return_to=/${replace ? "&replace=true" : ""}`;
}

/** The account's picture, served by Latchkey: the page loads nothing from other hosts. */
export function avatarHref(integration: string): string {
  return `/integrations/${encodeURIComponent(integration)}/avatar`;
}

/** The answer, or a LatchkeyError whose message is a sentence for people; its status is 0 where there was no answer. */
async function ask<T>(call: Promise<Answer<T>>, signal?: AbortSignal): Promise<T> {
  try {
    return await answered(call);
  } catch (cause) {
    if (cause instanceof LatchkeyError) noteRefusal(cause.code);
    // The page itself taking a request back is passed on untouched: nobody has to be told.
    if (cause instanceof LatchkeyError || signal?.aborted) throw cause;
    throw unanswered(cause);
  }
}

function unanswered(cause: unknown): LatchkeyError {
  const failed = (code: string, message: string) => new LatchkeyError(0, code, message, null);
  if (cause instanceof DOMException && cause.name === "TimeoutError") {
    return failed("timeout", "Latchkey took too long to answer. Try again in a moment.");
  }
  if (cause instanceof SyntaxError) {
    return failed("unreadable", "Latchkey's answer could not be read. Try again in a moment.");
  }
  return failed("unreachable", "Latchkey cannot be reached. Check your internet connection, then try again.");
}
