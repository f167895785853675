/** The end of a flow: the provider's answer is checked, exchanged, stored, and the person is sent on. */
import type { Context } from "hono";
import * as z from "zod/mini";
import type { ConfiguredIntegration } from "../apps/integrations.ts";
import type { Authorization } from "../connections/authorizations.ts";
import { DEFAULT_APP } from "../connections/connection.ts";
import type { AppEnv } from "../context.ts";
import { readInputs } from "../contract/inputs.ts";
import { readDetails } from "../contract/reading.ts";
import { fillIn } from "../contract/templates.ts";
import { withDetails } from "../data/after-connect.ts";
import { AppError } from "../errors.ts";
import { isLookAhead } from "../middleware/navigation.ts";
import { logCaller, logChange } from "../middleware/request-log.ts";
import { findSession, getBrowser } from "../middleware/session.ts";
import { checkCallback, readCallback } from "../oauth/authorization.ts";
import { exchangeCode } from "../oauth/token-endpoint.ts";
import { NOTHING_TYPED } from "../oauth/token-set.ts";
import { askGrantee } from "./described.ts";
import { answerFailure, answerSuccess, sendBack, store, type Stored } from "./flow-end.ts";
import { IntegrationPath, Routes } from "./operation.ts";
import { checkReturnTo } from "./return-to.ts";

async function finish(c: Context<AppEnv>, id: string): Promise<Response> {
  if (isLookAhead(c.req.raw)) return c.body(null, 204);
  const services = c.get("services");
  const query = new URL(c.req.url).searchParams;
  const callback = readCallback(query);
  const { claims, authorization } = await services.authorizations.claim(callback.state, id, c.req.path, getBrowser(c));
  logCaller(c, authorization);
  // An app that has withdrawn the address since gets nothing there, not even an error.
  if (claims.app !== DEFAULT_APP) await checkReturnTo(c, claims.app, authorization.return_to ?? "");
  // From here on the state is proven, and a person can be sent back to where the flow started, whatever happens.
  try {
    const integration = await services.integrations.find(claims.app, id);
    if (claims.signed_in && (await findSession(c))?.session.vault !== claims.vault) {
      throw new AppError(
        "user_mismatch",
        "The session that started this has ended or is another one now, so nothing was connected. Start again.",
      );
    }
    const work = connect(c, integration, authorization, query);
    // The code is spent once it is sent: what it brings is stored even when nobody waits for the answer any more.
    services.behind(work.catch(() => {}));
    const { connection_code, place } = await work;
    logChange(c, connection_code === null ? "connected" : "granted", { integration: id });
    return connection_code === null
      ? await answerSuccess(c, authorization, place)
      : sendBack(c, authorization, { connection_code });
  } catch (error) {
    if (error instanceof AppError) await services.connectSessions.fail(authorization, error.code).catch(() => {});
    return answerFailure(c, authorization, error);
  }
}

/**
 * Exchanges the code and stores what it granted: at once for the page's own users, where what was connected before stays
 * until the new grant is in; for an app's users apart, until the app has said whose it is.
 * @returns the code for the app, or the place of the connection for the page
 */
async function connect(
  c: Context<AppEnv>,
  integration: ConfiguredIntegration,
  authorization: Authorization,
  query: URLSearchParams,
): Promise<Stored> {
  const services = c.get("services");
  const { client } = integration;
  const { scopes, redirect_uri, code_verifier, fields } = authorization;
  const typed = Object.keys(fields).length === 0 ? NOTHING_TYPED : readInputs(integration.provider, fields);
  const { callback_details, code_parameter } = integration.provider;
  const details = { ...typed.details, ...readDetails(callback_details, Object.fromEntries(query)) };
  const provider = fillIn(integration.provider, details, "known");
  const checked = checkCallback(provider, client.client_id, readCallback(query, code_parameter));
  const endpoint = services.endpoint({ provider: scopes === null ? provider : { ...provider, scopes }, client });
  const granted = await exchangeCode(endpoint, checked, redirect_uri, code_verifier, {
    ...typed,
    details,
    ...(authorization.dpop_key && { dpop_key: authorization.dpop_key }),
  });
  const tokens = await withDetails(services.endpoint(integration), granted);
  const grantee = await askGrantee(c, integration, tokens);
  const known = { account: grantee.account, asked: scopes };
  return store(c, authorization, { ...tokens, scopes: [...(grantee.scopes ?? tokens.scopes)] }, known);
}

const CALLBACK = {
  method: "get",
  tag: "Connect",
  access: "anyone",
  params: IntegrationPath,
  answer: {
    status: 200,
    schema: z.object({ session_id: z.string(), integration: z.string(), expires_in: z.number() }),
  },
  errors: [
    "invalid_state",
    "invalid_callback",
    "state_consumed",
    "state_expired",
    "state_browser_mismatch",
    "callback_mismatch",
    "issuer_mismatch",
    "access_denied",
    "authorization_failed",
    "user_mismatch",
    "account_mismatch",
    "unknown_connection",
    "too_many",
  ],
} as const;

export const callbackRoutes = new Routes()
  .on({ path: "/callback/{integration}", ...CALLBACK }, (c, { params }) => finish(c, params.integration))
  .on({ path: "/integrations/{integration}/oauth2callback", ...CALLBACK }, (c, { params }) =>
    finish(c, params.integration),
  );
