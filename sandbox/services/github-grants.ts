import { sandboxClient } from "../clients.ts";
import { json, jsonBody } from "../http.ts";
import { authenticate, isRefusal } from "../oauth/client-auth.ts";
import { liveToken } from "../oauth/revoke.ts";
import { open, type OpenContext, type OpenRoute } from "../routes.ts";
import type { Service } from "../service.ts";
import type { Token } from "../store.ts";
import { failure, GITHUB_API } from "./github-http.ts";

const TOKEN_PATH = "/applications/:client/token";
const GRANT_PATH = "/applications/:client/grant";

/** Checking and ending tokens and authorizations: Basic with the app's own credentials, the token in a JSON body. */
export function grantRoutes(service: () => Service): OpenRoute[] {
  return [
    open("DELETE", GITHUB_API, TOKEN_PATH, (context) => endToken(context, service()), "revoke"),
    open("DELETE", GITHUB_API, GRANT_PATH, (context) => endGrant(context, service()), "revoke"),
    open("POST", GITHUB_API, TOKEN_PATH, (context) => checkToken(context, service()), "introspect"),
  ];
}

function endToken(context: OpenContext, service: Service): Response {
  const token = namedToken(context, service);
  if (token instanceof Response) return token;
  context.store.revokeToken(token.value);
  return new Response(null, { status: 204 });
}

/** Deletes the whole authorization: every token the account gave this app. */
function endGrant(context: OpenContext, service: Service): Response {
  const token = namedToken(context, service);
  if (token instanceof Response) return token;
  const grant = context.store.grant(token.grantId);
  if (grant !== undefined) context.store.revokeGrants(grant.account);
  return new Response(null, { status: 204 });
}

function checkToken(context: OpenContext, service: Service): Response {
  const token = namedToken(context, service);
  if (token instanceof Response) return token;
  const app = { client_id: context.params["client"], name: "Latchkey (sandbox)" };
  return json({ app, scopes: token.scopes, token: token.value, created_at: new Date(token.issuedAt).toISOString() });
}

function namedToken(context: OpenContext, service: Service): Token | Response {
  const { call, params } = context;
  const refused = service.guard?.(call);
  if (refused !== undefined) return refused;
  if (!call.headers.has("authorization")) return failure(401, "Requires authentication");
  if (isRefusal(authenticate(call, service, {}))) return failure(401, "Bad credentials");
  if (params["client"] !== sandboxClient(service.name).client_id) return failure(404, "Not Found");
  const value = jsonBody(call)?.["access_token"];
  if (typeof value !== "string") return failure(422, "access_token is missing.");
  const token = liveToken(context, value);
  return token?.kind === "access" ? token : failure(404, "Not Found");
}
