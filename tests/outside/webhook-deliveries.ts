/** Deliveries as the reference implementation of Standard Webhooks signs them, and what may be wrong with one. */
import { Webhook } from "standardwebhooks";

export const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
export const OTHER = `whsec_${Buffer.alloc(32, 8).toString("base64")}`;
export const NOW = new Date("2026-11-27T12:00:00Z");
const SECOND = 1000;

export const event = {
  type: "connection.created",
  timestamp: NOW.toISOString(),
  data: { connection: "c-1", user: "ü ✓", integration: "github-1", label: null, account: null, reason: null },
};

export interface Delivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function delivered({ secret = SECRET, body = JSON.stringify(event), at = NOW, id = "msg_1" } = {}): Delivery {
  const signature = new Webhook(secret).sign(id, at, body);
  const timestamp = String(Math.floor(at.getTime() / 1000));
  return { headers: { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature }, body };
}

const withHeader = (name: string, value: string): Delivery => {
  const { headers, body } = delivered();
  return { headers: { ...headers, [name]: value }, body };
};

const without = (name: string): Delivery => {
  const { headers, body } = delivered();
  return { headers: Object.fromEntries(Object.entries(headers).filter(([each]) => each !== name)), body };
};

const signature = delivered().headers["webhook-signature"] ?? "";
const late = (seconds: number) => new Date(NOW.getTime() + seconds * SECOND);
const signed = (change: object): Delivery => delivered({ body: JSON.stringify({ ...event, ...change }) });

/** Each with why it is not taken; null where it is. The reference judges them alike. */
export const DELIVERIES: readonly (readonly [string, Delivery, string | null])[] = [
  ["as it was signed", delivered(), null],
  ["whose JSON is written with blanks", delivered({ body: JSON.stringify(event, null, 2) }), null],
  ["that is as old as may be", delivered({ at: late(-300) }), null],
  ["from a clock that is as far ahead as may be", delivered({ at: late(300) }), null],
  ["with another signature before the right one", withHeader("webhook-signature", `v1,AAAA ${signature}`), null],
  ["with a signature of another version beside", withHeader("webhook-signature", `v1a,AAAA ${signature}`), null],
  ["that is older", delivered({ at: late(-301) }), "wrong_time"],
  ["from further ahead", delivered({ at: late(301) }), "wrong_time"],
  ["whose timestamp is no number", withHeader("webhook-timestamp", "now"), "wrong_time"],
  ["whose timestamp is another", withHeader("webhook-timestamp", String(NOW.getTime() / 1000 - 1)), "wrong_signature"],
  ["with another id", withHeader("webhook-id", "msg_2"), "wrong_signature"],
  ["with one letter changed", { ...delivered(), body: delivered().body.replace("c-1", "c-2") }, "wrong_signature"],
  ["with a blank behind", { ...delivered(), body: `${delivered().body} ` }, "wrong_signature"],
  ["signed with another secret", delivered({ secret: OTHER }), "wrong_signature"],
  ["whose signature has no version", withHeader("webhook-signature", signature.slice(3)), "wrong_signature"],
  [
    "whose signature is of another version",
    withHeader("webhook-signature", signature.replace("v1", "v2")),
    "wrong_signature",
  ],
  ["whose signature is cut", withHeader("webhook-signature", signature.slice(0, -8)), "wrong_signature"],
  ["whose signature is empty", withHeader("webhook-signature", "v1,"), "wrong_signature"],
  ["without an id", without("webhook-id"), "missing_header"],
  ["without a timestamp", without("webhook-timestamp"), "missing_header"],
  ["without a signature", without("webhook-signature"), "missing_header"],
];

/** Signed with the right secret, and no event. */
export const NO_EVENTS: readonly (readonly [string, Delivery])[] = [
  ["no JSON", delivered({ body: "connection.created" })],
  ["a list", delivered({ body: "[]" })],
  ["null", delivered({ body: "null" })],
  ["no type", signed({ type: undefined })],
  ["no timestamp", signed({ timestamp: 5 })],
  ["no data", signed({ data: null })],
];

/** Timestamps that are none, though some read a number in them. */
export const NO_TIMES: readonly Delivery[] = ["1e9", "-1", "0x6565", " 1795780800", "1795780800.0", ""].map(
  (timestamp) => withHeader("webhook-timestamp", timestamp),
);

export const NO_SECRETS: readonly string[] = ["", "whsec_", "whsec_%%%"];
