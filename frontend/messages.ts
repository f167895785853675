/** What the page says about states and failures. */
import type { ConnectionStatus, Integration } from "../src/api.ts";

/** The word on the chip of each status. */
export const STATUS_LABEL: Readonly<Record<ConnectionStatus, string>> = {
  not_configured: "Not set up",
  not_connected: "Not connected",
  connected: "Connected",
  expired: "Expired",
  reauth_required: "Reconnect needed",
};

/** A Map rather than an object: the code comes from the address, and "constructor" must not find anything. */
const CONNECT_FAILURES = new Map<string, (service: string) => string>([
  ["access_denied", (service) => `You declined access, so nothing was connected. ${service} shared nothing.`],
  ["provider_unavailable", (service) => `${service} is not available right now. Wait a minute, then try again.`],
  ["provider_timeout", (service) => `${service} took too long to answer. Try again in a moment.`],
  ["invalid_token_response", (service) => `${service} gave an answer Latchkey cannot use. Try again.`],
  ["token_request_rejected", (service) => `${service} did not accept the sign-in. Start again with Connect.`],
  [
    "client_credentials_invalid",
    (service) =>
      `${service} does not accept Latchkey's client id and secret. Whoever runs this site has to correct them.`,
  ],
  ["state_expired", () => "That sign-in took too long, or was already used. Start again with Connect."],
  ["user_mismatch", () => "That sign-in was started by somebody else. Start again with Connect in this browser."],
]);

/** A sentence for a failed connect; an unknown code gets a general one, and its text is never shown. */
export function connectFailure(code: string, service: string): string {
  const sentence = CONNECT_FAILURES.get(code);
  return sentence ? sentence(service) : `Connecting ${service} did not work. Try again in a moment.`;
}

/** Why an account has to be connected again. */
export function reconnectReason({ name, status }: Pick<Integration, "name" | "status">): string {
  return status === "expired"
    ? `Access to ${name} has run out. Reconnect to see its data again.`
    : `${name} no longer accepts Latchkey's access. Reconnect to see its data again.`;
}

/** "3 of 9 services connected. 1 needs to be reconnected." */
export function summary(integrations: readonly Integration[]): string {
  const connected = integrations.filter(({ status }) => status === "connected").length;
  const stale = integrations.filter(({ status }) => status === "expired" || status === "reauth_required").length;
  if (integrations.length === 0) return "No service has been added to this site.";
  if (connected + stale === 0) {
    return "Nothing connected yet. Pick a service: you sign in there, and Latchkey never sees your password.";
  }
  const first = `${connected} of ${plural(integrations.length, "service")} connected.`;
  if (stale === 0) return first;
  return `${first} ${stale} ${stale === 1 ? "needs" : "need"} to be reconnected.`;
}

/** "1 item", "25 items". */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
