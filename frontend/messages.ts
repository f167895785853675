/** What the page says about states and failures. */
import { isPartial } from "./allowed.ts";
import type { ActivityEvent, ConnectionStatus, Integration, Job, LatchkeyError, Receipt } from "./api.ts";
import type { Route } from "./route.ts";
import { standingsOf, titleOf, type Standing } from "./standing.ts";

/** The word on the chip of each status. */
export const STATUS_LABEL: Readonly<Record<ConnectionStatus, string>> = {
  not_configured: "Not set up",
  not_connected: "Not connected",
  connected: "Connected",
  expired: "Expired",
  reauth_required: "Reconnect needed",
};

/** The word on the chip of a connection that works in part. */
export const PARTIAL_LABEL = "Partly allowed";

/** What a service said to what is taken back. */
export const OUTCOME_LABEL: Readonly<Record<Receipt["outcome"], string>> = {
  pending: "Not asked yet",
  confirmed: "Has ended it",
  refused: "Did not take it back, and is asked again for a day",
  not_offered: "Has no way to be asked",
  not_reached: "Was not reached, and is asked again for a day",
};

/** How far it is that everything is taken back. */
export function takenBack({ state, counts: { total, confirmed } }: Job): string {
  const many = total === 1 ? "1 connection" : `${total} connections`;
  return `${state === "running" ? "Asking the services" : "Done"}: ${confirmed} of ${many} confirmed.`;
}

/** The heading of each view; a connection has its service's name instead, once that is known. */
export const VIEW_TITLE: Readonly<Record<Route["view"], string>> = {
  overview: "Connections",
  connection: "Connections",
  explorer: "API explorer",
  approvals: "Approvals",
  keys: "Keys",
  passkeys: "Passkeys",
};

/** A Map rather than an object: the code comes from the address, and "constructor" must not find anything. */
const CONNECT_FAILURES = new Map<string, (service: string) => string>([
  [
    "access_denied",
    (service) =>
      `You declined access, so nothing was connected and ${service} shared nothing. If that was a slip, choose Connect again.`,
  ],
  [
    "connect_cancelled",
    (service) => `You cancelled, so nothing was connected. To connect ${service} after all, choose Connect again.`,
  ],
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
  ["unknown_connection", (service) => `The ${service} account to reconnect is gone. Choose Connect.`],
  [
    "account_mismatch",
    (service) =>
      `You came back from ${service} with another account than the one to reconnect, so nothing has changed. Choose Connect another to have both.`,
  ],
  [
    "too_many",
    (service) => `There are as many ${service} accounts as there may be. Disconnect one that you do not need.`,
  ],
  ["user_mismatch", () => "That sign-in was started by somebody else. Start again with Connect in this browser."],
]);

/** A sentence for a failed connect; an unknown code gets a general one, and its text is never shown. */
export function connectFailure(code: string, service: string): string {
  const sentence = CONNECT_FAILURES.get(code);
  return sentence ? sentence(service) : `Connecting ${service} did not work. Try again in a moment.`;
}

/** For a connection that has just been made. */
export function connectedWords(standing: Standing): string {
  const { account } = standing;
  const connected = `${titleOf(standing)} is connected${account === null ? "" : ` as ${account.name}`}.`;
  return isPartial(standing) ? `${connected} Not everything is allowed.` : connected;
}

/** For a window that is closed, or that the service has put out of this page's sight: which of them, no page can tell. */
export function lostWindow(service: string): string {
  return `${service} is not connected yet. If its window is still open, finish there; if you closed it, choose Connect again.`;
}

/** For a list that is shown though it could not be fetched again. */
export function staleList(why: string): string {
  return `What you see may be out of date. ${why}`;
}

/** For a session that ended without this page's doing. */
export const SESSION_ENDED =
  "You are signed out: your session ended elsewhere, or ran out. Connect a service to start again.";

const EVENT_WORDS: Readonly<Record<ActivityEvent["type"], string>> = {
  connected: "Connected",
  reconnected: "Connected again",
  account_replaced: "Another account took its place",
  refreshed: "Access renewed",
  replayed: "Call repeated after renewing the access",
  refresh_failed: "Renewal failed",
  reauth_required: "Needs connecting again",
  disconnected: "Disconnected",
  revoked: "Taken back at the service",
  made_default: "Used from then on where no account is named",
  taken_along: "Came along when you signed in with a passkey",
};

/** A Map, because a reason may be of a newer Latchkey than this page. */
const REASON_WORDS = new Map<string, (service: string) => string>([
  ["grant_refused", (service) => `${service} says the access was removed or has run out`],
  ["answer_lost", (service) => `${service} renewed the access, but its answer was lost on the way`],
  ["account_changed", (service) => `${service} answered for another account`],
  ["token_rejected", (service) => `${service} no longer accepts Latchkey's access`],
  ["expired", () => "the access has run out"],
  ["provider_unavailable", (service) => `${service} was not available`],
  ["provider_timeout", (service) => `${service} took too long to answer`],
  ["provider_rate_limited", (service) => `${service} asked for fewer requests`],
  ["invalid_token_response", (service) => `${service} gave an answer Latchkey cannot use`],
  ["request_refused", (service) => `${service} does not give that to this account`],
  ["invalid_provider_response", (service) => `${service} gave an answer Latchkey cannot use`],
  ["client_credentials_invalid", (service) => `${service} does not accept Latchkey's client id and secret`],
  ["token_request_rejected", (service) => `${service} did not accept the request`],
]);

