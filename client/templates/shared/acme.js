/** What stands in for your product: who is signed in, and what its webhook was told. Put your own in its place. */
import { randomUUID } from "node:crypto";

/** @typedef {import("latchkey-client/webhooks").WebhookEvent} WebhookEvent */
/** @typedef {{ sessions: Map<string, string>, events: Map<string, WebhookEvent> }} Store */

/** A development server loads this file more than once. @type {typeof globalThis & { acme?: Store }} */
const shared = globalThis;
const { sessions, events } = (shared.acme ??= { sessions: new Map(), events: new Map() });

/** Signs somebody in, by whatever they are called. @param {string} name @returns the `Set-Cookie` of their browser */
export function signIn(name) {
  const id = randomUUID();
  sessions.set(id, name.trim());
  return `acme_session=${id}; Path=/; HttpOnly; SameSite=Lax`;
}

/** Who is signed in. @param {string | null | undefined} cookies the header `Cookie` */
export function userOf(cookies) {
  const [, id = ""] = (cookies ?? "").split("acme_session=");
  return sessions.get(id.split(";", 1)[0] ?? "");
}

/** An event may be delivered twice: its id is the same. @param {WebhookEvent} event */
export function note(event) {
  events.set(event.id, event);
}

/** What was told of a user. @param {string} user */
export const eventsOf = (user) => [...events.values()].filter(({ data }) => data.user === user).map(({ type }) => type);
