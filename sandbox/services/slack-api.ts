import { json, looseParams } from "../http.ts";
import { authenticate, isRefusal } from "../oauth/client-auth.ts";
import { open, type OpenContext, type Route } from "../routes.ts";
import type { Service } from "../service.ts";
import { conversationRoutes } from "./slack-conversations.ts";
import { fileRoutes } from "./slack-files.ts";
import { refuse } from "./slack-http.ts";
import { markRoutes } from "./slack-marks.ts";
import { messageRoutes } from "./slack-messages.ts";
import { isTrue, type MethodContext, read, SITE } from "./slack-method.ts";
import { peopleRoutes } from "./slack-people.ts";

/** Slack's Web API: every method under GET and POST. */
export function slackRoutes(service: () => Service): Route[] {
  return [
    open("GET|POST", SITE, "/api/api.test", ({ call }) => json({ ok: true, args: looseParams(call) })),
    open("POST|GET", SITE, "/api/apps.uninstall", (context) => uninstall(context, service()), "revoke"),
    { ...read("auth.revoke", [], revoke), endpoint: "revoke" },
    ...peopleRoutes,
    ...conversationRoutes,
    ...messageRoutes,
    ...markRoutes,
    ...fileRoutes,
  ];
}

function revoke({ args, store, token }: MethodContext): Response {
  if (isTrue(args["test"])) return json({ ok: true, revoked: false });
  store.revokeToken(token.value);
  store.revokeTokens(token.grantId, "refresh", token.part);
  return json({ ok: true, revoked: true });
}

function uninstall({ call, store }: OpenContext, service: Service): Response {
  const params = looseParams(call);
  const token = store.token(service.findToken?.(call) ?? "");
  if (token === undefined) return refuse("invalid_auth");
  const { client_id = "", client_secret = "" } = params;
  const plain = { ...call, headers: new Headers() };
  if (isRefusal(authenticate(plain, service, { client_id, client_secret }))) return refuse("bad_client_secret");
  const account = store.grant(token.grantId)?.account;
  if (account !== undefined) store.revokeGrants(account);
  return json({ ok: true });
}