/** What a code of ours means, without a capital or a full stop; an unknown one gets general words, and is never shown. */
const reasonWords = (reason: string, service: string): string =>
  REASON_WORDS.get(reason)?.(service) ?? `something went wrong with ${service}`;

/** One event in plain words. */
export function eventWords({ type, reason, accounts }: ActivityEvent, service: string): string {
  if (accounts !== null) return replacedWords(accounts);
  return reason === null ? EVENT_WORDS[type] : `${EVENT_WORDS[type]}: ${reasonWords(reason, service)}`;
}

/** Whose account is here no more, and whose is. */
function replacedWords({ before, after }: NonNullable<ActivityEvent["accounts"]>): string {
  return `${before}'s account was replaced by ${after}'s`;
}

/** Why something did not succeed, as a sentence. */
export function reasonSentence(reason: string, service: string): string {
  const words = reasonWords(reason, service);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

const FOR_OPERATOR = "Whoever runs this site has to look at its settings.";
/** Errors that asking again does not mend, and what to do instead. */
const LASTING = new Map([
  ["scope_missing", "Reconnect, and allow it there."],
  ["request_refused", "Reconnecting helps where something was not allowed."],
  ["reauth_required", "Reconnect to go on."],
  ["client_credentials_invalid", FOR_OPERATOR],
  ["token_request_rejected", FOR_OPERATOR],
  ["not_configured", FOR_OPERATOR],
  ["config_error", FOR_OPERATOR],
]);

/** Whether doing the same again can end otherwise. */
export function canRetry({ code }: Pick<LatchkeyError, "code">): boolean {
  return !LASTING.has(code);
}

/** A failed call to a service in plain words; what only Latchkey itself can say stays in its own. */
export function errorWords(error: LatchkeyError, service: string): string {
  if (!REASON_WORDS.has(error.code)) return error.message;
  return `${reasonSentence(error.code, service)} ${LASTING.get(error.code) ?? "Try again in a moment."}`;
}

/** Why an account is not called what was asked for. */
export function labelProblem({ code, message }: LatchkeyError): string {
  if (code === "label_taken") return "Another account has this label. Choose another one.";
  if (code !== "invalid_request") return message;
  return "Use up to 40 small letters, digits and hyphens, and begin with a letter or a digit.";
}

/** Why an account has to be connected again. */
export function reconnectReason({ name, status, failure }: Pick<Integration, "name" | "status" | "failure">): string {
  if (failure !== null && REASON_WORDS.has(failure.reason)) {
    return `${reasonSentence(failure.reason, name)} Reconnect to see its data again.`;
  }
  return status === "expired"
    ? `Access to ${name} has run out. Reconnect to see its data again.`
    : `${name} no longer accepts Latchkey's access. Reconnect to see its data again.`;
}

/** How connecting goes, for whoever has not done it yet. */
export const FIRST_STEP = "Pick a service to connect: you sign in there, and Latchkey never sees your password.";
/** The same where some services have no such way. */
const FIRST_STEP_OR_KEY =
  "Pick a service to connect: you sign in there, or enter the key that it has given you, which is kept encrypted.";

/** How connecting one goes. */
export function howToConnect({ name, credentials }: Pick<Integration, "name" | "credentials">): string {
  return credentials === "fields"
    ? `You enter what ${name} has given you for this, such as a key. It is kept encrypted, and never shown again.`
    : "You sign in at the service itself; Latchkey never sees your password.";
}

/** "3 of 9 services connected. 1 needs to be reconnected." */
export function summary(integrations: readonly Integration[]): string {
  const standings = integrations.flatMap(standingsOf);
  const working = standings.filter(({ status }) => status === "connected");
  const connected = new Set(working.map(({ integration }) => integration)).size;
  const stale = standings.filter(({ connection, status }) => connection !== null && status !== "connected").length;
  if (integrations.length === 0) return "No service has been added to this site.";
  if (connected + stale === 0) {
    return integrations.some(({ credentials }) => credentials === "fields") ? FIRST_STEP_OR_KEY : FIRST_STEP;
  }
  const partial = standings.filter(isPartial).length;
  return [
    `${connected} of ${plural(integrations.length, "service")} connected.`,
    stale > 0 && `${stale} ${stale === 1 ? "needs" : "need"} to be reconnected.`,
    partial > 0 && `${partial} ${partial === 1 ? "is" : "are"} allowed in part.`,
  ]
    .filter(Boolean)
    .join(" ");
}

/** "1 item", "25 items". */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
