/** The provider's own API, as the user. */
import type { Context } from "hono";
import * as z from "zod/mini";
import { Method, METHODS } from "../api-grants.ts";
import type { AppEnv } from "../context.ts";
import { AppError, ERROR_HEADER } from "../errors.ts";
import { toKnownError } from "../middleware/errors.ts";
import { checkWhence, forUser, insufficientScope, type Caller } from "../middleware/caller.ts";
import { ofShown, takeApproval } from "../middleware/asked.ts";
import { checkCall, mayAsk, type Ask } from "../middleware/granted.ts";
import { limitAddress, limitCalls } from "../middleware/limits.ts";
import { logCaller, noteMade } from "../middleware/request-log.ts";
import { invalidSession, requireOwnOrigin, sessionCookie } from "../middleware/session.ts";
import { requests, strangers } from "../held.ts";
import type { Session } from "../apps/sessions.ts";
import { DEFAULT_APP } from "../connections/connection.ts";
import { isIntegrationId, isOurKey } from "../connections/names.ts";
import { unknownIntegration, type ConfiguredIntegration } from "../apps/integrations.ts";
import { placeOf } from "../contract/path-patterns.ts";
import { checkToken } from "../data/token-check.ts";
import { isToldByBody, type SeenCall } from "../grants/call-kind.ts";
import { isForm, KEPT_MS, takeBody } from "../proxy/body.ts";
import { findKey, takeKey } from "../proxy/credentials.ts";
import { forward, type ProxyCall } from "../proxy/forward.ts";
import { shapeOf } from "../proxy/path-shape.ts";
import { readApiPath, readProxyPath, type ProxyPath } from "../proxy/target.ts";
import type { Provider } from "../contract/provider.ts";
import { chooseConnection } from "./chosen.ts";
import { lackingHeaders } from "./lacking.ts";
import { IntegrationPath, Routes } from "./operation.ts";

/** Where a browser loads something into a page, rather than a script asking for data. */
const PAGE_DESTINATIONS = [
  "document",
  "iframe",
  "frame",
  "embed",
  "object",
  "fencedframe",
  "script",
  "style",
  "xslt",
  "worker",
  "sharedworker",
  "serviceworker",
  "audioworklet",
  "paintworklet",
  "manifest",
  "report",
];

/** Errors that a provider's SDK takes for its own "not signed in", and gives up at once. */
const UNAUTHORIZED = ["invalid_session", "insufficient_scope", "not_connected", "reauth_required"];

async function proxy(c: Context<AppEnv>): Promise<Response> {
  const path = readProxyPath(c.req.url);
  if (!path) throw unknownIntegration();
  // Where the key stands and how an error reads is the provider's way, so that is known before the caller is.
  const services = c.get("services");
  const isId = isIntegrationId(path.integration);
  // A slug is of whoever's key comes with it; an id says itself whose it is.
  const holder = isId ? undefined : await holderOf(c, findKey(c.req.raw.headers, path.query));
  const app = isId ? await services.integrations.appOf(path.integration) : (holder?.session?.app ?? DEFAULT_APP);
  const integration = await findNamed(c, app, path.integration, holder);
  if (integration === null) return answerProblem(c, null, invalidSession(c, true));
  try {
    return await call(c, path, app, integration, holder);
  } catch (error) {
    if (error instanceof AppError && error.code === "unknown_integration") throw error;
    return answerProblem(c, integration.provider, error);
  }
}

/**
 * The integration that a path names; null where it would be of the app whose key has ended: an SDK is told of the key.
 * @throws AppError `unknown_integration` and what else is wrong with it
 */
async function findNamed(
  c: Context<AppEnv>,
  app: string,
  name: string,
  holder: Holder | undefined,
): Promise<ConfiguredIntegration | null> {
  const { integrations, clientVault } = c.get("services");
  try {
    return await integrations.find(app, await clientVault.idOf(app, name));
  } catch (error) {
    const isOfNobody = holder !== undefined && holder.session === undefined;
    if (isOfNobody && error instanceof AppError && error.code === "unknown_integration") return null;
    throw error;
  }
}

/** A key, and what it opens; undefined: nothing. */
interface Holder {
  readonly key: string;
  readonly session: Session | undefined;
}

async function holderOf(c: Context<AppEnv>, key: string | undefined): Promise<Holder | undefined> {
  return key === undefined || !isOurKey(key) ? undefined : { key, session: await c.get("services").sessions.find(key) };
}

