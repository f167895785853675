/** The start of a flow: for a person, a redirect to the provider; for a program, a link for a person to open. */
import type { Context } from "hono";
import * as z from "zod/mini";
import { Authorization as AuthorizationAnswer } from "../api.ts";
import { wayOn, type ConfiguredIntegration } from "../apps/integrations.ts";
import { BROWSER_SESSION_SECONDS, type Session } from "../apps/sessions.ts";
import type { Authorization } from "../connections/authorizations.ts";
import { RequestedScopes } from "../api-connections.ts";
import { DEFAULT_APP, exactly } from "../connections/connection.ts";
import type { Wanted } from "../connections/vault/placing.ts";
import type { AppEnv } from "../context.ts";
import { randomId } from "../crypto.ts";
import { AppError, invalidField } from "../errors.ts";
import type { Caller } from "../middleware/caller.ts";
import { limitChanges } from "../middleware/limits.ts";
import { isFromHere, isIncidental, isLookAhead, isNavigation, isSentByOthers } from "../middleware/navigation.ts";
import { ensureBrowser, requireOwnOrigin, setSessionCookie } from "../middleware/session.ts";
import { STATE_TTL_SECONDS, createCodeVerifier } from "../oauth/authorization.ts";
import { dpopKeyFor } from "../oauth/dpop.ts";
import { readSegment, readWanted } from "./chosen.ts";
import { IntegrationPath, Routes } from "./operation.ts";
import { startPage } from "./start-page.ts";

/** The page of our own; a flow that starts there ends there. */
const PAGE = "/";

/** Where a flow that starts here is answered; the two pairs of routes do the same under both names. */
type CallbackPath = (integration: string) => string;

/** @param segment the integration as the path has it; a label behind it names the connection to connect again */
async function start(
  c: Context<AppEnv>,
  segment: string,
  caller: Caller,
  callbackPath: CallbackPath,
): Promise<Response> {
  if (isLookAhead(c.req.raw)) return c.body(null, 204);
  if (isIncidental(c.req.raw)) {
    throw new AppError("csrf", "Connecting starts with a click or in the address bar, not from within a page.");
  }
  if (c.req.method === "POST" && c.req.header("Authorization") === undefined) requireOwnOrigin(c);
  const services = c.get("services");
  if (caller.app !== DEFAULT_APP) {
    throw new AppError(
      "connect_session_required",
      "Users of an app are connected by POST /connect-sessions, so that the app can say who has come back.",
    );
  }
  const { integration: id } = readSegment(segment);
  const integration = await services.integrations.find(DEFAULT_APP, id);
  const link = c.req.query("state");
  if (link !== undefined && c.req.method === "GET") {
    // Which connection a link is for was decided when it was made: it has no label.
    // The request is pushed now, because a reference to it lives for a minute or so; where that fails, it may be tried again.
    const isPushed = integration.provider.pushed_authorization_request_endpoint !== null;
    const authorization = await services.authorizations.openLink(link, segment, ensureBrowser(c), isPushed);
    return c.redirect(await wayOn(services.endpoint(integration), authorization, link), 303);
  }
  const { session } = caller;
  const meant = c.req.query("connection");
  const user = session?.user ?? "";
  const wanted = await readWanted(c, { app: DEFAULT_APP, user, session, changes: true }, segment, meant);
  const added = readAddedScopes(c);
  const authorization: Authorization = {
    app: DEFAULT_APP,
    user: session?.user ?? randomId(),
    integration: id,
    redirect_uri: services.origin + callbackPath(id),
    code_verifier: createCodeVerifier(integration.provider),
    return_to: readReturnTo(c),
    scopes: await scopesFor(c, user, wanted, added),
    display: "page",
    connect_session: null,
    fields: {},
    ...(await dpopKeyFor(integration.provider)),
    form: null,
    wanted,
  };
  // More than before is asked for by a link that is pressed here, wherever the address was found.
  const isOthers = isSentByOthers(c.req.raw) || (added.length > 0 && !isFromHere(c.req.raw));
  if (isNavigation(c.req.raw) && c.req.method === "GET" && isOthers) {
    const { return_to } = authorization;
    return startPage(c, integration.provider.name, { return_to, connection: meant ?? null }, added);
  }
  // What is posted with a session has been counted as a change.
  if (c.req.method === "GET" || !session) await limitChanges(c);
  if (isNavigation(c.req.raw) && c.req.method === "GET") return goToProvider(c, integration, authorization, session);
  // Without a session there is nobody whom the page could show the connection to.
  return answerLink(c, session ? authorization : { ...authorization, return_to: null }, session);
}

