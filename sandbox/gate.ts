import { bearer, type Call } from "./http.ts";
import { countUse } from "./journal.ts";
import type { ApiContext, OpenContext, Route, TokenRoute } from "./routes.ts";
import type { Service, TokenProblem } from "./service.ts";
import { matchPath } from "./routes.ts";
import type { Grant, Store, Token } from "./store.ts";

/** An endpoint and the parameters in its path. */
export interface Match {
  readonly route: Route;
  readonly params: Record<string, string>;
}

/** Finds the endpoint a call is for; `wrongMethod` when only the method does not fit. */
export function findRoute(service: Service, call: Call): Match | "wrongMethod" | undefined {
  let seen = false;
  const path = service.canonical?.(call.path) ?? call.path;
  for (const route of service.routes) {
    if (route.host !== call.host) continue;
    const params = matchPath(route.path, service.slashAtEnd ? path.replace(/\/$/, "") : path);
    if (params === undefined) continue;
    if (route.methods.includes(call.method)) return { route, params };
    seen = true;
  }
  return seen ? "wrongMethod" : undefined;
}

/** Answers an API request: the service's guard, the token, its scopes, then the endpoint. */
export async function serve(service: Service, match: Match | undefined, context: OpenContext): Promise<Response> {
  const { call, store } = context;
  if (match?.route.access === "open") return match.route.handle(context);
  const refused = service.guard?.(call);
  if (refused !== undefined) return refused;
  const found = findToken(store, (service.findToken ?? bearer)(call), call.now);
  const answer = await answerFor(service, match?.route, context, found);
  const token = "token" in found ? found.token : undefined;
  const headers = service.headers?.(call, countUse(store, call.now), token) ?? {};
  for (const [name, value] of Object.entries(headers)) if (!answer.headers.has(name)) answer.headers.set(name, value);
  return answer;
}

async function answerFor(
  service: Service,
  route: TokenRoute | undefined,
  context: OpenContext,
  found: Found,
): Promise<Response> {
  const { call } = context;
  if ("problem" in found) return service.errors.unauthorized(call, found.problem);
  if (route === undefined) return notEmulated(service, call);
  const { token, grant } = found;
  const allows = service.allows ?? holdsOne;
  if (route.scopes.length > 0 && !allows(token, route.scopes)) {
    return service.errors.forbidden(call, route.scopes, token.scopes);
  }
  const api: ApiContext = { ...context, token, grant, account: grant.account };
  return route.handle(api);
}

/** A gap of the sandbox's own is never said as the service says that something is not there. */
function notEmulated({ errors }: Service, call: Call): Response {
  const answer = errors.badRequest(call, `sandbox: not emulated: ${call.method} ${call.host}${call.path}`);
  answer.headers.set("x-sandbox", "not emulated");
  return answer;
}

function holdsOne(token: Token, scopes: readonly string[]): boolean {
  return scopes.some((scope) => token.scopes.includes(scope));
}

type Found = { readonly token: Token; readonly grant: Grant } | { readonly problem: TokenProblem };

function findToken(store: Store, value: string | undefined, now: number): Found {
  if (value === undefined || value === "") return { problem: "missing" };
  const token = store.token(value);
  const grant = token === undefined ? undefined : store.grant(token.grantId);
  if (token === undefined || grant === undefined) return { problem: "unknown" };
  if (token.kind !== "access" && token.kind !== "derived") return { problem: "unknown" };
  if (grant.revoked || token.revoked) return { problem: "revoked" };
  if (token.expiresAt !== null && token.expiresAt <= now) return { problem: "expired" };
  return { token, grant };
}
