/** Tokens that an app has got elsewhere, brought in as a connection. */
import { Connection, ImportedTokens } from "../api-connections.ts";
import { renewTokens } from "../connections/refresh.ts";
import { AppError } from "../errors.ts";
import { checkUser } from "../middleware/caller.ts";
import { readWanted } from "./chosen.ts";
import { askGrantee, syncIndex } from "./described.ts";
import { Routes } from "./operation.ts";

function noneYet(error: unknown): null {
  if (error instanceof AppError) return null;
  throw error;
}

export const importRoutes = new Routes().on(
  {
    method: "post",
    path: "/connections/import",
    makes: true,
    tag: "Connections",
    access: { as: "app", scope: "connect" },
    body: ImportedTokens,
    answer: { status: 201, schema: Connection },
    errors: [
      "unknown_integration",
      "user_mismatch",
      "account_mismatch",
      "unknown_connection",
      "app_removed",
      "too_many",
    ],
  },
  async (c, { caller, body }) => {
    const services = c.get("services");
    const { app } = caller;
    const { user, access_token, refresh_token = null, expires_in } = body;
    checkUser(caller, user);
    const isOver = expires_in !== undefined && expires_in <= 0;
    if (isOver && refresh_token === null) {
      throw new AppError(
        "invalid_request",
        "expires_in: this token is over, and there is no refresh_token to renew it with. Connect the user instead.",
      );
    }
    const integration = await services.integrations.find(app, body.integration);
    if (Object.keys(integration.provider.fields).length > 0) {
      throw new AppError(
        "invalid_request",
        "integration: this service asks for fields, which people type on Latchkey's own page. Send them a connect link.",
      );
    }
    if (integration.provider.dpop_bound_access_tokens) {
      throw new AppError(
        "invalid_request",
        "integration: this service binds tokens to a key, which does not come along. Send them a connect link.",
      );
    }
    const tokens = {
      access_token,
      refresh_token,
      expires_at: expires_in === undefined ? null : Date.now() + expires_in * 1000,
      scopes: [...(body.scopes ?? integration.provider.scopes)],
      details: {},
    };
    const wanted = await readWanted(c, { ...caller, user }, integration.id, body.connection);
    const owner = await services.names.owner(app, user, services.requestOrigin);
    await services.members.enter(owner, async (vault, enrolment) => vault.own(owner, enrolment));
    // Whose a token is can be asked only while it lives. One that cannot be renewed right now is imported all the same.
    const living = isOver ? await renewTokens(services.endpoint(integration), tokens).catch(noneYet) : tokens;
    const grantee = living && (await askGrantee(c, integration, living));
    const granted = { ...(living ?? tokens), scopes: [...(grantee?.scopes ?? tokens.scopes)] };
    const known = { account: grantee?.account ?? null, asked: null };
    const target = { app, user, integration: integration.id, wanted };
    const { name } = await services.connections.save(target, granted, known, false);
    await syncIndex(c, name);
    return c.json((await services.connections.describeWhole(name)) satisfies Connection, 201);
  },
);