async function call(
  c: Context<AppEnv>,
  path: ProxyPath,
  app: string,
  integration: ConfiguredIntegration,
  holder: Holder | undefined,
): Promise<Response> {
  const services = c.get("services");
  const request = c.req.raw;
  const { provider } = integration;
  // TRACE would echo the token, CONNECT and others have no meaning here.
  if (!Method.safeParse(request.method).success) {
    throw new AppError("method_not_allowed", `The proxy takes ${METHODS.join(", ")}.`, {
      headers: { Allow: METHODS.join(", ") },
    });
  }
  if (request.headers.has("Upgrade")) {
    throw new AppError(
      "upgrade_not_supported",
      "WebSockets do not go through the proxy. Call the provider for a URL to open.",
    );
  }
  // Whoever asks: what a provider says is no page, script or style of ours.
  if (PAGE_DESTINATIONS.includes(c.req.header("Sec-Fetch-Dest") ?? "")) {
    throw new AppError("csrf", "The proxy answers scripts and programs. It cannot be opened as a page.");
  }
  const { query } = path;
  const readsForm = provider.api.credential.in_form && isForm(request.headers);
  const { key } = takeKey(provider, request.headers, query, undefined);
  // Only where the key may be in it is a body read before it is known whose it is.
  const known = readsForm && key === undefined ? undefined : await identify(c, app, key, holder);
  const held = (known === undefined ? strangers : requests).hold(KEPT_MS);
  try {
    const seen = seenOf(provider, request, path);
    const body = await takeBody(request, readsForm ? "key" : asksForBody(known, provider, seen), held);
    const presented = takeKey(provider, request.headers, query, readsForm ? (body.text ?? undefined) : undefined);
    const caller = known ?? (await identify(c, app, presented.key, holder));
    const label = path.label === undefined ? "" : `@${path.label}`;
    const { method } = seen;
    const made = noteMade(c, caller, { integration: integration.id, method, path: shapeOf(seen.place) });
    const named = await chooseConnection(c, caller, integration.id + label);
    const sent = seenOf(provider, request, { ...path, query: presented.query });
    const ask: Ask = (told, rule) =>
      takeApproval(c, caller, { ...sent, name: named, integration, told, rule, path: path.path, presented, body });
    const passed = await checkCall(c, caller, named, provider, { ...sent, text: body.text }, { ask });
    const taken = passed?.taken ?? null;
    if (passed) Object.assign(made, { rule: passed.rule, approval: taken?.approval ?? null });
    const name = taken?.name ?? named;
    const { connections } = services;
    const proxied: ProxyCall = {
      request,
      path: path.path,
      query: presented.query,
      body: presented.form === undefined ? body : { ...body, next: () => presented.form ?? null },
      foreign_token: presented.foreign_token,
      key: presented.key ?? "",
      proxy: `${services.origin}/proxy/${path.integration}${label}`,
      raw: request.headers.get("X-Latchkey-Raw") === "1",
    };
    const endpoint = services.endpoint(integration);
    return await forward(endpoint, proxied, {
      ...ofShown(taken, {
        current: () => connections.accessToken(name),
        younger: (than) => connections.youngerToken(name, than),
      }),
      noteReplay: (token) => connections.noteReplay(name, token),
      lacking: (token, refused) => lackingHeaders(c, name, provider, token, refused),
      suspect: (refused) => services.behind(checkToken(connections, name, endpoint, refused)),
    });
  } finally {
    held.release();
  }
}

/** Whether a body is looked at: where it tells what the call is, or may have to be shown. */
function asksForBody(known: Caller | undefined, provider: Provider, seen: Omit<SeenCall, "text">): "calls" | null {
  if (!known?.session?.grant) return null;
  return isToldByBody(provider, seen) || mayAsk(known) ? "calls" : null;
}

/** What a grant is held against. */
function seenOf(provider: Provider, { method, headers }: Request, { path, query }: ProxyPath): Omit<SeenCall, "text"> {
  const { host, rest } = readApiPath(provider.api, path);
  return { method: Method.parse(method), place: placeOf(host, rest, query), headers };
}

/** Whose call it is, noted and counted. */
async function identify(
  c: Context<AppEnv>,
  app: string,
  key: string | undefined,
  holder: Holder | undefined,
): Promise<Caller> {
  const caller = await find(c, app, key, holder);
  logCaller(c, caller);
  await limitCalls(c, caller);
  return caller;
}

/**
 * The holder of the key, or the person at the page, whose cookie only our own scripts may use.
 * @param holder of a key that was looked for already
 */
async function find(
  c: Context<AppEnv>,
  app: string,
  key: string | undefined,
  holder: Holder | undefined,
): Promise<Caller> {
  // Who presents something else than a cookie is taken at that, and never at the cookie as well.
  const id = key ?? (c.req.raw.headers.has("Authorization") ? undefined : sessionCookie(c));
  if (id === undefined || !isOurKey(id)) {
    await limitAddress(c);
    throw invalidSession(c, key !== undefined);
  }
  const by = key === undefined ? "cookie" : "bearer";
  if (by === "cookie") {
    requireOwnOrigin(c);
  }
  const session = id === holder?.key ? holder.session : await c.get("services").sessions.find(id);
  if (!session || session.kind === "read") throw invalidSession(c, key !== undefined);
  // Another app's integration is none.
  if (session.app !== app) throw unknownIntegration();
  if (!session.scopes.includes("proxy")) throw insufficientScope("the scope proxy");
  const caller: Caller = { app, user: session.user, session, id, by, changes: false };
  await checkWhence(c, caller, session);
  return forUser(c, caller, session.kind === "app");
}

/**
 * An error of ours as this provider's SDK expects one, with the header that tells whose it is.
 * @param provider null: nobody knows which
 */
function answerProblem(c: Context<AppEnv>, provider: Provider | null, error: unknown): Response {
  const known = toKnownError(error, c.get("requestId"));
  const { code, message, headers, members } = known;
  const status = UNAUTHORIZED.includes(code) ? 401 : known.status;
  const request_id = c.get("requestId");
  const problem = provider?.api.toProblem?.({ status, code, message, request_id }) ?? {
    status,
    body: { error: code, message, request_id },
  };
  return Response.json(
    { ...problem.body, ...members },
    { status: problem.status, headers: { ...headers, [ERROR_HEADER]: code } },
  );
}

export const proxyRoutes = new Routes();
proxyRoutes.hono.all("/proxy", (c) => proxy(c)).all("/proxy/*", (c) => proxy(c));
for (const method of ["get", "post", "put", "patch", "delete"] as const) {
  proxyRoutes.describe({
    method,
    path: "/proxy/{integration}/{path}",
    tag: "Proxy",
    access: { as: "user", scope: "proxy" },
    params: z.extend(IntegrationPath, { path: z.string() }),
    answer: { status: 200, schema: null },
    errors: [
      "unknown_integration",
      "not_configured",
      "not_connected",
      "unknown_connection",
      "connection_mismatch",
      "reauth_required",
      "bad_path",
      "path_denied",
      "grant_spent",
    ],
  });
}
