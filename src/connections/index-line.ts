/** A line of the list of connections, as D1 has it and as it is shown. */
import * as z from "zod/mini";
import { Account } from "../api.ts";
import { Labels, type ListedConnection } from "../api-connections.ts";
import { ownPicture } from "./connection.ts";
import { labelFor } from "./label.ts";

export const Line = z.object({
  id: z.string(),
  user: z.string(),
  integration: z.string(),
  status: z.enum(["connected", "reauth_required"]),
  ends_at: z.nullable(z.number()),
  account: z.nullable(z.string()),
  connected_at: z.number(),
  labels: z.string(),
});

/** What the column of labels has. */
const Noted = z.extend(Labels, { label: z.optional(z.string()), is_default: z.optional(z.boolean()) });

/** The connection of a line. @param now milliseconds since 1970 */
export function toListed(
  { ends_at, account, connected_at, labels, status, ...line }: z.output<typeof Line>,
  now: number,
) {
  const isOver = ends_at !== null && ends_at <= now;
  const known = account === null ? null : Account.parse(JSON.parse(account));
  // Lines from before there were labels are of the only connection at their integration.
  const { label = labelFor(known, []), is_default = true, ...noted } = Noted.parse(JSON.parse(labels));
  return {
    ...line,
    status: status === "connected" && isOver ? "expired" : status,
    account: ownPicture(known, line.id),
    connected_at: new Date(connected_at).toISOString(),
    label,
    is_default,
    ...noted,
  } satisfies ListedConnection;
}
