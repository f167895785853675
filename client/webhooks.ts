/**
 * What Latchkey tells an app's webhook, once it is proven to come from there: Standard Webhooks
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md), with WebCrypto alone.
 *
 *     const event = await verifyWebhook(secret, { headers: request.headers, body: await request.text() });
 */
import type { Shapes } from "./errors.ts";

/** `id` is the same each time an event is delivered: note it, and an event that comes twice is done once. */
export type WebhookEvent = Fields<Shapes["DeliveredEvent"], "id" | "type" | "timestamp" | "data">;
/** Of each kind of event by itself, so that its `type` tells what is in its `data`. */
type Fields<Event, Name extends keyof Event> = Event extends unknown ? Pick<Event, Name> : never;

/** What of a request is looked at. */
export interface WebhookRequest {
  /** A `Headers`, or an object by lower-case names, as Node has it. */
  readonly headers: Pick<Headers, "get"> | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** As it came, byte for byte: JSON that was parsed and written again is not what was signed. */
  readonly body: string | ArrayBuffer | Uint8Array;
}

export interface WebhookOptions {
  /** How many seconds a delivery may be old, or ahead, by this clock. */
  readonly tolerance?: number;
  /** What time it is, in milliseconds since 1970. */
  readonly now?: number;
}

/**
 * Why a delivery is not taken:
 * - `missing_header`: it has no `webhook-id`, `webhook-timestamp` or `webhook-signature`
 * - `wrong_time`: its timestamp is none, or too far from now; it may be an old delivery that somebody has kept
 * - `wrong_signature`: none of its signatures is of these bytes with this secret
 * - `wrong_body`: it is signed, and no event
 */
export type WebhookErrorCode = "missing_header" | "wrong_time" | "wrong_signature" | "wrong_body";

/** A delivery that is not to be believed. */
export class WebhookError extends Error {
  readonly code: WebhookErrorCode;

  constructor(code: WebhookErrorCode, message: string) {
    super(message);
    this.name = "WebhookError";
    this.code = code;
  }
}

const SECRET_PREFIX = "whsec_";
const VERSION = "v1";
const TOLERANCE_SECONDS = 300;
const ALGORITHM = { name: "HMAC", hash: "SHA-256" };

/**
 * The event that a request brings. Its `type` may be one that a later Latchkey has added: answer 2xx, and leave it be.
 * @param secret what `PUT /apps/{app}/webhook` answered; several while one takes the other's place
 * @throws WebhookError for what is not to be believed: answer 400. TypeError for a secret that is none
 */
export async function verifyWebhook(
  secret: string | readonly string[],
  { headers, body }: WebhookRequest,
  { tolerance = TOLERANCE_SECONDS, now = Date.now() }: WebhookOptions = {},
): Promise<WebhookEvent> {
  const keys = await Promise.all((typeof secret === "string" ? [secret] : secret).map(keyOf));
  const id = headerOf(headers, "webhook-id");
  const timestamp = headerOf(headers, "webhook-timestamp");
  const signatures = headerOf(headers, "webhook-signature");
  const sent_at = /^\d{1,15}$/.test(timestamp) ? Number(timestamp) : Number.NaN;
  if (!(Math.abs(now / 1000 - sent_at) <= tolerance)) {
    throw new WebhookError("wrong_time", "The delivery's timestamp is too far from now.");
  }
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : new Uint8Array(body);
  const signed = join(new TextEncoder().encode(`${id}.${timestamp}.`), bytes);
  const said = signatures.split(" ").flatMap(signatureOf);
  const checks = keys.flatMap((key) => said.map((signature) => crypto.subtle.verify("HMAC", key, signature, signed)));
  if (!(await Promise.all(checks)).includes(true)) {
    throw new WebhookError("wrong_signature", "No signature of the delivery is of its content with this secret.");
  }
  const event = parsed(bytes);
  if (!isEventBody(event)) throw new WebhookError("wrong_body", "The delivery is signed, and no event.");
  return { ...event, id };
}

/** Its comparison takes the same time wherever two signatures differ (WebCrypto, 31.6.2). */
async function keyOf(secret: string): Promise<CryptoKey> {
  const bytes = fromBase64(secret.startsWith(SECRET_PREFIX) ? secret.slice(SECRET_PREFIX.length) : secret);
  if (bytes === null || bytes.length === 0) throw new TypeError("The secret of a webhook is whsec_ and base64.");
  return crypto.subtle.importKey("raw", bytes, ALGORITHM, false, ["verify"]);
}

/** One of `v1,<base64>`; of another version there is none that could be checked. */
function signatureOf(word: string): readonly Uint8Array<ArrayBuffer>[] {
  const [version, text = ""] = word.split(",");
  const bytes = version === VERSION ? fromBase64(text) : null;
  return bytes === null ? [] : [bytes];
}

/** @throws WebhookError `missing_header` */
function headerOf(headers: WebhookRequest["headers"], name: string): string {
  const value = isHeaders(headers) ? headers.get(name) : headers[name];
  if (typeof value !== "string" || value === "") throw new WebhookError("missing_header", `There is no ${name}.`);
  return value;
}

const isHeaders = (headers: WebhookRequest["headers"]): headers is Pick<Headers, "get"> =>
  typeof headers["get"] === "function";

/** @returns null for what is none */
function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

function isEventBody(event: unknown): event is Fields<WebhookEvent, "type" | "timestamp" | "data"> {
  if (typeof event !== "object" || event === null || !("type" in event && "timestamp" in event)) return false;
  const isTyped = typeof event.type === "string" && typeof event.timestamp === "string";
  return isTyped && "data" in event && typeof event.data === "object" && event.data !== null;
}
