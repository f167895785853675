/** The page's way to Latchkey's own public routes, on its own origin; what the explorer sends goes through call.ts. */
import type {
  Activity,
  Disconnected,
  ErrorBody,
  Integrations,
  Items,
  NewSessionKey,
  Profile,
  Refreshed,
  SessionKeys,
} from "../src/api.ts";

/** Past this a person has given up; the server's own limits towards the services are shorter. */
const ANSWER_WITHIN_MS = 45_000;
const ITEMS_PER_PAGE = 25;

/** A request that failed. `message` is a sentence for people that says what to do; `status` is 0 without an answer. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
  }
}

/** True where asking again cannot help and the account has to be connected again. */
export function needsReconnect(error: ApiError): boolean {
  return error.code === "reauth_required" || error.code === "not_connected";
}

/** Every integration with this browser's status; answers without a session too. */
export function fetchIntegrations(signal: AbortSignal): Promise<Integrations> {
  return requestJson("GET", "/integrations", signal);
}

/** The connected account, normalised and as the service told it. */
export function fetchProfile(integration: string, signal: AbortSignal): Promise<Profile> {
  return requestJson("GET", `/data/${encodeURIComponent(integration)}`, signal);
}

/** One page of the account's items; a null cursor asks for the first. */
export function fetchItems(integration: string, cursor: string | null, signal: AbortSignal): Promise<Items> {
  const query = new URLSearchParams({ limit: String(ITEMS_PER_PAGE) });
  if (cursor !== null) query.set("cursor", cursor);
  return requestJson("GET", `/integrations/${encodeURIComponent(integration)}/load?${query}`, signal);
}

/** What has happened to the connection, newest first. */
export function fetchActivity(integration: string, signal: AbortSignal): Promise<Activity> {
  return requestJson("GET", `/integrations/${encodeURIComponent(integration)}/activity`, signal);
}

/** Asks for a new access token now. */
export function refresh(integration: string): Promise<Refreshed> {
  return requestJson("POST", `/integrations/${encodeURIComponent(integration)}/refresh`);
}

/** Drops the connection here, and at the service where it offers that. */
export function disconnect(integration: string): Promise<Disconnected> {
  return requestJson("DELETE", `/integrations/${encodeURIComponent(integration)}/credentials`);
}

/** Ends this browser's session. */
export async function signOut(): Promise<void> {
  await request("DELETE", "/sessions/current");
}

/** The keys of whoever is signed in, without the keys themselves. */
export function fetchKeys(signal: AbortSignal): Promise<SessionKeys> {
  return requestJson("GET", "/sessions", signal);
}

/** Makes a key that lives for some seconds. It is in this answer and in no other. */
export function createKey(name: string, expires_in: number): Promise<NewSessionKey> {
  return requestJson("POST", "/sessions", undefined, { name, expires_in });
}

/** Ends a key. */
export async function revokeKey(id: string): Promise<void> {
  await request("DELETE", `/sessions/${encodeURIComponent(id)}`);
}

/** Where a click starts connecting: a whole navigation, so that the service's own page opens. */
export function connectHref(integration: string): string {
  return `/auth/${encodeURIComponent(integration)}?return_to=/`;
}

/** The account's picture, served by Latchkey: the page loads nothing from other hosts. */
export function avatarHref(integration: string): string {
  return `/integrations/${encodeURIComponent(integration)}/avatar`;
}

async function requestJson<T>(method: string, path: string, signal?: AbortSignal, content?: object): Promise<T> {
  const response = await request(method, path, signal, content);
  try {
    // The Worker that serves this page builds its answers to the same types, so they are not checked a second time.
    const answer: T = await response.json();
    return answer;
  } catch (cause) {
    throw unanswered(cause, signal);
  }
}

async function request(method: string, path: string, signal?: AbortSignal, content?: object): Promise<Response> {
  const tooLate = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const within = signal ? AbortSignal.any([signal, tooLate]) : tooLate;
  const headers = new Headers({ accept: "application/json" });
  if (method !== "GET") headers.set("x-csrf", "1");
  if (content) headers.set("content-type", "application/json");
  let response: Response;
  try {
    response = await fetch(path, { method, headers, body: content ? JSON.stringify(content) : null, signal: within });
  } catch (cause) {
    throw unanswered(cause, signal);
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

/** The page itself taking a request back is passed on untouched: nobody has to be told. */
function unanswered(cause: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted) return cause;
  if (cause instanceof DOMException && cause.name === "TimeoutError") {
    return new ApiError(0, "timeout", "Latchkey took too long to answer. Try again in a moment.");
  }
  if (cause instanceof SyntaxError) {
    return new ApiError(0, "unreadable", "Latchkey's answer could not be read. Try again in a moment.");
  }
  return new ApiError(0, "unreachable", "Latchkey cannot be reached. Check your internet connection, then try again.");
}

async function refusal(response: Response): Promise<ApiError> {
  // Not every failure is Latchkey's own: the network in front of it answers in HTML.
  const body: unknown = await response.json().catch(() => null);
  if (isErrorBody(body)) return new ApiError(response.status, body.error, body.message);
  return new ApiError(
    response.status,
    "unknown",
    `Latchkey could not answer (${response.status}). Try again in a moment.`,
  );
}

function isErrorBody(body: unknown): body is Pick<ErrorBody, "error" | "message"> {
  if (typeof body !== "object" || body === null || !("error" in body) || !("message" in body)) return false;
  return typeof body.error === "string" && typeof body.message === "string";
}
