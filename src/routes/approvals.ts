/** Calls that wait for somebody to allow them, and what was decided. */
import * as z from "zod/mini";
import { Approval, ApprovalDecision, ApprovalWhole, Approvals } from "../api-approvals.ts";
import { digest } from "../crypto.ts";
import { AppError } from "../errors.ts";
import { authorize, type Caller } from "../middleware/caller.ts";
import { requireOwnPage } from "../middleware/session.ts";
import { limitCalls } from "../middleware/limits.ts";
import { Routes } from "./operation.ts";

const ApprovalPath = z.object({ approval: z.string().check(z.maxLength(64)) });
const asReader = { as: "user", scope: "read" } as const;
const asDecider = { as: "user", scope: "approve" } as const;

/** The key whose approvals a caller sees: its own where it is narrowed; null: all of the user's. */
const only = ({ session }: Caller): string | null =>
  session && (session.grant || session.place !== null) ? session.key : null;

export const approvalRoutes = new Routes()
  .on(
    {
      method: "get",
      path: "/approvals",
      tag: "Approvals",
      access: asReader,
      answer: { status: 200, schema: Approvals },
    },
    async (c, { caller }) => {
      const approvals = await c.get("services").approvals.list(caller, only(caller));
      return c.json({ approvals } satisfies Approvals);
    },
  )
  .on(
    {
      method: "get",
      path: "/approvals/{approval}",
      tag: "Approvals",
      access: asReader,
      params: ApprovalPath,
      answer: { status: 200, schema: ApprovalWhole },
      errors: ["not_found"],
    },
    async (c, { caller, params }) =>
      c.json((await c.get("services").approvals.find(caller, params.approval, only(caller))) satisfies ApprovalWhole),
  )
  .on(
    {
      method: "post",
      path: "/approvals/{approval}",
      tag: "Approvals",
      access: asDecider,
      params: ApprovalPath,
      body: ApprovalDecision,
      answer: { status: 200, schema: Approval },
      errors: ["not_found"],
    },
    async (c, { caller, params, body }) =>
      c.json((await c.get("services").approvals.decide(caller, params.approval, body)) satisfies Approval),
  )
  .on(
    {
      method: "delete",
      path: "/approvals/{approval}",
      tag: "Approvals",
      access: asDecider,
      params: ApprovalPath,
      answer: { status: 204, schema: null },
      errors: ["not_found"],
    },
    async (c, { caller, params }) => {
      await c.get("services").approvals.end(caller, params.approval);
      return c.body(null, 204);
    },
  );

/** Registered before the rest, whose paths it would be one of. It answers no JSON, so that it is in no document of the API. */
export const liveApprovals = new Routes();
liveApprovals.hono.get("/approvals/live", async (c) => {
  const caller = await authorize(c, "person");
  requireOwnPage(c);
  await limitCalls(c, caller);
  if (c.req.header("Upgrade")?.toLowerCase() !== "websocket") {
    throw new AppError("invalid_request", "This address takes WebSockets alone. GET /approvals lists what waits.");
  }
  const { webSocket } = await c.get("services").approvals.live(caller, digest(caller.id));
  return new Response(null, { status: 101, webSocket });
});