/** Binds this browser and sends it to the provider; a browser without a session gets one. */
async function goToProvider(
  c: Context<AppEnv>,
  integration: ConfiguredIntegration,
  authorization: Authorization,
  session: Session | null,
): Promise<Response> {
  const services = c.get("services");
  const browser = ensureBrowser(c);
  const state = await services.authorizations.newState(authorization, true);
  const location = await wayOn(services.endpoint(integration), authorization, state);
  if (!session) {
    const { app, user } = authorization;
    setSessionCookie(
      c,
      await services.sessions.start({
        app,
        user,
        kind: "browser",
        lifetime: BROWSER_SESSION_SECONDS,
      }),
    );
  }
  const return_to = authorization.return_to ?? (services.config.frontendSuccessUrl() === null ? PAGE : null);
  await services.authorizations.begin({ ...authorization, return_to }, browser, state);
  return c.redirect(location, 303);
}

/** Gives a program the link for a person to open: ours, so that the browser which finishes is the one that opened it. */
async function answerLink(
  c: Context<AppEnv>,
  authorization: Authorization,
  session: Session | null,
): Promise<Response> {
  const services = c.get("services");
  const state = await services.authorizations.newState(authorization, session !== null);
  await services.authorizations.begin(authorization, null, state);
  const url = new URL(`/auth/${authorization.integration}`, services.origin);
  url.searchParams.set("state", state);
  return c.json({ authorization_url: url.href, state, expires_in: STATE_TTL_SECONDS } satisfies AuthorizationAnswer);
}

/** @throws AppError `invalid_return_to` for anything but the places this deployment has registered, letter for letter */
function readReturnTo(c: Context<AppEnv>): string | null {
  const values = c.req.queries("return_to") ?? [];
  const [value] = values;
  if (value === undefined) return null;
  if (values.length === 1 && value === PAGE) return value;
  throw invalidField("return_to", `has to be ${PAGE}; every other place is set by the operator.`, "invalid_return_to");
}

/**
 * What is to be asked for besides what a connection has.
 * @throws AppError `invalid_request` for what names no scopes
 */
function readAddedScopes(c: Context<AppEnv>): readonly string[] {
  const named = c.req.query("add_scopes")?.split(" ") ?? [];
  const scopes = RequestedScopes.safeParse(named);
  if (!scopes.success) throw invalidField("add_scopes", "has to be scopes with single blanks between them.");
  return scopes.data;
}

/** What is asked for: of a connection that is connected again what it was asked for before, and more where that is said. */
async function scopesFor(
  c: Context<AppEnv>,
  user: string,
  wanted: Wanted,
  added: readonly string[],
): Promise<string[] | null> {
  if (wanted.as === "renew") {
    return c.get("services").connections.askedAgain(exactly({ app: DEFAULT_APP, user }, wanted.place), added);
  }
  if (added.length > 0) throw invalidField("add_scopes", "is for a connection that is connected again: name it.");
  return null;
}

const StartQuery = z.object({
  return_to: z.optional(z.string()),
  /** The id of a connection to connect again, or `new` for another one where the provider tells no account. */
  connection: z.optional(z.string().check(z.maxLength(256))),
  /** Scopes to ask for besides those that the connection has, with blanks between them. */
  add_scopes: z.optional(z.string().check(z.maxLength(8192))),
  state: z.optional(z.string().check(z.maxLength(2048))),
});

const START = {
  tag: "Connect",
  access: "anyone",
  params: IntegrationPath,
  query: StartQuery,
  answer: { status: 200, schema: AuthorizationAnswer },
  errors: [
    "unknown_integration",
    "not_configured",
    "invalid_return_to",
    "invalid_state",
    "state_expired",
    "link_used",
    "connect_session_required",
    "unknown_connection",
    "connection_mismatch",
  ],
} as const;

export const authRoutes = new Routes()
  .on({ method: "get", path: "/auth/{integration}", ...START }, (c, { caller, params }) =>
    start(c, params.integration, caller, (id) => `/callback/${id}`),
  )
  .on({ method: "get", path: "/integrations/{integration}/authorize", ...START }, (c, { caller, params }) =>
    start(c, params.integration, caller, (id) => `/integrations/${id}/oauth2callback`),
  )
  .on({ method: "post", path: "/integrations/{integration}/authorize", ...START }, (c, { caller, params }) =>
    start(c, params.integration, caller, (id) => `/integrations/${id}/oauth2callback`),
  );
