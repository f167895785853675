/** Examples of calls that somebody is asked about. */
import type { Approval } from "../../src/api-approvals.ts";
import type { EventBody } from "../../src/api-events.ts";
import { CONNECTION, INTEGRATION, USER } from "./samples.ts";

export const approvalEvent = {
  type: "approval.requested",
  timestamp: "2026-11-27T10:46:12.000Z",
  data: {
    integration: INTEGRATION,
    connection: CONNECTION,
    method: "POST",
    host: "api.github.com",
    approval: "apr_q7Rk2mVw9XtB4nLz6cHdJp",
    state: "waiting",
    user: USER,
    key: "m4Xc8sLw1QzPr2Td",
    path: "/repos/acme/site/issues/*/comments",
    expires_at: "2026-11-27T10:56:12.000Z",
  },
} satisfies EventBody;

export const approval = {
  id: "apr_q7Rk2mVw9XtB4nLz6cHdJp",
  integration: INTEGRATION,
  connection: CONNECTION,
  method: "POST",
  host: "api.github.com",
  state: "waiting",
  asked_at: "2026-11-27T10:46:12.000Z",
  expires_at: "2026-11-27T10:56:12.000Z",
  until: null,
  asked_by: {
    key: "m4Xc8sLw1QzPr2Td",
    kind: "user",
    name: null,
    since: "2026-11-27T09:00:00.000Z",
    ends_at: "2026-11-28T09:00:00.000Z",
  },
  rule: 1,
  account: "octocat",
  brings_token: false,
  path: "/repos/acme/site/issues/7/comments",
  query: "",
  kinds: ["/repos/acme/site/issues/7/comments", "/repos/acme/site/issues/*/comments"],
} satisfies Approval;
