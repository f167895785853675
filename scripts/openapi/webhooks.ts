/** What an app is told: the events as the document's `webhooks` (OpenAPI 3.1). */
import {
  ApprovalEvent,
  ApprovalEventType,
  ConnectSessionEvent,
  ConnectSessionEventType,
  ConnectionEvent,
  ConnectionEventType,
  type EventBody,
} from "../../src/api-events.ts";
import { CONNECTION, event, sessionEvent } from "./samples.ts";
import { approvalEvent } from "./samples-approvals.ts";
import type { JsonObject, Schemas } from "./schemas.ts";

const MEANING: Readonly<Record<EventBody["type"], { readonly summary: string; readonly reason: string | null }>> = {
  "connection.created": { summary: "A user has connected an account", reason: null },
  "connection.reconnected": { summary: "A connection was connected again, with the same account", reason: null },
  "connection.recovered": { summary: "A connection that had failed works again by itself", reason: null },
  "connection.reauth_required": {
    summary: "A connection is of no use until its user connects it again",
    reason: "grant_refused",
  },
  "connection.disconnected": { summary: "A connection was disconnected", reason: null },
  "connection.default_changed": { summary: "Another connection is the default of its integration", reason: null },
  "connect_session.connected": { summary: "A connect session has ended with a connection", reason: null },
  "connect_session.failed": { summary: "Nothing has come of a connect session", reason: "access_denied" },
  "connect_session.expired": { summary: "The time of a connect session is over", reason: null },
  "connect_session.cancelled": { summary: "A connect session was cancelled, by the app or its user", reason: "user" },
  "approval.requested": { summary: "A call of a user's key waits for somebody to allow it", reason: null },
  "approval.decided": { summary: "Somebody has allowed or denied a call", reason: null },
};

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
const HEADERS = [
  ["webhook-id", "The event's id: the same each time it is delivered, so that a receiver can tell."],
  ["webhook-timestamp", "When this attempt was sent, in seconds since 1970. One of more than five minutes is refused."],
  ["webhook-signature", "`v1,` and the HMAC-SHA256 of `id.timestamp.body` under the webhook's secret, in base64."],
] as const;

const toOperationId = (type: string): string =>
  `on${type
    .split(/[._]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("")}`;

/** By type of event. */
export function webhooks(schemas: Schemas): JsonObject {
  const ofConnections = ConnectionEventType.options.map((type) => {
    const example = { ...event, type, data: { ...event.data, reason: MEANING[type].reason } };
    return { type, schema: schemas.of(ConnectionEvent, "output"), example };
  });
  const ofSessions = ConnectSessionEventType.options.map((type) => {
    const connection = type === "connect_session.connected" ? CONNECTION : null;
    const example = { ...sessionEvent, type, data: { ...sessionEvent.data, connection, reason: MEANING[type].reason } };
    return { type, schema: schemas.of(ConnectSessionEvent, "output"), example };
  });
  const ofApprovals = ApprovalEventType.options.map((type) => {
    const state = type === "approval.decided" ? ("allowed" as const) : ("waiting" as const);
    const example = { ...approvalEvent, type, data: { ...approvalEvent.data, state } };
    return { type, schema: schemas.of(ApprovalEvent, "output"), example };
  });
  const told = [...ofConnections, ...ofSessions, ...ofApprovals].map(({ type, schema, example }) => {
    const { summary } = MEANING[type];
    const operation = {
      operationId: toOperationId(type),
      tags: ["Events"],
      summary,
      description:
        "Sent to the app's webhooks that ask for it. Verify the signature over the body as it came before reading it. Whatever is not answered with 2xx is told again: nine times over three days.",
      security: [],
      parameters: HEADERS.map(([name, description]) => ({
        name,
        in: "header",
        required: true,
        description,
        schema: { type: "string" },
      })),
      requestBody: {
        required: true,
        content: {
          "application/json": { schema, example },
        },
      },
      responses: { "204": { description: "Taken; any 2xx says so." } },
    };
    return [type, { post: operation }];
  });
  return Object.fromEntries(told);
}
